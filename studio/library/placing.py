"""Moving a finished download to its place. Each step may be the last before a crash; doing it again gives the same file."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from studio.domain.errors import LocalError
from studio.domain.job import Job
from studio.domain.operation import MediaKind
from studio.library.content import Content, of_result
from studio.library.files import disk_errors, flush_file, hash_of, hide, move_new, write_new
from studio.library.names import EXTENSIONS, output_tag, safe_stem, title_stem

log = logging.getLogger(__name__)

INCOMING = ".incoming"
_KIND_BY_EXTENSION = {ending: MediaKind(mime.split("/")[0]) for mime, ending in EXTENSIONS.items() if mime != "text/plain"}


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


def place_result(
    media: Path, job: Job, index: int, part: Path, kind: MediaKind, file_name: str, sha256: str | None = None
) -> Placed:
    """Move `part` to "<month>/<first words> <tag>.<extension by content>"; blocks.

    `sha256` is the part's, where it is known. If it was moved before, by a process that died, it is found where it is.
    Raises ServiceFaultError when it is no result (`part` is removed then), DiskFullError or LocalError.
    """
    with disk_errors("The result could not be saved"):
        if not part.exists():
            found = find_placed(media, job, index)
            if found is None:
                advice = "Retry the job: it is fetched again."
                raise LocalError("The downloaded result is no longer there.", advice=advice, code="part_missing")
            return found
        try:
            content = of_result(part, kind, file_name)
        except Exception:
            part.unlink(missing_ok=True)
            raise
        return _settle(media, job, index, part, content, sha256)


def place_text(media: Path, job: Job, index: int, text: str) -> Placed:
    """The same for a text that is the result itself; blocks."""
    with disk_errors("The result could not be saved"):
        part = incoming_part(media, job.id, index)
        part.unlink(missing_ok=True)
        write_new(text.encode("utf-8", "replace"), part)
        return _settle(media, job, index, part, Content(MediaKind.PROMPT, "text/plain", ".txt"))


def text_of(placed: Placed) -> str:
    """The words of a text that was placed; empty for everything else. Blocks."""
    if placed.content.kind is not MediaKind.PROMPT:
        return ""
    with disk_errors("The result could not be read"):
        return placed.path.read_text(encoding="utf-8", errors="replace")


def find_placed(media: Path, job: Job, index: int) -> Placed | None:
    """The file that bears the name of this output, moved by a process that died before it was recorded; blocks."""
    ending = f" {output_tag(job.id, index)}"
    # Both names of the month: the time zone may have changed since.
    for folder in {month_folder(media, job.created_at.astimezone()), month_folder(media, job.created_at)}:
        for path in folder.glob(f"*{ending}.*"):
            if path.stem.endswith(ending) and path.stat().st_size > 0:
                log.info("the result %d of job %s is found again at %s", index, job.id, path)
                return Placed(path, hash_of(path), path.stat().st_size, _content_of(path))
    return None


def remove_parts(media: Path, keep: Collection[str]) -> None:
    """Remove the parts of all jobs but those with the ids in `keep`; blocks."""
    kept = {safe_stem(job_id) for job_id in keep}
    for part in (media / INCOMING).glob("*.part"):
        if part.stem.rpartition("-")[0] not in kept:
            part.unlink(missing_ok=True)


def _content_of(path: Path) -> Content:
    if path.suffix == ".txt":
        return Content(MediaKind.PROMPT, "text/plain", ".txt")
    return of_result(path, _KIND_BY_EXTENSION.get(path.suffix, MediaKind.VIDEO), path.name)


def _settle(media: Path, job: Job, index: int, part: Path, content: Content, sha256: str | None = None) -> Placed:
    folder, stem = month_folder(media, job.created_at.astimezone()), _stem(job, index)
    sha256, size = sha256 or hash_of(part), part.stat().st_size
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


def month_folder(media: Path, moment: datetime) -> Path:
    return media / f"{moment:%Y-%m}"


def _stem(job: Job, index: int) -> str:
    return f"{title_stem(job.prompt or job.title, job.request.operation)} {output_tag(job.id, index)}"
