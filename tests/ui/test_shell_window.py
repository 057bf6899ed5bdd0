"""The main window: pages, keys, commands, accounts, welcome, drops, problems, panels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.account import Account, Service
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, JobRequest
from studio.settings.preferences import Preferences
from studio.ui.bridge import Bridge
from studio.ui.dialogs.account_dialog import AccountDialog
from studio.ui.dialogs.guide_dialog import GuideDialog
from studio.ui.dialogs.settings_dialog import SettingsDialog
from studio.ui.session import FILE_NAME, Session, read
from studio.ui.theme.theme import Theme
from studio.ui.window import CREATE, GALLERY, HISTORY, MainWindow
from tests.ui.core_double import CoreDouble

CTRL = Qt.KeyboardModifier.ControlModifier
MADE = FirstScreen(jobs=(Job.new(JobRequest("image.generate", "local", {"prompt": "Made before"})),))


def open_window(
    qtbot: QtBot, bridge: Bridge, theme: Theme, first: FirstScreen, session: Session | None = None
) -> MainWindow:
    window = MainWindow(bridge, theme, first, Preferences(theme="dark"), session)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: window.create_page.composer.operation is not None, timeout=15000)
    return window


@pytest.fixture
def window(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> Iterator[MainWindow]:
    double.preferences = Preferences(theme="dark")
    window = open_window(qtbot, double_bridge, theme, MADE)
    yield window
    window.session.close().result(60)
    theme.set_mode("dark")


@pytest.fixture
def fresh(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> Iterator[MainWindow]:
    """A window in which nothing was ever made."""
    double.preferences = Preferences(theme="dark")
    window = open_window(qtbot, double_bridge, theme, FirstScreen())
    yield window
    window.session.close().result(60)


def page(window: MainWindow) -> int:
    return window.pages.currentIndex()


def dialog(window: MainWindow, name: str) -> QDialog:
    found = [one for one in window.findChildren(QDialog, name) if one.isVisible()]
    assert found, name
    return found[0]


def press(qtbot: QtBot, parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert button is not None, name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.slow
def test_pages_by_keys_and_by_buttons(qtbot: QtBot, window: MainWindow) -> None:
    for key, index in ((Qt.Key.Key_2, GALLERY), (Qt.Key.Key_3, HISTORY), (Qt.Key.Key_1, CREATE)):
        QTest.keyClick(window, key, CTRL)
        qtbot.waitUntil(lambda index=index: page(window) == index)  # type: ignore[misc]  # the stub wants no default
    press(qtbot, window, "pageGallery")
    assert page(window) == GALLERY
    for name in ("promptEdit", "operationBox", "generateButton", "referenceTray", "queueView", "viewer", "filmstrip",
                 "galleryPage", "galleryView", "historyPage", "commandField", "accountChip"):
        assert window.findChild(QWidget, name) is not None, name


@pytest.mark.slow
def test_the_field_searches_or_runs_a_command(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    field = window.top.field
    qtbot.waitUntil(field.hasFocus)
    field.setText("theme light")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert theme.current.name == "light"
    assert field.text() == ""
    field.setText("new image")
    QTest.keyClick(field, Qt.Key.Key_Return)
    operation = window.create_page.composer.operation
    assert operation is not None
    assert operation.id == "image.generate"
    field.setText("rain neon")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page(window) == GALLERY
    assert window.gallery is not None
    assert window.gallery.search.text() == "rain neon"


@pytest.mark.slow
def test_a_command_is_picked_from_the_list_below_the_field(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    field = window.top.field
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "theme: l")
    popup = field.completer().popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: theme.current.name == "light")
    qtbot.waitUntil(lambda: field.text() == "")
    assert page(window) == CREATE


@pytest.mark.slow
def test_the_welcome_leads_into_the_prompt_and_does_not_come_back(qtbot: QtBot, fresh: MainWindow) -> None:
    assert fresh.create_page.is_welcoming()
    press(qtbot, fresh, "startButton")
    assert not fresh.create_page.is_welcoming()
    qtbot.waitUntil(fresh.create_page.composer.prompt.edit.hasFocus)
    fresh.show_page(GALLERY)
    fresh.show_page(CREATE)
    assert not fresh.create_page.is_welcoming()


@pytest.mark.slow
def test_who_has_made_something_sees_no_welcome(window: MainWindow) -> None:
    assert window.create_page.welcome is None


@pytest.mark.slow
def test_a_key_is_tested_and_the_account_is_used_from_then_on(
    qtbot: QtBot, fresh: MainWindow, double: CoreDouble
) -> None:
    press(qtbot, fresh, "keyCanvasLabs")
    shown = dialog(fresh, "accountDialog")
    assert isinstance(shown, AccountDialog)
    assert shown.key.echoMode() is QLineEdit.EchoMode.Password
    press(qtbot, shown, "accountSave")
    message = shown.findChild(QLabel, "accountMessage")
    assert message is not None
    assert "Paste the API key" in message.text()
    shown.name.setText("Work")
    shown.key.setText("sk-test")
    press(qtbot, shown, "accountSave")
    qtbot.waitUntil(lambda: fresh.account.name == "Work")
    assert [account.name for account in double.accounts()] == ["local", "Work"]
    qtbot.waitUntil(lambda: "732" in fresh.top.chip.accessibleName())
    assert getattr(double.preferences, "default_account", "") == "Work"
    assert not fresh.create_page.is_welcoming()


@pytest.mark.slow
def test_a_refused_key_shows_the_service_s_own_reason(qtbot: QtBot, window: MainWindow) -> None:
    window.add_account(Service.CANVAS_LABS)
    shown = dialog(window, "accountDialog")
    assert isinstance(shown, AccountDialog)
    shown.name.setText("wrong")
    shown.key.setText("sk-wrong")
    shown.submit()
    message = shown.findChild(QLabel, "accountMessage")
    assert message is not None
    qtbot.waitUntil(lambda: "invalid API key" in message.text())
    assert shown.isVisible()
    assert "nothing was saved" in message.text()
    assert window.account.name == "local"
    qtbot.wait(20)
    assert [account.name for account in window.accounts] == ["local"]
    shown.reject()


@pytest.mark.slow
def test_settings_change_the_theme_at_once_and_are_kept(
    qtbot: QtBot, window: MainWindow, theme: Theme, double: CoreDouble
) -> None:
    window.open_settings()
    shown = dialog(window, "settingsDialog")
    assert isinstance(shown, SettingsDialog)
    QTest.mouseClick(shown.theme_mode.buttons()[1], Qt.MouseButton.LeftButton)
    assert theme.current.name == "light"
    qtbot.waitUntil(lambda: getattr(double.preferences, "theme", "") == "light")
    shown.motion.setChecked(True)
    assert theme.reduced_motion
    folder = shown.findChild(QLabel, "mediaFolder")
    assert folder is not None
    assert folder.text() == str(window.media_folder)
    shown.accept()


@pytest.mark.slow
def test_accounts_are_tested_and_removed_on_their_page(qtbot: QtBot, window: MainWindow, double: CoreDouble) -> None:
    double._accounts.append(Account("Work", Service.CANVAS_LABS, "https://example.org/v1"))
    window.active.refresh()
    qtbot.waitUntil(lambda: len(window.accounts) == 2)
    window.switch_account("Work")
    window.open_settings()
    press(qtbot, dialog(window, "settingsDialog"), "manageAccounts")
    shown = dialog(window, "accountsDialog")
    qtbot.waitUntil(lambda: shown.findChild(QPushButton, "testAccount_Work") is not None)
    press(qtbot, shown, "testAccount_Work")
    qtbot.waitUntil(lambda: any("732 credits" in label.text() for label in shown.findChildren(QLabel)))
    press(qtbot, shown, "removeAccount_Work")
    qtbot.waitUntil(lambda: shown.findChild(QDialog, "confirmDialog") is not None)
    press(qtbot, dialog(window, "confirmDialog"), "confirmYes")
    qtbot.waitUntil(lambda: window.account.name == "local")
    assert [account.name for account in double.accounts()] == ["local"]
    shown.reject()
    dialog(window, "settingsDialog").reject()


@pytest.mark.slow
def test_the_guide_opens_inside(qtbot: QtBot, window: MainWindow) -> None:
    window.open_guide()
    shown = dialog(window, "guideDialog")
    assert isinstance(shown, GuideDialog)
    qtbot.waitUntil(lambda: "First steps" in shown.text.toPlainText())
    shown.reject()


@pytest.mark.slow
def test_a_problem_is_a_quiet_bar(qtbot: QtBot, window: MainWindow) -> None:
    window._bridge.problem.emit("The network is gone.")
    assert window.notice.isVisible()
    assert window.notice.words() == "The network is gone."
    close = window.notice.findChild(QWidget, "noticeClose")
    assert close is not None
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not window.notice.isVisible()


@pytest.mark.slow
def test_panels_close_come_back_and_stay_where_they_are(
    qtbot: QtBot, window: MainWindow, double_bridge: Bridge, theme: Theme
) -> None:
    queue = window.create_page.queue_dock
    close = queue.findChild(QWidget, "close_queueDock")
    assert close is not None
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert queue.isHidden()
    assert not window.top.panels[1].isChecked()
    window.create_page.keep_layout()
    path = double_bridge.paths.data / FILE_NAME
    qtbot.waitUntil(lambda: path.exists() and "panels" in read(path), timeout=3000)
    again = open_window(qtbot, double_bridge, theme, MADE, Session(path, read(path)))
    assert again.create_page.queue_dock.isHidden()
    assert again.top.field.run_command("Show or hide the queue")
    assert not again.create_page.queue_dock.isHidden()
    again.session.close().result(60)


@pytest.mark.slow
def test_all_of_it_fits(window: MainWindow) -> None:
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 800
    assert window.size().toTuple() == (1280, 800)
    composer, queue = window.create_page.composer_dock.width(), window.create_page.queue_dock.width()
    assert (composer, queue) == (376, 320)


def drag(window: MainWindow, mime: QMimeData, at: QPoint) -> None:
    """A drag into the window and a drop at `at`, as the platform delivers it."""
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dragEnterEvent(QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))
    assert window.zones.isVisible()
    window.zones.dragMoveEvent(QDragMoveEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))
    window.zones.dropEvent(QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, buttons, keys))
    assert not window.zones.isVisible()


@pytest.mark.slow
def test_named_zones_say_what_a_drop_does(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    composer = window.create_page.composer
    composer.picker.choose("image.generate")
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill("teal")
    path = tmp_path / "p.png"
    assert image.save(str(path))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    names = [zone.name for zone in window.drop_zones()]
    assert names == ["Reference 1", "Reference 2", "Reference 3", "Add to gallery"]
    second = composer.tray.slots()[1]
    qtbot.waitUntil(lambda: second.x() > 0)  # laid out
    at = second.mapTo(window, second.rect().center())
    drag(window, mime, at)
    qtbot.waitUntil(lambda: second.reference is not None)
    assert composer.tray.slots()[0].reference is None, "a drop on a slot lands in that slot"
    window.show_page(GALLERY)
    assert [zone.name for zone in window.drop_zones()] == ["Add to gallery"]


@pytest.mark.slow
def test_a_drop_on_the_welcome_starts_with_that_picture(qtbot: QtBot, fresh: MainWindow, tmp_path: Path) -> None:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill("teal")
    path = tmp_path / "p.png"
    assert image.save(str(path))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    drag(fresh, mime, QPoint(200, 400))
    assert not fresh.create_page.is_welcoming()
    qtbot.waitUntil(lambda: fresh.create_page.composer.tray.slots()[0].reference is not None)


@pytest.mark.slow
def test_a_drop_that_is_quicker_than_the_zones_is_not_lost(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setText("https://example.org/photo.jpg")
    at, buttons, keys = QPoint(100, 400), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dragEnterEvent(QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))
    window.dropEvent(QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, buttons, keys))
    qtbot.waitUntil(lambda: window.create_page.composer.values().get("image_url") == "https://example.org/photo.jpg")
    assert not window.zones.isVisible()


@pytest.mark.slow
def test_the_zones_go_when_the_drag_leaves_and_stay_while_it_is_over_them(qtbot: QtBot, window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("https://example.org/photo.jpg")
    at, buttons, keys = QPoint(100, 400), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys)
    window.dragEnterEvent(enter)
    window.dragLeaveEvent(QDragLeaveEvent())
    window.zones.dragEnterEvent(enter)
    qtbot.wait(80)
    assert window.zones.isVisible()
    window.zones.dragLeaveEvent(QDragLeaveEvent())
    assert not window.zones.isVisible()
    window.dragEnterEvent(enter)
    window.dragLeaveEvent(QDragLeaveEvent())
    qtbot.waitUntil(lambda: not window.zones.isVisible())


@pytest.mark.slow
def test_a_held_window_asks_before_it_closes(qtbot: QtBot, window: MainWindow) -> None:
    window.hold_close = True
    with qtbot.waitSignal(window.close_wanted):
        assert not window.close()
    window.hold_close = False


@pytest.mark.slow
def test_only_labels_that_may_be_long_are_elided_and_nothing_is_clipped(window: MainWindow) -> None:
    clipped = [
        (button.objectName(), button.text())
        for button in window.findChildren(QPushButton)
        if button.isVisible() and button.text() and button.fontMetrics().horizontalAdvance(button.text()) > button.width()
    ]
    assert not clipped
