"""A power cut over the media folder: what was flushed is there afterwards, the rest is gone. The strictest reading of POSIX:
a file's bytes are safe once the file was flushed, its name once its folder was, and so on up to the root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from studio.domain.asset import Asset
from studio.library import files
from studio.store.assets import SqlAssetStore


class FlushedFiles:
    """Remembers what was flushed. `unsafe` collects the results that were recorded before a cut could not take them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._sizes: dict[tuple[int, int], int] = {}
        self._names: dict[tuple[int, int], set[str]] = {}
        self.recorded = 0
        self.unsafe: list[str] = []

    def flushed(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        self._sizes[found.st_dev, found.st_ino] = found.st_size

    def folder_flushed(self, folder: Path) -> None:
        found = folder.stat()
        self._names[found.st_dev, found.st_ino] = set(os.listdir(folder))

    def survives(self, asset: Asset) -> bool:
        """Whether the file of this asset would be whole, and at its place, after a cut now."""
        found = asset.path.stat()
        flushed = self._sizes.get((found.st_dev, found.st_ino))
        if flushed != found.st_size or sha256(asset.path.read_bytes()).hexdigest() != asset.sha256:
            return False  # files only grow on their way: as long as it was flushed, it is as it was flushed
        path = asset.path
        while os.name == "posix" and path != self._root:
            folder = path.parent.stat()
            if path.name not in self._names.get((folder.st_dev, folder.st_ino), set()):
                return False
            path = path.parent
        return True


@contextmanager
def watched(root: Path) -> Iterator[FlushedFiles]:
    """While it lasts, every asset is looked at in the moment before its row is written."""
    seen = FlushedFiles(root)
    flush, flush_folder, add = files.flush, files.flush_folder, SqlAssetStore.add

    def noted_flush(descriptor: int) -> None:
        flush(descriptor)
        seen.flushed(descriptor)

    def noted_folder(folder: Path) -> None:
        flush_folder(folder)
        seen.folder_flushed(folder)

    async def noted_add(store: SqlAssetStore, asset: Asset) -> Asset:
        seen.recorded += 1
        if not seen.survives(asset):
            seen.unsafe.append(asset.id)
        return await add(store, asset)

    files.flush, files.flush_folder = noted_flush, noted_folder
    setattr(SqlAssetStore, "add", noted_add)  # noqa: B010  for as long as this lasts
    try:
        yield seen
    finally:
        files.flush, files.flush_folder = flush, flush_folder
        setattr(SqlAssetStore, "add", add)  # noqa: B010
