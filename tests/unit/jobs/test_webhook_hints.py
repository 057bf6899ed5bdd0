"""An event makes the runner ask at once, and is believed in nothing."""

from __future__ import annotations

from studio.domain.errors import BusyError
from studio.domain.state import JobState as S
from studio.jobs.hints import TOLD_EVERY
from tests.unit.jobs.world import Play, ScriptedProvider, finished, remote

PATIENT = 600.0


def patient() -> Play:
    """A service that asks for ten minutes between two polls."""
    play = Play()
    play.provider.submits = [remote(poll_after_s=PATIENT)]
    play.provider.polls = [finished()]
    return play


def waited(provider: ScriptedProvider) -> float:
    """Seconds from sending to the first poll."""
    return (provider.moments("poll")[0] - provider.moments("submit")[0]).total_seconds()


async def test_without_an_event_the_service_is_asked_when_it_said() -> None:
    play = patient()
    done = await play.until(await play.submit(), S.DONE)
    assert done.state is S.DONE
    assert waited(play.provider) >= PATIENT


async def test_an_event_asks_now_and_ends_the_same() -> None:
    play = patient()
    job = await play.until(await play.submit(), S.RUNNING)
    assert play.runner.look_now("paid", "req_1")
    done = await play.until(job, S.DONE)
    assert waited(play.provider) < 1
    assert play.provider.times("poll") == 1
    assert len(done.asset_ids) == 1


async def test_an_event_that_is_not_true_costs_one_question_and_changes_nothing() -> None:
    play = patient()
    play.provider.polls = [remote(poll_after_s=PATIENT), finished()]
    job = await play.until(await play.submit(), S.RUNNING)
    for _ in range(50):
        assert play.runner.look_now("paid", "req_1")
    done = await play.until(job, S.DONE)
    first, second = play.provider.moments("poll")
    assert waited(play.provider) < 1
    assert (second - first).total_seconds() >= PATIENT
    assert done.asset_ids


async def test_events_count_once_in_a_while() -> None:
    play = patient()
    job = await play.until(await play.submit(), S.RUNNING)
    walk = play.runner._walks[job.id]
    assert play.runner.look_now("paid", "req_1")
    walk.told = False  # as if it had been asked about
    assert play.runner.look_now("paid", "req_1")
    assert not walk.told
    play.clock.moment += TOLD_EVERY
    assert play.runner.look_now("paid", "req_1")
    assert walk.told


async def test_an_event_that_is_quicker_than_the_answer_counts_too() -> None:
    play = patient()
    for number in range(100):  # somebody else's: they push the oldest out, and no more
        assert not play.runner.look_now("paid", f"other_{number}")
    assert not play.runner.look_now("paid", "req_1")
    await play.until(await play.submit(), S.DONE)
    assert waited(play.provider) < 1
    assert len(play.runner._hints.early) < 100


async def test_events_for_nobody_are_nothing() -> None:
    play = patient()
    job = await play.until(await play.submit(), S.RUNNING)
    assert not play.runner.look_now("paid", "req_2")
    assert not play.runner.look_now("other", "req_1")
    await play.until(job, S.DONE)
    assert waited(play.provider) >= PATIENT
    await play.runner.idle()
    assert not play.runner.look_now("paid", "req_1")


async def test_an_event_does_not_ask_earlier_than_the_service_allows() -> None:
    play = patient()
    play.provider.submits = [remote(poll_after_s=0)]
    play.provider.polls = [BusyError("busy", retry_after_s=300), finished()]
    job = await play.sees(await play.submit(), lambda seen: seen.not_before is not None)
    assert play.runner.look_now("paid", "req_1")
    await play.until(job, S.DONE)
    first, second = play.provider.moments("poll")
    assert (second - first).total_seconds() >= 300
