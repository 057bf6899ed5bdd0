"""The library's files as they lie there, against what the store says: moved ones are found again, gone ones are marked.

A whole rescan looks at every folder. Noticing looks only at folders whose time is another than at the last look, which is
what adding, removing and renaming files changes: cheap enough for each time the window comes to the front.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.errors import LocalError
from studio.domain.library_work import Report, RescanResult
from studio.library.files import disk_errors
from studio.library.library import Library
from studio.library.rescan import (
    Differences,
    Found,
    changed_folders,
    compare,
    facts_of,
    files_in,
    folders_below,
    holds,
    is_media,
    match_moved,
    time_of,
)
from studio.settings.paths import Paths
from studio.store.asset_files import KnownFile, SqlAssetFiles

log = logging.getLogger(__name__)

NOTICE_EVERY_S = 30.0
AT_ONCE = 500
MOST_NOTICED = 20_000
"""Assets in a folder; larger ones are left to a whole rescan, as looking at them would be felt in the window."""
_MANY = 100
_TIMES = "folders.json"


@dataclass(slots=True)
class _Walk:
    """What one look has found so far."""

    lost: list[KnownFile] = field(default_factory=list)
    new: list[Found] = field(default_factory=list)
    shown: list[Asset] = field(default_factory=list)  # assets that changed
    found_again: int = 0
    changed: int = 0
    moved: int = 0
    done: int = 0


class Rescans:
    """One look at a time. `tell` hears of the assets that changed."""

    def __init__(
        self, paths: Paths, files: SqlAssetFiles, library: Library, tell: Callable[[Sequence[Asset]], object]
    ) -> None:
        self._paths = paths
        self._files = files
        self._library = library
        self._tell = tell
        self._turn = asyncio.Lock()
        self._noticed_at = -NOTICE_EVERY_S

    async def rescan(self, report: Report | None = None) -> RescanResult:
        """Look at every folder; `report` hears how many assets of how many."""
        async with self._turn:
            return await self._look(await self._folders(), report)

    async def notice(self) -> RescanResult | None:
        """Look at the folders that changed since the last look; None where that was a moment ago, or nothing changed."""
        if self._turn.locked() or time.monotonic() - self._noticed_at < NOTICE_EVERY_S:
            return None
        async with self._turn:
            before = await asyncio.to_thread(self._read_times)
            if before:
                with disk_errors("The media folder cannot be read"):
                    folders = await asyncio.to_thread(changed_folders, self._paths.media, before)
                self._check_media(bool(folders) or self._paths.media.is_dir())
            else:
                folders = await self._folders()
            small = [folder for folder in folders if await self._files.count_in(folder) <= MOST_NOTICED]
            found = await self._look(small, None, noticing=True) if small else None
            self._noticed_at = time.monotonic()
            return found

    async def _folders(self) -> list[Path]:
        """Those of the library, then those elsewhere that assets name. LocalError where the library's own is not there."""
        known = await self._files.folders()
        with disk_errors("The media folder cannot be read"):
            below = await asyncio.to_thread(lambda: list(folders_below(self._paths.media)))
        self._check_media(bool(below))
        there = set(below)
        return [*below, *(folder for folder in known if folder not in there)]

    def _check_media(self, there: bool) -> None:
        if not there:
            raise LocalError(f"The media folder {self._paths.media} is not there.", code="media_missing",
                             advice="Connect its disk, or put it back; nothing was marked as missing.")

    async def _look(self, folders: Sequence[Path], report: Report | None, *, noticing: bool = False) -> RescanResult:
        walk = _Walk()
        total = (await self._library.counts())["all"] if report is not None else 0
        times: dict[str, int] = {}
        for folder in folders:
            times[str(folder)] = time_of(folder)  # before the look: what changes meanwhile is looked at again
            await self._look_into(folder, walk, lambda: report(min(walk.done, total), total) if report else None)
        await self._find_put_back(walk)
        await self._find_moved(walk)
        if noticing and len(walk.lost) > _MANY and len(walk.lost) > walk.done / 2:
            raise LocalError(f"{len(walk.lost):,} files of the library are not where they were.", code="files_gone",
                             advice="Check the media folder's disk; a whole rescan marks them as missing.")
        for start in range(0, len(walk.lost), AT_ONCE):
            walk.shown += await self._files.mark_missing(walk.lost[start : start + AT_ONCE])
        self._tell(walk.shown)
        await asyncio.to_thread(self._write_times, times)
        return RescanResult(walk.found_again, walk.moved, walk.changed, len(walk.lost), len(walk.new))

    async def _look_into(self, folder: Path, walk: _Walk, tell: Callable[[], None]) -> None:
        """One folder without those in it, a part at a time: there may be a hundred thousand files in it."""
        with disk_errors(f"{folder} cannot be read"):
            there = await asyncio.to_thread(files_in, folder)
        names = set[str]()
        last: KnownFile | None = None
        while known := await self._files.in_folder(folder, last):
            last = known[-1]
            names.update(one.path.name for one in known)
            with disk_errors(f"{folder} cannot be read"):
                found = await asyncio.to_thread(compare, there, known)
            await self._settle(found, walk)
            walk.done += len(known)
            tell()
        if folder.is_relative_to(self._paths.media):
            walk.new += [file for name, file in there.items() if name not in names and is_media(file)]

    async def _settle(self, found: Differences, walk: _Walk) -> None:
        names = list(found.same)
        for start in range(0, len(names), AT_ONCE):
            await self._files.looked_at({name: found.same[name] for name in names[start : start + AT_ONCE]})
        walk.shown += [await self._library.get(name) for name in found.back]
        walk.found_again += len(found.back)
        for known, sha256, file in found.changed:
            asset = await self._library.get(known.id)
            with disk_errors(f"{file.path} cannot be read"):
                facts = await asyncio.to_thread(facts_of, file.path, sha256, file, asset.kind)
            changed = await self._files.changed(known.id, facts)
            walk.shown.append(changed)
            walk.changed += 1
            await self._library.thumbnail(changed)
        walk.lost += [one for one in found.lost if isinstance(one, KnownFile)]

    async def _find_put_back(self, walk: _Walk) -> None:
        """Find what the person deleted here and put back from the system's trash themselves."""
        back = set[Path]()
        for start in range(0, len(walk.new), AT_ONCE):
            there = {file.path: file for file in walk.new[start : start + AT_ONCE]}
            for known in await self._files.deleted_from(list(there)):
                with disk_errors(f"{known.path} cannot be read"):
                    same = known.path not in back and await asyncio.to_thread(holds, there[known.path], known)
                restored = await self._library.put_back(known.id) if same else None
                if restored is not None:
                    walk.shown.append(restored)
                    back.add(known.path)
        walk.found_again += len(back)
        walk.new = [file for file in walk.new if file.path not in back]

    async def _find_moved(self, walk: _Walk) -> None:
        """Find what was moved by its content."""
        with disk_errors("The media folder cannot be read"):
            pairs = await asyncio.to_thread(match_moved, walk.lost, walk.new)
        for start in range(0, len(pairs), AT_ONCE):
            part = pairs[start : start + AT_ONCE]
            walk.shown += await self._files.moved({one.id: (file.path, file.modified_ns) for one, file in part})
        moved, taken = {one.id for one, _ in pairs}, {file.path for _, file in pairs}
        walk.moved = len(pairs)
        walk.new = [file for file in walk.new if file.path not in taken]
        walk.lost = [one for one in walk.lost if one.id not in moved]

    # -- the folders' times, in a file of the cache: where it is lost, everything is looked at once more

    def _read_times(self) -> dict[str, int]:
        try:
            kept = json.loads((self._paths.cache / _TIMES).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: value for name, value in kept.items() if isinstance(value, int)} if isinstance(kept, dict) else {}

    def _write_times(self, times: dict[str, int]) -> None:
        part = self._paths.cache / f".{os.getpid()}-{_TIMES}"
        try:
            kept = {name: moment for name, moment in (self._read_times() | times).items() if moment >= 0}
            part.write_text(json.dumps(kept), "utf-8")
            os.replace(part, self._paths.cache / _TIMES)
        except OSError as error:
            log.warning("the folders' times are not kept: %s", error)
