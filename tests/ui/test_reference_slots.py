"""The tray's slots over the real core: fetching, stopping, menu, moving, undo, warnings, conversion, editing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.domain.reference import PictureEdit
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.composer.slot import Slot
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.ui.media_core import write_clip, write_picture
from tests.ui.web import Site, site

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


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


@pytest.fixture
def web(composer: Composer, ready_bridge: Bridge) -> Iterator[Site]:
    """A site of this computer that may be asked, as an exception."""
    with site() as here:
        ready_bridge.run(_allow_loopback).result(60)
        yield here


async def _allow_loopback(core: object) -> None:
    core.references.allow_loopback = True  # type: ignore[attr-defined]


def slot(composer: Composer, title: str) -> Slot:
    return next(one for one in composer.tray.slots() if one.title == title)


def drop(composer: Composer, *things: Path | str, at: str | None = None) -> None:
    """A drop of files or addresses on the slot `at`, or beside all of them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(one)) if isinstance(one, Path) else QUrl(one) for one in things])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    where = QPointF(slot(composer, at).geometry().center()) if at else QPointF(2, 2)
    composer.tray.dropEvent(QDropEvent(where, Qt.DropAction.CopyAction, mime, buttons, keys))


def error(composer: Composer) -> str:
    label = composer.findChild(QLabel, "referenceError")
    assert label is not None
    return label.text() if label.isVisibleTo(composer) else ""


def filled(composer: Composer) -> dict[str, str]:
    return {one.title: one.reference.name for one in composer.tray.slots() if one.reference is not None}


def lines(composer: Composer, title: str) -> dict[str, QAction]:
    """The lines of a slot's menu, those of its inner menus too."""
    menu = composer.tray.actions_of.menu_of(slot(composer, title))
    inner = [one for action in menu.actions() if (sub := action.menu()) is not None for one in sub.actions()]  # type: ignore[attr-defined]
    return {action.text(): action for action in [*menu.actions(), *inner] if action.text()}


def fill(qtbot: QtBot, composer: Composer, folder: Path, *titles: str, size: tuple[int, int] = (640, 360)) -> None:
    for hue, title in enumerate(titles):
        drop(composer, write_picture(folder / f"{title}.png", *size, hue), at=title)
        qtbot.waitUntil(lambda title=title: slot(composer, title).reference is not None)  # type: ignore[misc]


def png(folder: Path) -> bytes:
    return write_picture(folder / "page.png", 320, 180).read_bytes()


@pytest.mark.slow
def test_an_address_is_fetched_and_the_file_is_sent(
    qtbot: QtBot, composer: Composer, web: Site, tmp_path: Path
) -> None:
    web.pages["/a/photo"] = (200, png(tmp_path))  # no suffix: the content decides
    drop(composer, f"{web.url}/a/photo?size=large", at="Start frame")
    place = slot(composer, "Start frame")
    assert place.busy
    assert "photo" in place.accessibleName()
    qtbot.waitUntil(lambda: place.reference is not None)
    assert place.reference is not None
    assert place.reference.measures == "320 × 180"
    value = str(composer.values()["image_url"])
    assert value.startswith("file:")
    assert value.endswith(".png")
    assert web.asked == ["/a/photo?size=large"]


@pytest.mark.slow
@pytest.mark.parametrize(("status", "body", "words"), [
    (404, b"", "404"),
    (200, b"<html>a page</html>", "not a picture"),
    (200, b"", "empty"),
])
def test_what_cannot_be_fetched_says_why_and_is_kept_to_try_again(
    qtbot: QtBot, composer: Composer, web: Site, tmp_path: Path, status: int, body: bytes, words: str
) -> None:
    web.pages["/x.png"] = (status, body)
    drop(composer, f"{web.url}/x.png", at="Start frame")
    place = slot(composer, "Start frame")
    qtbot.waitUntil(lambda: bool(place.trouble))
    assert words in place.trouble
    assert words in error(composer)
    assert words in place.accessibleDescription()
    assert ["image_url", "0", f"{web.url}/x.png", "x.png"] in composer.tray.draft(), "the address is not lost"
    assert "image_url" not in composer.values()
    web.pages["/x.png"] = (200, png(tmp_path))
    lines(composer, "Start frame")["Try again"].trigger()
    qtbot.waitUntil(lambda: place.reference is not None)
    assert not error(composer)


def test_the_address_itself_can_be_sent(qtbot: QtBot, composer: Composer, web: Site) -> None:
    drop(composer, f"{web.url}/gone.png", at="Start frame")
    qtbot.waitUntil(lambda: bool(slot(composer, "Start frame").trouble))
    lines(composer, "Start frame")["Send the address itself"].trigger()
    assert composer.values()["image_url"] == f"{web.url}/gone.png"


def test_a_fetch_shows_its_progress_and_is_stopped(
    qtbot: QtBot, composer: Composer, web: Site, ready_bridge: Bridge
) -> None:
    web.slow = threading.Event()
    web.pages["/big.png"] = (200, b"\x89PNG\r\n\x1a\n" + bytes(12_000_000))
    drop(composer, f"{web.url}/big.png", at="Start frame")
    place = slot(composer, "Start frame")
    qtbot.waitUntil(lambda: (place.progress or 0) > 0.1, timeout=10000)
    assert list(lines(composer, "Start frame")) == ["Stop"]
    QTest.keyClick(place, Qt.Key.Key_Delete)
    assert not place.busy
    assert place.is_free
    qtbot.waitUntil(lambda: not list(ready_bridge.paths.inputs.iterdir()), timeout=10000)


def test_addresses_of_this_computer_are_never_asked(qtbot: QtBot, composer: Composer) -> None:
    with site() as here:
        drop(composer, f"{here.url}/x.png", at="Start frame")
        qtbot.waitUntil(lambda: bool(slot(composer, "Start frame").trouble))
        assert "local network" in error(composer)
        assert here.asked == []


@pytest.mark.slow
def test_a_fetch_goes_on_when_the_operation_changes(qtbot: QtBot, composer: Composer, web: Site, tmp_path: Path) -> None:
    web.slow = threading.Event()
    web.pages["/x.png"] = (200, png(tmp_path))
    drop(composer, f"{web.url}/x.png", at="Start frame")
    composer.picker.choose("image.edit")
    assert slot(composer, "Picture").busy
    composer.picker.choose("image.generate")
    web.slow.set()
    qtbot.waitUntil(lambda: filled(composer) == {"Reference 1": "x.png"})


@pytest.mark.slow
def test_a_file_that_comes_when_the_operation_has_no_place_any_more_waits(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    drop(composer, write_picture(tmp_path / "last.png"), at="End frame")
    composer.picker.choose("music.generate")
    qtbot.waitUntil(lambda: bool(composer.tray.draft()), timeout=20000)
    assert composer.tray.values() == {}
    composer.picker.choose("video.generate")
    assert composer.tray.values().keys() == {"end_image_url"}


@pytest.mark.slow
def test_a_browser_s_copy_is_used_where_its_address_gives_nothing(
    qtbot: QtBot, composer: Composer, web: Site, tmp_path: Path
) -> None:
    copy = write_picture(tmp_path / "drag.bmp")
    drop(composer, copy, f"{web.url}/gone.png", at="Start frame")
    qtbot.waitUntil(lambda: slot(composer, "Start frame").reference is not None)
    assert web.asked
    assert filled(composer)["Start frame"] == "gone.png"


# what is done to a file on its way in


@pytest.mark.slow
def test_what_services_do_not_take_is_converted_and_said(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    frames[0].save(tmp_path / "moves.gif", save_all=True, append_images=frames[1:], duration=200)
    drop(composer, tmp_path / "moves.gif", at="Start frame")
    drop(composer, tmp_path / "moves.gif", at="Source clip")
    qtbot.waitUntil(lambda: len(filled(composer)) == 2, timeout=15000)
    assert str(composer.values()["image_url"]).endswith(".png")
    assert str(composer.values()["source_video_url"]).endswith(".mp4")
    assert "first is used" in slot(composer, "Start frame").toolTip()
    assert "MP4" in slot(composer, "Source clip").accessibleDescription()


def test_a_turned_photo_stands_upright(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (300, 200), "red").save(tmp_path / "camera.jpg", exif=exif)
    drop(composer, tmp_path / "camera.jpg", at="Start frame")
    qtbot.waitUntil(lambda: slot(composer, "Start frame").reference is not None)
    reference = slot(composer, "Start frame").reference
    assert reference is not None
    assert reference.path is not None
    with Image.open(reference.path) as kept:
        assert kept.size == (200, 300)
        assert kept.getexif().get(0x0112, 1) == 1


@pytest.mark.slow
def test_a_clip_shows_its_size_and_length(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    drop(composer, write_clip(tmp_path / "c.mp4"), at="Source clip")
    qtbot.waitUntil(lambda: bool(filled(composer)), timeout=15000)
    place = slot(composer, "Source clip")
    assert "160 × 96 · 1.0 s" in place.accessibleName()
    qtbot.waitUntil(lambda: place._picture() is not None, timeout=10000)


# warnings


@pytest.mark.slow
def test_a_small_picture_of_another_shape_is_warned_of_until_it_is_cropped(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    fill(qtbot, composer, tmp_path, "Start frame", size=(200, 200))
    place = slot(composer, "Start frame")
    assert "small" in place.toolTip()
    assert "shape is not 16:9" in place.accessibleDescription()
    fill(qtbot, composer, tmp_path, "End frame", size=(1920, 1440))
    assert len(slot(composer, "End frame").warnings) == 1
    lines(composer, "End frame")["Crop to 16:9"].trigger()
    qtbot.waitUntil(lambda: slot(composer, "End frame").warnings == ())
    reference = slot(composer, "End frame").reference
    assert reference is not None
    assert reference.measures == "1,920 × 1,080"


# menu, keys, undo


@pytest.mark.slow
def test_delete_undo_and_redo(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    fill(qtbot, composer, tmp_path, "Start frame", "End frame")
    before = filled(composer)
    place = slot(composer, "Start frame")
    place.setFocus()
    QTest.keyClick(place, Qt.Key.Key_Delete)
    assert filled(composer) == {"End frame": "End frame.png"}
    QTest.keyClick(place, Qt.Key.Key_Z, CTRL)
    assert filled(composer) == before
    QTest.keyClick(place, Qt.Key.Key_Z, CTRL)
    assert filled(composer) == {"Start frame": "Start frame.png"}
    composer.tray.redo()
    composer.tray.redo()
    assert filled(composer) == {"End frame": "End frame.png"}
    composer.tray.redo()
    assert filled(composer) == {"End frame": "End frame.png"}, "nothing more to redo"


@pytest.mark.slow
def test_alt_and_an_arrow_swap_with_the_next_place_that_takes_it(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    fill(qtbot, composer, tmp_path, "Start frame", "End frame")
    QTest.keyClick(slot(composer, "Start frame"), Qt.Key.Key_Right, ALT)
    assert filled(composer) == {"Start frame": "End frame.png", "End frame": "Start frame.png"}
    QTest.keyClick(slot(composer, "End frame"), Qt.Key.Key_Right, ALT)  # over the clip's place, which takes no picture
    assert filled(composer) == {"Start frame": "End frame.png", "Reference 1": "Start frame.png"}
    composer.tray.undo()
    composer.tray.undo()
    assert filled(composer) == {"Start frame": "Start frame.png", "End frame": "End frame.png"}


@pytest.mark.slow
def test_the_menu_has_it_all(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    fill(qtbot, composer, tmp_path, "Start frame", "End frame")
    found = lines(composer, "Start frame")
    for words in ("Replace…", "Paste", "Recent…", "Remove", "Crop and rotate…", "Crop to 16:9", "Rotate left",
                  "Rotate right", "Mirror", "Move back", "Move forward", "Swap with End frame", "Move to Reference 1",
                  "Open outside", "Show in folder", "Add to gallery", "Restore its settings", "Undo", "Redo"):
        assert words in found, words
    assert not found["Move back"].isEnabled()
    assert not found["Crop to 16:9"].isEnabled(), "it has that shape already"
    found["Swap with End frame"].trigger()
    assert filled(composer) == {"Start frame": "End frame.png", "End frame": "Start frame.png"}
    assert set(lines(composer, "Source clip")) == {"Choose a file…", "Paste", "Recent…", "Undo", "Redo"}


@pytest.mark.slow
def test_a_picture_is_turned_into_a_new_copy(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    fill(qtbot, composer, tmp_path, "Start frame")
    place = slot(composer, "Start frame")
    before = place.reference
    assert before is not None
    assert before.path is not None
    bytes_before = before.path.read_bytes()
    lines(composer, "Start frame")["Rotate right"].trigger()
    qtbot.waitUntil(lambda: place.reference is not None and place.reference.measures == "360 × 640")
    assert before.path.read_bytes() == bytes_before
    composer.tray.undo()
    assert place.reference == before


@pytest.mark.slow
def test_a_reference_joins_the_gallery(qtbot: QtBot, composer: Composer, ready_bridge: Bridge, tmp_path: Path) -> None:
    fill(qtbot, composer, tmp_path, "Start frame")
    with qtbot.waitSignal(ready_bridge.assetsChanged):
        lines(composer, "Start frame")["Add to gallery"].trigger()


@pytest.mark.slow
def test_what_was_brought_in_has_no_settings(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    fill(qtbot, composer, tmp_path, "Start frame")
    lines(composer, "Start frame")["Restore its settings"].trigger()
    qtbot.waitUntil(lambda: "not known" in error(composer))


@pytest.mark.slow
def test_a_draft_s_file_that_is_gone_is_said(qtbot: QtBot, composer: Composer, ready_bridge: Bridge) -> None:
    gone = (ready_bridge.paths.inputs / "0123.png").as_uri()
    composer.tray.set_draft([["image_url", "0", gone, "holiday.png"]])
    qtbot.waitUntil(lambda: bool(slot(composer, "Start frame").trouble))
    assert "image_url" not in composer.values()


@pytest.mark.slow
@pytest.mark.parametrize("edit", [PictureEdit(turns=1), PictureEdit(mirrored=True), PictureEdit(box=(0, 0, 0.5, 1))])
def test_a_slot_that_is_emptied_meanwhile_stays_empty(
    qtbot: QtBot, composer: Composer, tmp_path: Path, edit: PictureEdit
) -> None:
    fill(qtbot, composer, tmp_path, "Start frame")
    place = slot(composer, "Start frame")
    composer.tray.actions_of.edit(place, edit)
    composer.tray.set_places({})
    _settle(qtbot, composer)
    assert filled(composer) == {}


def _settle(qtbot: QtBot, composer: Composer) -> None:
    """Until the core has answered everything before."""
    done: list[object] = []
    work: Callable[[object], object] = _nothing
    composer.tray._bridge.run(work, done.append)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(done))
    qtbot.wait(150)


async def _nothing(_: object) -> str:
    return "done"
