"""Large PNG files made small by libvips, which undoes their filters with vector instructions and reduces while it reads.

It is optional (the wheel pyvips-binary): without it Pillow does the same, slower.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

log = logging.getLogger(__name__)

_MODES = ("RGB", "RGBA")
"""Of eight bits a channel; palettes, greys and 16 bits go through Pillow, which the rest of the program shows them by."""


@cache
def _vips() -> Any:
    """The module, or None where it is not installed or its library does not load."""
    os.environ.setdefault("VIPS_CONCURRENCY", "1")  # measured: threads that wait for each other cost more than they give
    try:
        import pyvips
    except (ImportError, OSError) as error:
        log.info("libvips is not there (%s): large PNG files are made small more slowly", error)
        return None
    pyvips.cache_set_max(0)
    return pyvips


def small_png(path: Path, size: int, mode: str, backdrop: tuple[int, int, int] | None = None) -> Image.Image | None:
    """A PNG of this Pillow mode at most `size` pixels on its longer side, laid over `backdrop` if one is given; None where
    it is not read that way, or not well: then Pillow tries, and says what is wrong."""
    vips = _vips() if mode in _MODES else None
    if vips is None:
        return None
    try:
        image = vips.Image.pngload(str(path), access="sequential", fail_on="truncated")
        if image.format != "uchar" or image.bands != len(mode):
            return None
        if backdrop is not None and image.bands == len("RGBA"):
            image = image.flatten(background=list(backdrop))
        small = image.thumbnail_image(size, height=size, size="down")
        pixels = bytes(small.write_to_memory())
        return Image.frombytes("RGBA" if small.bands == len("RGBA") else "RGB", (small.width, small.height), pixels)
    except vips.Error as error:
        log.info("libvips does not read %s: %s", path, error)
        return None
