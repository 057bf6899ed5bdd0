"""The media library: results come in once, stay as they came, and can be seen, exported, deleted and restored."""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import InputError, NotFoundError
from studio.domain.event import AssetAdded, AssetChanged, Listener
from studio.domain.job import Job, new_id, now
from studio.domain.lineage import FRAME_GRAB, Need
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery
from studio.library.content import of_brought
from studio.library.deletions import Deletions
from studio.library.files import copy_new, disk_errors, flush_file, hash_of, move_new
from studio.library.frames import grab_frame
from studio.library.intake import check_file, path_of_uri, reading, take_in, take_in_bytes
from studio.library.metadata import RecipeFacts, embed_in_place
from studio.library.names import safe_stem
from studio.library.placing import (
    Placed,
    find_placed,
    incoming_part,
    month_folder,
    place_result,
    place_text,
    remove_parts,
    text_of,
)
from studio.library.ports import AssetStore, Folders
from studio.library.previews import make_preview
from studio.library.system_thumbnails import adopt_system_thumbnail
from studio.library.trash import file_in_trash, trashed_path


class Library:
    """All work on files happens on threads; `emit` is called on the caller's loop. Errors are those of the error tree.
    `embeds` says whether results get their recipes written into them: not, unless one is given."""

    def __init__(self, paths: Folders, assets: AssetStore, emit: Listener, embeds: Callable[[], bool] = bool) -> None:
        self._paths = paths
        self._assets = assets
        self._emit = emit
        self._embeds = embeds
        self._deletions = Deletions(paths.media, assets, emit)

    # -- results

    def part_for(self, job: Job, index: int) -> Path:
        """Where the download of one output of a job grows; the same path after a restart, so that it can be resumed."""
        return incoming_part(self._paths.media, job.id, index)

    async def place(
        self, job: Job, index: int, part: Path, kind: MediaKind, file_name: str, recipe: Recipe, sha256: str | None = None
    ) -> Asset:
        """Move a finished download into the library and record it, once for each (job, index), byte for byte as it came.

        `sha256` is what was counted while it came. Doing it again after a crash gives the same asset, whichever step was
        the last. Raises ServiceFaultError when the file is no result, DiskFullError, LocalError (code "part_missing": there
        is neither a download nor an asset).
        """
        known = await self._assets.by_output(job.id, index)
        if known is not None:
            with disk_errors("The download could not be removed"):
                await asyncio.to_thread(part.unlink, missing_ok=True)
            return known
        if self._embeds() and await asyncio.to_thread(embed_in_place, part, recipe, RecipeFacts(job.created_at)):
            sha256 = None
        placed = await asyncio.to_thread(place_result, self._paths.media, job, index, part, kind, file_name, sha256)
        return await self._record(placed, job, index, recipe)

    async def place_prompt(self, job: Job, text: str, recipe: Recipe) -> Asset:
        """Keep a text that a job answered as an asset of kind prompt, once a job."""
        known = await self._assets.by_output(job.id, 0)
        if known is not None:
            return known
        placed = await asyncio.to_thread(place_text, self._paths.media, job, 0, text)
        return await self._record(placed, job, 0, recipe)

    async def reconcile(self, job: Job, index: int, recipe: Recipe) -> Asset | None:
        """What an earlier process placed of this output: recorded, or in its place and not yet recorded (then it is now).

        Asked before a download, it saves fetching again what is here, and a result whose address expired meanwhile.
        """
        known = await self._assets.by_output(job.id, index)
        if known is not None:
            return known
        with disk_errors("The media folder cannot be read"):
            placed = await asyncio.to_thread(find_placed, self._paths.media, job, index)
        return None if placed is None else await self._record(placed, job, index, recipe)

    async def sweep(self, unfinished: Collection[str]) -> None:
        """Remove the downloads of jobs that are not among `unfinished` (ids): nobody will go on with them."""
        with disk_errors("Old downloads could not be removed"):
            await asyncio.to_thread(remove_parts, self._paths.media, unfinished)

    async def _record(self, placed: Placed, job: Job, index: int, recipe: Recipe) -> Asset:
        # of a text the words are the result; those that it was made from stand in its recipe
        words = await asyncio.to_thread(text_of, placed) or job.prompt
        asset = replace(_asset_of(placed), prompt=words, job_id=job.id, output_index=index, recipe=recipe)
        return await self._show(await self._assets.add(asset))

    # -- what people bring

    async def attach(self, path: Path) -> str:
        """Copy a picture, video or sound that a job shall use; the `file:` URI of the library's own copy.

        The type goes by content and the original is kept as it is. Raises InputError for what is no sound media.
        """
        return (await asyncio.to_thread(take_in, path, self._paths.inputs)).as_uri()

    async def attach_bytes(self, data: bytes, name: str) -> str:
        """The same for data from the clipboard, called `name` in messages."""
        return (await asyncio.to_thread(take_in_bytes, data, name, self._paths.inputs)).as_uri()

    def local_file(self, value: str) -> Path | None:
        """The file behind a `file:` value of a job's input, None if it is no such value.

        Raises InputError for a file that is not the library's own, and for one that is gone.
        """
        return path_of_uri(value, (self._paths.inputs, self._paths.media))

    async def import_file(self, path: Path, name: str = "") -> Asset:
        """Copy a file of the person's into the media folder, as `name` where its own says nothing. Content that the library
        has already gives that asset."""
        return (await self.bring(path, name))[0]

    async def bring(self, path: Path, name: str = "") -> tuple[Asset, bool]:
        """The same; also whether it is new. The recipe that the file carries becomes the asset's."""
        sha256, recipe = await asyncio.to_thread(self._look_at_brought, path)
        known = await self._assets.by_hash(sha256)
        if known is not None:
            return known, False
        asset = _asset_of(await asyncio.to_thread(self._import, path, name))
        if recipe is not None:
            asset = replace(asset, recipe=recipe, prompt=recipe.words)
        asset, new = await self._deletions.add_brought(asset)
        return (await self._show(asset) if new else asset), new

    async def add_frame(self, video: Asset, at_s: float) -> Asset:
        """The frame of a video at a moment, as a picture that knows where it is from. InputError where there is none."""
        def make() -> Placed:
            folder = month_folder(self._paths.media, now().astimezone())
            part = incoming_part(self._paths.media, new_id("frame"), 0)
            try:
                with disk_errors("The frame could not be saved"):
                    grab_frame(self.file_of(video), at_s, part)
                    content, sha256, size = of_brought(part, part.name), hash_of(part), part.stat().st_size
                    flush_file(part)
                    stem = safe_stem(f"{video.path.stem[:80]} frame {at_s:.2f} s")
                    return Placed(move_new(part, folder, stem, content.extension), sha256, size, content)
            finally:
                part.unlink(missing_ok=True)

        recipe = Recipe(FRAME_GRAB, "studio", {"at_s": round(at_s, 3)}, parents=(video.id,))
        asset = _asset_of(await asyncio.to_thread(make))
        return await self._show(await self._assets.add(replace(asset, prompt=video.prompt, recipe=recipe)))

    def _look_at_brought(self, path: Path) -> tuple[str, Recipe | None]:
        from studio.library.metadata import read_recipe

        check_file(path)
        with reading(path.name):
            of_brought(path, path.name, fully=True)
            return hash_of(path), read_recipe(path)

    def _import(self, path: Path, name: str) -> Placed:
        with disk_errors(f"“{path.name}” could not be copied"):
            content = of_brought(path, path.name)
            folder = month_folder(self._paths.media, now().astimezone())
            target = copy_new(path, folder, safe_stem(name or path.stem), content.extension)
            placed = Placed(target, hash_of(target), target.stat().st_size, content)
        adopt_system_thumbnail(path, placed.sha256, self._paths.thumbnails)
        return placed

    # -- looking

    async def get(self, asset_id: str) -> Asset:
        """Raises NotFoundError."""
        asset = await self._assets.get(asset_id)
        if asset is None:
            raise NotFoundError(f"There is no asset {asset_id}.", advice="See `studio assets list`.")
        return asset

    async def all_of(self, ids: Sequence[str]) -> builtins.list[Asset]:
        """These assets, in this order. Raises NotFoundError."""
        found = {asset.id: asset for asset in await self._assets.many(ids)}
        return [found[asset_id] if asset_id in found else await self.get(asset_id) for asset_id in ids]

    async def list(self, query: AssetQuery) -> Sequence[Asset]:
        """A page, newest first. Raises NotFoundError where `query.before` is no asset."""
        return await self._assets.list(query)

    async def counts(self) -> dict[str, int]:
        """Assets by kind, and `all`, without those in the trash."""
        return await self._assets.counts()

    def file_of(self, asset: Asset) -> Path:
        """Where an asset's file lies now: in its place, or in the trash, where looking for it blocks. What is nowhere has a
        path at which nothing is: in its place another's file may lie by now."""
        if asset.deleted_at is None:
            return asset.path
        return file_in_trash(self._paths.media, asset) or trashed_path(self._paths.media, asset)

    async def thumbnail(self, asset: Asset) -> Path | None:
        """The preview of a picture or video, made anew if the cache was emptied; None where there is none."""
        made = await asyncio.to_thread(
            lambda: make_preview(self.file_of(asset), asset.kind, asset.sha256, self._paths.thumbnails))
        if made != asset.thumbnail:
            self._emit(AssetChanged(await self._assets.set_thumbnail(asset.id, made)))
        return made

    async def _show(self, asset: Asset) -> Asset:
        """Tell of the asset at once, then make its preview and tell of that."""
        self._emit(AssetAdded(asset))
        preview = await asyncio.to_thread(make_preview, asset.path, asset.kind, asset.sha256, self._paths.thumbnails)
        if preview is not None:
            asset = await self._assets.set_thumbnail(asset.id, preview)
            self._emit(AssetChanged(asset))
        return asset

    # -- taking out

    async def export(self, ids: Sequence[str], to: Path) -> builtins.list[Path]:
        """Copy files into the folder `to`, made if it is not there, byte for byte; nothing there is written over."""
        assets = await self.all_of(ids)
        if await asyncio.to_thread(to.is_file):
            raise InputError(f"“{to}” is a file.", advice="Choose a folder.", code="not_a_folder")
        return [await asyncio.to_thread(self._export, asset, to) for asset in assets]

    def _export(self, asset: Asset, to: Path) -> Path:
        source = self.file_of(asset)
        if not source.is_file():
            raise InputError(f"The file of {asset.id} is no longer at {asset.path}.", advice="Restore it, or make it again.",
                             code="no_such_file")
        with disk_errors(f"“{source.name}” could not be exported"):
            return copy_new(source, to.absolute(), safe_stem(asset.path.stem), asset.path.suffix)

    async def delete(self, ids: Sequence[str], anyway: bool = False) -> None:
        """Move assets into the system's trash, from where `restore` brings them back.

        Raises NotFoundError or InputError, and deletes none, when one is not there, is the input of an unfinished job (code
        "in_use"), or, unless `anyway`, is what others were made from that are kept (code "has_children").
        """
        assets = await self.all_of(list(dict.fromkeys(ids)))
        needs = await self.needed_by(ids)
        needed = next((need for need in needs if need.by_job), None if anyway else next(iter(needs), None))
        if needed is not None:
            advice = "Wait for the job or cancel it, then delete." if needed.by_job else "Delete it anyway, or keep it."
            raise InputError(needed.reason, advice=advice, code="in_use" if needed.by_job else "has_children")
        kept = [asset for asset in assets if asset.deleted_at is None]
        await self._deletions.delete(kept)

    async def needed_by(self, ids: Sequence[str]) -> builtins.list[Need]:
        """Why any of these are not to be deleted, or not without a thought. Raises NotFoundError."""
        used = {self.local_file_or_none(uri) for uri in await self._assets.inputs_in_use()}
        children = await self._assets.children(ids)
        needs = []
        for asset in await self.all_of(ids) if used or children else ():
            name, number = asset.path.name, children.get(asset.id, 0)
            if used and asset.path.resolve() in used:
                needs.append(Need(asset.id, f"“{name}” is the input of a job that is not finished.", by_job=True))
            elif number:
                made = "Something in the library was" if number == 1 else f"{number} assets in the library were"
                needs.append(Need(asset.id, f"{made} made from “{name}”.", by_job=False))
        return needs

    async def restore(self, ids: Sequence[str]) -> None:
        """Bring assets back from the trash; those that are not in it stay as they are. NotFoundError; LocalError for what
        could not be brought back, when all others are."""
        await self._deletions.restore([asset.id for asset in await self.all_of(list(dict.fromkeys(ids)))])

    async def put_back(self, asset_id: str) -> Asset | None:
        """The file of a deleted asset lies in its place again; None where it does not, after all."""
        return await self._deletions.put_back(asset_id)

    def local_file_or_none(self, value: str) -> Path | None:
        """As `local_file`, None where the value is not of the library."""
        try:
            return self.local_file(value)
        except InputError:
            return None


def _asset_of(placed: Placed) -> Asset:
    content = placed.content
    return Asset(new_id("asset"), content.kind, placed.path, content.mime, placed.sha256, placed.size_bytes, content.width,
                 content.height, content.duration_s)
