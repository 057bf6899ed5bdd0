"""A row that takes two lines where one is too narrow."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.widgets.folding_row import FoldingRow


def buttons(*widths: int) -> list[QPushButton]:
    made = []
    for width in widths:
        button = QPushButton(str(width))
        button.setFixedSize(width, 28)
        made.append(button)
    return made


def shown(qtbot: QtBot, row: FoldingRow, width: int) -> FoldingRow:
    qtbot.addWidget(row)
    row.resize(width, 80)
    row.show()
    return row


def top(row: FoldingRow, widget: QWidget) -> int:
    return widget.mapTo(row, widget.rect().topLeft()).y()


def test_the_middle_goes_below_where_the_line_is_too_short(qtbot: QtBot) -> None:
    (first,), (last,), middle = buttons(60), buttons(70), buttons(50, 51)
    row = shown(qtbot, FoldingRow((first,), (last,), middle), 300)
    assert not row.is_folded
    assert row.minimumSizeHint().width() == 60 + 4 + 70
    row.resize(200, 80)
    qtbot.waitUntil(lambda: row.is_folded and top(row, middle[0]) > top(row, first))
    assert top(row, last) == top(row, first)
    assert row.minimumSizeHint().height() >= 2 * 28
    assert all(one.mapTo(row, one.rect().bottomRight()).x() < 200 for one in (first, last, *middle))
    row.resize(300, 80)
    qtbot.waitUntil(lambda: not row.is_folded and top(row, middle[0]) == top(row, first))


def test_without_a_middle_the_end_goes_below_also_when_something_is_shown_later(qtbot: QtBot) -> None:
    (first, late), (last,) = buttons(60, 120), buttons(70)
    late.hide()
    row = shown(qtbot, FoldingRow((first, late), (last,)), 200)
    assert not row.is_folded
    late.show()
    qtbot.waitUntil(lambda: row.is_folded and top(row, last) > top(row, first))
    late.hide()
    qtbot.waitUntil(lambda: not row.is_folded and top(row, last) == top(row, first))
