"""One line of the gallery's sources: icon, name, number. A collection's takes assets that are dropped on it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from studio.ui.gallery.drag_out import assets_in
from studio.ui.theme.theme import Theme
from studio.ui.widgets import icons


class SourceRow(QAbstractButton):
    """Icon, name, number. Checkable; one of its group."""

    def __init__(self, icon: str, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self._theme = icon, theme
        self.count: int | None = None
        self.setText(name)
        self.setCheckable(True)
        self.setFixedHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self._lit = False

    def set_count(self, count: int | None) -> None:
        self.count = count
        self.setAccessibleName(self.text() if count is None else f"{self.text()}, {count}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.isChecked() or self.underMouse() or self._lit:
            painter.setPen(QColor(tokens.accent) if self._lit else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.surface3 if self.isChecked() else tokens.surface2))
            painter.drawRoundedRect(box, tokens.radius, tokens.radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(tokens.accent))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), tokens.radius, tokens.radius)
        colour = tokens.text if self.isChecked() else tokens.dim
        glyph = icons.pixmap(self._icon, colour, 16, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(tokens.md, 8), glyph)
        painter.setPen(QColor(colour))
        words = QRect(36, 0, self.width() - 48, self.height())
        number = "" if self.count is None else f"{self.count:,}"
        metrics = self.fontMetrics()
        room = words.width() - (metrics.horizontalAdvance(number) + 8 if number else 0)
        name = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(QColor(tokens.dim))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)


class DropRow(SourceRow):
    """`dropped` (asset ids) when assets of the gallery are dropped on it; `menu_wanted` (global position)."""

    dropped = Signal(object)
    menu_wanted = Signal(object)

    def takes_drops(self, on: bool) -> None:
        """Whether assets can be put there by hand."""
        self.setAcceptDrops(on)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self.mapToGlobal(self.rect().center())
        self.menu_wanted.emit(at)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._take(event, lit=True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._take(event, lit=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light(on=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._take(event, lit=False)
        ids = assets_in(event.mimeData())
        if ids:
            self.dropped.emit(ids)

    def _take(self, event: QDropEvent, *, lit: bool) -> None:
        if assets_in(event.mimeData()):
            event.acceptProposedAction()
            self._light(on=lit)

    def _light(self, *, on: bool) -> None:
        if on != self._lit:
            self._lit = on
            self.update()
