"""The sizes that previews are kept in, and how the file of each is called."""

from __future__ import annotations

from pathlib import Path

PREVIEW_SIZES = (128, 256, 512)
"""Longer sides in pixels: a row of a list, a gallery cell, and one on a screen of double density."""
PREVIEW_PIXELS = PREVIEW_SIZES[-1]


def sized(preview: Path, pixels: int) -> Path:
    """Beside the largest preview, the path of the smallest one that has at least `pixels` on its longer side.

    Previews made by older versions have the largest size only: whoever finds no file here takes that.
    """
    size = next((size for size in PREVIEW_SIZES if size >= pixels), PREVIEW_PIXELS)
    return preview if size == PREVIEW_PIXELS else preview.with_name(f"{preview.stem}-{size}{preview.suffix}")
