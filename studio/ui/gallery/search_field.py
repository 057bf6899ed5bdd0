"""A field to search in: Escape and a small button clear it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool

BUTTON = 24


class SearchField(QLineEdit):
    """The button stands inside, at the right, while there is something to clear."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._button = tool("close", self.tr("Clear"), f"{name}Clear", theme, size=12)
        self._button.setParent(self)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Escape does the same
        self._button.setCursor(Qt.CursorShape.ArrowCursor)
        self._button.setFixedSize(BUTTON, BUTTON)
        self._button.clicked.connect(self.clear)
        self._button.hide()
        self.setTextMargins(0, 0, BUTTON, 0)
        self.textChanged.connect(self.show_button)

    def show_button(self) -> None:
        """The button is there while there is something to clear."""
        self._button.setVisible(bool(self.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._button.move(self.width() - BUTTON - 4, (self.height() - BUTTON) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)
