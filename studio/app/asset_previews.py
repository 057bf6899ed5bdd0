"""What is shown of an asset beside its thumbnail: the waveform of a sound, frames of a video, and why it cannot be shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.library.library import Library
from studio.library.ports import Folders
from studio.library.previews import preview_problem, scrub_sheet_path, waveform_path

_AT_ONCE = 2
"""Threads that wait for workers: more would keep the core's other threads from their work."""


class AssetPreviews:
    """Made when first asked for, then kept by content hash in the cache of previews."""

    def __init__(self, paths: Folders, library: Library) -> None:
        self._thumbnails = paths.thumbnails
        self._library = library
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def waveform(self, asset: Asset) -> Path | None:
        """A file of 400 pairs of uint8 (lowest, highest; 128 is silence) of a sound or a video's sound; None where there is
        none."""
        if asset.kind not in (MediaKind.AUDIO, MediaKind.VIDEO):
            return None
        async with self._room:
            return await asyncio.to_thread(
                lambda: waveform_path(self._library.file_of(asset), asset.sha256, self._thumbnails))

    async def thumbnail(self, asset: Asset) -> Path | None:
        """The preview of a picture or video, made again where the cache lost it; None where there is none."""
        async with self._room:
            return await self._library.thumbnail(asset)

    async def scrub_sheet(self, asset: Asset) -> Path | None:
        """A JPEG of ten frames of a video, each 160 px wide, beside each other; None where there is none."""
        if asset.kind is not MediaKind.VIDEO:
            return None
        async with self._room:
            return await asyncio.to_thread(
                lambda: scrub_sheet_path(self._library.file_of(asset), asset.sha256, self._thumbnails))

    async def problem(self, asset: Asset) -> str | None:
        """Why an asset has no thumbnail, in words; None where it has one, or none was tried yet."""
        return await asyncio.to_thread(preview_problem, self._thumbnails, asset.sha256)
