"""A small box that opens under a button, and closes by Escape, by a click elsewhere or when it has done its work."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


class Popover(QFrame):
    """Fill `column`; show with `open_at`. It deletes itself when it closes."""

    def __init__(self, parent: QWidget, name: str, title: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("surface", "box")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)

    def open_at(self, anchor: QWidget, at: QPoint | None = None) -> None:
        """Under `anchor`, or at a point of the screen; kept on its screen. Focus goes to the first control."""
        self.adjustSize()
        if at is None:
            at = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        free = anchor.screen().availableGeometry()
        at.setX(min(max(at.x(), free.left()), max(free.left(), free.right() - self.width())))
        at.setY(min(max(at.y(), free.top()), max(free.top(), free.bottom() - self.height())))
        self.move(at)
        self.show()
        if self.focusWidget() is None:
            self.focusNextChild()
