"""References: drops, pastes and chosen files through the real core; the order in which a drop is read; named zones."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.domain.errors import InputError
from studio.ui.bridge import Bridge
from studio.ui.composer import intake
from studio.ui.composer.composer import Composer
from studio.ui.composer.reference_tray import ReferenceTray
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme

MOVE = Qt.DropAction.CopyAction


def picture(path: Path, colour: str = "#3366cc", size: tuple[int, int] = (64, 40)) -> Path:
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(colour)
    assert image.save(str(path))
    return path


def of_files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(tray: ReferenceTray, mime: QMimeData, at: QPointF | None = None) -> QDropEvent:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), MOVE, mime, buttons, keys)
    tray.dragEnterEvent(enter)
    event = QDropEvent(at or QPointF(5, 5), MOVE, mime, buttons, keys)
    tray.dropEvent(event)
    return event


def error(composer: Composer) -> str:
    label = composer.findChild(QLabel, "referenceError")
    assert label is not None
    return label.text() if label.isVisibleTo(composer) else ""


@pytest.fixture
def composer(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> Iterator[Composer]:
    session = Session(ready_bridge.paths.data / FILE_NAME)
    composer = Composer(ready_bridge, theme, session)
    qtbot.addWidget(composer)
    composer.resize(376, 748)
    composer.show()
    composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=15000)
    composer.picker.choose("video.generate")
    yield composer
    session.close().result(60)


def filled(composer: Composer) -> list[str]:
    return [slot.title for slot in composer.tray.slots() if slot.reference is not None]


@pytest.mark.slow
def test_the_slots_are_the_operation_s_own(composer: Composer) -> None:
    titles = [slot.title for slot in composer.tray.slots()]
    assert titles == ["Start frame", "End frame", "Source clip", "Reference 1", "Audio"]
    composer.picker.choose("image.generate")
    assert [slot.title for slot in composer.tray.slots()] == ["Reference 1", "Reference 2", "Reference 3"]


@pytest.mark.slow
def test_a_dropped_file_becomes_the_library_s_own_copy(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    source = picture(tmp_path / "photo.jpg")
    event = drop(composer.tray, of_files(source))
    assert event.isAccepted()
    qtbot.waitUntil(lambda: "image_url" in composer.values())
    value = composer.values()["image_url"]
    assert isinstance(value, str)
    copy = Path(QUrl(value).toLocalFile())
    source.unlink()
    assert copy.is_file()
    assert copy.parent == composer.tray._bridge.paths.inputs  # the place is the core's promise
    slot = composer.tray.slots()[0]
    qtbot.waitUntil(lambda: slot._picture() is not None)


@pytest.mark.slow
def test_several_files_fill_the_free_slots_and_move_with_the_operation(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    composer.picker.choose("image.generate")
    files = [picture(tmp_path / f"{n}.png", colour) for n, colour in enumerate(("red", "green", "blue"))]
    drop(composer.tray, of_files(*files[:2]))
    qtbot.waitUntil(lambda: len(filled(composer)) == 2)
    drop(composer.tray, of_files(*files * 3))
    assert "no room for 2 more" in error(composer)
    qtbot.waitUntil(lambda: len(filled(composer)) == 9)
    values = composer.values()["reference_image_urls"]
    assert isinstance(values, list)
    assert len(values) == 9
    assert len(set(values)) == 3
    composer.picker.choose("video.generate")  # it has a place of the same name for them
    assert filled(composer) == [f"Reference {number}" for number in range(1, 10)]
    assert composer.values()["reference_image_urls"] == values
    composer.picker.choose("image.edit")  # and this has one place, of another name
    assert len(filled(composer)) == 1
    assert composer.values()["image_url"] == values[0]


@pytest.mark.slow
def test_delete_takes_a_reference_away(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    drop(composer.tray, of_files(picture(tmp_path / "a.png")))
    qtbot.waitUntil(lambda: filled(composer) == ["Start frame"])
    slot = composer.tray.slots()[0]
    slot.setFocus()
    QTest.keyClick(slot, Qt.Key.Key_Delete)
    assert filled(composer) == []
    assert "image_url" not in composer.values()


def bomb_png(path: Path, side: int) -> Path:
    """A PNG that claims side × side pixels and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def broken_files(folder: Path) -> dict[str, Path]:
    text = folder / "notes.txt"
    text.write_text("only words", encoding="utf-8")
    disguised = folder / "words.jpg"
    disguised.write_text("only words", encoding="utf-8")
    whole = picture(folder / "whole.jpg", size=(800, 600)).read_bytes()
    truncated = folder / "cut.jpg"
    truncated.write_bytes(whole[: len(whole) // 2])
    return {"text": text, "disguised": disguised, "truncated": truncated, "bomb": bomb_png(folder / "huge.png", 30000)}


@pytest.mark.slow
@pytest.mark.parametrize("which", ["text", "disguised", "truncated", "bomb"])
def test_what_is_no_usable_picture_is_refused_and_the_form_keeps_what_it_had(
    qtbot: QtBot, composer: Composer, tmp_path: Path, which: str
) -> None:
    drop(composer.tray, of_files(picture(tmp_path / "good.png")))
    qtbot.waitUntil(lambda: filled(composer) == ["Start frame"])
    before = composer.values()
    drop(composer.tray, of_files(broken_files(tmp_path)[which]))
    qtbot.waitUntil(lambda: bool(error(composer)), timeout=15000)
    assert len(error(composer).split()) > 4, error(composer)
    assert composer.values() == before
    assert not composer.tray.is_busy()


def test_paste_takes_pixels_files_and_data_addresses(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    path = picture(tmp_path / "p.png")
    pixels = QMimeData()
    pixels.setImageData(QImage(str(path)))
    data = QMimeData()
    data.setText("data:image/png;base64," + base64.b64encode(path.read_bytes()).decode())
    for mime in (pixels, of_files(path), data):
        composer.tray.slots()[0].put(None)
        QGuiApplication.clipboard().setMimeData(mime)
        QTest.keyClick(composer.tray, *_paste_key())
        qtbot.waitUntil(lambda: filled(composer) == ["Start frame"])


def test_a_picture_pasted_into_the_prompt_is_a_reference_and_text_stays_text(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    mime = QMimeData()
    mime.setImageData(QImage(str(picture(tmp_path / "p.png"))))
    QGuiApplication.clipboard().setMimeData(mime)
    composer.prompt.edit.paste()
    qtbot.waitUntil(lambda: filled(composer) == ["Start frame"])
    assert composer.prompt.text() == ""
    QGuiApplication.clipboard().setText("a quiet harbour")
    composer.prompt.edit.paste()
    assert composer.prompt.text() == "a quiet harbour"


def test_an_address_of_an_earlier_job_is_taken_as_it_is(composer: Composer) -> None:
    composer.tray.set_values({"image_url": "https://example.org/a/photo.jpg"})
    assert composer.values()["image_url"] == "https://example.org/a/photo.jpg"


def test_browse_opens_a_dialog_that_does_not_block(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    composer.tray.browse(None)
    dialog = composer.tray.actions_of.file_dialog
    assert isinstance(dialog, QFileDialog)
    assert dialog.isVisible()
    dialog.urlsSelected.emit([QUrl.fromLocalFile(str(picture(tmp_path / "chosen.png")))])
    dialog.close()
    qtbot.waitUntil(lambda: filled(composer) == ["Start frame"])


def test_the_first_thing_that_holds_something_is_read(tmp_path: Path) -> None:
    path = picture(tmp_path / "p.png")
    both = of_files(path)
    both.setImageData(QImage(str(path)))
    assert [thing.path for thing in intake.read(both)] == [path]
    gone = of_files(tmp_path / "gone.bmp")
    gone.setImageData(QImage(str(path)))
    assert intake.read(gone)[0].image is not None
    html = QMimeData()
    html.setHtml('<p><img alt="x" src="https://example.org/x.png"></p>')
    assert intake.read(html)[0].url == "https://example.org/x.png"
    link = QMimeData()
    link.setUrls([QUrl("https://example.org/y.png")])
    link.setText("https://example.org/y.png")
    assert [thing.url for thing in intake.read(link)] == ["https://example.org/y.png"]
    prose = QMimeData()
    prose.setText("just some words")
    assert intake.read(prose) == []


def test_nothing_usable_is_said(composer: Composer) -> None:
    mime = QMimeData()
    mime.setText("just some words")
    drop(composer.tray, mime)
    assert "no picture" in error(composer)


@pytest.mark.parametrize("address", ["data:image/png;base64,@@@@", "data:nothing"])
def test_a_damaged_data_address_is_an_input_error(address: str) -> None:
    with pytest.raises(InputError):
        intake.Brought(data_url=address).read()


def _paste_key() -> tuple[Qt.Key, Qt.KeyboardModifier]:
    key = QKeySequence.keyBindings(QKeySequence.StandardKey.Paste)[0].toString()
    assert key == "Ctrl+V"
    return Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier
