"""Thumbnails, waveforms and scrub sheets, named by content hash: a cache that may be lost at any time.

They are made in worker processes (studio.media.workers): a file that breaks a decoder, or that is made to take all memory,
costs the window nothing. What cannot be shown is remembered with the reason, so that it is not tried at each look.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from studio.domain.kinds import MediaKind
from studio.domain.preview_sizes import PREVIEW_PIXELS, PREVIEW_SIZES, sized
from studio.library.preview_cache import count_written, touch

if TYPE_CHECKING:
    from studio.media.errors import MediaError

log = logging.getLogger(__name__)

__all__ = ["PREVIEW_PIXELS", "PREVIEW_SIZES", "make_preview", "make_preview_from", "preview_path", "preview_problem",
           "scrub_sheet_path", "waveform_path", "without_workers"]

_TRY_AGAIN_S = 7 * 86_400.0
"""After that long a file that could not be shown is tried once more: the program may have learned to read it."""
_LONGEST_REASON = 500


def preview_path(thumbnails: Path, sha256: str, pixels: int = PREVIEW_PIXELS) -> Path:
    """Where the preview of this size (one of PREVIEW_SIZES) lies, or would lie."""
    return sized(thumbnails / sha256[:2] / f"{sha256}.jpg", pixels)


def make_preview(source: Path, kind: MediaKind, sha256: str, thumbnails: Path) -> Path | None:
    """Make the preview of a picture or video in all sizes, or take the one that is there; the largest one's path. Blocks.

    None where there is none to make (sound, prompts) or none can be made (then `preview_problem` says why). An asset without
    a preview is whole all the same.
    """
    if kind not in (MediaKind.IMAGE, MediaKind.VIDEO):
        return None
    return make_preview_from(source, sha256, thumbnails, video=kind is MediaKind.VIDEO)


def make_preview_from(source: Path, sha256: str, thumbnails: Path, *, video: bool = False) -> Path | None:
    """The same out of any picture or video; `sha256` is that of the asset. Blocks."""
    targets = {size: preview_path(thumbnails, sha256, size) for size in PREVIEW_SIZES}

    def make(parts: Mapping[Path, Path]) -> None:
        from studio.media.thumbnails import make_thumbnails
        from studio.media.workers import workers

        outs = {size: parts[target] for size, target in targets.items()}
        workers().run(make_thumbnails, source, outs, video)

    # the largest is last: where it is, the others are
    return _kept(source, [targets[size] for size in sorted(targets)], make)


def waveform_path(source: Path, sha256: str, thumbnails: Path) -> Path | None:
    """A file of 400 pairs of uint8, lowest and highest value of each stretch (128 is silence), or None; blocks."""

    def make(parts: Mapping[Path, Path]) -> None:
        from studio.media.waveform import waveform
        from studio.media.workers import workers

        parts[target].write_bytes(workers().run(waveform, source))

    target = thumbnails / sha256[:2] / f"{sha256}.wave"
    return _kept(source, [target], make)


def scrub_sheet_path(source: Path, sha256: str, thumbnails: Path) -> Path | None:
    """A JPEG of ten frames of a video, each 160 px wide, beside each other, or None; blocks."""

    def make(parts: Mapping[Path, Path]) -> None:
        from studio.media.scrub_sheet import scrub_sheet
        from studio.media.workers import workers

        workers().run(scrub_sheet, source, parts[target])

    target = thumbnails / sha256[:2] / f"{sha256}-scrub.jpg"
    return _kept(source, [target], make)


@contextmanager
def without_workers() -> Iterator[None]:
    """For commands: they are over before a worker process would have paid off, and have no window that could be hurt."""
    from studio.media.workers import workers

    with workers().inline():
        yield


def preview_problem(thumbnails: Path, sha256: str) -> str | None:
    """Why a file could not be shown, in words for the person; None where it could, or was not tried. Blocks."""
    return _reason(_note_of(preview_path(thumbnails, sha256)))


def _kept(source: Path, targets: list[Path], make: Callable[[Mapping[Path, Path]], None]) -> Path | None:
    """The last of `targets`, all made by `make` at the places that it is given, unless they are there or known to fail."""
    last = targets[-1]
    if last.is_file():
        touch(last)
        return last
    note = _note_of(last)
    if _reason(note) is not None:
        return None
    from studio.media.errors import MediaError
    from studio.media.workers import WorkerUnavailableError

    mark = f"{os.getpid()}-{os.urandom(6).hex()}"
    parts = {target: target.with_name(f".{mark}-{target.name}") for target in targets}
    try:
        last.parent.mkdir(parents=True, exist_ok=True)
        make(parts)
        written = sum(part.stat().st_size for part in parts.values())
        for target in targets:
            os.replace(parts[target], target)
        count_written(last.parents[1], written)
    except MediaError as error:
        log.warning("no preview of %s: %s", source, error)
        _note(note, error, source)
        return None
    except (OSError, WorkerUnavailableError) as error:
        log.warning("no preview of %s: %s", source, error)
        return None
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return last


def _note_of(target: Path) -> Path:
    return target.with_suffix(target.suffix + ".why")


def _reason(note: Path) -> str | None:
    try:
        if time() - note.stat().st_mtime > _TRY_AGAIN_S:
            return None
        return note.read_text("utf-8", "replace")
    except OSError:
        return None


def _note(note: Path, error: MediaError, source: Path) -> None:
    with suppress(OSError):  # then it is tried again the next time
        if source.is_file():  # one that is gone may come back
            note.write_text(error.message[:_LONGEST_REASON], "utf-8")
