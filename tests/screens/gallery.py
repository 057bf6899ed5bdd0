"""A gallery of some thousand assets as the screens show it: grid and list, filters, marks, collections, dates, reports."""

from __future__ import annotations

import asyncio
import hashlib
import random
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPainterPath
from PySide6.QtWidgets import QDialog, QWidget

from studio.app.core import Core
from studio.domain.asset import COLOURS, Asset, Recipe
from studio.domain.errors import InputError
from studio.domain.job import new_id, now
from studio.domain.kinds import MediaKind
from studio.domain.lineage import Lineage, Link
from studio.domain.query import AssetQuery
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.ui.gallery.filters import Filter, with_choice
from studio.ui.gallery.page import GalleryPage
from studio.ui.gallery.protected import ProtectedDialog
from studio.ui.window import GALLERY, MainWindow
from tests.screens.queue import SCENES
from tests.screens.visits import Visit

ASSETS = 2400
PICTURES = 40
TRAMS, EMPTY = "Trams in the rain", "For the trailer, second cut"
_KINDS = (*(MediaKind.IMAGE,) * 6, MediaKind.VIDEO, MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.PROMPT)
_FILES = {MediaKind.IMAGE: ("image/jpeg", ".jpg"), MediaKind.VIDEO: ("video/mp4", ".mp4"),
          MediaKind.AUDIO: ("audio/mpeg", ".mp3"), MediaKind.PROMPT: ("text/plain", ".txt")}


def landscape(path: Path, number: int) -> None:
    """A sky, a sun and three rows of hills: no two alike, and quickly drawn."""
    chance = random.Random(number)
    image = QImage(512, 384, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    hue = chance.randrange(360)
    sky = QLinearGradient(0, 0, 0, 384)
    sky.setColorAt(0, QColor.fromHsv(hue, 150, 70 + chance.randrange(90)))
    sky.setColorAt(1, QColor.fromHsv((hue + 40) % 360, 120, 220))
    painter.fillRect(image.rect(), sky)
    painter.setBrush(QColor.fromHsv((hue + 60) % 360, 60, 250, 210))
    edge = chance.randrange(40, 110)
    painter.drawEllipse(QRectF(chance.randrange(60, 400), chance.randrange(60, 170), edge, edge))
    for row in range(3):
        hills = QPainterPath(QPointF(0, 384))
        base, height = 200 + row * 60, chance.randrange(20, 90)
        hills.lineTo(0, base)
        for x in range(0, 513, 128):
            hills.quadTo(x + 64, base - chance.randrange(-10, height), x + 128, base + chance.randrange(-12, 12))
        hills.lineTo(512, 384)
        painter.setBrush(QColor.fromHsv((hue + 15 * row) % 360, 120, 120 - 36 * row))
        painter.drawPath(hills)
    painter.end()
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(str(path), quality=90)


async def make_gallery(paths: Paths) -> None:
    """Two years of work, with a few pictures that many rows share."""
    paths.create()
    pictures = []
    for number in range(PICTURES):
        name = hashlib.sha256(f"landscape {number}".encode()).hexdigest()
        pictures.append(paths.thumbnails / name[:2] / f"{name}.jpg")
        landscape(pictures[-1], number)
    db = await asyncio.to_thread(Database.open, paths.store)
    try:
        store = SqlAssetStore(db, paths.media, paths.thumbnails)
        for number in range(ASSETS):
            asset = _asset(paths, number, pictures)
            if asset.missing_since is None:
                asset.path.parent.mkdir(parents=True, exist_ok=True)
                asset.path.write_bytes(asset.prompt.encode() + bytes(asset.size_bytes - len(asset.prompt.encode())))
            await store.add(asset)
    finally:
        await asyncio.to_thread(db.close)


def _asset(paths: Paths, number: int, pictures: list[Path]) -> Asset:
    kind = _KINDS[number * 7 % len(_KINDS)]
    mime, suffix = _FILES[kind]
    seen = kind in (MediaKind.IMAGE, MediaKind.VIDEO)
    values = {"prompt": SCENES[number % len(SCENES)], "seed": number}
    return Asset(
        id=new_id("asset"), kind=kind, path=paths.media / "2026-11" / f"{SCENES[number % len(SCENES)]} {number}{suffix}",
        mime=mime, sha256=hashlib.sha256(str(number).encode()).hexdigest(), size_bytes=900 + 79 * number,
        width=1920 if seen else None, height=1080 if seen else None, prompt=SCENES[number % len(SCENES)],
        duration_s=None if kind in (MediaKind.IMAGE, MediaKind.PROMPT) else 3.0 + number % 40,
        thumbnail=pictures[number * 11 % PICTURES] if seen else None, created_at=now() - timedelta(minutes=number * 90),
        recipe=Recipe(f"{kind.value}.generate", "local", values, "draft", number), starred=number % 9 == 4,
        colour=COLOURS[number % 6] if number % 7 == 2 else None, account="local" if number % 5 else "Team",
        tags=("keeper", "mood board") if number % 6 == 1 else (), credits=0.0 if number % 5 else 12.0,
        missing_since=now() if number == 5 else None,
    )


class Gallery(Visit):
    """The gallery in use."""

    async def states(self, window: MainWindow) -> None:
        window.show_page(GALLERY)
        page = window.gallery
        if page is None:
            raise TimeoutError("there is no gallery")
        page.toolbar.lines.setChecked(False)
        page.question.everything()
        await self.until(lambda: page.feed.exact and len(page.feed) == ASSETS, "the gallery is counted")
        page.grid.verticalScrollBar().setValue(0)
        page.chosen.clear()
        await self._collections(window)
        await asyncio.sleep(1.0)  # the real answer for them is "nothing to be drawn"
        for asset in page.feed.list.rows:
            if asset.kind is MediaKind.AUDIO:
                page.live.show_wave(asset, _wave(asset))
        await self.keep(window, "gallery", "many", 1.0)
        await self._selected(window, page)
        await self._narrowed(window, page)
        await self._boxes(window, page)
        await self._reports(window, page)
        await self._collection(window, page)
        await self._trash(window, page)
        await self._dragged(window)

    async def _collections(self, window: MainWindow) -> None:
        await window._bridge.call(_collect)
        await asyncio.sleep(0.8)

    async def _selected(self, window: MainWindow, page: GalleryPage) -> None:
        near = [asset for asset in map(page.feed.at, range(9)) if asset is not None]
        page.grid.selection.ids = {asset.id for asset in near[2:7]}
        page.grid.selectionChanged.emit()
        page.grid.repaint_selection()
        await self.keep(window, "gallery", "selected")
        page.chosen.clear()
        page.grid.select(near[3].id)
        page.set_details_open(True)
        await asyncio.sleep(0.5)
        links = (Link(near[0].id, near[3].id, "reference"), Link(near[1].id, near[3].id, "chain"),
                 Link(near[3].id, near[6].id, "extend"))
        page.details.show_lineage(Lineage(near[3].id, {asset.id: asset for asset in near}, links))
        await self.keep(window, "gallery", "lineage")
        page.set_details_open(False)

    async def _narrowed(self, window: MainWindow, page: GalleryPage) -> None:
        page.toolbar.lines.setChecked(True)
        await self.keep(window, "gallery", "list", 0.6)
        page.toolbar.lines.setChecked(False)
        query = with_choice(page.filters.query, Filter.STAR, {"starred": True})
        page.filters.changed.emit(query)
        page.filters.set_query(with_choice(query, Filter.SIZE, {"min_side": 1080}))
        page.question.ask()
        await self.keep(window, "gallery", "filtered", 1.0)
        page.filters.set_query(with_choice(query, Filter.COST, {"min_credits": 900.0}))
        page.question.ask()
        await self.keep(window, "gallery", "filterednothing", 0.8)
        page.filters.clear_all()
        await asyncio.sleep(0.5)

    async def _boxes(self, window: MainWindow, page: GalleryPage) -> None:
        jump, tags = page.menus.jump(), None
        if jump is not None:
            await self._box(jump, "jump")
        page.grid.selection.ids = {asset.id for asset in map(page.feed.at, range(3)) if asset is not None}
        tags = page.menus.tags()
        if tags is not None:
            await self._box(tags, "tags")
        dialog: QDialog = page.actions_of.export(page.chosen.ids(), page.feed.at(0))
        await self._box(dialog, "export")
        page.chosen.clear()

    async def _box(self, box: QWidget, state: str) -> None:
        await self.keep(box, "gallery", state)
        box.close()
        await asyncio.sleep(0.05)

    async def _reports(self, window: MainWindow, page: GalleryPage) -> None:
        page.bringing.began.emit("Importing…")
        page.bringing.progressed.emit(312, 1240)
        await self.keep(window, "gallery", "importing")
        page.bringing.ended.emit("1,204 files imported, 33 were here already, 2 were refused.", [
            "notes.pdf: It is no picture, video, sound or text.", "broken.png: The file ends before it is complete."])
        await self.keep(window, "gallery", "imported")
        page.bringing.began.emit("Importing…")
        page.bringing.has_failed = True
        page.bringing.ended.emit("The disk is full: 1.2 GB more are needed. Nothing of the last file was kept. Make room on "
                                 "the disk and import again.", [])
        await self.keep(window, "gallery", "importfailed")
        page.bringing.has_failed = False
        page.work.hide()

    async def _collection(self, window: MainWindow, page: GalleryPage) -> None:
        """One with pictures in it, and one with nothing yet."""
        await self.until(lambda: len(page.sources.collections) > 2, "the collections are listed")
        full, empty = (next(one for one in page.sources.collections if one.title == title) for title in (TRAMS, EMPTY))
        page.question.choose(full)
        await self.until(lambda: page.feed.exact and len(page.feed) == 12, "the collection is shown")
        await self.keep(window, "gallery", "collection", 1.0)
        page.question.choose(empty)
        await self.until(lambda: page.message.isVisible(), "the empty collection is shown")
        await self.keep(window, "gallery", "collectionempty", 0.6)
        page.question.everything()
        await self.until(lambda: page.feed.exact and len(page.feed) == ASSETS, "everything is shown again")

    async def _trash(self, window: MainWindow, page: GalleryPage) -> None:
        """What is said when something went into the trash, and when it is needed."""
        page.grid.verticalScrollBar().setValue(0)
        page.actions_of.trashed.emit([asset.id for asset in map(page.feed.at, range(3)) if asset is not None])
        await self.keep(window, "gallery", "trashed")
        page.undo_bar.hide()
        reason = "“A night tram crossing a rain-soaked square” and 4 more were made from this picture."
        dialog = ProtectedDialog(InputError(reason, code="has_children"), window)
        dialog.open()
        await self._box(dialog, "protected")

    async def _dragged(self, window: MainWindow) -> None:
        """Files of another program over the page."""
        window.zones.open_with(window.drop_zones())
        window.zones._heat(window.zones.zones()[0].box.center())
        await self.keep(window, "gallery", "drag")
        window.zones.hide()


def _wave(asset: Asset) -> bytes:
    """The shape of a sound: these are rows without sounds in their files."""
    chance = random.Random(asset.id)
    loud = [round(20 + 90 * chance.random() * (0.4 + 0.6 * abs((n % 80) - 40) / 40)) for n in range(400)]
    return bytes(byte for one in loud for byte in (128 - one, 128 + one))


async def _collect(core: Core) -> None:
    """Three collections, unless they are there."""
    if not await core.gallery.collections():
        newest = await core.assets(AssetQuery(limit=12))
        made = await core.gallery.create_collection(TRAMS)
        await core.gallery.add_to_collection(made.id, [asset.id for asset in newest])
        await core.gallery.create_collection("Stars of this year", AssetQuery(starred=True))
        await core.gallery.create_collection(EMPTY)
