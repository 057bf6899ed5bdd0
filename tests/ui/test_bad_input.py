"""Bad input in the real window over the real core: a message at its place that says what happened, whether it cost anything
and what to do; form and queue keep what they had."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.domain.account import Account, Service
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState, WaitReason
from studio.ui.bridge import Bridge
from studio.ui.dialogs.account_dialog import AccountDialog
from studio.ui.queue.panel import QueuePanel
from studio.ui.queue.words import line_words
from studio.ui.theme.theme import Theme
from studio.ui.window import MainWindow
from tests.ui.media_core import write_picture
from tests.ui.test_shell_window import dialog, drag, open_window
from tests.unit.engine.rig import engine

SEEN_BEFORE = FirstScreen(jobs=(Job.new(JobRequest("image.generate", "local", {"prompt": "Made before"})),))
NOBODY = "http://127.0.0.1:9"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> Iterator[MainWindow]:
    window = open_window(qtbot, ready_bridge, theme, SEEN_BEFORE)
    window.create_page.composer.picker.choose("video.generate")
    yield window
    window.session.close().result(60)


def words(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None, name
    return label.text() if label.isVisible() else ""


def of(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def huge_png(path: Path, side: int = 30_000) -> Path:
    """A whole and valid PNG of one colour: side × side pixels in some hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(1)
    row = b"\0" * (1 + side // 8)
    rows = b"".join(packer.compress(row * 1000) for _ in range(side // 1000)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    return path


def bad_file(folder: Path, which: str) -> Path:
    if which == "text":
        path = folder / "notes.txt"
        path.write_text("only words", encoding="utf-8")
    elif which == "truncated":
        image = QImage(640, 480, QImage.Format.Format_RGB32)
        image.fill("teal")
        whole = folder / "whole.jpg"
        assert image.save(str(whole))
        path = folder / "cut.jpg"
        path.write_bytes(whole.read_bytes()[:-900])
    elif which == "folder":
        path = folder / "holiday"
        path.mkdir()
    else:
        path = huge_png(folder / "huge.png")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("which", ["text", "truncated", "folder", "huge"])
def test_a_dropped_file_that_is_no_use_is_refused_at_the_references(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, which: str
) -> None:
    composer = window.create_page.composer
    composer.prompt.set_text("a calm sea")
    good = write_picture(tmp_path / "good.png")
    start = composer.tray.slots()[0]
    at = start.mapTo(window, start.rect().center())
    drag(window, of(good), at)
    qtbot.waitUntil(lambda: "image_url" in composer.values())
    before = composer.values()
    bad = bad_file(tmp_path, which)
    drag(window, of(bad), at)
    qtbot.waitUntil(lambda: bool(words(window, "referenceError")), timeout=15000)
    said = words(window, "referenceError")
    assert bad.name in said, said
    assert said.count(".") >= 2, f"what happened and what to do: {said}"
    assert composer.values() == before
    assert not composer.tray.is_busy()
    assert not window.notice.isVisible(), "it is said where it belongs, and there only"


@pytest.mark.slow
def test_of_files_dropped_on_the_gallery_the_good_ones_come_in(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.show_page(1)
    good, bad = write_picture(tmp_path / "good.png"), bad_file(tmp_path, "text")
    gallery = window.gallery
    assert gallery is not None
    with qtbot.waitSignal(gallery.bringing.ended, timeout=15000) as report:
        drag(window, of(bad, good), QPoint(600, 400))
    assert report.args is not None
    assert report.args[0] == "1 file imported, 1 was refused."
    assert report.args[1][0].startswith("“notes.txt” is not")
    qtbot.waitUntil(lambda: len(gallery.feed) == 1, timeout=5000)


@pytest.mark.slow
def test_pixels_dropped_on_the_gallery_become_an_asset_whose_settings_nobody_knows(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.show_page(1)
    mime = QMimeData()
    mime.setImageData(QImage(str(write_picture(tmp_path / "good.png"))))
    with qtbot.waitSignal(window._drops.imported, timeout=15000) as said:
        drag(window, mime, QPoint(600, 400))
    assert said.args == ["1 file was added to the gallery."]
    gallery = window.gallery
    assert gallery is not None
    qtbot.waitUntil(lambda: len(gallery.feed) == 1, timeout=5000)
    kept = gallery.feed.at(0)
    assert kept is not None
    assert kept.path.name == "pasted.png"
    assert window.top.field.run_command("Restore the settings of a file")
    dialog = window._drops.file_dialog
    assert dialog is not None
    assert dialog.isVisible()
    with qtbot.waitSignal(window._drops.refused, timeout=15000):
        dialog.fileSelected.emit(str(next(iter(gallery.feed.list.rows)).path))
    dialog.close()


@pytest.mark.slow
def test_a_drop_outside_of_all_files_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    window.show_page(1)
    mime = QMimeData()
    mime.setText("just some words")
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at = QPoint(600, 400)
    window.dragEnterEvent(QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))
    window.dropEvent(QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, buttons, keys))
    assert "no picture" in window.notice.words()


@pytest.mark.slow
def test_an_empty_prompt_is_said_at_the_prompt_and_nothing_is_queued(qtbot: QtBot, window: MainWindow) -> None:
    composer, queue = window.create_page.composer, window.create_page.queue
    qtbot.waitUntil(lambda: not queue.model.jobs(), timeout=5000)  # the store of this test is empty
    composer.prompt.set_text("   \n ")
    QTest.keyClick(composer.prompt.edit, Qt.Key.Key_Return, CTRL)
    assert "Write a few words" in words(window, "promptError")
    assert composer.prompt.text() == "   \n "
    qtbot.wait(100)
    assert not queue.model.jobs()
    composer.prompt.set_text("a calm sea")
    assert not words(window, "promptError"), "typing takes the message away"


def use_account(qtbot: QtBot, window: MainWindow, account: Account, key: str) -> None:
    window._bridge.run(lambda core: core.add_account(account, key), lambda _: window.active.refresh())
    qtbot.waitUntil(lambda: len(window.accounts) == 2, timeout=5000)
    window.switch_account(account.name)
    qtbot.waitUntil(lambda: window.create_page.composer.operation is not None)


def sent(qtbot: QtBot, queue: QueuePanel, until: Callable[[Job], bool]) -> Job:
    """The one job of this window, once it has come so far. What the first screen showed may stand before it for a moment."""
    qtbot.waitUntil(lambda: [until(job) for job in queue.model.jobs()] == [True], timeout=20000)
    return queue.model.jobs()[0]


@pytest.mark.slow
def test_an_unreachable_service_leaves_the_job_waiting(qtbot: QtBot, window: MainWindow) -> None:
    composer, queue = window.create_page.composer, window.create_page.queue
    use_account(qtbot, window, Account("Work", Service.CANVAS_LABS, NOBODY), "cl_test")
    qtbot.waitUntil(lambda: "cannot be reached" in window.top.chip.toolTip(), timeout=20000)
    composer.picker.choose("video.generate")
    composer.prompt.set_text("a calm sea")
    QTest.keyClick(composer.prompt.edit, Qt.Key.Key_Return, CTRL)
    job = sent(qtbot, queue, lambda job: job.waiting_for is WaitReason.OFFLINE)
    assert not job.is_terminal
    assert "no connection" in line_words(job, "Generate Video")
    message = words(window, "queueMessage")
    assert "Nothing was charged" in message
    assert "goes on by itself" in message
    assert composer.prompt.text() == "a calm sea"


@pytest.mark.slow
def test_a_wrong_key_is_told_in_the_dialog_and_at_the_job(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with engine(tmp_path / "service") as rig:
        window.add_account(Service.CANNON_STUDIO)
        shown = dialog(window, "accountDialog")
        assert isinstance(shown, AccountDialog)
        shown.name.setText("Work")
        shown.key.setText("cs_not_the_key")
        shown.base_url.setText(rig.url)
        shown.submit()
        message = shown.findChild(QLabel, "accountMessage")
        assert message is not None
        qtbot.waitUntil(lambda: "test failed" in message.text(), timeout=20000)
        assert "Nothing was charged" in message.text()
        assert shown.key.property("wrong") is True
        shown.keep_untested()
        qtbot.waitUntil(lambda: any(account.name == "Work" for account in window.accounts), timeout=20000)
        window.switch_account("Work")
        composer, queue = window.create_page.composer, window.create_page.queue
        qtbot.waitUntil(lambda: composer.operation is not None and window.account.name == "Work")
        composer.picker.choose("video.generate")
        composer.prompt.set_text("a calm sea")
        composer.submit()
        job = sent(qtbot, queue, lambda job: job.error is not None)
        assert job.state is JobState.FAILED
        said = words(window, "queueMessage")
        assert "Nothing was charged" in said
        assert "key" in said.lower()
        assert composer.prompt.text() == "a calm sea"
