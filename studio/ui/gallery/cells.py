"""What stands in a cell of the gallery: the picture, and on it only what the person put there (star, colour) or must know
(its file is missing), a sound's shape, and a video's frames under the pointer."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.gallery.label_colours import SHOWN
from studio.ui.gallery.row_words import COLUMNS, Column, fitting, row_words
from studio.ui.images.captions import duration_words, title_of
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import ThumbnailPainter
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets import icons

BADGE = 18
SHEET_FRAMES = 10
_VEIL = QColor(9, 10, 13, 190)
_WAVE_EDGE = 12


class Scrub:
    """The frames of the video under the pointer, and how far along its cell the pointer is, from 0 to 1."""

    __slots__ = ("along", "asset_id", "sheet")

    def __init__(self, asset_id: str, sheet: QPixmap, along: float) -> None:
        self.asset_id, self.sheet, self.along = asset_id, sheet, along

    def frame(self) -> QRect:
        """The part of the sheet to be shown."""
        width = self.sheet.width() // SHEET_FRAMES
        number = min(SHEET_FRAMES - 1, max(0, int(self.along * SHEET_FRAMES)))
        return QRect(number * width, 0, width, self.sheet.height())


class CellPainter(ThumbnailPainter):
    """Paints cells of the grid and lines of the list."""

    def __init__(self, loader: ImageLoader, theme: Theme) -> None:
        self._name_font = interface_font(theme.current.font_body)
        self._fact_font = interface_font(theme.current.font_label)
        self._name_metrics = QFontMetrics(self._name_font)
        self._fact_metrics = QFontMetrics(self._fact_font)
        self._small_bold = interface_font(theme.current.font_small, weight=QFont.Weight.DemiBold)
        super().__init__(loader, theme)

    # -- the grid ----------------

    def paint_cell(
        self, painter: QPainter, box: QRect, asset: Asset, *, wave: bytes | None = None, scrub: Scrub | None = None
    ) -> None:
        """One cell of the grid."""
        if scrub is not None and scrub.asset_id == asset.id and not scrub.sheet.isNull():
            self._paint_frame(painter, box, scrub)
        elif wave and asset.kind is MediaKind.AUDIO and box.width() >= 96:
            self._paint_sound(painter, box, asset, wave)
        else:
            self.paint(painter, box, asset, asset.id)
        if asset.missing_since is not None:
            self._paint_badge_icon(painter, QPointF(box.right() - BADGE - 3, box.top() + 4), "alert", SHOWN["yellow"])
        if asset.starred or asset.colour:
            self._paint_marks(painter, box, asset)

    def _paint_marks(self, painter: QPainter, box: QRect, asset: Asset) -> None:
        left = float(box.left() + 4)
        top = float(box.bottom() - BADGE - 3)
        if asset.starred:
            self._paint_badge_icon(painter, QPointF(left, top), "star-filled", SHOWN["yellow"])
            left += BADGE + 4
        if asset.colour:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(_VEIL, 2))
            painter.setBrush(QColor(SHOWN.get(asset.colour, "#FFFFFF")))
            painter.drawEllipse(QRectF(left + 2, top + 3, 12, 12))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_badge_icon(self, painter: QPainter, at: QPointF, name: str, colour: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_VEIL)
        painter.drawRoundedRect(QRectF(at.x(), at.y(), BADGE, BADGE), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        glyph = icons.pixmap(name, colour, 12, painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(at.x() + 3, at.y() + 3), glyph)

    def _paint_frame(self, painter: QPainter, box: QRect, scrub: Scrub) -> None:
        """The frame under the pointer, filling the cell as its poster does, and a line that says how far along it is."""
        part = scrub.frame()
        painter.save()
        path = QPainterPath()
        path.addRoundedRect(QRectF(box), self._radius, self._radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(path)
        painter.drawPixmap(QRectF(box), scrub.sheet, QRectF(covering(part, box.size())))
        painter.fillRect(QRectF(box.left(), box.bottom() - 2, box.width() * scrub.along, 3), QColor(self._tokens.accent))
        painter.restore()

    def _paint_sound(self, painter: QPainter, box: QRect, asset: Asset, wave: bytes) -> None:
        """A sound's shape over its name, drawn once."""
        ratio = painter.device().devicePixelRatioF()
        key = ("sound", asset.id, asset.prompt, box.width(), box.height(), ratio)
        pixmap = self._drawn.get(key)
        if pixmap is None and perf_counter() > self.until:
            self.deferred.append(asset.id)
            self.paint_empty(painter, box)
            return
        if pixmap is None:
            pixmap = self._draw(box.size(), ratio, None)
            inside = QRect(_WAVE_EDGE, round(box.height() * 0.2), box.width() - 2 * _WAVE_EDGE, round(box.height() * 0.34))
            drawing = QPainter(pixmap)
            _draw_wave(drawing, inside, wave, QColor(self._tokens.dim))
            drawing.setFont(self._words_font)
            drawing.setPen(QColor(self._tokens.dim))
            name = self._fact_metrics.elidedText(title_of(asset), Qt.TextElideMode.ElideRight, inside.width())
            line = QRect(inside.left(), inside.bottom() + 8, inside.width(), 18)
            drawing.drawText(line, Qt.AlignmentFlag.AlignCenter, name)
            drawing.end()
            self._drawn.put(key, pixmap)
        painter.drawPixmap(box.topLeft(), pixmap)
        if asset.duration_s is not None:
            self._paint_badge(painter, box, duration_words(asset.duration_s))

    # -- the list ----------------

    def paint_row(self, painter: QPainter, box: QRect, asset: Asset, operation: str, *, selected: bool, hot: bool) -> None:
        """One line of the list."""
        tokens = self._tokens
        if selected or hot:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_tint if selected else tokens.surface2))
            painter.drawRoundedRect(QRectF(box), self._radius, self._radius)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.paint(painter, picture_in_row(box), asset, asset.id, badge=False)
        words = row_words(asset, operation)
        for column, place in columns_in(box):
            if column is Column.NAME:
                self._paint_name(painter, place, asset)
            else:
                painter.setFont(self._fact_font)
                painter.setPen(QColor(tokens.dim))
                text = self._fact_metrics.elidedText(words[column], Qt.TextElideMode.ElideRight, place.width())
                painter.drawText(place, COLUMNS[column].align | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_name(self, painter: QPainter, place: QRect, asset: Asset) -> None:
        ratio = painter.device().devicePixelRatioF()
        if asset.colour:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(SHOWN.get(asset.colour, "#FFFFFF")))
            painter.drawEllipse(QRectF(place.left(), place.center().y() - 4, 9, 9))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            place = place.adjusted(16, 0, 0, 0)
        signs = (
            ("star-filled", SHOWN["yellow"], asset.starred), ("alert", self._tokens.warn, asset.missing_since is not None),
        )
        for name, colour, shown in signs:
            if shown:
                painter.drawPixmap(QPointF(place.left(), place.center().y() - 6), icons.pixmap(name, colour, 13, ratio))
                place = place.adjusted(18, 0, 0, 0)
        painter.setFont(self._name_font)
        painter.setPen(QColor(self._tokens.text))
        text = self._name_metrics.elidedText(" ".join(title_of(asset).split()), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def covering(part: QRect, size: QSize) -> QRect:
    """The middle of `part` in the shape of `size`: what is left when it fills a box of that shape."""
    wanted = size.scaled(part.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left = part.left() + (part.width() - wanted.width()) // 2
    top = part.top() + (part.height() - wanted.height()) // 2
    return QRect(left, top, wanted.width(), wanted.height())


def picture_in_row(box: QRect) -> QRect:
    """Where a line's picture stands."""
    edge = box.height() - 8
    return QRect(box.left() + 8, box.top() + 4, round(edge * 4 / 3), edge)


def columns_in(box: QRect) -> list[tuple[Column, QRect]]:
    """Where each column of a line stands; on narrow lines the least wanted are left out."""
    left, right = picture_in_row(box).right() + 13, box.right() - 12
    shown = fitting(right - left)
    taken = sum(COLUMNS[column].width + 16 for column in shown if column is not Column.NAME)
    places = []
    for column in shown:
        width = right - left - taken if column is Column.NAME else COLUMNS[column].width
        places.append((column, QRect(left, box.top(), width, box.height())))
        left += width + 16
        taken -= 0 if column is Column.NAME else width + 16
    return places


def _draw_wave(painter: QPainter, box: QRect, wave: bytes, colour: QColor) -> None:
    """Bars from the lowest to the highest of each stretch; `wave` holds pairs of bytes about 128."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    pairs, middle = len(wave) // 2, box.height() / 2
    bars = max(1, box.width() // 4)
    for bar in range(bars):
        first, end = bar * pairs // bars, max(bar * pairs // bars + 1, (bar + 1) * pairs // bars)
        low, high = min(wave[2 * first : 2 * end : 2]), max(wave[2 * first + 1 : 2 * end : 2])
        reach = max(1.0, max(abs(high - 128), abs(128 - low)) / 128 * middle)
        painter.drawRoundedRect(QRectF(box.left() + bar * 4, box.top() + middle - reach, 2, 2 * reach), 1, 1)
