"""Other assets as a short list of links: a small picture, what it is called, and a click goes there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.ui.images.captions import spoken, title_of
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import ThumbnailPainter
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.words import counted, label, tip

MOST = 12
_ROW, _PICTURE = 44, 36


class _Link(QAbstractButton):
    def __init__(self, cells: ThumbnailPainter, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.asset: Asset | None = None
        self._cells, self._theme = cells, theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(_ROW)

    def show_asset(self, asset: Asset | None) -> None:
        """Lead there; hidden for None."""
        self.asset = asset
        self.setVisible(asset is not None)
        if asset is not None:
            self.setObjectName(f"link_{asset.id}")
            self.setAccessibleName(spoken(asset))
            self.setToolTip(tip(title_of(asset)))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        asset, tokens = self.asset, self._theme.current
        if asset is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setBrush(QColor(tokens.surface3))
            painter.setPen(QPen(QColor(tokens.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), tokens.radius, tokens.radius)
        picture = QRect(4, (_ROW - _PICTURE) // 2, _PICTURE, _PICTURE)
        self._cells.paint(painter, picture, asset, asset.id, badge=False)
        painter.setFont(interface_font(tokens.font_label))
        painter.setPen(QColor(tokens.text))
        box = self.rect().adjusted(_PICTURE + 14, 0, -8, 0)
        words = painter.fontMetrics().elidedText(title_of(asset), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()


class AssetLinks(QWidget):
    """`chosen` (asset). Hidden while there is none to show."""

    chosen = Signal(object)

    def __init__(self, title: str, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._theme = theme
        self._images = ImageLoader(self, limit_bytes=2 * 1024 * 1024)
        self._cells = ThumbnailPainter(self._images, theme, theme.current.radius_small)
        self._images.loaded.connect(self._repaint)
        self._images.failed.connect(self._repaint)
        theme.changed.connect(self._cells.refresh)
        self._links: list[_Link] = []
        self._more = label("", "label")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(label(title, "label"))
        self._column.addWidget(self._more)
        self.hide()

    def show_assets(self, assets: Sequence[Asset]) -> None:
        """The first `MOST`, and how many more there are."""
        shown = assets[:MOST]
        while len(self._links) < len(shown):
            link = _Link(self._cells, self._theme, self)
            link.clicked.connect(lambda _=False, link=link: self.chosen.emit(link.asset))
            self._column.insertWidget(1 + len(self._links), link)
            self._links.append(link)
        for place, link in enumerate(self._links):
            link.show_asset(shown[place] if place < len(shown) else None)
        left = len(assets) - len(shown)
        self._more.setText(counted(left, self.tr("and 1 more"), self.tr("and {n} more")))
        self._more.setVisible(left > 0)
        self.setVisible(bool(assets))

    @property
    def links(self) -> Sequence[QAbstractButton]:
        return [link for link in self._links if link.asset is not None]

    def _repaint(self) -> None:
        for link in self._links:
            link.update()
