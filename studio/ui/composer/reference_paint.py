"""How a slot of the tray looks: its frame, its picture with two lines over it, its signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap

from studio.domain.kinds import MediaKind
from studio.ui.theme.tokens import Tokens
from studio.ui.widgets import icons

if TYPE_CHECKING:
    from studio.ui.composer.slot import Slot

_GLYPHS = {MediaKind.IMAGE: "image", MediaKind.VIDEO: "video", MediaKind.AUDIO: "audio", MediaKind.PROMPT: "prompt"}
_SHADE = 46
"""Height of the dark foot under the words, px: their contrast holds on a white picture too."""
_BAR = 4


def paint_slot(slot: Slot, picture: QPixmap | None) -> None:
    """All of it; `picture` is the thumbnail as far as it is loaded."""
    tokens = slot.theme.current
    painter = QPainter(slot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = slot.font()
    font.setPixelSize(tokens.font_small)
    painter.setFont(font)
    _paint_box(painter, slot)
    if picture is not None:
        painter.drawPixmap(2, 2, picture)
    if slot.busy:
        _paint_busy(painter, slot, over=picture is not None)
    elif slot.trouble:
        _paint_trouble(painter, slot)
    elif slot.reference is not None:
        _paint_filled(painter, slot, has_picture=picture is not None)
    else:
        _paint_empty(painter, slot)
    _paint_frame(painter, slot)


def _radius_box(slot: Slot, inset: float) -> QRectF:
    return QRectF(slot.rect()).adjusted(inset, inset, -inset, -inset)


def _paint_box(painter: QPainter, slot: Slot) -> None:
    tokens = slot.theme.current
    quiet = tokens.surface2 if slot.reference or slot.busy or slot.underMouse() else tokens.surface1
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.accent_tint if slot.hot else quiet))
    painter.drawRoundedRect(_radius_box(slot, 0.5), tokens.radius_box, tokens.radius_box)


def _paint_frame(painter: QPainter, slot: Slot) -> None:
    """Last, so that the ring of focus lies over the picture."""
    tokens = slot.theme.current
    strong = slot.hasFocus() or slot.hot
    pen = QPen(QColor(tokens.accent if strong else tokens.line), 2 if strong else 1)
    if slot.trouble and not strong:
        pen.setColor(QColor(tokens.bad))
    elif slot.is_free and not strong:
        pen.setStyle(Qt.PenStyle.DashLine)
        pen.setColor(QColor(tokens.bad if slot.wrong else tokens.faint))
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(_radius_box(slot, pen.widthF() / 2), tokens.radius_box, tokens.radius_box)


def _paint_empty(painter: QPainter, slot: Slot) -> None:
    tokens = slot.theme.current
    second = _words("needed") if slot.required else _words("optional")
    _two_lines(painter, slot, slot.title, second, tokens.text if slot.required else tokens.dim,
               tokens.bad if slot.wrong else tokens.dim)


def _paint_busy(painter: QPainter, slot: Slot, *, over: bool) -> None:
    tokens = slot.theme.current
    if over:
        veil = QColor(tokens.surface2)
        veil.setAlphaF(0.85)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawRoundedRect(_radius_box(slot, 2), tokens.radius, tokens.radius)
    known = slot.progress is not None and slot.progress > 0
    fetching = slot.brought is not None and bool(slot.brought.url)
    verb = _words("fetching…") if fetching else _words("reading…")
    second = f"{verb} {round(100 * (slot.progress or 0))} %" if known else verb
    _two_lines(painter, slot, slot.title, second, tokens.text, tokens.dim)
    track = QRectF(12, slot.height() - 16, slot.width() - 24, _BAR)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.surface3))
    painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
    if known:
        track.setWidth(max(_BAR, track.width() * min(1.0, slot.progress or 0.0)))
        painter.setBrush(QColor(tokens.run))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)


def _paint_trouble(painter: QPainter, slot: Slot) -> None:
    tokens = slot.theme.current
    glyph = icons.pixmap("alert", tokens.bad, 16, slot.devicePixelRatioF())
    painter.drawPixmap(QPointF((slot.width() - 16) / 2, 12), glyph)
    _two_lines(painter, slot, slot.title, _words("not taken"), tokens.text, tokens.bad, lower=8)


def _paint_filled(painter: QPainter, slot: Slot, *, has_picture: bool) -> None:
    reference = slot.reference
    if reference is None:
        return
    tokens = slot.theme.current
    box = QRect(8, 0, slot.width() - 16, 15)
    first, second = slot.title, reference.measures or ("" if has_picture else reference.name)
    if has_picture:
        _paint_shade(painter, slot)
    else:
        kind = reference.kind
        glyph = icons.pixmap(_GLYPHS.get(kind, "image") if kind else "external", tokens.dim, 20, slot.devicePixelRatioF())
        painter.drawPixmap(QPointF((slot.width() - 20) / 2, 10), glyph)
        _line(painter, box.translated(0, 34), reference.name, tokens.dim, Qt.TextElideMode.ElideMiddle, centred=True)
    ink, quiet = ("#FFFFFF", "#D5DAE2") if has_picture else (tokens.text, tokens.dim)
    if second and (has_picture or reference.measures):
        _line(painter, box.translated(0, slot.height() - 36), first, ink, centred=not has_picture)
        _line(painter, box.translated(0, slot.height() - 21), second, quiet, centred=not has_picture)
    else:
        _line(painter, box.translated(0, slot.height() - 24), first, ink, centred=not has_picture)
    _paint_sign(painter, slot, tokens)


def _paint_shade(painter: QPainter, slot: Slot) -> None:
    """A foot that darkens downwards, cut to the corners of the picture."""
    area = _radius_box(slot, 2)
    path = QPainterPath()
    path.addRoundedRect(area, slot.theme.current.radius, slot.theme.current.radius)
    shade = QLinearGradient(0, area.bottom() - _SHADE, 0, area.bottom())
    shade.setColorAt(0, QColor(9, 10, 13, 0))
    shade.setColorAt(0.3, QColor(9, 10, 13, 165))
    shade.setColorAt(1, QColor(9, 10, 13, 225))
    painter.save()
    painter.setClipPath(path)
    painter.fillRect(QRectF(area.left(), area.bottom() - _SHADE, area.width(), _SHADE), shade)
    painter.restore()


def _paint_sign(painter: QPainter, slot: Slot, tokens: Tokens) -> None:
    """A warning's sign, else that of a change on the way in; the words stand in the tooltip."""
    media = slot.reference.media if slot.reference is not None else None
    if not slot.warnings and not (media is not None and media.changes):
        return
    name, colour = ("alert", "#E5B84A") if slot.warnings else ("info", "#FFFFFF")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(9, 10, 13, 190))
    painter.drawRoundedRect(QRectF(4, 4, 20, 20), tokens.radius_small, tokens.radius_small)
    painter.drawPixmap(QPointF(7, 7), icons.pixmap(name, colour, 14, slot.devicePixelRatioF()))


def _two_lines(
    painter: QPainter, slot: Slot, first: str, second: str, ink: str, quiet: str, *, lower: int = 0
) -> None:
    middle = slot.height() // 2 + lower
    box = QRect(6, middle - 17, slot.width() - 12, 16)
    _line(painter, box, first, ink, centred=True)
    _line(painter, box.translated(0, 18), second, quiet, centred=True)


def _line(
    painter: QPainter, box: QRect, words: str, colour: str, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight, *,
    centred: bool = False,
) -> None:
    side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
    painter.setPen(QColor(colour))
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, painter.fontMetrics().elidedText(words, mode, box.width()))


def _words(text: str) -> str:
    return QCoreApplication.translate("Slot", text)
