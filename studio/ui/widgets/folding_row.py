"""A row of controls that takes a second line where the window is too narrow for one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QWidget


class FoldingRow(QWidget):
    """`start` and `end` stand at the ends of the line, `middle` between them; folded, the middle goes below, or the end
    where there is no middle. `gap`: pixels between the widgets of a group; groups stand twice as far apart at least."""

    def __init__(
        self, start: Sequence[QWidget], end: Sequence[QWidget], middle: Sequence[QWidget] = (), *, gap: int = 2
    ) -> None:
        super().__init__()
        self._gap = gap
        self._start, self._middle, self._end = (_group(widgets, gap) for widgets in (start, middle, end))
        self._has_middle = bool(middle)
        self.is_folded = False
        self._grid = QGridLayout(self)
        self._grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # minimumSizeHint says what is needed
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * gap)
        self._grid.setVerticalSpacing(gap)
        self._grid.setColumnStretch(1, 1)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        start, middle, end = (group.sizeHint().width() for group in self._groups())
        least = max(start + 2 * self._gap + end, middle) if self._has_middle else max(start, end)
        return QSize(least, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # something in it was shown, hidden or named anew
            self._fold()
        return done

    def _groups(self) -> tuple[QWidget, QWidget, QWidget]:
        return self._start, self._middle, self._end

    def _fold(self) -> None:
        needed = sum(group.sizeHint().width() for group in self._groups()) + 4 * self._gap
        if self.is_folded != (self.width() < needed):
            self.is_folded = not self.is_folded
            self._arrange()

    def _arrange(self) -> None:
        for group in self._groups():
            self._grid.removeWidget(group)
        self._grid.addWidget(self._start, 0, 0)
        if not self.is_folded:
            self._grid.addWidget(self._middle, 0, 1, Qt.AlignmentFlag.AlignHCenter)
            self._grid.addWidget(self._end, 0, 2)
        elif self._has_middle:
            self._grid.addWidget(self._end, 0, 2)
            self._grid.addWidget(self._middle, 1, 0, 1, 3)
        else:
            self._grid.addWidget(self._end, 1, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)


def _group(widgets: Sequence[QWidget], gap: int) -> QWidget:
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    for widget in widgets:
        row.addWidget(widget)
    return group
