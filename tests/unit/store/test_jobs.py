"""Jobs: every transition guarded, written with its timeline, owned by one process at a time, found again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text

from studio.domain.errors import BugError, NotFoundError
from studio.domain.job import Credits, Job, JobRequest, now
from studio.domain.query import DaySpending, JobQuery
from studio.domain.remote import Change, Pace
from studio.domain.state import ACTIVE, JobState, may_follow
from studio.jobs.ports import HostedUrls, JobStore, PaceStore
from studio.store.database import Database
from studio.store.hosted_urls import SqlHostedUrls
from studio.store.jobs import SqlJobStore
from studio.store.paces import SqlPaceStore
from studio.store.queue import SqlQueue
from studio.store.rows import to_ms
from tests.unit.store.samples import MOMENT, full_job, job


def nobody_lives(_owner: str) -> bool:
    return False


def all_live(_owner: str) -> bool:
    return True


async def in_state(store: SqlJobStore, state: JobState, prompt: str = "x") -> Job:
    return await store.add(job(prompt).changed(state=state))


def test_the_adapters_are_what_the_runner_asks_for(db: Database) -> None:
    ports: tuple[JobStore, PaceStore, HostedUrls] = (SqlJobStore(db), SqlPaceStore(db, Pace), SqlHostedUrls(db))
    assert len(ports) == 3


async def test_every_field_comes_back(jobs: SqlJobStore) -> None:
    made = full_job()
    stored = await jobs.add(made)
    assert stored == made.changed(position=to_ms(made.created_at))
    assert await jobs.get(made.id) == stored
    assert await jobs.get("job_nowhere") is None


async def test_every_field_that_a_change_touches_comes_back(jobs: SqlJobStore) -> None:
    plain = await jobs.add(job())
    filled = full_job().changed(id="other", state=JobState.QUEUED, created_at=now())
    stored = await jobs.change(plain, Change(filled))
    assert stored == filled.changed(id=plain.id, created_at=plain.created_at, revision=1, request=plain.request,
                                    position=plain.position)
    assert await jobs.get(plain.id) == stored
    assert [found.id for found in await jobs.list(JobQuery(search="harbour req_1"))] == [plain.id]


async def test_only_the_first_of_two_changes_is_written(jobs: SqlJobStore) -> None:
    made = job()
    await jobs.add(made)
    both = await asyncio.gather(*(jobs.change(made, Change(made.changed(progress=p), f"{p}")) for p in (0.1, 0.2)))
    assert [changed is None for changed in both].count(True) == 1
    assert len(await jobs.timeline(made.id)) == 2
    assert await jobs.change(job(), Change(made)) is None


@pytest.mark.slow
async def test_an_illegal_step_is_refused_and_nothing_of_it_written(jobs: SqlJobStore) -> None:
    for before in JobState:
        for after in JobState:
            made = await in_state(jobs, before)
            change = Change(made.changed(state=after), "step", {"raw": 1})
            if before is after or may_follow(before, after):
                stored = await jobs.change(made, change)
                assert stored is not None
                assert stored.state is after
            else:
                with pytest.raises(BugError, match="cannot go from"):
                    await jobs.change(made, change)
                assert await jobs.get(made.id) == made
                assert await jobs.answers(made.id) == []


async def test_the_timeline_has_each_state_and_each_note(jobs: SqlJobStore) -> None:
    made = job()
    await jobs.add(made, "Waits for its turn.")
    one = await jobs.change(made, Change(made.changed(state=JobState.SUBMITTING)))
    assert one is not None
    two = await jobs.change(one, Change(one.changed(progress=0.5)))
    assert two is not None
    assert await jobs.change(two, Change(two, "Still there.")) is not None
    entries = await jobs.timeline(made.id)
    assert [(entry.state, entry.note) for entry in entries] == [
        (JobState.QUEUED, "Waits for its turn."), (JobState.SUBMITTING, ""), (JobState.SUBMITTING, "Still there.")]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert await jobs.timeline("job_nowhere") == []


async def test_raw_answers_are_kept_for_good_and_repetitions_once(jobs: SqlJobStore) -> None:
    current = job()
    await jobs.add(current)
    queued, odd = {"status": "queued"}, {"status": "ok", "odd": "\ud800"}
    said: list[Mapping[str, object]] = [queued, queued, odd, queued]
    for raw in said:
        changed = await jobs.change(current, Change(current, raw=raw))
        assert changed is not None
        current = changed
    assert [raw for _, raw in await jobs.answers(current.id)] == [said[0], said[2], said[3]]


async def test_a_job_is_claimed_by_one_process_until_it_dies(jobs: SqlJobStore) -> None:
    made = [await in_state(jobs, state) for state in JobState]
    active = {m.id for m in made if m.state in ACTIVE}
    assert {j.id for j in await jobs.claim("1:a", nobody_lives)} == active
    assert await jobs.claim("1:a", nobody_lives) == []
    assert await jobs.claim("2:b", all_live) == []
    assert {j.id for j in await jobs.claim("2:b", lambda owner: owner != "1:a")} == active
    await jobs.release("2:b")
    assert {j.id for j in await jobs.claim("3:c", all_live)} == active


async def test_one_job_is_claimed_and_no_other(jobs: SqlJobStore) -> None:
    first, second = [job() for _ in range(2)]
    await jobs.add(first)
    await jobs.add(second)
    assert [j.id for j in await jobs.claim("1:a", all_live, only=second.id)] == [second.id]
    assert [j.id for j in await jobs.claim("1:a", all_live, only=second.id)] == [second.id]  # also what it has already
    assert await jobs.claim("2:b", all_live, only=second.id) == []
    assert [j.id for j in await jobs.claim("2:b", nobody_lives, only=second.id)] == [second.id]
    assert [j.id for j in await jobs.claim("2:b", all_live)] == [first.id]


async def test_the_jobs_that_are_first_in_their_queue_are_claimed_first(jobs: SqlJobStore, db: Database) -> None:
    made = [await jobs.add(job()) for _ in range(3)]
    assert await SqlQueue(db).move("local", [made[0].id], None) is not None
    assert [j.id for j in await jobs.claim("1:a", all_live, limit=2)] == [made[1].id, made[2].id]
    assert [j.id for j in await jobs.claim("1:a", all_live, limit=2)] == [made[0].id]


async def test_a_job_that_ended_is_nobody_s_and_goes_to_who_revives_it(jobs: SqlJobStore, db: Database) -> None:
    elsewhere = SqlJobStore(db)
    made = await in_state(jobs, JobState.RUNNING)
    await jobs.claim("1:a", all_live)
    failed = await jobs.change(made, Change(made.changed(state=JobState.FAILED)))
    assert failed is not None
    revived = await jobs.change(failed, Change(failed.changed(state=JobState.RUNNING)))
    assert revived is not None
    assert await elsewhere.claim("2:b", all_live) == []
    again = await jobs.change(revived, Change(revived.changed(state=JobState.FAILED)))
    assert again is not None
    # A process that works on no jobs leaves it to one that does.
    assert await SqlJobStore(db).change(again, Change(again.changed(state=JobState.QUEUED))) is not None
    assert [j.id for j in await elsewhere.claim("2:b", all_live)] == [made.id]


async def test_pages_go_on_from_the_last_row(jobs: SqlJobStore) -> None:
    made = [job(f"ship number{n}", at=MOMENT + timedelta(seconds=n // 2)) for n in range(11)]
    for one in made:
        await jobs.add(one)
    newest_first = [j.id for j in sorted(made, key=lambda j: (j.created_at, j.id), reverse=True)]
    for search in (None, "shi num"):
        seen: list[str] = []
        before = None
        while page := await jobs.list(JobQuery(search=search, limit=4, before=before)):
            seen += [j.id for j in page]
            before = seen[-1]
        assert seen == (newest_first if search is None else [j.id for j in reversed(made)])
    with pytest.raises(NotFoundError):
        await jobs.list(JobQuery(before="job_nowhere"))


async def test_jobs_are_found_by_state_account_and_words(jobs: SqlJobStore) -> None:
    here, there = job("Grüsse vom See"), job("a lighthouse", account="cannon")
    done = await in_state(jobs, JobState.DONE, "nothing")
    for one in (here, there):
        await jobs.add(one)

    async def found(**asked: object) -> set[str]:
        return {j.id for j in await jobs.list(JobQuery(**asked))}  # type: ignore[arg-type]  # the fields of JobQuery

    assert await found(state=JobState.DONE) == {done.id}
    assert await found(unfinished=True) == {here.id, there.id}
    assert await jobs.unfinished_count() == 2
    assert await found(account="cannon") == {there.id}
    assert await found(search="grusse SE") == {here.id}
    assert await found(search="light", account="local") == set()
    assert await found(search=there.id) == {there.id}
    assert await found(search="image.gen") == {here.id, there.id, done.id}
    assert await found(search="cannon light") == {there.id}


async def test_the_unfinished_are_found_by_their_own_index(db: Database) -> None:
    plan = await db.read(lambda connection: [row.detail for row in connection.execute(text(
        "EXPLAIN QUERY PLAN SELECT * FROM jobs WHERE jobs.state NOT IN ('cancelled', 'done', 'failed') "
        "ORDER BY jobs.created_at DESC, jobs.id DESC LIMIT 10"))])
    assert any("jobs_unfinished" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


async def test_totals_are_by_the_day_of_the_asker(jobs: SqlJobStore) -> None:
    zone = timezone(timedelta(hours=2))
    since = MOMENT.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    done, failed = JobState.DONE, JobState.FAILED
    for hours, state, charged in ((-1, done, 9.0), (1, done, 4.5), (2, failed, None), (25, done, 1.0)):
        made = job(at=since + timedelta(hours=hours)).changed(state=state, credits=Credits(None, charged))
        await jobs.add(made)
    totals = await jobs.totals(since)
    assert (totals.jobs, totals.charged, totals.failed) == (3, 5.5, 1)
    assert totals.days == (DaySpending(since, 2, 4.5), DaySpending(since + timedelta(days=1), 1, 1.0))


async def test_a_job_cannot_be_added_twice(jobs: SqlJobStore) -> None:
    made = job()
    await jobs.add(made)
    with pytest.raises(BugError):
        await jobs.add(made)
    assert len(await jobs.timeline(made.id)) == 1


async def test_paces_are_kept_by_account(db: Database) -> None:
    paces = SqlPaceStore(db, Pace)
    assert await paces.pace("local") == Pace()
    kept = Pace(MOMENT, 3, 2, {"per_minute": 10, "recent": ["2026"]})
    await paces.set_pace("local", Pace(None, 1))
    await paces.set_pace("local", kept)
    assert await paces.pace("local") == kept
    assert await paces.pace("other") == Pace()


async def test_what_json_cannot_hold_is_refused_before_anything_is_written(jobs: SqlJobStore) -> None:
    made = Job.new(JobRequest("image.generate", "local", {"prompt": "x", "file": Path("x")}))
    with pytest.raises(TypeError, match="Path"):
        await jobs.add(made)
    assert await jobs.get(made.id) is None
