"""A drag out of the viewer: what is seen goes as its file to a slot, to the gallery's zones or to another program."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.domain.asset import Asset


class DragSource(QObject):
    """Watches the mouse on `widget`. `asset_at` (position) says what a drag from there takes along; None where it takes
    nothing, as where the mouse moves the picture itself."""

    def __init__(self, widget: QWidget, asset_at: Callable[[QPoint], Asset | None]) -> None:
        super().__init__(widget)
        self._widget, self._asset_at = widget, asset_at
        self._pressed: QPoint | None = None
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self._pressed = event.position().toPoint()
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._pressed = None
            elif event.type() == QEvent.Type.MouseMove and self._goes_off(event):
                return self._go()
        return False

    def _goes_off(self, event: QMouseEvent) -> bool:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return False
        return (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance()

    def _go(self) -> bool:
        at, self._pressed = self._pressed, None
        asset = None if at is None else self._asset_at(at)
        if asset is None or asset.deleted_at is not None:
            return False
        from studio.ui.gallery.drag_out import start_drag  # not loaded at the start

        start_drag(self._widget, [asset], [asset.id], self._widget.grab())
        return True
