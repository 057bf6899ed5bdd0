"""The further results of a job, small and side by side; pressing one shows it in the gallery."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.ui.images.labels import AssetLabel
from studio.ui.theme.theme import Theme

MOST = 5


class ResultStrip(QWidget):
    """`pressed(asset)`. Hidden where there is one result at most."""

    pressed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyResults")
        self.setAccessibleName(self.tr("More results"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current.sm)
        self.pictures = [_Small(theme, f"historyResult{number}") for number in range(MOST)]
        for picture in self.pictures:
            row.addWidget(picture, 1)
            picture.pressed.connect(self.pressed)
        self.hide()

    def show_assets(self, assets: Sequence[Asset]) -> None:
        """Those behind the first one."""
        for number, picture in enumerate(self.pictures):
            asset = assets[number] if number < len(assets) else None
            picture.asset = asset
            picture.show_asset(asset)
            picture.setVisible(asset is not None)
        self.setVisible(bool(assets))


class _Small(AssetLabel):
    pressed = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, height=48)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.asset: Asset | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit(self.asset)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit(self.asset)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(QColor(self._theme.current.accent), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)
            painter.end()
