"""A picture too large (or too odd) for the window to decode, served from a process of its own: first an overview, then
square tiles of any level as they are asked for. Level 0 is the picture itself, each further one half as large.

The process holds the pixels, not the window, and a file that breaks a decoder breaks only this process.
"""

from __future__ import annotations

from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from studio.media.background import step_back
from studio.media.errors import MediaError
from studio.media.pictures import DEFAULT_LIMITS, PictureLimits, open_picture, opened
from studio.media.tile_messages import ASK, HEAD, KIND_FAILED, KIND_OVERVIEW, KIND_TILE, KIND_WHOLE

TILE = 512
"""Pixels of a tile's side."""
OVERVIEW = 2048
"""Pixels of the overview's longer side at most."""
MEMORY = 4 << 30
LIMITS = PictureLimits(max_pixels=17_000 * 17_000, max_side=65_500, max_bytes=2_000_000_000)


class Pyramid:
    """A decoded picture and its halvings, made when they are first wanted."""

    def __init__(self, image: Image.Image) -> None:
        self._levels = [image]

    def level(self, number: int) -> Image.Image:
        while len(self._levels) <= number:
            last = self._levels[-1]
            self._levels.append(last.reduce(2) if min(last.size) > 1 else last)
        return self._levels[number]

    def tile(self, number: int, column: int, row: int) -> Image.Image | None:
        """None beyond the picture's edge."""
        image = self.level(number)
        left, top = column * TILE, row * TILE
        if left >= image.width or top >= image.height:
            return None
        return image.crop((left, top, min(left + TILE, image.width), min(top + TILE, image.height)))

    def overview(self) -> Image.Image:
        number = 0
        while max(self._levels[0].size) >> number > OVERVIEW:
            number += 1
        return self.level(number)


def pixels(image: Image.Image) -> tuple[bytes, int]:
    """Four bytes a pixel as Qt has them in memory (blue first), and whether the last of them means something (1 or 0)."""
    if image.mode == "RGBA":
        return image.tobytes("raw", "BGRA"), 1
    return image.convert("RGB").tobytes("raw", "BGRX"), 0


def quick_overview(path: Path) -> tuple[Image.Image, tuple[int, int]] | None:
    """A JPEG at a fraction of its size, long before all of it is decoded, and its whole size as seen; None for the rest."""
    with opened(path, limits=LIMITS) as (image, mime):
        if mime != "image/jpeg" or max(image.size) <= OVERVIEW or image.mode not in ("RGB", "L"):
            return None
        whole = image.size
        image.draft("RGB", (OVERVIEW // 2, OVERVIEW // 2))
        image.load()
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        small = _in_srgb(ImageOps.exif_transpose(image))
        return small, (whole[1], whole[0]) if turned else whole


def open_large(path: Path) -> Image.Image:
    """All of the picture, upright, in sRGB. One beyond the usual limits is worked on in place: each copy is a gigabyte."""
    with opened(path, limits=LIMITS) as (image, _):
        width, height = image.size
        lean = width * height > DEFAULT_LIMITS.max_pixels or max(width, height) > DEFAULT_LIMITS.max_side
        if lean:
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            has_alpha = image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info
            profile = image.info.get("icc_profile")
            ready = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA" if has_alpha else "RGB")
            ready.info["icc_profile"] = profile
            return _in_srgb(ready)
    return open_picture(path, limits=LIMITS)


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and image.mode in ("RGB", "RGBA"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), inPlace=True)
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile is common and harmless: the pixels are taken as sRGB
    return image


def picture_process(path: str, line: Connection) -> None:
    """The body of the process: tells size and overview, then answers each question (level, column, row) with a tile, until
    the line is closed. A picture that cannot be shown is answered with the reason."""
    step_back(MEMORY)
    Image.MAX_IMAGE_PIXELS = LIMITS.max_pixels  # in this process only
    try:
        _serve(Path(path), line)
    except (EOFError, BrokenPipeError):
        return  # nobody looks any more
    except MediaError as error:
        _fail(line, error.message)
    except MemoryError:
        _fail(line, "It takes more memory than can be spared. Save a smaller copy and use that.")
    except OSError as error:
        _fail(line, f"Its file cannot be read: {error.strerror or error}.")


def _fail(line: Connection, words: str) -> None:
    try:
        line.send_bytes(HEAD.pack(KIND_FAILED, 0, 0, 0, 0, 0) + words.encode())
    except OSError:
        return


def _serve(path: Path, line: Connection) -> None:
    quick = quick_overview(path)
    if quick is not None:
        _send_overview(line, *quick)
    image = open_large(path)
    pyramid = Pyramid(image)
    if quick is None:
        _send_overview(line, pyramid.overview(), image.size)
    line.send_bytes(HEAD.pack(KIND_WHOLE, image.width, image.height, 0, 0, 0))
    while True:
        level, column, row = ASK.unpack(line.recv_bytes(ASK.size))
        tile = pyramid.tile(level, column, row) if level < 32 else None
        if tile is None:
            line.send_bytes(HEAD.pack(KIND_TILE, level, column, row, 0, 0))
            continue
        data, alpha = pixels(tile)
        line.send_bytes(HEAD.pack(KIND_TILE, level, column, row, tile.width, tile.height << 1 | alpha) + data)


def _send_overview(line: Connection, small: Image.Image, whole: tuple[int, int]) -> None:
    data, alpha = pixels(small)
    line.send_bytes(HEAD.pack(KIND_OVERVIEW, *whole, *small.size, alpha) + data)
