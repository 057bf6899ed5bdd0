"""PySide6 6.12.0 drops one reference to None in most void calls; on Python 3.11 that ends the process after some 7,000
("Fatal Python error: none_dealloc"). This counts, for every pair of versions that is shipped.

From Python 3.12 on None is immortal: its count does not move and nothing can be lost, so there is nothing to count.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

CALLS = 20_000
SLACK = 200
"""The rest of the process takes and gives references too; a leak of this kind loses one a call."""

STOCK = [None] * (20 * CALLS)
"""References to None that are held to the end: a version that loses them turns tests red instead of ending the run."""

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on: nothing to count")


class Painted(QWidget):
    """A paintEvent in Python, which returns None to C++ each time."""

    def __init__(self) -> None:
        super().__init__()
        self.paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paints += 1


def lost(work: Callable[[], object], times: int) -> int:
    """How many references to None `times` calls cost."""
    for _ in range(50):
        work()
    before = sys.getrefcount(None)
    for _ in range(times):
        work()
    return before - sys.getrefcount(None)


def test_void_calls_of_a_widget_lose_no_reference(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    assert lost(widget.update, CALLS) < SLACK
    assert lost(lambda: widget.resize(100, 80), CALLS) < SLACK


def test_void_calls_of_a_painter_lose_no_reference(qapp: QApplication) -> None:
    target, stamp, colour = QPixmap(32, 32), QPixmap(8, 8), QColor("red")
    stamp.fill(colour)
    painter = QPainter(target)
    assert lost(lambda: painter.setPen(colour), CALLS) < SLACK
    assert lost(lambda: painter.drawPixmap(0, 0, stamp), CALLS) < SLACK
    painter.end()


def test_processing_events_loses_no_reference(qapp: QApplication) -> None:
    assert lost(QCoreApplication.processEvents, CALLS) < SLACK


def test_a_paint_event_in_python_loses_no_reference(qtbot: QtBot) -> None:
    widget = Painted()
    qtbot.addWidget(widget)
    widget.resize(16, 16)
    with qtbot.waitExposed(widget):
        widget.show()
    assert lost(widget.repaint, CALLS) < SLACK
    assert widget.paints >= CALLS
