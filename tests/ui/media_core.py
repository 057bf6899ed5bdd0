"""A core in memory for tests of the gallery, viewer and history: the methods they call, with the core's own promises
(keyset pages newest first, events after a write), and real media files made on the spot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL, Account
from studio.domain.asset import Asset, Recipe
from studio.domain.event import AssetAdded, AssetChanged, Event, JobChanged, Listener, StoreChanged
from studio.domain.job import Job, TimelineEntry, now
from studio.domain.ledger import LedgerEntry
from studio.domain.operation import MediaKind, Operation
from studio.domain.query import AssetQuery, DaySpending, JobQuery, JobTotals
from studio.domain.state import JobState
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.gallery.matching import may_match
from tests.media_files import write_clip, write_picture
from tests.ui.gallery_double import GalleryDouble
from tests.ui.history_double import HistoryDouble

TITLES = {"image.generate": "Generate Image", "video.generate": "Generate Video", "narration.generate": "Generate Narration"}
_SUFFIX = {MediaKind.IMAGE: ".png", MediaKind.VIDEO: ".mp4", MediaKind.AUDIO: ".mp3", MediaKind.PROMPT: ".txt"}


def make_asset(number: int, *, kind: MediaKind = MediaKind.IMAGE, path: Path | None = None, thumbnail: Path | None = None,
               prompt: str | None = None, at: datetime | None = None, **more: object) -> Asset:
    """Asset `number`: a higher number is newer. Its file need not exist."""
    asset = Asset(
        id=f"asset_{number:012x}", kind=kind, path=path or Path(f"/nowhere/{number}{_SUFFIX[kind]}"), mime="image/png",
        sha256=f"{number:064x}", size_bytes=1_234_567, width=1280, height=720,
        duration_s=5.0 if kind in (MediaKind.VIDEO, MediaKind.AUDIO) else None,
        prompt=f"picture number {number}" if prompt is None else prompt,
        recipe=Recipe("image.generate", "local", {}, model="draft", seed=number), thumbnail=thumbnail,
        created_at=at or now(),
    )
    return replace(asset, **more)  # type: ignore[arg-type]  # names of fields

__all__ = ["MediaCore", "write_clip", "write_picture"]


class MediaCore:
    """Fill `assets_by_id` and `jobs_by_id` before the bridge starts, or use `add` from the core's loop afterwards."""

    def __init__(self, assets: Sequence[Asset] = (), jobs: Sequence[Job] = ()) -> None:
        self.assets_by_id = {asset.id: asset for asset in assets}
        self.jobs_by_id = {job.id: job for job in jobs}
        self.timelines: dict[str, list[TimelineEntry]] = {}
        self.calls: list[str] = []
        self.delay_s = 0.0
        self.fail: Exception | None = None
        self.gallery = GalleryDouble(self)
        self._listeners: list[Listener] = []
        self.history = HistoryDouble(self)

    async def start(self) -> None:
        """Nothing to recover."""

    async def close(self) -> None:
        self._listeners.clear()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)

    def accounts(self) -> list[Account]:
        return [LOCAL]

    def operations(self, account: str | None = None) -> list[Operation]:
        return [Operation(name, title, MediaKind.IMAGE, ()) for name, title in TITLES.items()]

    # -- assets ----------------

    async def assets(self, query: AssetQuery) -> list[Asset]:
        self.calls.append(f"assets {query.search} {query.kind} {query.before}")
        await asyncio.sleep(self.delay_s)
        if self.fail is not None:
            raise self.fail
        found = self.matching(query)
        if query.before is not None:
            found = [asset for asset in found if asset.id < query.before]
        return found[query.offset : query.offset + query.limit]

    def matching(self, query: AssetQuery) -> list[Asset]:
        """All that a query finds, newest first."""
        words = (query.search or "").lower().split()
        return [
            asset for asset in sorted(self.assets_by_id.values(), key=lambda a: a.id, reverse=True)
            if may_match(query, asset)
            and (query.collection is None or asset.id in self.gallery.items.get(query.collection, ()))
            and all(any(part.startswith(word) for part in asset.prompt.lower().split()) for word in words)
        ]

    async def asset(self, asset_id: str) -> Asset:
        return self.assets_by_id[asset_id]

    async def asset_counts(self) -> dict[str, int]:
        kept = [asset for asset in self.assets_by_id.values() if asset.deleted_at is None]
        return {"all": len(kept)} | {kind.value: sum(a.kind is kind for a in kept) for kind in MediaKind}

    async def add(self, asset: Asset) -> None:
        self.assets_by_id[asset.id] = asset
        self.emit(AssetAdded(asset))

    async def add_quietly(self, assets: Sequence[Asset]) -> None:
        """As another process would: only StoreChanged is heard."""
        self.assets_by_id |= {asset.id: asset for asset in assets}
        self.emit(StoreChanged())

    async def delete(self, ids: list[str], anyway: bool = False) -> None:
        self.calls.append(f"delete {len(ids)} {anyway}")
        if self.gallery.protected and not anyway:
            raise self.gallery.protected
        await self._mark(ids, now())

    async def restore(self, ids: list[str]) -> None:
        await self._mark(ids, None)

    async def _mark(self, ids: list[str], moment: datetime | None) -> None:
        for asset_id in ids:
            self.assets_by_id[asset_id] = replace(self.assets_by_id[asset_id], deleted_at=moment)
            self.emit(AssetChanged(self.assets_by_id[asset_id]))

    async def export(self, ids: list[str], to: Path) -> list[Path]:
        self.calls.append(f"export {len(ids)}")
        return [to / self.assets_by_id[asset_id].path.name for asset_id in ids]

    # -- jobs ----------------

    async def jobs(self, query: JobQuery) -> list[Job]:
        self.calls.append(f"jobs {query.search} {query.state} {query.before}")
        await asyncio.sleep(self.delay_s)
        if self.fail is not None:
            raise self.fail
        words = (query.search or "").lower().split()
        found = [
            job for job in sorted(self.jobs_by_id.values(), key=lambda j: j.id, reverse=True)
            if (query.state is None or job.state is query.state) and (query.before is None or job.id < query.before)
            and all(any(part.startswith(word) for part in job.prompt.lower().split()) for word in words)
        ]
        return found[: query.limit]

    async def job(self, job_id: str) -> Job:
        return self.jobs_by_id[job_id]

    async def change_job(self, job: Job, *, is_new: bool = False) -> None:
        self.jobs_by_id[job.id] = job
        self.emit(JobChanged(job, is_new))

    async def retry(self, job_id: str) -> Job:
        self.calls.append(f"retry {job_id}")
        job = self.jobs_by_id[job_id].changed(state=JobState.QUEUED, error=None)
        await self.change_job(job)
        return job

    async def give_up(self, job_id: str) -> Job:
        self.calls.append(f"give_up {job_id}")
        job = self.jobs_by_id[job_id].changed(state=JobState.CANCELLED)
        await self.change_job(job)
        return job

    async def job_costs(self, job_id: str) -> list[LedgerEntry]:
        return []

    async def timeline(self, job_id: str) -> list[TimelineEntry]:
        return self.timelines.get(job_id, [])

    async def totals(self, since: datetime) -> JobTotals:
        jobs = [job for job in self.jobs_by_id.values() if job.created_at >= since]
        days: dict[datetime, list[Job]] = {}
        for job in jobs:
            start = job.created_at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
            days.setdefault(start, []).append(job)
        spent = tuple(DaySpending(day, len(of), sum(j.credits.charged or 0 for j in of)) for day, of in sorted(days.items()))
        return JobTotals(len(jobs), sum(day.charged for day in spent), sum(j.state is JobState.FAILED for j in jobs), spent)


def days_ago(days: int, hour: int = 12) -> datetime:
    """A moment of the local day so many days back, in UTC as the store has it."""
    here = datetime.now().astimezone().replace(hour=hour, minute=0, second=0, microsecond=0)
    return (here - timedelta(days=days)).astimezone(tz=now().tzinfo)


Open = Callable[[MediaCore], Bridge]


@pytest.fixture
def open_bridge(qtbot: QtBot, paths: Paths) -> Iterator[Open]:
    """Bridges over cores in memory."""
    bridges: list[Bridge] = []

    def make(core: MediaCore) -> Bridge:
        async def opened(_: Paths) -> MediaCore:
            return core

        bridge = Bridge(paths, open_core=opened)  # type: ignore[arg-type]  # it has the methods that are called
        bridge.start()
        bridges.append(bridge)
        qtbot.waitUntil(lambda: bridge.is_ready, timeout=5000)
        return bridge

    yield make
    for bridge in bridges:
        assert bridge.close(60)
