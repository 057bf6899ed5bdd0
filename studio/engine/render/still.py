"""The still pictures that a renderer is given and the one that it leaves."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from studio.engine.render.task import RenderControl, RenderRefusedError, RenderTask
from studio.media.errors import MediaError
from studio.media.pictures import open_picture

RESULT = "image.png"
_LARGE = 3_000_000
"""From so many pixels on a quicker compression is worth its larger file."""


def open_given(task: RenderTask, url: str, field_name: str, called: str = "") -> Image.Image:
    """A picture of the input, upright and in sRGB, RGB or RGBA. `called`: its name in words where there are several.

    Raises RenderRefusedError naming the field.
    """
    path = task.media.get(url)
    if path is None:
        raise RenderRefusedError(f"{called or 'The picture'} has not been fetched. Attach it again.", field_name)
    try:
        return open_picture(path)
    except MediaError as error:
        raise RenderRefusedError(f"{called}: {error}" if called else str(error), field_name) from error


def write_png(picture: Image.Image, folder: Path, control: RenderControl, name: str = RESULT) -> Path:
    """The picture as a file, by a temporary name and a rename. Raises RenderCancelledError before it writes."""
    control.check()
    path = folder / name
    partial = path.with_suffix(".part")
    quick = picture.width * picture.height > _LARGE
    try:
        picture.save(partial, format="PNG", compress_level=3 if quick else 6)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
