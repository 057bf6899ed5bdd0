"""The library's files are looked at after the start and when the window comes to the front."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.domain.errors import LocalError
from studio.domain.library_work import RescanResult
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.shell.folder_watch import FolderWatch
from tests.ui.core_double import CoreDouble


class _Gallery:
    def __init__(self) -> None:
        self.looks = 0
        self.error: Exception | None = None

    async def notice(self) -> RescanResult | None:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return RescanResult(missing=1)


def test_it_looks_at_start_and_when_the_window_comes_to_the_front(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    gallery = _Gallery()
    core = CoreDouble(Paths.of_home(tmp_path))
    core.gallery = gallery  # type: ignore[attr-defined]

    async def open_core(paths: Paths) -> CoreDouble:
        return core

    bridge = Bridge(Paths.of_home(tmp_path), open_core=open_core)  # type: ignore[arg-type]
    problems: list[str] = []
    bridge.problem.connect(problems.append)
    watch = FolderWatch(bridge, first_look_ms=1)
    watch.look()  # before the core is there: nothing
    bridge.start()
    try:
        qtbot.waitUntil(lambda: gallery.looks == 1)
        qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
        qtbot.waitUntil(lambda: gallery.looks == 2)
        assert problems == []
        gallery.error = LocalError("The media folder is not there.")
        for expected in (3, 4):
            watch.look()
            qtbot.waitUntil(lambda expected=expected: gallery.looks == expected)  # type: ignore[misc]
        qtbot.waitUntil(lambda: len(problems) == 1)
        assert "not there" in problems[0]
    finally:
        assert bridge.close(60)
