"""Deleting assets and bringing them back: the row says so first, then the file moves.

Another process on the same folder may look at a file between the two steps and take it for one that the person put back
themselves. So whoever changed a row looks, or says it, once more after the step that follows: in the end the row says what
became of the file, whoever came first.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.errors import DiskFullError, LocalError
from studio.domain.event import AssetChanged, Listener
from studio.domain.job import now
from studio.library.ports import AssetStore
from studio.library.system_trash import Contents
from studio.library.trash import bring_back, put_all_away

_DELETED_AT_ONCE = 100


class Deletions:
    """One step at a time within a process: what is half deleted is not to be restored. `media` is the media folder."""

    def __init__(self, media: Path, assets: AssetStore, emit: Listener) -> None:
        self._media = media
        self._assets = assets
        self._emit = emit
        self._turn = asyncio.Lock()

    async def delete(self, assets: Sequence[Asset]) -> None:
        """Mark, then move; what cannot be moved is marked as it was again, and LocalError raised."""
        for start in range(0, len(assets), _DELETED_AT_ONCE):
            async with self._turn:
                await self._delete(assets[start : start + _DELETED_AT_ONCE])

    async def _delete(self, assets: Sequence[Asset]) -> None:
        at = now()
        await self._assets.mark_deleted([asset.id for asset in assets], at)
        moved, error = await asyncio.to_thread(put_all_away, self._media, assets)
        for asset in assets[moved:]:
            await self._assets.mark_restored(asset.id, asset.path)
        for changed in await self._assets.mark_deleted([asset.id for asset in assets[:moved]], at):
            self._emit(AssetChanged(changed))
        if error is not None:
            raise error

    async def restore(self, ids: Sequence[str]) -> None:
        """Bring back those that are in the trash. LocalError for what could not be, when all others are back."""
        contents = Contents()
        refused: list[LocalError] = []
        for asset_id in ids:
            async with self._turn:
                try:
                    await self._restore(asset_id, contents)
                except DiskFullError:
                    raise
                except LocalError as error:
                    refused.append(error)
        if len(refused) == 1:
            raise refused[0]
        if refused:
            raise LocalError(f"{len(refused):,} of {len(ids):,} could not be brought back. {refused[0].message}",
                             advice=refused[0].advice, code=refused[0].code)

    async def _restore(self, asset_id: str, contents: Contents) -> None:
        asset = await self._assets.get(asset_id)
        while asset is not None and asset.deleted_at is not None:
            near = await self._assets.of_place(asset.path)
            path = await asyncio.to_thread(bring_back, self._media, asset, contents, near)
            restored = await self._restored_to(asset.id, path, asset.deleted_at)
            if restored is not None:
                self._emit(AssetChanged(restored))
                return
            contents = Contents()  # it went into the trash after this was read

    async def add_brought(self, asset: Asset) -> tuple[Asset, bool]:
        """Record a file that was just brought, and say so; unless a rescan saw it first and took it for a deleted one of the
        same content and place that was put back: then that asset."""
        async with self._turn:
            for one in await self._assets.of_place(asset.path):
                if one.deleted_at is None and one.sha256 == asset.sha256:
                    return one, False
            return await self._assets.add(asset), True

    async def put_back(self, asset_id: str) -> Asset | None:
        """The file of a deleted asset was seen in its place: the person put it back from the system's trash. None where it
        is not there, as it was only being deleted, and where another asset has it."""
        async with self._turn:
            asset = await self._assets.get(asset_id)
            if asset is None or asset.deleted_at is None or not await asyncio.to_thread(os.path.lexists, asset.path):
                return None
            if any(one.deleted_at is None for one in await self._assets.of_place(asset.path)):
                return None
            return await self._restored_to(asset_id, asset.path, asset.deleted_at)

    async def _restored_to(self, asset_id: str, path: Path, deleted_at: datetime) -> Asset | None:
        restored = await self._assets.mark_restored(asset_id, path)
        if await asyncio.to_thread(os.path.lexists, path):
            return restored
        await self._assets.mark_deleted([asset_id], deleted_at)  # another process was deleting it
        return None
