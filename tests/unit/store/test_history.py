"""The history by position, over real jobs in a real store: every filter and order against the same done in Python."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.domain.asset import Asset
from studio.domain.history import PAGE, HistoryOrder, HistoryQuery
from studio.domain.job import Credits, Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.history import SqlHistory
from studio.store.jobs import SqlJobStore

BEGAN = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
COUNT = 330
Wanted = Callable[[Job], bool]


@pytest.fixture
def history(db: Database, tmp_path: Path) -> SqlHistory:
    return SqlHistory(db, tmp_path / "media")


def made() -> list[Job]:
    """Jobs of all kinds, the oldest first; some at the same moment."""
    chance = random.Random(5)
    found = []
    for number in range(COUNT):
        at = BEGAN + timedelta(minutes=11 * (number // 2))
        state = chance.choice((JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.RUNNING))
        words = {"prompt": f"{chance.choice(('harbour', 'tram'))} take{number}"}
        request = JobRequest(chance.choice(("video.generate", "image.edit")), chance.choice(("local", "Team")), words,
                             chance.choice((None, "Spring")))
        ended = at + timedelta(seconds=chance.randrange(500)) if state is not JobState.RUNNING else None
        charged = float(chance.randrange(60)) if state is JobState.DONE else None
        found.append(Job.new(request).changed(id=f"job_{number:06d}", created_at=at, submitted_at=at, finished_at=ended,
                                              state=state, credits=Credits(10.0, charged)))
    return found


def cost(job: Job) -> float | None:
    if job.request.account == "local":
        return 0.0
    if job.credits.charged is not None:
        return job.credits.charged
    return 0.0 if job.state in (JobState.FAILED, JobState.CANCELLED) else job.credits.estimated


def took(job: Job) -> float:
    if job.finished_at is None or job.submitted_at is None or job.state is JobState.CANCELLED:
        return -1.0
    return (job.finished_at - job.submitted_at).total_seconds()


NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
CASES: list[tuple[HistoryQuery, Wanted]] = [
    (HistoryQuery(), lambda job: True),
    (HistoryQuery(order=HistoryOrder.OLDEST), lambda job: True),
    (HistoryQuery(states=(JobState.FAILED, JobState.CANCELLED)), lambda job: job.state in ("failed", "cancelled")),
    (HistoryQuery(operations=("image.edit",), account="Team"),
     lambda job: (job.request.operation, job.request.account) == ("image.edit", "Team")),
    (HistoryQuery(label="Spring", order=HistoryOrder.OLDEST), lambda job: job.request.label == "Spring"),
    (HistoryQuery(since=NOON, until=NOON + timedelta(hours=9)),
     lambda job: NOON <= job.created_at < NOON + timedelta(hours=9)),
    (HistoryQuery(min_credits=5.0, max_credits=30.0), lambda job: (one := cost(job)) is not None and 5 <= one <= 30),
    (HistoryQuery(search="tra"), lambda job: "tram" in job.prompt),
    (HistoryQuery(search="harb", states=(JobState.DONE,)), lambda job: "harbour" in job.prompt and job.state == "done"),
    (HistoryQuery(search="tra", order=HistoryOrder.COST), lambda job: "tram" in job.prompt),
    (HistoryQuery(order=HistoryOrder.COST), lambda job: True),
    (HistoryQuery(order=HistoryOrder.DURATION, account="local"), lambda job: job.request.account == "local"),
    (HistoryQuery(search="xylophone"), lambda job: False),
]


def in_order(jobs: list[Job], order: HistoryOrder) -> list[str]:
    keys: dict[HistoryOrder, Callable[[Job], tuple[object, ...]]] = {
        HistoryOrder.COST: lambda job: (-1.0 if cost(job) is None else cost(job), job.created_at, job.id),
        HistoryOrder.DURATION: lambda job: (took(job), job.created_at, job.id),
    }
    key = keys.get(order, lambda job: (job.created_at, job.id))
    found = sorted(jobs, key=key, reverse=order is not HistoryOrder.OLDEST)
    return [job.id for job in found]


@pytest.mark.slow
async def test_every_filter_and_order_gives_the_same_rows_by_marks_by_pages_and_by_place(
    jobs: SqlJobStore, history: SqlHistory
) -> None:
    stored = made()
    await jobs.add_all(stored)
    for query, wanted in CASES:
        expected = in_order([job for job in stored if wanted(job)], query.order)
        near = expected[len(expected) // 2:][:1]
        outline = await history.outline(query, [*near, "job_none"])
        assert outline.total == len(expected), query
        assert len(outline.marks) == -(-len(expected) // PAGE)
        assert dict(outline.places) == {name: expected.index(name) for name in near}
        by_marks = [job.id for mark in outline.marks for job in (await history.page(query, mark)).jobs]
        assert by_marks == expected, query
        by_pages: list[str] = []
        page = await history.page(query, limit=70)
        while page.jobs:
            by_pages += [job.id for job in page.jobs]
            page = await history.page(query, after=page.last, limit=70)
        assert by_pages == expected, query


@pytest.mark.slow
async def test_days_and_bars_count_each_job_once(jobs: SqlJobStore, history: SqlHistory) -> None:
    stored = made()
    await jobs.add_all(stored)
    query = HistoryQuery(account="Team")
    mine = [job for job in stored if job.request.account == "Team"]
    days = await history.days(query)
    assert sum(day.jobs for day in days) == len(mine)
    assert [day.day for day in days] == sorted({job.created_at.astimezone().date() for job in mine}, reverse=True)
    for day in days:
        begin = datetime(day.day.year, day.day.month, day.day.day).astimezone()
        bars = await history.bars(query, begin, begin + timedelta(days=1))
        assert len(bars) == day.jobs
        assert {bar.job_id for bar in bars} == {job.id for job in mine if job.created_at.astimezone().date() == day.day}
        assert all(bar.state is next(job for job in mine if job.id == bar.job_id).state for bar in bars)


@pytest.mark.slow
async def test_what_occurs_and_what_came_out(
    jobs: SqlJobStore, assets: SqlAssetStore, history: SqlHistory, tmp_path: Path
) -> None:
    await jobs.add_all(made())
    facets = await history.facets()
    assert facets.operations == ("image.edit", "video.generate")
    assert facets.accounts == ("Team", "local")
    assert facets.labels == ("Spring",)
    path = tmp_path / "media" / "2026-11" / "a.png"
    await assets.add(Asset("asset_1", MediaKind.IMAGE, path, "image/png", "0" * 64, 1))
    found = await history.results(["asset_1", "asset_gone"])
    assert {name: (one.kind, one.path) for name, one in found.items()} == {"asset_1": ("image", path)}
