"""Reads a picture for the viewer, but none that is too large for the window's own memory: the caller has that one decoded
elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QSize

from studio.ui.images.decoder import read_to_fit
from studio.ui.images.formats import picture_reader
from studio.ui.images.reading import Reading

MOST_PIXELS = 36_000_000
"""Larger ones are decoded in a process of their own: 144 MB in four bytes a pixel."""


def read_bounded(path: str, box: QSize | None) -> Reading:
    """As `read_to_fit`; without image and problem where the header declares more than MOST_PIXELS."""
    size = picture_reader(path).size()
    if size.isValid() and size.width() * size.height() > MOST_PIXELS:
        return Reading(source=size)
    return read_to_fit(path, box)
