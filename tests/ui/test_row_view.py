"""A list of equal rows shows after each scroll what belongs there, and spreads what takes long over several turns."""

from __future__ import annotations

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from studio.ui.queue.row_view import TURN_S, RowView


class Slow(QStyledItemDelegate):
    """Takes longer for a row than a turn may."""

    def __init__(self, view: RowView) -> None:
        super().__init__(view)
        self._view = view
        self.drawn: set[int] = set()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        painter.fillRect(option.rect, Qt.GlobalColor.black)
        if index.row() not in self.drawn and self._view.may_draw():
            time.sleep(TURN_S * 1.2)
            self.drawn.add(index.row())


def test_every_scroll_shows_the_rows_that_belong_there_some_in_each_turn(qtbot: QtBot) -> None:
    view = RowView(20)
    qtbot.addWidget(view)
    model = QStringListModel([str(number) for number in range(1000)])
    view.setModel(model)
    delegate = Slow(view)
    view.setItemDelegate(delegate)
    view.resize(200, 200)
    view.show()
    qtbot.waitUntil(lambda: delegate.drawn >= set(range(9)), timeout=3000)
    for top in (3, 500, 501, 0, 700):
        delegate.drawn.clear()
        view.verticalScrollBar().setValue(top * 20)
        qtbot.waitUntil(lambda top=top: delegate.drawn >= set(range(top, top + 9)), timeout=3000)  # type: ignore[misc]
    delegate.drawn.clear()
    view.repaint()
    assert len(delegate.drawn) == 1, "one turn draws no more than it has time for"
