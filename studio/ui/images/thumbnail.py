"""Paints one asset in a box: its picture, or what stands for it, with nothing on it but a duration badge."""

from __future__ import annotations

from collections.abc import Hashable
from math import inf
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.images.cache import PixmapCache
from studio.ui.images.captions import duration_words, title_of
from studio.ui.images.loader import ImageLoader
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.theme.tokens import Tokens
from studio.ui.widgets import icons

RING_GAP = 3
MOST_AWAITED = 400
_GLYPHS = {MediaKind.IMAGE: "image", MediaKind.VIDEO: "video", MediaKind.AUDIO: "audio", MediaKind.PROMPT: "prompt"}


class ThumbnailPainter:
    """Paints for one view. Pictures come from `loader`; cells made of words and icons are drawn once and kept.

    After the moment `until` (perf_counter) no new ones of those are drawn: their assets are `deferred`, to be painted again.
    """

    def __init__(self, loader: ImageLoader, theme: Theme, radius: int | None = None) -> None:
        self._loader = loader
        self._theme = theme
        self._radius = theme.current.radius if radius is None else radius
        self._drawn = PixmapCache(8 * 1024 * 1024)
        self.until = inf
        self.deferred: list[str] = []
        self.awaited: dict[Hashable, tuple[Asset, QSize]] = {}  # by token: what was painted without its picture
        self._badge_font = interface_font(theme.current.font_small, weight=QFont.Weight.Medium)
        self._badge_metrics = QFontMetrics(self._badge_font)
        self._words_font = interface_font(theme.current.font_label)
        self.refresh()

    def refresh(self) -> None:
        """The theme changed."""
        tokens = self._theme.current
        self._tokens: Tokens = tokens
        self._ring = QPen(QColor(tokens.accent), 2)
        self._quiet_ring = QPen(QColor(tokens.dim), 1)
        self._badge_back = QColor(9, 10, 13, 190)
        self._badge_text = QColor("#FFFFFF")
        self._drawn.clear()

    def paint(self, painter: QPainter, box: QRect, asset: Asset, token: Hashable, *, badge: bool = True) -> None:
        """Draw the asset in `box`. If its picture has to be loaded, `loader.loaded(token)` says when to paint again."""
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(box.topLeft(), self._pixmap(asset, box.size(), token, ratio))
        if badge and asset.kind in (MediaKind.VIDEO, MediaKind.AUDIO) and asset.duration_s is not None:
            self._paint_badge(painter, box, duration_words(asset.duration_s))

    def paint_empty(self, painter: QPainter, box: QRect) -> None:
        """A quiet box: what belongs there is not known yet."""
        ratio = painter.device().devicePixelRatioF()
        size = box.size()
        painter.drawPixmap(box.topLeft(), self._made(("empty", size.width(), size.height(), ratio), size, ratio, None))

    def ask(self, asset: Asset, size: QSize, ratio: float) -> None:
        """Say that the asset is still in sight, so that its picture is loaded though nothing is painted now."""
        source = self._source(asset)
        if source is not None:
            self._loader.request(source, size, asset.id, radius=self._radius, ratio=ratio)

    def _source(self, asset: Asset) -> Path | None:
        """Its thumbnail; the picture itself where there is none, or where the cache of thumbnails was emptied."""
        if asset.kind is MediaKind.PROMPT:
            return None
        thumbnail = asset.thumbnail
        if asset.kind is MediaKind.IMAGE and (thumbnail is None or self._loader.is_unreadable(thumbnail)):
            return asset.path
        return thumbnail

    def paint_ring(self, painter: QPainter, box: QRect, *, selected: bool, focused: bool) -> None:
        """The ring of selection; a thin one for the cell that the keyboard stands on without having it selected."""
        if not (selected or focused):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._ring if selected else self._quiet_ring)
        gap = RING_GAP - 0.5
        ring = QRectF(box).adjusted(-gap, -gap, gap, gap)
        painter.drawRoundedRect(ring, self._radius + gap, self._radius + gap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _pixmap(self, asset: Asset, size: QSize, token: Hashable, ratio: float) -> QPixmap:
        source = self._source(asset)
        if source is not None:
            picture = self._loader.request(source, size, token, radius=self._radius, ratio=ratio)
            if picture is None and asset.kind is MediaKind.IMAGE:
                # Its thumbnail was just made: until that is loaded, the picture that stood there stays.
                picture = self._loader.cached(asset.path, size, radius=self._radius, ratio=ratio)
            if picture is not None:
                self.awaited.pop(token, None)
                return picture
            if not self._loader.is_unreadable(source):
                self.awaited[token] = (asset, size)
                if len(self.awaited) > MOST_AWAITED:
                    del self.awaited[next(iter(self.awaited))]
                return self._made(("empty", size.width(), size.height(), ratio), size, ratio, None)
        return self._made((asset.id, asset.prompt, size.width(), size.height(), ratio), size, ratio, asset)

    def _made(self, key: Hashable, size: QSize, ratio: float, asset: Asset | None) -> QPixmap:
        pixmap = self._drawn.get(key)
        if pixmap is None and asset is not None and perf_counter() > self.until:
            self.deferred.append(asset.id)
            return self._made(("empty", size.width(), size.height(), ratio), size, ratio, None)
        if pixmap is None:
            pixmap = self._draw(size, ratio, asset)
            self._drawn.put(key, pixmap)
        return pixmap

    def _draw(self, size: QSize, ratio: float, asset: Asset | None) -> QPixmap:
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tokens.surface2 if self._tokens.dark else self._tokens.surface3))
        painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()), self._radius, self._radius)
        if asset is not None:
            self._draw_words(painter, QRect(0, 0, size.width(), size.height()), asset)
        painter.end()
        return pixmap

    def _draw_words(self, painter: QPainter, box: QRect, asset: Asset) -> None:
        wide = box.width() >= 96
        inner = box.adjusted(12, 10, -12, -10)
        painter.setFont(self._words_font)
        painter.setPen(QColor(self._tokens.dim))
        if asset.kind is MediaKind.PROMPT and wide:
            lines = wrapped(title_of(asset), QFontMetrics(self._words_font), inner.width(), inner.height())
            painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, "\n".join(lines))
            return
        edge = 24 if wide else 16
        glyph = icons.pixmap(_GLYPHS[asset.kind], self._tokens.dim, edge, painter.device().devicePixelRatioF())
        top = box.center().y() - edge // 2 - (10 if wide else 0)
        painter.drawPixmap(QPointF(box.center().x() - edge / 2 + 0.5, top), glyph)
        if wide:
            line = QRect(inner.left(), top + edge + 6, inner.width(), 18)
            text = QFontMetrics(self._words_font).elidedText(title_of(asset), Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_badge(self, painter: QPainter, box: QRect, words: str) -> None:
        ratio = painter.device().devicePixelRatioF()
        badge = self._drawn.get(("badge", words, ratio))
        if badge is None:
            badge = self._drawn_badge(words, ratio)
            self._drawn.put(("badge", words, ratio), badge)
        painter.drawPixmap(box.right() - badge.deviceIndependentSize().toSize().width() - 4, box.bottom() - 20, badge)

    def _drawn_badge(self, words: str, ratio: float) -> QPixmap:
        size = QSize(self._badge_metrics.horizontalAdvance(words) + 10, 16)
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._badge_back)
        painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()), 4, 4)
        painter.setFont(self._badge_font)
        painter.setPen(self._badge_text)
        painter.drawText(QRectF(0, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()
        return pixmap


def wrapped(text: str, metrics: QFontMetrics, width: int, height: int) -> list[str]:
    """`text` in lines no wider than `width`, as many as fit into `height`; the last one elided if words are left over."""
    room = max(1, height // metrics.lineSpacing())
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < room:
        if len(lines) == room - 1:
            lines.append(metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, width))
            break
        line = words.pop(0)
        while words and metrics.horizontalAdvance(f"{line} {words[0]}") <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width))
    return lines
