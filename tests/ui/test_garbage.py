"""Cyclic garbage with widgets in it goes on the GUI thread, whoever made the objects that made it due."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.ui.garbage import YOUNG, GuiCollector


class Holder:
    """Holds a Qt object of nobody's, and itself."""

    def __init__(self, gone: list[int]) -> None:
        self.me = self
        self.thing = QObject()
        weakref.finalize(self, lambda: gone.append(threading.get_ident()))


def make_many() -> None:
    """So many objects that Python would collect several times, if it did."""
    kept = [[number] for number in range(20 * YOUNG)]
    assert kept


def test_only_the_gui_thread_collects(qtbot: QtBot, collector: GuiCollector) -> None:
    gc.collect()
    gone: list[int] = []
    Holder(gone)
    busy = threading.Thread(target=make_many)
    busy.start()
    busy.join()
    assert gone == [], "it was collected on another thread"
    kept = [[number] for number in range(2 * YOUNG)]
    qtbot.waitUntil(lambda: bool(gone), timeout=5000)
    assert gone == [threading.get_ident()]
    assert kept


def test_nothing_is_done_where_nothing_is_due(collector: GuiCollector) -> None:
    gc.collect()
    assert collector.look() is None


def test_old_objects_are_looked_at_too(collector: GuiCollector) -> None:
    gone: list[int] = []
    holder = Holder(gone)
    gc.collect(0)
    gc.collect(1)
    del holder
    kept: list[list[int]] = []
    for _ in range(200):  # as many looks as it takes until the old ones are due
        kept += [[number] for number in range(YOUNG + 10)]
        if collector.look() == 2:
            break
    assert gone, "what had become old was never looked at"
    assert kept
