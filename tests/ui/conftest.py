"""What tests of the window share: no screen, one theme, and a bridge over a real core in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

if "QT_QPA_PLATFORM" not in os.environ:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.garbage import GuiCollector
from studio.ui.theme.theme import Theme
from tests.ui.core_double import CoreDouble

if TYPE_CHECKING:
    from studio.app.core import Core


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's offscreen platform warns of what it has not (size hints, raising, grabs); no real one does."""
    for item in items:
        if "/ui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


PATIENCE_MS = 180_000
"""The least that anything is waited for: what comes is not waited out, and a busy machine is late now and then."""


class PatientBot(QtBot):
    """pytest-qt's, which never gives up early, whatever limit a test names."""

    def waitUntil(  # noqa: N802  # Qt's spelling
        self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS
    ) -> None:
        super().waitUntil(callback, timeout=max(timeout, PATIENCE_MS))

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:  # noqa: N802
        if more.get("raising") is False:  # so `assertNotEmitted` asks: nothing is to come
            return super().waitSignal(signal, timeout=timeout, **more)
        return super().waitSignal(signal, timeout=max(timeout, PATIENCE_MS), **more)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:  # noqa: N802
        return super().waitSignals(signals, timeout=max(timeout, PATIENCE_MS), **more)

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802
        return super().waitExposed(widget, timeout=max(timeout, PATIENCE_MS))


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(scope="session", autouse=True)
def collector(qapp: QApplication) -> GuiCollector:
    """Garbage goes on the GUI thread here too, as in the program."""
    return GuiCollector(qapp)


@pytest.fixture(autouse=True)
def _collected(collector: GuiCollector) -> Iterator[None]:
    yield
    collector.look()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """All folders of the studio, under one of the test's own."""
    places = Paths.of_home(tmp_path / "home")
    places.create()
    return places


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The dark theme, put on the application."""
    answer = Theme("dark", reduced_motion=True)
    answer.apply()
    return answer


@pytest.fixture
def bridge(qtbot: QtBot, paths: Paths) -> Iterator[Bridge]:
    """A started bridge over the real core; it may still be opening: `qtbot.waitSignal(bridge.ready)` or `ready_bridge`."""
    answer = Bridge(paths)
    answer.start()
    yield answer
    assert answer.close(60.0), "the core did not close"


@pytest.fixture
def ready_bridge(qtbot: QtBot, bridge: Bridge) -> Bridge:
    """The bridge once its core works."""
    qtbot.waitUntil(lambda: bridge.is_ready, timeout=15000)
    return bridge


@pytest.fixture
def double(paths: Paths) -> CoreDouble:
    """The core's double: only for states that the real core reaches slowly or rarely."""
    return CoreDouble(paths)


@pytest.fixture
def double_bridge(qtbot: QtBot, paths: Paths, double: CoreDouble) -> Iterator[Bridge]:
    """A ready bridge over the double."""

    async def open_double(_: Paths) -> Core:
        return cast("Core", double)

    answer = Bridge(paths, open_core=open_double)
    answer.start()
    qtbot.waitUntil(lambda: answer.is_ready, timeout=5000)
    yield answer
    assert answer.close(60.0), "the double did not close"
