"""What was there before: files used lately, newest assets, and the settings that made a file of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import InputError, NotFoundError
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.media_suffixes import kind_of_name
from studio.domain.operation import Operation
from studio.domain.query import AssetQuery, JobQuery
from studio.domain.reference import Recalled, RecentMedia
from studio.library.files import hash_of
from studio.library.library import Library
from studio.library.previews import preview_path
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.jobs import SqlJobStore

Operations = Callable[[str | None], Sequence[Operation]]

MOST_HASHED = 4 * 1024**3
"""Bytes; larger files are not read just to see whether they are ours."""
_LATEST_JOBS = 200
_NOT_OURS = "It was not made here, or is not in the library any more."


class Recall:
    """`operations` gives those of an account, or raises NotFoundError."""

    def __init__(
        self, paths: Paths, library: Library, assets: SqlAssetStore, jobs: SqlJobStore, operations: Operations
    ) -> None:
        self._paths = paths
        self._library = library
        self._assets = assets
        self._jobs = jobs
        self._operations = operations

    # -- recent

    async def recent(self, accepts: Sequence[MediaKind], limit: int) -> list[RecentMedia]:
        """Files that jobs used lately, then the newest assets; `limit` of each, each file once."""
        used: dict[Path, RecentMedia] = {}
        for job in await self._jobs.list(JobQuery(limit=_LATEST_JOBS)):
            for path in await asyncio.to_thread(self._files_of, job):
                kind = kind_of_name(path.name)
                if path not in used and kind is not None and (not accepts or kind in accepts):
                    words = f"Used on {job.created_at.astimezone():%d %b %Y, %H:%M}"
                    used[path] = RecentMedia(path, kind, await self._preview(path), words, used=True)
            if len(used) >= limit:
                break
        newest = await self._newest(accepts, limit)
        return [*list(used.values())[:limit], *(one for one in newest if one.path not in used)]

    def _files_of(self, job: Job) -> list[Path]:
        found = (self._library.local_file_or_none(uri) for uri in _file_uris(job.request.input))
        return [path for path in found if path is not None]

    async def _preview(self, path: Path) -> Path | None:
        made = preview_path(self._paths.thumbnails, path.stem)
        if await asyncio.to_thread(made.is_file):
            return made
        asset = await self._assets.by_path(path)
        return asset.thumbnail if asset is not None else None

    async def _newest(self, accepts: Sequence[MediaKind], limit: int) -> list[RecentMedia]:
        kinds: Sequence[MediaKind | None] = accepts or (None,)
        pages = [await self._assets.list(AssetQuery(kind=kind, limit=limit)) for kind in kinds]
        found = sorted((asset for page in pages for asset in page), key=lambda asset: asset.created_at, reverse=True)
        return [
            RecentMedia(one.path, one.kind, one.thumbnail, " ".join(one.prompt.split())[:80] or one.path.name, used=False)
            for one in found if one.kind is not MediaKind.PROMPT
        ][:limit]

    # -- settings

    async def asset_of(self, path: Path) -> Asset | None:
        """The asset behind a file: the file itself, or another one with the same content. None for a file of others."""
        try:
            here = await asyncio.to_thread(path.resolve)
            known = await self._assets.by_path(path) or await self._assets.by_path(here)
            if known is not None:
                return known
            if (await asyncio.to_thread(path.stat)).st_size > MOST_HASHED:
                return None
            return await self._assets.by_hash(await asyncio.to_thread(hash_of, path))
        except (OSError, ValueError):
            return None  # a folder, a file that may not be read, a name with a null: not ours in any case

    async def was_made_here(self, path: Path) -> bool:
        """Whether the settings that made a file are known."""
        asset = await self.asset_of(path)
        return asset is not None and (asset.job_id is not None or asset.recipe is not None)

    async def of_file(self, path: Path) -> Recalled:
        """Raises InputError where the file is not ours, or nothing is known of its making."""
        asset = await self.asset_of(path)
        if asset is None:
            raise InputError(f"The settings of “{path.name}” are not known.", advice=_NOT_OURS, code="no_recipe")
        return await self.of_asset(asset)

    async def of_asset(self, asset: Asset) -> Recalled:
        """Of the job while it is there, else of the recipe, where media are named by their hash."""
        job = await self._jobs.get(asset.job_id) if asset.job_id is not None else None
        if job is not None:
            account, operation, given = job.request.account, job.request.operation, dict(job.request.input)
        elif asset.recipe is not None:
            account, operation, given = "", asset.recipe.operation, self._with_files(asset.recipe)
        else:
            raise InputError(f"“{asset.path.name}” was brought in: there are no settings that made it.",
                             advice="Choose something that was made here.", code="no_recipe")
        if asset.recipe is not None and asset.recipe.seed is not None:
            given.setdefault("seed", asset.recipe.seed)
        kept, lost = await asyncio.to_thread(self._still_there, given)
        lost += self._unknown_fields(account, operation, kept)
        return Recalled(asset, JobRequest(operation, account, kept), tuple(lost))

    def _with_files(self, recipe: Recipe) -> dict[str, object]:
        """A recipe names files by their hash; the library may still have them."""

        def found(value: object) -> object:
            if isinstance(value, list | tuple):
                return [found(item) for item in value]
            if isinstance(value, str) and len(Path(value).stem) == 64 and (self._paths.inputs / Path(value).name).is_file():
                return (self._paths.inputs / Path(value).name).as_uri()
            return value

        return {name: found(value) for name, value in recipe.input.items()}

    def _still_there(self, given: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
        kept: dict[str, object] = {}
        lost: list[str] = []
        for name, value in given.items():
            items = list(value) if isinstance(value, list | tuple) else [value]
            there = [item for item in items if not self._is_gone(item)]
            if len(there) < len(items):
                label = name.removesuffix("_urls").removesuffix("_url").replace("_", " ")
                lost.append(f"{len(items) - len(there)} file(s) of “{label}” are no longer in the library.")
            if isinstance(value, list | tuple):
                kept[name] = there
            elif there:
                kept[name] = value
        return kept, lost

    def _is_gone(self, value: object) -> bool:
        return isinstance(value, str) and value[:5].lower() == "file:" and self._library.local_file_or_none(value) is None

    def _unknown_fields(self, account: str, operation: str, given: Mapping[str, object]) -> list[str]:
        try:
            offered = self._operations(account or None)
        except NotFoundError:
            return [f"The account {account} is no longer there; the settings go to the one that is in use."]
        known = next((one for one in offered if one.id == operation), None)
        if known is None:
            return []  # the composer says that this account does not offer it
        unknown = [name for name in given if known.parameter(name) is None]
        return [f"Not offered any more: {', '.join(unknown)}."] if unknown else []


def _file_uris(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [uri for item in value.values() for uri in _file_uris(item)]
    if isinstance(value, list | tuple):
        return [uri for item in value for uri in _file_uris(item)]
    return [value] if isinstance(value, str) and value[:5].lower() == "file:" else []
