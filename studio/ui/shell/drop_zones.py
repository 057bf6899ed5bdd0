"""Named zones over the window while something is dragged: they say what a drop will do, before it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets import icons

ICON = 24


class Zone(NamedTuple):
    """`box` in the window's pixels; `take` is given the QMimeData at once, within the drop. `words` say what comes of it,
    `icon` names the picture over them."""

    name: str
    box: QRect
    take: Callable[[QMimeData], object]
    words: str = ""
    icon: str = "image"


class DropZones(QWidget):
    """Lies over the whole window while a drag is over it: one widget, so that going from zone to zone flickers nothing."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("dropZones")
        self.setAcceptDrops(True)
        self._theme = theme
        self._zones: Sequence[Zone] = ()
        self._hot = -1
        self._inside = False
        self._pointer: QPoint | None = None
        self.hide()

    def open_with(self, zones: Sequence[Zone]) -> None:
        """Show these zones until the drag ends."""
        parent = self.parentWidget()
        if parent is None or not zones:
            return
        self._zones = zones
        self._hot = -1
        self._inside = False
        self._pointer = None
        self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def change_to(self, zones: Sequence[Zone]) -> None:
        """Other zones while the drag goes on: more is known of what is dragged."""
        self._zones = zones
        self._hot = -1 if self._pointer is None else self.zone_at(self._pointer)
        self.update()

    def zones(self) -> Sequence[Zone]:
        return self._zones

    def zone_at(self, point: QPoint) -> int:
        """The zone under a point, else the nearest one: a drop between two zones is not lost."""
        inside = next((i for i, zone in enumerate(self._zones) if zone.box.contains(point)), None)
        if inside is not None:
            return inside
        distances = [(zone.box.center() - point).manhattanLength() for zone in self._zones]
        return distances.index(min(distances)) if distances else -1

    def take(self, mime: QMimeData, point: QPoint) -> None:
        """A drop at `point`: it belongs to the zone there. Read at once: some programs take the data away afterwards."""
        index = self.zone_at(point)
        self.hide()
        if index >= 0:
            self._zones[index].take(mime)

    def close_if_left(self) -> None:
        """Hide, unless the drag is over the zones by now: it left the window before it reached them."""
        if not self._inside:
            self.hide()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._inside = True
        self._heat(event.position().toPoint())
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._heat(event.position().toPoint())
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._inside = False
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._inside = False
        self.take(event.mimeData(), event.position().toPoint())
        event.acceptProposedAction()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(tokens.bg)
        veil.setAlphaF(0.94)
        painter.fillRect(self.rect(), veil)
        for index, zone in enumerate(self._zones):
            self._paint_zone(painter, zone, hot=index == self._hot)

    def _paint_zone(self, painter: QPainter, zone: Zone, *, hot: bool) -> None:
        """The page shines through; the name, what a drop does and its icon stand in the middle."""
        tokens = self._theme.current
        fill = QColor(tokens.accent_tint if hot else tokens.surface1)
        fill.setAlphaF(0.96 if hot else 0.86)
        pen = QPen(QColor(tokens.accent if hot else tokens.faint), 2 if hot else 1)
        if not hot:
            pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(fill)
        box = QRectF(zone.box).adjusted(8.5, 8.5, -8.5, -8.5)
        painter.drawRoundedRect(box, tokens.radius_surface, tokens.radius_surface)
        middle, room = box.center(), box.adjusted(12, 0, -12, 0)
        ratio = self.devicePixelRatioF()
        glyph = icons.pixmap(zone.icon, tokens.accent if hot else tokens.dim, ICON, ratio)
        painter.drawPixmap(QPointF(middle.x() - ICON / 2, middle.y() - 48), glyph)
        flags = (Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop).value | Qt.TextFlag.TextWordWrap.value
        painter.setFont(interface_font(tokens.font_primary, weight=QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(room.left(), middle.y() - 8, room.width(), 44), flags, zone.name)
        lines = -(-painter.fontMetrics().horizontalAdvance(zone.name) // max(1, int(room.width())))
        painter.setFont(interface_font(tokens.font_label))
        painter.setPen(QColor(tokens.dim))
        top = middle.y() + 16 + 18 * (lines - 1)
        painter.drawText(QRectF(room.left(), top, room.width(), max(64.0, box.bottom() - 8 - top)), flags, zone.words)

    def _heat(self, point: QPoint) -> None:
        self._pointer = point
        hot = self.zone_at(point)
        if hot != self._hot:
            self._hot = hot
            self.update()
