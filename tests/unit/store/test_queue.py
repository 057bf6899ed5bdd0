"""The queue as the person arranges it: places, pauses, labels, changes and what is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from studio.domain.account import Budget
from studio.domain.job import Credits, Job, JobRequest
from studio.domain.ledger import EntryKind, LedgerQuery, SendingTerms
from studio.domain.pause import Pause, PauseScope
from studio.domain.query import JobQuery, LabelGroup
from studio.domain.remote import Change
from studio.domain.state import JobState, WaitReason
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.ledger import SqlLedger
from studio.store.queue import SqlQueue

TERMS = SendingTerms.at(datetime.now(UTC), Budget())


@pytest.fixture
def line(db: Database) -> SqlQueue:
    return SqlQueue(db)


def new(account: str = "paid", label: str | None = None, prompt: str = "x") -> Job:
    return Job.new(JobRequest("image.generate", account, {"prompt": prompt}, label)).changed(credits=Credits(5.0))


async def add(jobs: SqlJobStore, count: int, account: str = "paid", label: str | None = None) -> list[Job]:
    return list(await jobs.add_all([new(account, label) for _ in range(count)]))


async def go(jobs: SqlJobStore, job: Job, *states: JobState) -> Job:
    for state in states:
        changed = await jobs.change(job, Change(job.changed(state=state)))
        assert changed is not None
        job = changed
    return job


async def order(line: SqlQueue, made: Sequence[Job]) -> list[int]:
    ids = [job.id for job in made]
    return [ids.index(job.id) for job in await line.waiting("paid")]


async def test_new_jobs_stand_at_the_end_in_their_own_order_also_within_one_millisecond(
    jobs: SqlJobStore, line: SqlQueue
) -> None:
    made = [*await add(jobs, 300), *await add(jobs, 2)]
    assert await order(line, made) == list(range(302))
    behind = await jobs.add(new().changed(created_at=datetime(2001, 1, 1, tzinfo=UTC)))  # the clock was set back
    assert (await line.waiting("paid"))[-1].id == behind.id


@pytest.mark.parametrize(("moved", "before", "expected"), [
    ([4], 0, [4, 0, 1, 2, 3]), ([0], 3, [1, 2, 0, 3, 4]), ([3, 1], 0, [3, 1, 0, 2, 4]), ([0, 2], None, [1, 3, 4, 0, 2]),
    ([2, 1], 3, [0, 2, 1, 3, 4]), ([0, 1, 2, 3, 4], None, [0, 1, 2, 3, 4]), ([4, 3, 2, 1, 0], None, [4, 3, 2, 1, 0]),
    ([0, 0], 2, [1, 0, 2, 3, 4]),
])
async def test_moved_jobs_stand_where_they_were_put(
    jobs: SqlJobStore, line: SqlQueue, moved: list[int], before: int | None, expected: list[int]
) -> None:
    made = await add(jobs, 5)
    placed = await line.move("paid", [made[n].id for n in moved], None if before is None else made[before].id)
    assert placed is not None
    assert {job.id for job in placed} >= {made[n].id for n in moved}
    assert await order(line, made) == expected


async def test_there_is_always_room_between_two(jobs: SqlJobStore, line: SqlQueue) -> None:
    made = await add(jobs, 4)
    for number in range(60):  # the two in the middle change places before the last one, again and again
        assert await line.move("paid", [made[1 + number % 2].id], made[3].id) is not None
    assert await order(line, made) == [0, 1, 2, 3]
    positions = [job.position for job in await line.waiting("paid")]
    assert positions == sorted(set(positions))


async def test_nothing_is_moved_when_one_has_left_the_queue(jobs: SqlJobStore, line: SqlQueue) -> None:
    made = await add(jobs, 3)
    (other,) = await add(jobs, 1, "other")
    await go(jobs, made[1], JobState.SUBMITTING)
    for ids, before in (([made[1].id], None), ([made[2].id], made[1].id), ([other.id], None), (["job_nowhere"], None)):
        assert await line.move("paid", ids, before) is None
    assert await order(line, made) == [0, 2]


async def test_a_step_leaves_the_place_and_the_label_that_the_person_gave_meanwhile(
    jobs: SqlJobStore, line: SqlQueue
) -> None:
    made = await add(jobs, 2)
    await line.move("paid", [made[1].id], made[0].id)
    await line.set_label([made[1].id], "Day 1")
    stored = await jobs.change(made[1], Change(made[1].changed(state=JobState.SUBMITTING)))  # made before either
    assert stored is not None
    assert stored.position < made[0].position
    assert stored.request.label == "Day 1"
    assert await jobs.get(stored.id) == stored
    assert [job.id for job in await jobs.list(JobQuery(search="day"))] == [stored.id]


@pytest.mark.parametrize("scope", ["all", "account", "job"])
async def test_a_pause_holds_what_it_names_and_no_more(jobs: SqlJobStore, line: SqlQueue, scope: PauseScope) -> None:
    first, second = await add(jobs, 2)
    (other,) = await add(jobs, 1, "other")
    running = await go(jobs, await jobs.add(new()), JobState.SUBMITTING, JobState.RUNNING)
    name = {"all": "", "account": "paid", "job": first.id}[scope]
    held = {"all": {first.id, second.id, other.id}, "account": {first.id, second.id}, "job": {first.id}}[scope]
    assert {job.id for job in await line.pause(scope, name)} == held
    assert await line.pause(scope, name) == []
    assert await line.pauses() == {Pause(scope, name)}
    for job in (first, second, other, running):
        stored = await jobs.get(job.id)
        assert stored is not None
        assert (stored.waiting_for is WaitReason.PAUSED) == (job.id in held)
        if job is not running:
            assert Pause(scope, name).holds(job.request.account, job.id) == (job.id in held)
    kept = await jobs.change(await current(jobs, first), Change(first.changed(state=JobState.SUBMITTING), terms=TERMS))
    assert kept is not None
    assert kept.state is JobState.QUEUED
    assert {job.id for job in await line.resume(scope, name)} == held
    assert await line.pauses() == frozenset()
    gone = await jobs.change(await current(jobs, first), Change(first.changed(state=JobState.SUBMITTING), terms=TERMS))
    assert gone is not None
    assert gone.state is JobState.SUBMITTING


async def current(jobs: SqlJobStore, job: Job) -> Job:
    stored = await jobs.get(job.id)
    assert stored is not None
    return stored


async def test_what_two_pauses_hold_goes_on_after_both(jobs: SqlJobStore, line: SqlQueue) -> None:
    (job,) = await add(jobs, 1)
    await line.pause("all")
    await line.pause("account", "paid")
    assert await line.resume("all") == []
    assert (await current(jobs, job)).waiting_for is WaitReason.PAUSED
    assert [one.id for one in await line.resume("account", "paid")] == [job.id]


async def test_a_waiting_job_is_changed_with_its_place_and_its_key(db: Database, jobs: SqlJobStore, line: SqlQueue) -> None:
    made = await add(jobs, 2)
    request = JobRequest("video.generate", "elsewhere", {"prompt": "a boat", "seconds": 5}, "Day 2")
    after = await line.edit(made[0].id, request, 48.0)
    assert after is not None
    assert after == await jobs.get(after.id)
    assert (after.idempotency_key, after.position, after.request.account) == (
        made[0].idempotency_key, made[0].position, "paid")
    assert (after.request.operation, after.prompt, after.title, after.credits) == (
        "video.generate", "a boat", "Day 2", Credits(48.0))
    assert [job.id for job in await jobs.list(JobQuery(search="boat"))] == [after.id]
    assert (await jobs.timeline(after.id))[-1].note == "Changed by the person: thought to cost 48 credits."
    entries = await SqlLedger(db).entries(LedgerQuery(job_id=after.id))
    assert sum(entry.amount or 0.0 for entry in entries if entry.kind is EntryKind.ESTIMATED) == 48.0
    # whoever was about to send the one before cannot any more
    assert await jobs.change(made[0], Change(made[0].changed(state=JobState.SUBMITTING))) is None


@pytest.mark.parametrize("states", [
    (JobState.SUBMITTING,), (JobState.SUBMITTING, JobState.QUEUED), (JobState.UPLOADING,), (JobState.CANCELLED,),
])
async def test_what_was_offered_to_the_service_is_not_changed(
    jobs: SqlJobStore, line: SqlQueue, states: Sequence[JobState]
) -> None:
    job = await go(jobs, await jobs.add(new()), *states)
    assert await line.edit(job.id, job.request, None) is None
    assert await jobs.get(job.id) == job


async def test_labels_say_how_their_jobs_stand(jobs: SqlJobStore, line: SqlQueue) -> None:
    old = await add(jobs, 2, label="Day 1")
    await add(jobs, 1)
    newer = await add(jobs, 4, label="Day 2")
    await go(jobs, newer[0], JobState.SUBMITTING)
    await go(jobs, newer[1], JobState.SUBMITTING, JobState.UNKNOWN)
    await go(jobs, newer[2], JobState.FAILED)
    await go(jobs, newer[3], JobState.SUBMITTING, JobState.DOWNLOADING, JobState.DONE)
    await go(jobs, old[0], JobState.CANCELLED)
    groups = {group.label: group for group in await line.labels()}
    assert groups == {"Day 2": LabelGroup("Day 2", waiting=1, running=1, done=1, failed=1),
                      "Day 1": LabelGroup("Day 1", waiting=1, cancelled=1)}
    assert groups["Day 2"].unfinished == 2
    assert [job.id for job in await line.unfinished(label="Day 1")] == [old[1].id]
    assert [job.request.label for job in await line.set_label([old[1].id, "job_nowhere"], None)] == [None]
    assert await line.unfinished(label="Day 1") == []


async def test_cancelling_what_waits_touches_nothing_that_was_sent(db: Database, jobs: SqlJobStore, line: SqlQueue) -> None:
    """Permanent: other programs got this wrong again and again."""
    states = [s for s in JobState if s is not JobState.QUEUED]
    others = [await jobs.add(new().changed(state=state)) for state in states]
    waiting = [*await add(jobs, 3), *await add(jobs, 1, "other"), *await add(jobs, 1, label="Day 1")]
    before = {job.id: (await jobs.get(job.id), await jobs.timeline(job.id)) for job in others}
    assert [job.id for job in await line.cancel_waiting(label="Day 1")] == [waiting[4].id]
    assert {job.id for job in await line.cancel_waiting(account="paid")} == {job.id for job in waiting[:3]}
    assert [job.id for job in await line.cancel_waiting()] == [waiting[3].id]
    assert {job.id: (await jobs.get(job.id), await jobs.timeline(job.id)) for job in others} == before
    for job in waiting:
        stored = await current(jobs, job)
        assert (stored.state, stored.finished_at is None) == (JobState.CANCELLED, False)
        assert (await jobs.timeline(job.id))[-1].state is JobState.CANCELLED
        entries = await SqlLedger(db).entries(LedgerQuery(job_id=job.id))
        assert [entry.kind for entry in entries] == [EntryKind.ESTIMATED]
    assert await jobs.claim("1:a", lambda owner: True) != []
    assert await line.cancel_waiting() == []
