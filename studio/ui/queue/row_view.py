"""A list whose rows are all equally high, so that where a row stands is a multiplication.

QListView lays out every row anew when one comes or goes, and asks the model for each: with a thousand rows in a Python model
that alone takes longer than a frame has. Everything that has to do with places is therefore answered here; selection, keys,
editing, dragging and what screen readers hear are QListView's own.
"""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
)
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyleOptionViewItem

from studio.ui.widgets.viewport import own_viewport

Index = QModelIndex | QPersistentModelIndex
_Action = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint
TURN_S = 0.003
"""So long one turn of the window's thread may draw rows anew; the others follow in the next one."""


class RowView(QListView):
    """Rows of `row_height` pixels, as wide as the view, in the first column of a flat model."""

    def __init__(self, row_height: int) -> None:
        super().__init__()
        own_viewport(self)
        self.row_height = row_height
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self._turn_began = 0.0
        self._drawn_now = 0
        self._is_late = False
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(lambda: self.viewport().update())

    def may_draw(self) -> bool:
        """Whether a delegate has the time to draw one more row anew in this turn. False: it shows what it has of that row;
        the view asks again right after."""
        if self._drawn_now and perf_counter() - self._turn_began > TURN_S:
            self._is_late = True
            return False
        self._drawn_now += 1
        return True

    def _count(self) -> int:
        model = self.model()
        return 0 if model is None else model.rowCount()

    # where rows stand

    def doItemsLayout(self) -> None:  # noqa: N802  # Qt's name
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:  # noqa: N802  # Qt's name
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setSingleStep(self.row_height // 3)
        bar.setPageStep(page)
        bar.setRange(0, max(0, self._count() * self.row_height - page))
        QAbstractItemView.updateGeometries(self)

    def verticalOffset(self) -> int:  # noqa: N802  # Qt's name
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:  # noqa: N802  # Qt's name
        return 0

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # Qt's name
        """All that is seen, and an open editor with it: QListView would move what it laid out, and it lays out nothing."""
        self.updateEditorGeometries()
        self.viewport().update()

    def isIndexHidden(self, index: Index) -> bool:  # noqa: N802  # Qt's name
        return False

    def visualRect(self, index: Index) -> QRect:  # noqa: N802  # Qt's name
        if not index.isValid():
            return QRect()
        return QRect(0, index.row() * self.row_height - self.verticalOffset(), self.viewport().width(), self.row_height)

    def indexAt(self, at: QPoint) -> QModelIndex:  # noqa: N802  # Qt's name
        row = (at.y() + self.verticalOffset()) // self.row_height
        inside = 0 <= row < self._count() and 0 <= at.x() < self.viewport().width()
        return self.model().index(row, 0) if inside else QModelIndex()

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = _Hint.EnsureVisible) -> None:  # noqa: N802  # Qt's name
        if not index.isValid():
            return
        self.executeDelayedItemsLayout()
        bar, page = self.verticalScrollBar(), self.viewport().height()
        top = index.row() * self.row_height
        if hint == _Hint.PositionAtTop or (hint == _Hint.EnsureVisible and top < bar.value()):
            bar.setValue(top)
        elif hint == _Hint.PositionAtBottom or (hint == _Hint.EnsureVisible and top + self.row_height > bar.value() + page):
            bar.setValue(top + self.row_height - page)
        elif hint == _Hint.PositionAtCenter:
            bar.setValue(top - (page - self.row_height) // 2)

    # moving and choosing

    def moveCursor(  # noqa: N802  # Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        count, current = self._count(), self.currentIndex()
        if count == 0:
            return QModelIndex()
        if not current.isValid():
            return self.model().index(0, 0)
        page = max(1, self.viewport().height() // self.row_height - 1)
        steps = {_Action.MoveUp: -1, _Action.MovePrevious: -1, _Action.MoveDown: 1, _Action.MoveNext: 1,
                 _Action.MovePageUp: -page, _Action.MovePageDown: page, _Action.MoveHome: -count, _Action.MoveEnd: count}
        row = current.row() + steps.get(action, 0)
        return self.model().index(min(max(row, 0), count - 1), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:  # noqa: N802  # Qt's name
        rect = rect.normalized()
        first = max(0, (rect.top() + self.verticalOffset()) // self.row_height)
        last = min(self._count() - 1, (rect.bottom() + self.verticalOffset()) // self.row_height)
        chosen = QItemSelection()
        if first <= last:
            chosen.select(self.model().index(first, 0), self.model().index(last, 0))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802  # Qt's name
        region, seen = QRegion(), self.viewport().rect()
        for part in selection.toList():
            top = self.visualRect(part.topLeft())
            region += top.united(self.visualRect(part.bottomRight())) & seen
        return region

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        model, delegate = self.model(), self.itemDelegate()
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        box = event.rect()
        first = max(0, (box.top() + self.verticalOffset()) // self.row_height)
        last = min(self._count() - 1, (box.bottom() + self.verticalOffset()) // self.row_height)
        self._turn_began, self._drawn_now, self._is_late = perf_counter(), 0, False
        try:
            for row in range(first, last + 1):
                index = model.index(row, 0)
                option.rect = self.visualRect(index)
                delegate.paint(painter, option, index)
        finally:
            painter.end()
        if self._is_late:
            self._rest.start()
