"""The library's service as the viewer asks it, in memory: marks change the assets and tell of it, as the real one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.errors import InputError
from studio.domain.event import AssetChanged
from studio.domain.lineage import Lineage, Link
from tests.ui.media_core import MediaCore, make_asset


class GalleryDouble:
    """`links` are what `lineage` tells; `waves` the waveform files by asset; `calls` what was asked."""

    def __init__(self, core: MediaCore, folder: Path) -> None:
        self._core, self._folder = core, folder
        self.links: list[Link] = []
        self.waves: dict[str, Path] = {}
        self.calls: list[tuple[object, ...]] = []

    async def lineage(self, asset_id: str, depth: int = 4, limit: int = 200) -> Lineage:
        self.calls.append(("lineage", asset_id, depth))
        near = [link for link in self.links if asset_id in (link.parent, link.child)]
        ids = {asset_id, *(link.parent for link in near), *(link.child for link in near)}
        return Lineage(asset_id, {one: self._core.assets_by_id[one] for one in ids}, tuple(near))

    async def set_starred(self, ids: Sequence[str], on: bool) -> list[Asset]:
        return self._change(ids, starred=on)

    async def set_colour(self, ids: Sequence[str], colour: str | None) -> list[Asset]:
        return self._change(ids, colour=colour)

    async def add_tags(self, ids: Sequence[str], tags: Sequence[str]) -> list[Asset]:
        if any(len(tag) > 40 for tag in tags):
            raise InputError("That tag is too long.", field="tags")
        kept = self._core.assets_by_id[ids[0]].tags
        return self._change(ids, tags=tuple(sorted({*kept, *tags})))

    async def remove_tags(self, ids: Sequence[str], tags: Sequence[str]) -> list[Asset]:
        kept = self._core.assets_by_id[ids[0]].tags
        return self._change(ids, tags=tuple(tag for tag in kept if tag not in tags))

    async def grab_frame(self, asset_id: str, at_s: float) -> Asset:
        self.calls.append(("grab_frame", asset_id, at_s))
        return make_asset(900, prompt=f"a frame at {at_s:.2f}")

    async def waveform(self, asset: Asset) -> Path | None:
        return self.waves.get(asset.id)

    def _change(self, ids: Sequence[str], **values: object) -> list[Asset]:
        changed = [replace(self._core.assets_by_id[one], **values) for one in ids]  # type: ignore[arg-type]
        for asset in changed:
            self._core.assets_by_id[asset.id] = asset
            self._core.emit(AssetChanged(asset))
        return changed
