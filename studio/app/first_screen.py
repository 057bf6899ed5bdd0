"""What the window shows before the core is open. Light on purpose: nothing heavy may be imported from here."""

from __future__ import annotations

from studio.domain.first_screen import FirstScreen
from studio.settings.paths import Paths
from studio.store import first_screen

NEWEST = 60


def read(paths: Paths, limit: int = NEWEST) -> FirstScreen:
    """The newest jobs and assets and the counts; empty where nothing can be read yet. Blocks for some milliseconds."""
    return first_screen.read(paths.store, paths.media, paths.thumbnails, limit)
