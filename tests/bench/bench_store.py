"""P14: commits grouped 100 at a time against one by one, both with synchronous=FULL, through the product's own writer.

P14 writes timeline rows, the line that every step of a job adds. P14.jobs adds whole jobs with their search index, where
the work for a row weighs more beside its commit.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from studio.domain.job import Job, JobRequest, new_id
from studio.domain.state import JobState
from studio.store.database import Database
from studio.store.rows import job_values
from studio.store.steps import add_jobs, add_line
from tests.bench.ratios import interleave, report

GROUP = 100
WRITES = 1_000
PAIRS = 7
Work = Callable[[Connection], object]
How = Callable[[Database, Sequence[Work]], Coroutine[Any, Any, None]]


async def grouped(db: Database, works: Sequence[Work]) -> None:
    """As many writers as a group has members, each waiting for the commit that holds its row."""
    for start in range(0, len(works), GROUP):
        await asyncio.gather(*(db.write(work) for work in works[start : start + GROUP]))


async def one_by_one(db: Database, works: Sequence[Work]) -> None:
    for work in works:
        await db.write(work)


def make_job(number: int) -> Job:
    return Job.new(JobRequest("image.generate", "local", {"prompt": f"a harbour at dawn, draft {number}"}))


def measure(db: Database, name: str, make_work: Callable[[int], Work]) -> None:
    rates: dict[str, int] = {}

    def speed(how: How) -> float:
        works = [make_work(number) for number in range(WRITES)]
        begun = time.perf_counter()
        asyncio.run(how(db, works))
        rate = WRITES / (time.perf_counter() - begun)
        rates[how.__name__] = round(rate)
        return rate

    ratios = interleave(lambda: speed(grouped), lambda: speed(one_by_one), PAIRS)
    report(name, ratios, ">= 10", "the same rows, one commit each, synchronous=FULL", rows_per_s=rates)


def main() -> int:
    columns = [*job_values(make_job(0)), "words"]
    insert = f"INSERT INTO jobs ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608  (our own names)

    def add_job(number: int) -> Work:
        job = make_job(number)
        row = (*job_values(job).values(), job.prompt)
        return lambda connection: connection.exec_driver_sql(insert, row)

    with tempfile.TemporaryDirectory() as folder:
        db = Database.open(Path(folder) / "studio.db")
        job, note = make_job(0).changed(state=JobState.RUNNING), f"Sent, accepted as {new_id('req')}."
        asyncio.run(one_by_one(db, [lambda connection: add_jobs(connection, [job], note)]))
        measure(db, "P14", lambda _number: lambda connection: add_line(connection, job, note))
        measure(db, "P14.jobs", add_job)
        db.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
