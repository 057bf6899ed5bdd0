"""Thumbnails of pictures and poster frames of videos, named by content hash: a cache that may be lost at any time."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from studio.domain.operation import MediaKind

log = logging.getLogger(__name__)

PREVIEW_PIXELS = 512
"""Longer side: a gallery cell of 256 px on a screen of double density."""


def preview_path(thumbnails: Path, sha256: str) -> Path:
    return thumbnails / sha256[:2] / f"{sha256}.jpg"


def make_preview(source: Path, kind: MediaKind, sha256: str, thumbnails: Path) -> Path | None:
    """Make the preview of a picture or video, or take the one that is there; blocks.

    None where there is none to make (sound, prompts) or none can be made; the log says why. An asset without a preview is
    whole all the same.
    """
    if kind not in (MediaKind.IMAGE, MediaKind.VIDEO):
        return None
    target = preview_path(thumbnails, sha256)
    if target.is_file():
        return target
    from studio.media.errors import MediaError

    part = target.with_name(f".{os.getpid()}-{os.urandom(6).hex()}.jpg")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind is MediaKind.IMAGE:
            _of_picture(source, part)
        else:
            _of_video(source, part)
        os.replace(part, target)
    except (MediaError, OSError) as error:
        log.warning("no preview of %s: %s", source, error)
        return None
    finally:
        part.unlink(missing_ok=True)
    return target


def _of_picture(source: Path, out: Path) -> None:
    from studio.media.thumbnails import make_thumbnail

    make_thumbnail(source, PREVIEW_PIXELS, out)


def _of_video(source: Path, out: Path) -> None:
    from studio.media.thumbnails import poster_frame

    frame = poster_frame(source)
    frame.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS), reducing_gap=2.0)
    frame.save(out, format="JPEG", quality=85)
