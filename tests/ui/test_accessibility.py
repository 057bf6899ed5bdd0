"""Every control of the window can be named by a screen reader, found by a program and reached by the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.domain.account import Account, Service
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind
from studio.settings.preferences import Preferences
from studio.ui.bridge import Bridge
from studio.ui.theme.theme import Theme
from studio.ui.window import CREATE, GALLERY, HISTORY, MainWindow
from tests.ui.core_double import CoreDouble
from tests.ui.media_core import make_asset
from tests.ui.test_shell_window import open_window

CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractSlider, QPlainTextEdit, QTextEdit,
            QAbstractItemView)
ASSETS = (make_asset(2), make_asset(1, kind=MediaKind.VIDEO))
FIRST = FirstScreen(jobs=(Job.new(JobRequest("image.generate", "local", {"prompt": "Made before"})),), assets=ASSETS)


@pytest.fixture
def window(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> Iterator[MainWindow]:
    double.preferences = Preferences(theme="dark")
    double._accounts.append(Account("Work", Service.CANVAS_LABS, "https://example.org/v1"))
    window = open_window(qtbot, double_bridge, theme, FIRST)
    window.build_pages()
    yield window
    window.session.close().result(60)


def is_part_of_another(widget: QWidget) -> bool:
    """What Qt itself builds a control from: the line in a spin box, the bar of a list, the button in a field, headings."""
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    parent: QObject | None = widget.parent()
    if isinstance(widget, QAbstractButton) and type(widget).__name__ in ("QTableCornerButton", "QLineEditIconButton"):
        return True
    while isinstance(parent, QWidget):
        if isinstance(parent, QAbstractSpinBox | QComboBox):
            return True
        parent = parent.parent()
    return False


def controls(root: QWidget) -> list[QWidget]:
    found = [widget for kind in CONTROLS for widget in root.findChildren(kind)]
    canvases = [
        widget for widget in root.findChildren(QAbstractScrollArea)
        if not isinstance(widget, QScrollArea | QAbstractItemView) and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    return [widget for widget in {*found, *canvases} if widget.isVisible() and not is_part_of_another(widget)]


def described(widget: QWidget) -> str:
    chain: list[str] = []
    at: QObject | None = widget
    while at is not None and len(chain) < 4:
        chain.append(f"{type(at).__name__}#{at.objectName()}")
        at = at.parent()
    return " < ".join(chain)


def nameless(root: QWidget) -> list[str]:
    return [
        described(widget) for widget in controls(root)
        if not widget.accessibleName() and not (isinstance(widget, QAbstractButton) and widget.text())
    ]


def without_object_name(root: QWidget) -> list[str]:
    return [described(widget) for widget in controls(root) if not widget.objectName()]


def assert_named(root: QWidget, least: int) -> None:
    assert len(controls(root)) >= least, "the walk found hardly anything"
    assert nameless(root) == []
    assert without_object_name(root) == []


@pytest.mark.slow
def test_the_controls_of_create(qtbot: QtBot, window: MainWindow, double: CoreDouble) -> None:
    page = window.create_page
    for operation in ("video.generate", "image.generate"):
        page.composer.picker.choose(operation)
        more = page.composer.findChild(QAbstractButton, "moreButton")
        if more is not None:
            more.click()
        for asset in ASSETS:
            page.show_asset(asset)
            assert_named(window, 24)
    double.show(FIRST.jobs[0])
    qtbot.waitUntil(lambda: page.queue.select(FIRST.jobs[0].id))
    assert_named(window, 24)


@pytest.mark.slow
@pytest.mark.parametrize("index", [GALLERY, HISTORY])
def test_the_controls_of_the_other_pages(qtbot: QtBot, window: MainWindow, index: int) -> None:
    window.show_page(index)
    assert window.gallery is not None
    window.gallery.set_details_open(True)
    assert_named(window, 10)


@pytest.mark.slow
def test_the_controls_of_the_welcome(qtbot: QtBot, double_bridge: Bridge, theme: Theme) -> None:
    window = open_window(qtbot, double_bridge, theme, FirstScreen())
    assert window.create_page.is_welcoming()
    assert_named(window, 10)
    window.session.close().result(60)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["settings", "account", "accounts", "guide"])
def test_the_controls_of_the_dialogs(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.active.switch("Work")
    {"settings": window.open_settings, "account": window.add_account, "accounts": window.open_accounts,
     "guide": window.open_guide}[name]()
    dialog = window.findChild(QDialog, f"{name}Dialog")
    assert dialog is not None
    if name == "accounts":
        qtbot.waitUntil(lambda: dialog.findChild(QWidget, "removeAccount_Work") is not None)
    assert dialog.windowTitle()
    assert_named(dialog, 2)
    dialog.reject()


@pytest.mark.slow
def test_tab_reaches_every_control_of_create(qtbot: QtBot, window: MainWindow, double: CoreDouble) -> None:
    """A whole round of Tab passes each control that takes the focus, and ends where it began."""
    window.show_page(CREATE)
    double.show(FIRST.jobs[0])
    window.create_page.show_asset(ASSETS[1])
    qtbot.waitUntil(window.create_page.queue.view.isVisible)
    edit = window.create_page.composer.prompt.edit
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    seen: list[QWidget] = []
    for _ in range(120):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in seen:
            break
        seen.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    names = {widget.objectName() for widget in seen}
    for name in ("promptEdit", "slot_image_url", "generateButton", "pasteButton", "browseButton", "queueView", "filmstrip",
                 "playButton", "viewerMoreButton", "commandField", "accountChip", "settingsButton", "pageCreate"):
        assert name in names, f"Tab never comes to {name}; it came to {sorted(names)}"
    order = [widget.objectName() for widget in seen]
    assert order.index("promptEdit") < order.index("slot_image_url") < order.index("generateButton")
