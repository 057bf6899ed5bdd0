"""One more look at a job, whatever became of it here: what is there is fetched, and nothing is ever sent."""

from __future__ import annotations

import pytest

from studio.domain.errors import BusyError, InputError, RequestRefusedError, UnreachableError
from studio.domain.job import Credits, Job, JobError, JobRequest
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState as S
from tests.unit.jobs.world import Answer, Play, finished, remote

FAILED = JobError("service", "not_found", "It is not known.", True)


async def ended(play: Play, state: S, **changes: object) -> Job:
    """A job that ended so, with an id at the service."""
    job = Job.new(JobRequest("video.generate", "paid", {"prompt": "x"})).changed(created_at=play.clock.now())
    end: dict[str, object] = {"state": state, "remote_id": "req_1", "finished_at": play.clock.now()}
    return await play.store.add(job.changed(**end | changes))


@pytest.mark.parametrize("state", [S.FAILED, S.CANCELLED, S.DONE])
async def test_a_result_that_is_there_after_all_is_fetched(play: Play, state: S) -> None:
    """Of one that was let go, of one that was given up too early, and what is missing of one that is done."""
    job = await ended(play, state, error=FAILED if state is S.FAILED else None, credits=Credits(48.0))
    play.provider.polls = [finished(2, charged=50.0)]
    assert (await play.runner.check_again(job.id)).state is S.DOWNLOADING
    done = await play.until(job, S.DONE)
    assert (len(done.asset_ids), done.credits, done.error) == (2, Credits(48.0, 50.0), None)
    assert play.provider.times("submit") == 0
    assert "Checked again: the result is there." in play.store.notes(job)


async def test_one_that_is_done_stays_as_it_is_and_the_answer_is_kept(play: Play) -> None:
    job = await ended(play, S.DONE, asset_ids=("asset_1",))
    play.provider.polls = [finished(1)]
    checked = await play.runner.check_again(job.id)
    assert (checked.state, checked.asset_ids) == (S.DONE, ("asset_1",))
    assert "everything that the service has is here" in play.store.notes(job)
    assert len(play.store.raw) == 1
    assert play.provider.times("download") == 0


async def test_a_failed_one_that_still_runs_there_is_followed_again(play: Play) -> None:
    job = await ended(play, S.FAILED, error=FAILED)
    play.provider.polls = [remote(progress=0.5), finished()]
    assert (await play.runner.check_again(job.id)).state is S.RUNNING
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 0


@pytest.mark.parametrize(("answer", "words"), [
    (remote(), "still runs over there"), (remote(S.CANCELLED), "it was cancelled"),
    (remote(S.FAILED, error_message="No faces."), "No faces."), (remote(unknown_status="odd"), "“odd”"),
])
async def test_what_changes_nothing_is_written_down(play: Play, answer: RemoteJob, words: str) -> None:
    job = await ended(play, S.CANCELLED)
    play.provider.polls = [answer]
    assert (await play.runner.check_again(job.id)).state is S.CANCELLED
    assert words in play.store.notes(job)
    assert play.provider.times("poll") == 1


async def test_one_that_runs_is_looked_at_at_once(play: Play) -> None:
    play.provider.polls = [remote(poll_after_s=600.0), remote(poll_after_s=600.0), finished()]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    await play.sees(job, lambda seen: play.provider.times("poll") == 1)
    before = play.clock.now()
    assert (await play.runner.check_again(job.id)).state is S.RUNNING
    assert play.provider.times("poll") == 2
    assert (play.clock.now() - before).total_seconds() < 60
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 1


async def test_one_that_another_process_follows_is_left_to_it(play: Play) -> None:
    job = await ended(play, S.RUNNING, finished_at=None)
    play.store.owners[job.id] = "another that lives"
    play.provider.polls = [finished()]
    assert (await play.runner.check_again(job.id)).state is S.RUNNING
    assert "Checked again: the result is there." in play.store.notes(job)
    assert play.provider.times("download") == 0
    assert not play.runner.follows(job.id)


@pytest.mark.parametrize("state", [S.QUEUED, S.UNKNOWN, S.FAILED, S.CANCELLED])
async def test_without_an_id_there_is_nothing_to_ask_about(play: Play, state: S) -> None:
    job = await ended(play, state, remote_id=None)
    with pytest.raises(InputError) as told:
        await play.runner.check_again(job.id)
    assert told.value.code == "no_remote_id"
    assert play.provider.asked == []


@pytest.mark.parametrize("answer", [
    UnreachableError("No connection."), RequestRefusedError("Not known.", status=404), BusyError("Slow down."),
])
async def test_the_service_s_own_reason_is_told_and_nothing_written(play: Play, answer: Answer) -> None:
    job = await ended(play, S.FAILED, error=FAILED)
    play.provider.polls = [answer]
    with pytest.raises(type(answer) if isinstance(answer, Exception) else InputError):
        await play.runner.check_again(job.id)
    assert play.now(job) == job


async def test_it_keeps_to_the_account_s_limits(play: Play) -> None:
    await play.scheduler.hold("paid", 40.0)
    before = play.clock.now()
    job = await ended(play, S.DONE, asset_ids=("asset_1",))
    play.provider.polls = [finished(1)]
    await play.runner.check_again(job.id)
    assert (play.clock.now() - before).total_seconds() >= 40
