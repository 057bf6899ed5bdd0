"""The list of the queue, with its keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView

from studio.ui.widgets.viewport import own_viewport


class QueueView(QListView):
    """Enter shows the result, Delete cancels: `pressed_key(name of the action)`. `hovered_row` is -1 without the mouse."""

    pressed_key = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        own_viewport(self)
        self.setMouseTracking(True)
        self.hovered_row = -1
        self.entered.connect(self._hover)
        self.viewportEntered.connect(lambda: self._hover(QModelIndex()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.pressed_key.emit("cancel")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed_key.emit("show")
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _hover(self, index: QModelIndex) -> None:
        before, self.hovered_row = self.hovered_row, index.row()
        if before != self.hovered_row:
            self.update(self.model().index(before, 0))
            self.update(index)
