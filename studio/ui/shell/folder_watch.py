"""Has the core notice what other programs did to the library's files: a while after the start, and when the window comes to
the front. The system is not asked to watch: the core compares the folders' times, which is cheap, and often enough."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from studio.ui.bridge import Bridge, in_words

if TYPE_CHECKING:
    from studio.domain.library_work import RescanResult

log = logging.getLogger(__name__)

FIRST_LOOK_MS = 5_000


class FolderWatch(QObject):
    """Lives as long as its parent. A problem is told once, and again only after a look that went well."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None, *, first_look_ms: int = FIRST_LOOK_MS) -> None:
        super().__init__(parent or bridge)
        self._bridge = bridge
        self._told = ""
        self._first = QTimer(self, singleShot=True, interval=first_look_ms)
        self._first.timeout.connect(self.look)
        bridge.ready.connect(self._first.start)
        app = QCoreApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)

    def look(self) -> None:
        """Ask the core to notice what changed; it passes over looks that follow one another closely."""
        if self._bridge.is_ready:
            self._bridge.run(lambda core: core.gallery.notice(), self._noticed, self._failed)

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and not self._first.isActive():
            self.look()

    def _noticed(self, found: RescanResult | None) -> None:
        self._told = ""
        if found is not None:
            log.info("the library's files were looked at: %s", found)

    def _failed(self, error: BaseException) -> None:
        words = in_words(error)
        log.warning("the library's files were not looked at: %s", words)
        if words != self._told:
            self._told = words
            self._bridge.problem.emit(words)
