"""R1: kill -9 in a loop, of the studio, of the engine, and of both, while jobs are submitted, polled and downloaded.

`python -m tests.drills.kills [N]` prints one JSON row.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

from tests.drills.accounting import Books, check
from tests.drills.engine_life import DrillEngine, processes
from tests.drills.studio_life import ACCOUNT, POINTS, Doom, live

LONGEST_S = 0.5
"""How long a life lasts, from when it is at work."""
START_S = 120.0
AT_THE_START, AT_A_POINT = 0.1, 0.6
"""So many lives may end while they begin; so many end by themselves at one of the points."""
ENGINE_SHARE = 0.15
"""Of the kills are of the engine; half of these take the studio with it."""
END_S = 600.0
"""For the last life to bring everything to its end."""
_AT_ANY_MOMENT = "at a random moment"
_ENGINE = "engine"


class _Life:
    """One process of the studio."""

    def __init__(self, process: BaseProcess, doom: Doom, heard: Connection) -> None:
        self.process = process
        self.doom = doom
        self.ended = False
        self._heard = heard

    def began(self) -> None:
        """Returns when it is at work, or has ended."""
        self._heard.poll(START_S)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self._heard.close()
        self.ended = True


class KillDrill:
    """`run` kills so often, then lets everything come to its end and does the accounts."""

    def __init__(self, home: Path, seed: int, context: BaseContext | None = None) -> None:
        self._home = home
        self._draw = random.Random(seed)
        self._context: Any = context or processes()
        self._engine = DrillEngine(self._context, home)
        self._accepted = home / "accepted.txt"
        self.kills: Counter[str] = Counter()
        self.stops = 0

    def run(self, kills: int) -> Books:
        return self._run(self._one_life, kills)

    def run_two(self, kills: int) -> Books:
        """Two processes at once on the one folder; each time one of them is stopped for a while, and one killed."""
        return self._run(self._two_lives, kills)

    def run_to_the_parking(self) -> Books:
        """The process dies three times in a row in the same step of the same jobs; after that the person retries them. None
        is cancelled before: on a busy machine that may be all there are."""
        points = iter([Doom("before the request")] * 3)

        def die_there() -> None:
            life = self._start_life(next(points), to_the_end=self.kills.total() > 0, cancels=False)
            life.process.join(START_S)
            self._end(life)

        return self._run(die_there, 3)

    def _run(self, step: Callable[[], None], kills: int) -> Books:
        self._home.mkdir(parents=True, exist_ok=True)
        self._accepted.touch()
        self._engine.start()
        try:
            while self.kills.total() < kills:
                step()
            self._to_the_end()
        finally:
            self._engine.kill()
        accepted = self._accepted.read_text(encoding="ascii").splitlines()
        return asyncio.run(check(self._home, accepted, paid_account=ACCOUNT))

    def _start_life(self, doom: Doom, *, to_the_end: bool = False, cancels: bool = True) -> _Life:
        heard, told = self._context.Pipe(duplex=False)
        arguments = (str(self._home), self._engine.url, self._draw.randrange(2**31), doom, str(self._accepted), told,
                     os.getpid())
        how = {"to_the_end": to_the_end, "cancels": cancels}
        process: BaseProcess = self._context.Process(target=live, args=arguments, kwargs=how)
        process.start()
        told.close()
        return _Life(process, doom, heard)

    def _one_life(self) -> None:
        at_a_point = self._draw.random() < AT_A_POINT
        life = self._start_life(Doom(self._draw.choice(POINTS), self._draw.randint(1, 8)) if at_a_point else Doom())
        if self._draw.random() >= AT_THE_START:
            life.began()
        if self._draw.random() < ENGINE_SHARE:
            life.process.join(self._draw.uniform(0, LONGEST_S))
            self._engine.kill()
            self.kills[_ENGINE] += 1
            if self._draw.random() < 0.5:
                self._end(life)  # both at once
            self._engine.start()
        life.process.join(LONGEST_S if at_a_point else self._draw.uniform(0, LONGEST_S))
        self._end(life)

    def _two_lives(self) -> None:
        """A process that is stopped (a suspended machine) is alive, and what it follows stays its own; one that is dead is
        not, and the other takes over."""
        lives = [self._start_life(Doom()), self._start_life(Doom())]
        for life in lives:
            life.began()
        lives[1].process.join(self._draw.uniform(0, LONGEST_S))
        stopped = psutil.Process(lives[0].process.pid)
        stopped.suspend()
        lives[1].process.join(self._draw.uniform(0, LONGEST_S))
        if self._draw.random() < 0.5:
            self._end(lives[1])
        stopped.resume()
        self.stops += 1
        lives[0].process.join(self._draw.uniform(0, 3 * LONGEST_S))
        for life in lives:
            self._end(life)

    def _end(self, life: _Life) -> None:
        if life.ended:
            return
        by_itself = not life.process.is_alive()
        life.end()
        if by_itself and (life.doom.point is None or life.process.exitcode == 0):
            raise RuntimeError(f"a life ended by itself with code {life.process.exitcode}")
        self.kills[life.doom.point if by_itself and life.doom.point else _AT_ANY_MOMENT] += 1

    def _to_the_end(self) -> None:
        life = self._start_life(Doom(), to_the_end=True)
        life.process.join(END_S)
        life.end()


def main(arguments: list[str]) -> int:
    wanted = int(arguments[0]) if arguments else 10_000
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(2**31)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="studio-drill-", ignore_cleanup_errors=True) as folder:
        drill = KillDrill(Path(folder) / "home", seed)
        books = drill.run(wanted)
    for line in books.wrong[:40]:
        print(line, file=sys.stderr)
    row = {"id": "R1", "kills": drill.kills.total(), "by_point": dict(drill.kills), "jobs": books.jobs,
           "states": dict(books.states), "remote_jobs": books.remote_jobs, "files": books.files,
           "charged": books.charged, "lost": books.lost, "twice": books.twice, "unfinished": books.unfinished,
           "parked": books.parked,
           "wrong": len(books.wrong), "seed": seed, "seconds": round(time.monotonic() - begun, 1),
           "goal": "0 wrong", "holds": not books.wrong}
    print(json.dumps(row), flush=True)
    return 0 if not books.wrong else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
