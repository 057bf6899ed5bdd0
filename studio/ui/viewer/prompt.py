"""Shows a prompt that came out of an enhancement: readable, to copy and to use."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.ui.theme.theme import Theme
from studio.ui.viewer.canvas import Canvas
from studio.ui.widgets.buttons import push


class PromptView(Canvas):
    """`copyPressed` (text), `usePressed` (asset)."""

    copyPressed = Signal(str)  # noqa: N815  # Qt's spelling
    usePressed = Signal(object)  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("promptView")
        self._asset: Asset | None = None
        self.is_connected = False  # it is made late: who shows it connects it then
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setObjectName("promptText")
        self.text.setAccessibleName(self.tr("Prompt"))
        self.text.setMaximumWidth(640)
        copy = push(self.tr("Copy"), "promptCopy")
        copy.clicked.connect(lambda: self.copyPressed.emit(self.text.toPlainText()))
        use = push(self.tr("Use as prompt"), "promptUse", "primary")
        use.clicked.connect(lambda: self.usePressed.emit(self._asset))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.current.sm)
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(use)
        column = QVBoxLayout()
        column.setSpacing(theme.current.md)
        column.addStretch(1)
        column.addWidget(self.text, 2)
        column.addLayout(buttons)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(32, 32, 32, 32)
        row.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row.addStretch(1)
        row.addLayout(column, 6)
        row.addStretch(1)

    def show_asset(self, asset: Asset) -> None:
        self._asset = asset
        self.text.setPlainText(asset.prompt)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter: QPainter = self.begin()
        painter.end()
