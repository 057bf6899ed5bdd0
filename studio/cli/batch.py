"""Many jobs out of one `studio submit`: --count, --matrix, --folder and --prompts."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import of_job
from studio.cli.following import print_job
from studio.cli.session import DONE, FAILED
from studio.cli.terminal import Terminal
from studio.cli.values import LONGEST_TEXT_FILE, read_input, split
from studio.domain.batch import Axis, Batch
from studio.domain.errors import InputError
from studio.domain.job import Job, JobRequest
from studio.domain.operation import Operation
from studio.domain.state import JobState

if TYPE_CHECKING:
    from studio.app.core import Core

Count = Annotated[int, typer.Option("--count", min=1, help="So many results, with different seeds.")]
Matrix = Annotated[list[str] | None, typer.Option(
    "--matrix", metavar="NAME=V1,V2", help="A job for each of these values, or of a JSON list; given twice, for each pair.",
)]
Folder = Annotated[str | None, typer.Option("--folder", metavar="NAME=DIR", help="A job for each media file in a folder.")]
Prompts = Annotated[str | None, typer.Option(
    "--prompts", metavar="FILE", help="A job for each line of a text file, as its prompt; - is standard input.",
)]
_BAD = frozenset({JobState.FAILED, JobState.UNKNOWN, JobState.CANCELLED})


async def read_batch(
    core: Core, terminal: Terminal, operation: Operation, request: JobRequest, count: int, matrix: Sequence[str],
    folder: str | None, prompts: str | None,
) -> Batch:
    """The batch that the options mean. Raises InputError with its field."""
    axes = [await _axis(core, operation, name, text) for name, text in _pairs(matrix, "--matrix")]
    slot, files = "", []
    if folder is not None:
        (slot, where), = _pairs([folder], "--folder")
        files = await _files(core, terminal, Path(where).expanduser(), slot)
    lines = () if prompts is None else _lines(prompts)
    return Batch(request, count, tuple(axes), tuple(files), slot, lines)


def _pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    try:
        return split(given)
    except ValueError:
        raise InputError(f"{option} takes NAME=…, not {given[0]!r}.", field=option.lstrip("-"), code="usage") from None


async def _axis(core: Core, operation: Operation, name: str, text: str) -> Axis:
    if text.lstrip().startswith("["):
        try:
            values = json.loads(text)
        except ValueError:
            raise InputError(f"The values of {name} are no JSON list.", field=name, code="no_json") from None
        return Axis(name, tuple(values))
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    read: list[Mapping[str, object]] = [await read_input(core, operation, [(name, piece)], {}) for piece in pieces]
    return Axis(name, tuple(values[name] for values in read))


async def _files(core: Core, terminal: Terminal, folder: Path, slot: str) -> list[str]:
    """The media files of a folder by name, as `file:` URIs of the library's own copies; what is no media is said."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"“{folder}” cannot be read: {error.strerror}.", field=slot, code="no_such_file") from None
    found: list[str] = []
    for path in paths:
        try:
            found.append(await core.attach(path))
        except InputError as error:
            terminal.aside(f"studio: {path.name} is left out: {error.message}")
    if not found:
        raise InputError(f"There are no media files in “{folder}”.", field=slot, code="no_such_file")
    return found


def _lines(name: str) -> tuple[str, ...]:
    try:
        data = sys.stdin.buffer.read(LONGEST_TEXT_FILE + 1) if name == "-" else _read(Path(name).expanduser())
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"“{name}” cannot be read: {error.strerror}.", field="prompts", code="no_such_file") from None
    except UnicodeDecodeError:
        raise InputError(f"“{name}” is no text in UTF-8.", field="prompts", code="no_text") from None
    if len(data) > LONGEST_TEXT_FILE:
        raise InputError(f"“{name}” is too long.", field="prompts", code="too_large")
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not lines:
        raise InputError(f"“{name}” has no line with a prompt.", field="prompts", code="empty")
    return lines


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_TEXT_FILE + 1)


async def submit_batch(core: Core, terminal: Terminal, batch: Batch, until_end: bool, timeout_s: float | None) -> int:
    """Make the jobs and print them once they are sent, or queued with a reason; with `until_end` when they have ended."""
    made = await core.queue.submit_batch(batch)
    jobs: list[Job] = [await (core.wait if until_end else core.wait_sent)(job.id, timeout_s) for job in made]
    if terminal.as_json:
        terminal.document({"jobs": [await of_job(core, job) for job in jobs]})
    else:
        for job in jobs:
            await print_job(core, terminal, job)
    if until_end:
        return DONE if all(job.state is JobState.DONE for job in jobs) else FAILED
    return FAILED if any(job.state in _BAD for job in jobs) else DONE
