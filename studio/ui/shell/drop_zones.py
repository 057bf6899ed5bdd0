"""Named zones over the window while something is dragged: they say what a drop will do, before it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, Qt
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


@dataclass(frozen=True, slots=True)
class Zone:
    """`box` in the window's pixels; `take` is given the QMimeData at once, within the drop."""

    name: str
    box: QRect
    take: Callable[[QMimeData], object]


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
        self.hide()

    def open_with(self, zones: Sequence[Zone]) -> None:
        """Show these zones until the drag ends."""
        parent = self.parentWidget()
        if parent is None or not zones:
            return
        self._zones = zones
        self._hot = -1
        self._inside = False
        self.setGeometry(parent.rect())
        self.raise_()
        self.show()

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
        veil = QColor(tokens.canvas)
        veil.setAlphaF(0.82)
        painter.fillRect(self.rect(), veil)
        painter.setFont(interface_font(tokens.font_primary, weight=QFont.Weight.DemiBold))
        for index, zone in enumerate(self._zones):
            hot = index == self._hot
            line = Qt.PenStyle.SolidLine if hot else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(tokens.accent if hot else tokens.faint), 2, line))
            painter.setBrush(QColor(tokens.accent_tint if hot else tokens.surface1))
            box = QRectF(zone.box).adjusted(5, 5, -5, -5)
            painter.drawRoundedRect(box, tokens.radius_surface, tokens.radius_surface)
            painter.setPen(QColor(tokens.text))
            flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
            painter.drawText(box.adjusted(8, 8, -8, -8), flags, zone.name)

    def _heat(self, point: QPoint) -> None:
        hot = self.zone_at(point)
        if hot != self._hot:
            self._hot = hot
            self.update()
