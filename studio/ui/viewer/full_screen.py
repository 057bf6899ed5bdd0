"""The viewer's stage on a screen of its own: the same widgets, moved there and back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.viewer.stage import Stage


class FullScreen(QWidget):
    """`left` once, when the window is closed in whatever way; the stage is to be taken back then."""

    left = Signal()

    def __init__(self, stage: QWidget, theme: Theme, key: Callable[[QKeyEvent], bool], title: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("fullScreenViewer")
        self.setWindowTitle(title)
        self.setAccessibleName(self.tr("Viewer, full screen"))
        self._key = key
        self.setAutoFillBackground(True)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.current.canvas)
        self.setPalette(palette)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(stage)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.left.emit()


class FullScreenSwitch(QObject):
    """Moves the stage between its place in `row` (the first) and a window of its own."""

    def __init__(self, stage: Stage, row: QHBoxLayout, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage, self._row, self._theme = stage, row, theme
        self._window: FullScreen | None = None

    @property
    def is_on(self) -> bool:
        return self._window is not None

    def show(self, title: str, key: Callable[[QKeyEvent], bool]) -> None:
        """`key` is asked about every key that no widget took."""
        if self._window is None:
            self._window = FullScreen(self._stage, self._theme, key, title)
            self._window.left.connect(self._come_back)
            self._window.showFullScreen()
            self._focus()

    def leave(self) -> None:
        if self._window is not None:
            self._window.close()

    def _come_back(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            self._row.insertWidget(0, self._stage, 1)
            self._stage.show()
            self._focus()
            window.deleteLater()

    def _focus(self) -> None:
        view = self._stage.views.currentWidget()
        if view is not None:
            view.setFocus()
