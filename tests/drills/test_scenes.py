"""Single scenes out of the life of jobs, played with the parts of the state machine: always the same, and quick."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from studio.domain.state import JobState
from tests.drills.job_machine import JobMachine
from tests.drills.machine_windows import ACCOUNTS


@pytest.fixture
def machine() -> Iterator[JobMachine]:
    """Two windows, nothing in the queue. What the model says is compared when the scene is over."""
    machine = JobMachine()
    machine.open_two_windows()
    yield machine
    machine.teardown()


def states(machine: JobMachine) -> list[JobState]:
    return [machine.job(job_id).state for job_id in machine.jobs]


def held_up(machine: JobMachine, count: int = 3, window: int = 0) -> tuple[list[str], str]:
    """Endless jobs that fill their account's places, and one that waits behind them."""
    for _ in range(count):
        machine.submit(window, "keyed", [], "endless", 1)
    machine.turns(100)
    running = [job_id for job_id in machine.jobs if machine.job(job_id).state is JobState.RUNNING]
    waiting = [job_id for job_id in machine.jobs if machine.job(job_id).state is JobState.QUEUED]
    assert (len(running), len(waiting)) == (2, count - 2)
    return running, waiting[0]


@pytest.mark.parametrize("window", [0, 1])
def test_cancelling_a_waiting_job_never_touches_the_running_one(machine: JobMachine, window: int) -> None:
    """From the window that follows the jobs, and from the other one."""
    running, waiting = held_up(machine)
    before = [machine.job(job_id) for job_id in running]
    machine.the_person(window, machine.jobs.index(waiting), "cancel")
    machine.turns(100)
    assert machine.job(waiting).state is JobState.CANCELLED
    assert machine.service.cancelled == []
    assert [machine.job(job_id).state for job_id in running] == [JobState.RUNNING] * 2
    assert [machine.job(job_id).remote_id for job_id in running] == [job.remote_id for job in before]
    assert machine.service.asked[machine.job(waiting).idempotency_key] == 0


def test_the_place_of_a_cancelled_job_goes_to_the_next_in_line(machine: JobMachine) -> None:
    running, waiting = held_up(machine)
    machine.the_person(0, machine.jobs.index(running[0]), "cancel")
    machine.turns(200)
    assert machine.job(running[0]).state is JobState.CANCELLED
    assert machine.job(running[1]).state is JobState.RUNNING
    assert machine.job(waiting).state is JobState.RUNNING


@pytest.mark.parametrize("account", sorted(ACCOUNTS))
@pytest.mark.parametrize("writes", range(1, 8))
def test_the_other_window_goes_on_at_once_after_a_death(machine: JobMachine, account: str, writes: int) -> None:
    """A window dies right after its n-th write. The other one finds its process gone and takes the job over."""
    machine.die_after_a_write(0, writes)
    machine.submit(0, account, [], "finished", 2)
    machine.turns(400)
    machine.run(machine.windows[0].kill())
    machine.look_for_work(1)
    machine.turns(600)
    job = machine.job(machine.jobs[0])
    assert job.state in (JobState.DONE, JobState.UNKNOWN)
    assert job.state is JobState.DONE or account == "unkeyed"
    assert machine.service.asked[job.idempotency_key] <= 2
    machine.windows[0].start()


def test_two_windows_never_follow_one_job(machine: JobMachine) -> None:
    for number in range(6):
        machine.submit(number % 2, "keyed", [], "endless", 1)
    for _ in range(20):
        machine.turns(15)
        for number in (0, 1):
            machine.look_for_work(number)
        for job_id in machine.jobs:
            assert sum(window.runner.follows(job_id) for window in machine.windows) <= 1


def _year_back(machine: JobMachine) -> None:
    machine.clock.set_by -= timedelta(days=365)


def _year_on(machine: JobMachine) -> None:
    machine.clock.set_by += timedelta(days=365)


def _sleep_of_three_days(machine: JobMachine) -> None:
    """The machine sleeps: nobody runs, and the clock has leapt when they go on."""
    machine.stop(0)
    machine.stop(1)
    machine.clock.set_by += timedelta(days=3)
    machine.turns(50)
    machine.go_on(0)
    machine.go_on(1)


@pytest.mark.parametrize("deed", [_year_back, _year_on, _sleep_of_three_days], ids=lambda deed: deed.__name__.strip("_"))
@pytest.mark.parametrize("turns", [0, 10, 25, 60])
def test_a_clock_that_leaps_stops_nothing(machine: JobMachine, deed: Callable[[JobMachine], None], turns: int) -> None:
    for fates in (["busy"], ["lost after", "unavailable"], ["lost before"], []):
        machine.submit(0, "keyed", fates, "finished", 3)
    machine.turns(turns)
    deed(machine)
    machine.run(machine.windows[0].runner.idle())
    assert set(states(machine)) == {JobState.DONE}
    assert len(machine.service.made) == 4


def test_a_stopped_window_that_goes_on_sends_nothing_twice(machine: JobMachine) -> None:
    """Stopped with its request on the way, taken for dead by the other window, and running again after that."""
    machine.submit(0, "keyed", [], "finished", 3)
    for _ in range(40):
        machine.turns(1)
        if machine.service.made:
            break
    machine.stop(0)
    machine.alive.discard(machine.windows[0].owner)
    machine.look_for_work(1)
    machine.run(machine.windows[1].runner.idle())
    assert states(machine) == [JobState.DONE]
    machine.go_on(0)
    machine.turns(300)
    assert states(machine) == [JobState.DONE]
    assert len(machine.service.made) == 1
    machine.alive.add(machine.windows[0].owner)
