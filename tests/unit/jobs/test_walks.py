"""Whatever the service answers and the person does, no walk leaves the transition table, no job gets a second key without
the person, and every walk ends or waits. The store of this world asserts the table at every write."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.errors import (
    BusyError,
    DiskFullError,
    InputError,
    KeyRefusedError,
    RequestRefusedError,
    ResultExpiredError,
    ServiceFaultError,
    StudioError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.state import JobState as S
from tests.unit.jobs.world import Play, finished, remote

PHOTO = "file:///inputs/photo.jpg"
FAULTS: list[StudioError] = [
    UnreachableError("unreachable"), BusyError("busy", retry_after_s=7), ServiceFaultError("fault", status=500),
    ServiceFaultError("nonsense"), UnknownOutcomeError("no answer"), RequestRefusedError("refused", status=409),
    KeyRefusedError("key"), DiskFullError("full"), ResultExpiredError("expired"), InputError("input"),
]
ANSWERS = [
    remote(), remote(progress=0.5, charged=1.0), remote(unknown_status="odd"), remote(S.FAILED), remote(S.CANCELLED),
    remote(S.DONE), finished(), finished(2),
]
answers = st.lists(st.sampled_from([*FAULTS, *ANSWERS]), max_size=5)
faults = st.lists(st.sampled_from(FAULTS), max_size=3)
deeds = st.lists(st.tuples(st.sampled_from(["cancel", "retry", "give_up", "kill", "nudge"]), st.integers(0, 60)), max_size=4)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(submits=answers, polls=answers, cancels=answers, downloads=faults, places=faults, hosts=faults, deeds=deeds,
       honours=st.booleans(), can_cancel=st.booleans())
def test_no_walk_leaves_the_table(
    submits: list[object], polls: list[object], cancels: list[object], downloads: list[StudioError],
    places: list[StudioError], hosts: list[StudioError], deeds: list[tuple[str, int]], honours: bool, can_cancel: bool,
) -> None:
    async def live() -> None:
        play = Play()
        play.provider.honours_idempotency = honours
        play.provider.can_cancel = can_cancel
        play.provider.submits = [*submits, remote()]  # type: ignore[list-item]
        play.provider.polls = [*polls, finished()]  # type: ignore[list-item]
        play.provider.cancels = [*cancels, remote(S.CANCELLED)]  # type: ignore[list-item]
        play.provider.hosts = list(hosts)
        play.provider.downloads, play.library.failing = list(downloads), list(places)
        job = await play.submit(image_url=PHOTO)
        for deed, turns in deeds:
            for _ in range(turns * 10):
                await asyncio.sleep(0)
            await _do(play, job.id, deed)
        async with asyncio.timeout(60):
            await play.runner.idle()
        ended = play.now(job)
        assert ended.state in (S.DONE, S.FAILED, S.CANCELLED, S.UNKNOWN) or ended.not_before is not None
        if ended.state is S.DONE:
            assert ended.remote_id == "req_1"
        keys = {key for key, _ in play.provider.sent()}
        assert len(keys) <= 1 + sum(1 for deed, _ in deeds if deed == "retry")
        await play.runner.close()

    asyncio.run(live())


async def _do(play: Play, job_id: str, deed: str) -> None:
    if deed == "kill":
        await play.restart()
    elif deed == "nudge":
        play.runner.nudge()
    else:
        try:
            await getattr(play.runner, deed)(job_id)
        except InputError:
            return
