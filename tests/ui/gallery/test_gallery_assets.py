"""What a person does with single assets and with files: look closer, delete, walk where it came from, import, export; over a
core in memory or, where files count, the real one."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.app.core import Core
from studio.domain.asset import Asset
from studio.domain.errors import InputError
from studio.domain.event import AssetChanged
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.lineage import Link
from studio.domain.state import JobState
from studio.store.assets import SqlAssetStore
from studio.ui.bridge import Bridge
from studio.ui.gallery.page import GalleryPage
from studio.ui.gallery.protected import ProtectedDialog
from studio.ui.theme.theme import Theme
from tests.ui.gallery.pages import library, row, shown
from tests.ui.media_core import MediaCore, Open, make_asset, write_clip, write_picture


@pytest.mark.slow
def test_what_is_needed_is_explained_before_it_goes(qtbot: QtBot, page: GalleryPage, core: MediaCore) -> None:
    core.gallery.protected = InputError("2 other assets were made from it.", code="has_children")
    gone = row(page, 0)
    page.actions_of.trash([gone.id])
    qtbot.waitUntil(lambda: page.findChild(ProtectedDialog) is not None, timeout=3000)
    dialog = page.findChild(ProtectedDialog)
    assert dialog is not None
    assert "2 other assets" in dialog.words.text()
    assert gone.id in page.feed
    dialog.findChild(QPushButton, "protectedAnyway").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: gone.id not in page.feed, timeout=3000)
    assert core.calls[-1].startswith("delete 1 True") or "delete 1 True" in core.calls


@pytest.mark.slow
def test_lineage_is_walked(qtbot: QtBot, page: GalleryPage, core: MediaCore) -> None:
    child, middle, parent = row(page, 0), row(page, 5), row(page, 700) if page.feed.at(700) else row(page, 40)
    core.gallery.links = [Link(parent.id, middle.id, "reference"), Link(middle.id, child.id, "extend")]
    page.grid.select(middle.id)
    page.set_details_open(True)
    view = page.details.lineage
    qtbot.waitUntil(lambda: len(view.nodes) == 3, timeout=3000)
    assert [node.column for node in view.nodes] == [-1, 0, 1]
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert "Became" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [asset.id for asset in page.grid.selected()] == [child.id], timeout=3000)
    qtbot.waitUntil(lambda: [node.asset.id for node in view.nodes] == [middle.id, child.id], timeout=3000)


@pytest.mark.slow
def test_results_that_are_still_at_the_service_are_shown(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    until = datetime.now(UTC) + timedelta(hours=5)
    request = JobRequest("video.generate", "work", {"prompt": "a tram"})
    job = Job.new(request).changed(state=JobState.FAILED, output={"expires_at": until.isoformat()})
    core = MediaCore(library(5), [job])
    page = shown(qtbot, open_bridge(core), theme)
    qtbot.waitUntil(page.waiting.isVisible, timeout=3000)
    assert "1 result" in page.waiting.words
    page.waiting.fetch()
    qtbot.waitUntil(lambda: f"retry {job.id}" in core.calls, timeout=3000)
    qtbot.waitUntil(lambda: not page.waiting.isVisible(), timeout=4000)


@pytest.mark.slow
def test_the_menu_offers_what_fits(page: GalleryPage) -> None:
    page.grid.selection.ids = {row(page, at).id for at in (0, 1)}
    compared: list[object] = []
    page.compareRequested.connect(compared.append)
    menu = page.menu_for(page.grid.selected())
    words = {action.text(): action for action in menu.actions()}
    words["Compare"].trigger()
    assert compared == [[row(page, 0), row(page, 1)]]
    assert {"Colour", "Add to collection", "Star", "Tags…"} <= set(words)


@pytest.mark.slow
def test_previews_that_the_cache_lost_come_back(qtbot: QtBot, ready_bridge: Bridge, theme: Theme, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", seconds=1.0)
    asset = ready_bridge.run(partial(_import, clip)).result(60)
    assert asset.thumbnail is not None
    asset.thumbnail.unlink()
    page = GalleryPage(ready_bridge, theme)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    qtbot.waitUntil(asset.thumbnail.is_file, timeout=20000)
    box = page.grid.cell_rect(0)
    qtbot.waitUntil(lambda: _colours(page, box.center()) > 3, timeout=10000)  # the clip's own, and no grey box


@pytest.mark.slow
def test_previews_that_were_never_made_are_made_when_their_cells_are_looked_at(
    qtbot: QtBot, ready_bridge: Bridge, theme: Theme, tmp_path: Path
) -> None:
    """The program ended after a result was recorded, and before its preview was made."""
    clip = write_clip(tmp_path / "clip.mp4", seconds=1.0)
    asset = ready_bridge.run(partial(_import, clip)).result(60)
    preview = asset.thumbnail
    assert preview is not None
    preview.unlink()
    ready_bridge.run(partial(_without_preview, asset.id)).result(60)
    page = GalleryPage(ready_bridge, theme)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    qtbot.waitUntil(lambda: len(page.feed) == 1 and row(page, 0).thumbnail is None, timeout=10000)
    qtbot.waitUntil(lambda: row(page, 0).thumbnail == preview and preview.is_file(), timeout=20000)
    qtbot.waitUntil(lambda: _colours(page, page.grid.cell_rect(0).center()) > 3, timeout=10000)


async def _without_preview(asset_id: str, core: Core) -> None:
    store = SqlAssetStore(core._db, core.paths.media, core.paths.thumbnails)
    core._events.emit(AssetChanged(await store.set_thumbnail(asset_id, None)))  # after those of the import


async def _import(path: Path, core: Core) -> Asset:
    brought = await core.import_file(path)
    return await core.asset(brought.id)


def _colours(page: GalleryPage, at: QPoint) -> int:
    """How many colours there are around a point of the grid."""
    picture = page.grid.viewport().grab(QRect(at - QPoint(40, 30), QSize(80, 60))).toImage()
    return len({picture.pixel(x, y) for x in range(0, picture.width(), 4) for y in range(0, picture.height(), 4)})


@pytest.mark.slow
def test_files_come_in_and_go_out_again(qtbot: QtBot, ready_bridge: Bridge, theme: Theme, tmp_path: Path) -> None:
    page = GalleryPage(ready_bridge, theme)
    qtbot.addWidget(page)
    page.show()
    folder = tmp_path / "photos" / "inside"
    folder.mkdir(parents=True)
    for number in range(3):
        write_picture(folder / f"picture {number}.png", 64 + number, 48)
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7 nothing to be shown")
    with qtbot.waitSignal(page.bringing.ended, timeout=20000) as ended:
        page.bringing.bring([tmp_path / "photos"])
    assert ended.args is not None
    assert ended.args[0].startswith("3 files imported")
    qtbot.waitUntil(lambda: len(page.feed) == 3, timeout=5000)
    assert page.work.isVisible()
    with qtbot.waitSignal(page.bringing.ended, timeout=20000) as again:
        page.bringing.rescan()
    assert again.args is not None
    ids = [asset.id for asset in page.feed.list.rows]
    dialog = page.actions_of.export(ids, page.feed.at(0))
    dialog.template.setText("{nonsense}")
    assert not dialog.findChild(QPushButton, "exportGo").isEnabled()  # type: ignore[union-attr]
    dialog.template.setText("{kind}/{number} {width}")
    assert dialog.example.endswith("image/001 66.png") or "image/001" in dialog.example
    dialog.to.setText(str(tmp_path / "out.zip"))
    dialog.shape.set_value(True)  # a value among others
    with qtbot.waitSignal(page.actions_of.exported, timeout=20000):
        dialog.start()
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        assert len(packed.namelist()) == 3
        assert all(name.startswith("image/") for name in packed.namelist())
    qtbot.waitUntil(lambda: "1 file exported" in page.undo_bar.words, timeout=3000)


@pytest.mark.slow
def test_what_is_brought_while_an_import_runs_comes_after_it(
    qtbot: QtBot, ready_bridge: Bridge, theme: Theme, tmp_path: Path
) -> None:
    page = GalleryPage(ready_bridge, theme)
    qtbot.addWidget(page)
    first, second = (write_picture(tmp_path / f"{name}.png", width, 48) for name, width in (("first", 64), ("second", 65)))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"")
    with qtbot.waitSignal(page.bringing.ended, timeout=20000) as ended:
        page.bringing.bring([first, broken])
        page.bringing.bring([second])
        page.bringing.bring([first])
    refused = ["“broken.png” is empty. Choose another file."]
    assert ended.args == ["2 files imported, 1 was here already, 1 was refused.", refused]
    assert not page.bringing.busy
    qtbot.waitUntil(lambda: len(page.feed) == 2, timeout=5000)


@pytest.mark.slow
def test_frames_go_by_under_the_pointer_and_sounds_show_their_shape(
    qtbot: QtBot, open_bridge: Open, theme: Theme, tmp_path: Path
) -> None:
    core = MediaCore([make_asset(1, kind=MediaKind.AUDIO), make_asset(2, kind=MediaKind.VIDEO)])
    sheet = QImage(1600, 120, QImage.Format.Format_RGB32)
    painter = QPainter(sheet)
    for frame in range(10):
        painter.fillRect(frame * 160, 0, 160, 120, QColor.fromHsv(frame * 36, 255, 255))
    painter.end()
    sheet.save(str(tmp_path / "sheet.png"))
    (tmp_path / "wave").write_bytes(bytes([0, 255]) * 400)
    core.gallery.previews = {make_asset(2).id: tmp_path / "sheet.png", make_asset(1).id: tmp_path / "wave"}
    page = shown(qtbot, open_bridge(core), theme)
    box = page.grid.cell_rect(0)
    for along in (0.75, 0.25):
        QTest.mouseMove(page.grid.viewport(), QPoint(box.left() + round(box.width() * along), box.center().y()))
        expected = QColor.fromHsv(int(along * 10) * 36, 255, 255)
        qtbot.waitUntil(partial(_is_painted, page, box.center(), expected), timeout=3000)
    QTest.mouseMove(page.grid.viewport(), QPoint(5, 5))
    qtbot.waitUntil(lambda: page.grid.scrub is None, timeout=3000)
    qtbot.waitUntil(lambda: page.grid.waves.get(make_asset(1).id) == bytes([0, 255]) * 400, timeout=3000)
    sound = page.grid.cell_rect(1)
    seen = page.grid.viewport().grab().toImage()
    column = [seen.pixelColor(sound.left() + 13, sound.top() + y) for y in range(sound.height() // 2)]
    assert len({colour.name() for colour in column}) > 1  # a bar stands there


def _is_painted(page: GalleryPage, at: QPoint, colour: QColor) -> bool:
    seen = page.grid.viewport().grab().toImage().pixelColor(at)
    return abs(seen.hsvHue() - colour.hsvHue()) < 12 and seen.saturation() > 200
