"""P8: how often the job runner asks when the service says when to ask next, against a fixed poll every 2 s.

The runner, its scheduler and its pacing are the product's own; the service follows the engine's own rule for
`poll_after_ms`, with estimates that are off by up to a quarter; the time is virtual, so that hours of jobs take seconds and
nothing depends on this machine. P8.delay is how much later than a job's end its result is noticed, as a share of the fixed
poll's delay; P8.patience counts requests that came before a Retry-After was over.
"""

from __future__ import annotations

import asyncio
import math
import random
from datetime import datetime, timedelta

from studio.domain.errors import BusyError
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState
from studio.engine.pace import poll_after_ms
from studio.engine.plans import PLANS
from tests.bench.ratios import report
from tests.unit.jobs.world import Play, finished, remote

FIXED_S = 2.0
JOBS = 60
ROUNDS = 7
WRONG = 0.25       # how far the service's estimates are off
BUSY = 0.03        # share of the polls that are answered with 429
SECONDS = (15.0, 240.0)


class Service:
    """One job after another, each with a length of its own; answers polls as the engine does."""

    def __init__(self, play: Play, chance: random.Random) -> None:
        self.play, self.chance = play, chance
        self.length = 0.0
        self.began = play.clock.now()
        self.not_before: datetime | None = None
        self.polls = self.early = 0

    def begin(self, length: float) -> None:
        self.length, self.began = length, self.play.clock.now()

    async def poll(self) -> RemoteJob:
        now = self.play.clock.now()
        self.polls += 1
        self.early += self.not_before is not None and now < self.not_before
        if self.chance.random() < BUSY:
            patience = self.chance.uniform(2, 20)
            self.not_before = now + timedelta(seconds=patience)
            raise BusyError("Slow down.", retry_after_s=patience, status=429)
        elapsed = (now - self.began).total_seconds()
        if elapsed >= self.length:
            return finished()
        return self.hinted(remote(progress=elapsed / self.length), elapsed)

    def hinted(self, answer: RemoteJob, elapsed: float) -> RemoteJob:
        guessed = (self.length - elapsed) * self.chance.uniform(1 - WRONG, 1 + WRONG)
        hint = poll_after_ms(round(guessed * 1000), PLANS["pro"].poll, answer.progress)
        return remote(progress=answer.progress, poll_after_s=hint / 1000)


async def follow(seed: int) -> tuple[float, float, int]:
    """(requests, delay) as shares of those of a fixed poll, and requests that came too early."""
    chance = random.Random(seed)
    play = Play()
    service = Service(play, chance)
    late, fixed_polls, fixed_late = 0.0, 0, 0.0
    play.provider.polls = [service.poll]
    for _ in range(JOBS):
        length = math.exp(chance.uniform(math.log(SECONDS[0]), math.log(SECONDS[1])))
        service.begin(length)
        play.provider.submits = [service.hinted(remote(progress=0.0), 0.0)]
        begun, busy = service.began, service.not_before
        job = await play.submit()
        await play.until(job, JobState.DOWNLOADING, JobState.DONE)
        noticed = play.provider.moments("poll")[-1]
        if service.not_before == busy:  # a 429 puts off both in the same way: its delay is not the pace's
            late += (noticed - begun).total_seconds() - length
            fixed_late += math.ceil(length / FIXED_S) * FIXED_S - length
        fixed_polls += math.ceil(length / FIXED_S)
        await play.until(job, JobState.DONE)
    return service.polls / fixed_polls, late / fixed_late, service.early


def main() -> int:
    rounds = [asyncio.run(follow(seed)) for seed in range(ROUNDS)]
    baseline = "a poll every 2 s of the same jobs, 15 s to 4 min long"
    report("P8", [requests for requests, _, _ in rounds], "<= 0.25", baseline)
    report("P8.delay", [delay for _, delay, _ in rounds], "<= 1.0", f"the delay of {baseline}")
    early = float(sum(too_soon for _, _, too_soon in rounds))
    report("P8.patience", [early], "<= 0", "no request earlier than Retry-After allows")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
