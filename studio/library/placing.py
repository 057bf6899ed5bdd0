"""Moving a finished download to its place. Each step may be the last before a crash; doing it again gives the same file."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import LocalError
from studio.domain.job import Job
from studio.domain.operation import MediaKind
from studio.library.content import Content, of_result
from studio.library.files import disk_errors, flush_file, hash_of, hide, move_new, write_new
from studio.library.names import output_tag, safe_stem, title_stem

log = logging.getLogger(__name__)

INCOMING = ".incoming"
_MONTHS = "[0-9][0-9][0-9][0-9]-[0-9][0-9]"


@dataclass(frozen=True, slots=True)
class Placed:
    """A file in its place, and what is in it."""

    path: Path
    sha256: str
    size_bytes: int
    content: Content


def incoming_part(media: Path, job_id: str, index: int) -> Path:
    """Where the download of one output grows: on the disk of the media folder, so that a rename brings it to its place."""
    with disk_errors("The media folder cannot be used"):
        hide(media / INCOMING)
    return media / INCOMING / f"{safe_stem(job_id)}-{index}.part"


def place_result(media: Path, job: Job, index: int, part: Path, kind: MediaKind, file_name: str) -> Placed:
    """Move `part` to "<month>/<first words> <tag>.<extension by content>"; blocks.

    If it was moved before, by a process that died, it is found where it is. Raises ServiceFaultError when it is no result
    (`part` is removed then), DiskFullError or LocalError.
    """
    with disk_errors("The result could not be saved"):
        if not part.exists():
            return _moved_before(media, job, index, kind, file_name)
        try:
            content = of_result(part, kind, file_name)
        except Exception:
            part.unlink(missing_ok=True)
            raise
        return _settle(media, job, index, part, content)


def place_text(media: Path, job: Job, index: int, text: str) -> Placed:
    """The same for a text that is the result itself; blocks."""
    with disk_errors("The result could not be saved"):
        part = incoming_part(media, job.id, index)
        part.unlink(missing_ok=True)
        write_new(text.encode("utf-8", "replace"), part)
        return _settle(media, job, index, part, Content(MediaKind.PROMPT, "text/plain", ".txt"))


def placed_before(media: Path, job: Job) -> Iterator[tuple[int, Path]]:
    """The files that bear the name of an output of `job`, recorded or not: (index, path)."""
    found = {path.stem: path for path in media.glob(f"{_MONTHS}/*") if path.suffix and not path.name.startswith(".")}
    for index in range(_MOST_OUTPUTS):
        tag = output_tag(job.id, index)
        path = next((path for stem, path in found.items() if stem.endswith(f" {tag}")), None)
        if path is not None:
            yield index, path


_MOST_OUTPUTS = 16


def _settle(media: Path, job: Job, index: int, part: Path, content: Content) -> Placed:
    folder, stem = month_folder(media, job), _stem(job, index)
    sha256, size = hash_of(part), part.stat().st_size
    there = folder / f"{stem}{content.extension}"
    if there.exists() and _is_leftover(there, part, sha256):
        log.info("the result %d of job %s was in its place already", index, job.id)
        part.unlink()
        return Placed(there, sha256, size, content)
    flush_file(part)
    return Placed(move_new(part, folder, stem, content.extension), sha256, size, content)


def _is_leftover(there: Path, part: Path, sha256: str) -> bool:
    """Whether a crash left the file that bears this output's tag: the same bytes, or a reserved name with nothing in it."""
    if os.path.samefile(there, part) or hash_of(there) == sha256:
        return True
    if there.stat().st_size == 0:
        there.unlink()
    return False


def _moved_before(media: Path, job: Job, index: int, kind: MediaKind, file_name: str) -> Placed:
    ending = f" {output_tag(job.id, index)}"
    for path in media.glob(f"{_MONTHS}/*{ending}.*"):
        if path.stem.endswith(ending) and path.stat().st_size > 0:
            is_text = kind is MediaKind.PROMPT
            content = Content(kind, "text/plain", ".txt") if is_text else of_result(path, kind, file_name)
            log.info("the result %d of job %s is found again at %s", index, job.id, path)
            return Placed(path, hash_of(path), path.stat().st_size, content)
    raise LocalError("The downloaded result is no longer there.", advice="Retry the job: it is fetched again.", code="part_missing")


def month_folder(media: Path, job: Job) -> Path:
    return media / f"{job.created_at.astimezone():%Y-%m}"


def _stem(job: Job, index: int) -> str:
    return f"{title_stem(job.prompt or job.title, job.request.operation)} {output_tag(job.id, index)}"
