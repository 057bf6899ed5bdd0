"""A label that shows one asset: its picture, loaded in the background."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.asset import Asset
from studio.ui.images.captions import spoken
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import ThumbnailPainter
from studio.ui.theme.theme import Theme


class AssetLabel(QWidget):
    """One asset's picture in a box of fixed height, with its duration badge; a quiet box while there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, height: int = 184) -> None:
        super().__init__(parent)
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._asset: Asset | None = None
        self._images = ImageLoader(self, limit_bytes=4 * 1024 * 1024)
        self._images.loaded.connect(self.update)
        self._images.failed.connect(self.update)
        self._cells = ThumbnailPainter(self._images, theme, theme.current.radius_box)
        theme.changed.connect(self._restyle)

    def show_asset(self, asset: Asset | None) -> None:
        self._asset = asset
        self.setAccessibleName("" if asset is None else spoken(asset))
        self._images.next_generation()
        self.update()

    def _restyle(self) -> None:
        self._cells.refresh()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._asset is not None:
            self._cells.paint(painter, self.rect(), self._asset, self._asset.id)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.current.surface2))
        painter.drawRoundedRect(self.rect(), self._theme.current.radius_box, self._theme.current.radius_box)
