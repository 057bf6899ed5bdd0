"""Words on the canvas, with no picture under them."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from studio.ui.images.message import MessageView
from studio.ui.theme.theme import Theme
from studio.ui.viewer.canvas import Canvas


class MessageCanvas(Canvas):
    """`view.say` changes the words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.view = MessageView(theme, self)
        layout = QStackedLayout(self)
        layout.addWidget(self.view)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.begin().end()
