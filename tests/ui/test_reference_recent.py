"""The list of recent references, and settings brought back from a file of ours: over the real core and engine's results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.reference import Recalled, RecentMedia
from studio.settings.preferences import Preferences
from studio.ui.bridge import Bridge
from studio.ui.composer.reference_recent import RecentDialog
from studio.ui.theme.theme import Theme
from studio.ui.window import MainWindow
from tests.ui.core_double import CoreDouble
from tests.ui.media_core import make_asset, write_picture

if TYPE_CHECKING:
    from studio.app.core import Core


async def _import(core: Core, path: Path) -> Asset:
    return await core.import_file(path)


@pytest.mark.slow
def test_newest_assets_are_offered_and_taken_by_keys(
    qtbot: QtBot, ready_bridge: Bridge, theme: Theme, tmp_path: Path
) -> None:
    for number in range(3):
        path = write_picture(tmp_path / f"{number}.png", hue=number)
        ready_bridge.run(lambda core, path=path: _import(core, path)).result(60)  # type: ignore[misc]
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    dialog = RecentDialog(ready_bridge, theme, (MediaKind.IMAGE,), parent)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.made.view.model().rowCount() == 3)
    assert dialog.used.isHidden()
    view = dialog.made.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args is not None
    assert [path.stem for path in chosen.args[0]] == ["1", "0"], "newest first: the second and the third"


def test_nothing_yet_is_said(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = RecentDialog(ready_bridge, theme, (), parent)
    dialog.open()
    qtbot.waitUntil(lambda: "Nothing that fits" in dialog.message.text())
    assert not dialog.use.isEnabled()
    dialog.reject()


MADE = FirstScreen(jobs=(Job.new(JobRequest("image.generate", "local", {"prompt": "Made before"})),))


@pytest.fixture
def window(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> Iterator[MainWindow]:
    double.preferences = Preferences(theme="dark")
    window = MainWindow(double_bridge, theme, MADE, Preferences(theme="dark"), None)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    qtbot.waitUntil(lambda: window.create_page.composer.operation is not None, timeout=15000)
    yield window
    window.session.close().result(60)


def of_file(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def drag_over(window: MainWindow, mime: QMimeData) -> None:
    at, buttons, keys = QPoint(900, 300), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dragEnterEvent(QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))
    window.zones.dragEnterEvent(QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))


@pytest.mark.slow
def test_a_dragged_file_of_ours_gets_a_zone_that_restores_its_settings(
    qtbot: QtBot, window: MainWindow, double: CoreDouble, tmp_path: Path
) -> None:
    path = write_picture(tmp_path / "made.png")
    request = JobRequest("image.generate", "local", {"prompt": "an old mill", "style": "oil"})
    double.references.settings[path] = Recalled(make_asset(1, path=path), request, ("1 file is gone.",))
    drag_over(window, of_file(write_picture(tmp_path / "other.png")))
    qtbot.wait(80)
    assert "Restore its settings" not in [zone.name for zone in window.zones.zones()], "a file of others has none"
    window.zones.hide()
    mime = of_file(path)
    drag_over(window, mime)
    qtbot.waitUntil(lambda: "Restore its settings" in [zone.name for zone in window.zones.zones()])
    box = next(zone.box for zone in window.zones.zones() if zone.name == "Restore its settings")
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.zones.dragMoveEvent(QDragMoveEvent(box.center(), Qt.DropAction.CopyAction, mime, buttons, keys))
    window.zones.dropEvent(QDropEvent(QPointF(box.center()), Qt.DropAction.CopyAction, mime, buttons, keys))
    composer = window.create_page.composer
    qtbot.waitUntil(lambda: composer.prompt.text() == "an old mill")
    assert composer.operation is not None
    assert composer.operation.id == "image.generate"
    assert "1 file is gone." in window.notice.words()


@pytest.mark.slow
def test_recent_is_a_button_and_what_is_chosen_fills_a_slot(
    qtbot: QtBot, window: MainWindow, double: CoreDouble, tmp_path: Path
) -> None:
    path = write_picture(tmp_path / "used.png")
    double.references.recents = [RecentMedia(path, MediaKind.IMAGE, path, "Used yesterday", used=True)]
    tray = window.create_page.composer.tray
    button = tray.findChild(QPushButton, "recentButton")
    assert button is not None
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = tray.actions_of.recent_dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.use.isEnabled)
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tray.slots()[0].reference is not None)
