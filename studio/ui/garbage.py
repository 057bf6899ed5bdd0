"""Collects Python's cyclic garbage on the GUI thread, and nowhere else.

Python collects on whichever thread happens to make the next object. Widgets may hang in cycles, and Qt forbids that one is
deleted on another thread: its timers and connections are torn then, and the window crashes now and then.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250
YOUNG = 2000
"""Fewer new objects than these are not worth a look."""


class GuiCollector(QObject):
    """Turns the collection by itself off, and looks from the GUI thread whether one is due, as Python's own rules say it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> int | None:
        """Collect what is due; the generation, None when nothing was."""
        young, middle, old = gc.get_count()
        _, often, seldom = gc.get_threshold()
        if young < YOUNG:
            return None
        generation = 0 if middle <= often else 1 if old <= seldom else 2
        gc.collect(generation)
        return generation
