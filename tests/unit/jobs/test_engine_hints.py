"""What the engine on this computer says of a job's end: never wasted, and never a reason to ask earlier than allowed."""

from __future__ import annotations

from studio.domain.errors import BusyError
from studio.domain.job import Job, JobRequest
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState as S
from tests.unit.jobs.world import Play, finished, remote

PATIENT = 600.0


async def running(play: Play) -> Job:
    """A job that the engine has; it asks for ten minutes between two polls."""
    play.provider.submits = [remote(poll_after_s=PATIENT)]
    job = Job.new(JobRequest("video.generate", "local", {"prompt": "a pier"}))
    return await play.until(await play.runner.submit(job.changed(created_at=play.clock.now())), S.RUNNING)


def between(play: Play) -> float:
    first, second = play.provider.moments("poll")
    return (second - first).total_seconds()


async def test_each_word_counts_however_soon_it_follows_another() -> None:
    play = Play()
    play.provider.polls = [remote(poll_after_s=PATIENT), finished()]
    job = await running(play)
    walk = play.runner._walks[job.id]
    assert play.runner.look_now("local", "req_1")
    await play.sees(job, lambda seen: walk.looks == 1)
    assert play.runner.look_now("local", "req_1")
    await play.until(job, S.DONE)
    assert between(play) < 1


async def test_one_that_comes_while_a_poll_is_on_its_way_asks_again() -> None:
    """That poll may have been answered a moment before the job ended."""
    play = Play()

    async def too_early() -> RemoteJob:
        assert play.runner.look_now("local", "req_1")
        return remote(poll_after_s=PATIENT)

    play.provider.polls = [too_early, finished()]
    job = await running(play)
    await play.until(job, S.DONE)
    assert between(play) < 1


async def test_it_asks_no_earlier_than_the_engine_allows() -> None:
    play = Play()
    play.provider.polls = [BusyError("busy", retry_after_s=300), finished()]
    job = await running(play)
    await play.sees(job, lambda seen: seen.not_before is not None)
    assert play.runner.look_now("local", "req_1")
    await play.until(job, S.DONE)
    assert between(play) >= 300
