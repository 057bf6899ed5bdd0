"""Where the disk of a file begins: there other disks than the home's have their trash."""

from __future__ import annotations

import os
from pathlib import Path


def top_of(path: Path) -> Path:
    """Where the disk of a file is mounted; links followed, as a link may lead to another disk."""
    place = os.path.realpath(path.parent)
    while not os.path.ismount(place):
        place = os.path.dirname(place)
    return Path(place)
