"""The library as its owner works with it: marked, tagged, collected, traced back, looked through anew, filled and exported.

What it shows comes from the store; what it does to files goes through the library.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.app.asset_previews import AssetPreviews
from studio.app.imports import import_paths
from studio.app.rescans import Rescans
from studio.domain.asset import COLOURS, Asset
from studio.domain.collection import LONGEST_TAG, LONGEST_TITLE, Collection, Facets, TagCount
from studio.domain.errors import InputError
from studio.domain.event import AssetChanged, CollectionsChanged, Listener, StoreChanged
from studio.domain.kinds import MediaKind
from studio.domain.library_work import ImportResult, Report, RescanResult
from studio.domain.lineage import Lineage, Need
from studio.domain.outline import Outline
from studio.domain.query import AssetQuery
from studio.library.library import Library
from studio.settings.paths import Paths
from studio.store.asset_files import SqlAssetFiles
from studio.store.asset_tags import SqlAssetTags
from studio.store.collections import SqlCollections
from studio.store.database import Database
from studio.store.lineage import SqlLineage
from studio.store.outlines import SupersededError, outline

if TYPE_CHECKING:
    from studio.library.export import ExportPlan

MOST_TOLD = 200
"""Changed assets that are told of one by one."""


class GalleryService:
    """Its methods run on the core's loop and raise from the StudioError tree and nothing else.

    Assets that change are told of one by one as AssetChanged, more than 200 at once by one StoreChanged.
    """

    def __init__(self, paths: Paths, db: Database, library: Library, emit: Listener) -> None:
        self._paths = paths
        self._db = db
        self._library = library
        self._emit = emit
        folders = paths.media, paths.thumbnails
        self._marks = SqlAssetTags(db, *folders)
        self._collections = SqlCollections(db, self._marks)
        self._lineage = SqlLineage(db, *folders)
        self._rescans = Rescans(paths, SqlAssetFiles(db, *folders), library, self._tell)
        self._outlining: threading.Event | None = None
        self.previews = AssetPreviews(paths, library)

    def _tell(self, assets: Sequence[Asset]) -> list[Asset]:
        if len(assets) > MOST_TOLD:
            self._emit(StoreChanged())
        else:
            for asset in assets:
                self._emit(AssetChanged(asset))
        return list(assets)

    # -- looking

    async def outline(self, query: AssetQuery) -> Outline:
        """How many assets a query finds, which stand where, and how many on each day; `before`, `offset` and `limit` are
        not looked at. When a newer one is asked for meanwhile, the older call ends as cancelled."""
        superseded = threading.Event()
        if self._outlining is not None:
            self._outlining.set()
        self._outlining = superseded
        try:
            return await self._db.read(lambda connection: outline(connection, query, superseded.is_set))
        except SupersededError:
            raise asyncio.CancelledError from None
        finally:
            superseded.set()  # also where nobody waits for it any more
            if self._outlining is superseded:
                self._outlining = None

    async def tags(self) -> list[TagCount]:
        """All tags in use, by name."""
        return await self._marks.tags()

    async def facets(self) -> Facets:
        """The operations, accounts and models that occur, for filter menus."""
        return await self._marks.facets()

    # -- marks

    async def set_starred(self, ids: Sequence[str], on: bool) -> list[Asset]:
        """Raises NotFoundError, and changes nothing, where an id is not known; so do the next three."""
        return self._tell(await self._marks.set_starred(ids, on))

    async def set_colour(self, ids: Sequence[str], colour: str | None) -> list[Asset]:
        """One of COLOURS, or None for none. InputError for another."""
        if colour is not None and colour not in COLOURS:
            raise InputError(f"“{colour}” is none of the colours.", field="colour", code="no_colour",
                             advice=f"There are {', '.join(COLOURS)}.")
        return self._tell(await self._marks.set_colour(ids, colour))

    async def add_tags(self, ids: Sequence[str], tags: Sequence[str]) -> list[Asset]:
        """A tag that is there in other letter case is taken as it is there. InputError for an empty or too long one."""
        changed = self._tell(await self._marks.add_tags(ids, [_line(tag, LONGEST_TAG, "tag", "A tag") for tag in tags]))
        self._emit(CollectionsChanged())
        return changed

    async def remove_tags(self, ids: Sequence[str], tags: Sequence[str]) -> list[Asset]:
        changed = self._tell(await self._marks.remove_tags(ids, [" ".join(tag.split()) for tag in tags]))
        self._emit(CollectionsChanged())
        return changed

    # -- collections

    async def collections(self) -> list[Collection]:
        """By title; the counts of smart ones are not known."""
        return await self._collections.all()

    async def create_collection(self, title: str, query: AssetQuery | None = None) -> Collection:
        """With a query: a smart one. InputError (field "title") for an empty, too long or taken title."""
        made = await self._collections.create(_line(title, LONGEST_TITLE, "title", "A collection's title"), query)
        self._emit(CollectionsChanged())
        return made

    async def change_collection(
        self, collection_id: str, title: str | None = None, query: AssetQuery | None = None
    ) -> Collection:
        """Another title, or another query of a smart one. NotFoundError, InputError."""
        kept = None if title is None else _line(title, LONGEST_TITLE, "title", "A collection's title")
        changed = await self._collections.change(collection_id, kept, query)
        self._emit(CollectionsChanged())
        return changed

    async def remove_collection(self, collection_id: str) -> None:
        """The collection, not its assets. NotFoundError."""
        await self._collections.remove(collection_id)
        self._emit(CollectionsChanged())

    async def add_to_collection(self, collection_id: str, ids: Sequence[str]) -> Collection:
        """InputError for a smart one; NotFoundError."""
        self._tell(await self._collections.put(collection_id, ids))
        self._emit(CollectionsChanged())
        return await self._collections.get(collection_id)

    async def remove_from_collection(self, collection_id: str, ids: Sequence[str]) -> Collection:
        self._tell(await self._collections.take(collection_id, ids))
        self._emit(CollectionsChanged())
        return await self._collections.get(collection_id)

    # -- where from, what for

    async def lineage(self, asset_id: str, depth: int = 4, limit: int = 200) -> Lineage:
        """What an asset was made from and what was made from it, `depth` links away, at most `limit` assets."""
        return await self._lineage.around(asset_id, depth, limit)

    async def needed_by(self, ids: Sequence[str]) -> list[Need]:
        """Why any of these should not be deleted: an unfinished job's input, or the parent of an asset that is kept and is
        not among them. Core.delete refuses the first, and the second unless it is told "anyway"."""
        return await self._library.needed_by(ids)

    # -- files

    async def rescan(self, report: Report | None = None) -> RescanResult:
        """Compare the store with the files: what was moved is found by its content, what is gone is marked missing. Nothing
        is deleted. `report` is called on this loop."""
        return await self._rescans.rescan(report)

    async def notice(self) -> RescanResult | None:
        """Look at the folders that changed since the last look: for starts, and for when the window comes to the front.

        None where nothing changed, or the last look was a moment ago. LocalError where the media folder is not there.
        """
        return await self._rescans.notice()

    async def import_paths(self, paths: Sequence[Path], report: Report | None = None) -> ImportResult:
        """Copy files, and what is in folders, into the library, with the recipe that a file carries. What cannot be taken
        in is told of and does not stop the rest; DiskFullError does."""
        return await import_paths(self._library, self._paths.media, paths, report)

    async def grab_frame(self, asset_id: str, at_s: float) -> Asset:
        """The frame of a video that is shown at `at_s` seconds, as a picture of its own. InputError where there is none."""
        asset = await self._library.get(asset_id)
        if asset.kind is not MediaKind.VIDEO:
            raise InputError(f"“{asset.path.name}” is no video.", code="no_video", advice="Choose a video.")
        return await self._library.add_frame(asset, at_s)

    async def export(self, ids: Sequence[str], plan: ExportPlan, report: Report | None = None) -> list[Path]:
        """Copies under names from a template, into a folder or a zip. InputError with the plan's field.

        `report` is called on this loop; cancelling ends the work before the next file.
        """
        from studio.library.export import export_assets  # brings the containers' writers

        assets = await self._library.all_of(ids)
        loop, ended = asyncio.get_running_loop(), threading.Event()

        def tell(done: int, total: int) -> None:
            if ended.is_set():
                raise InputError("The export was stopped.", code="stopped")
            if report is not None:
                loop.call_soon_threadsafe(report, done, total)

        try:
            return await asyncio.to_thread(export_assets, assets, plan, tell)
        finally:
            ended.set()  # where nobody waits any more, the thread ends before the next file

    # -- previews

    async def thumbnail(self, asset: Asset) -> Path | None:
        """The preview of a picture or video, made again where the cache lost it; None where there is none."""
        return await self.previews.thumbnail(asset)

    async def waveform(self, asset: Asset) -> Path | None:
        """A file of 400 pairs of uint8 (lowest, highest) of a sound or a video's sound; None where there is none."""
        return await self.previews.waveform(asset)

    async def scrub_sheet(self, asset: Asset) -> Path | None:
        """A JPEG of ten frames of a video, each 160 px wide, beside each other; None where there is none."""
        return await self.previews.scrub_sheet(asset)


def _line(text: str, longest: int, field: str, what: str) -> str:
    """One line of text without white space around it. Raises InputError where it is empty or too long."""
    kept = " ".join(text.split())
    if not kept or len(kept) > longest:
        problem = f"has at most {longest} characters" if kept else "has at least one character"
        raise InputError(f"{what} {problem}.", field=field, code="bad_text")
    return kept
