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
from studio.store.database import Database
from studio.store.rows import job_values, to_ms
from tests.bench.ratios import interleave, report

GROUP = 100
WRITES = 1_000
PAIRS = 7
Row = tuple[object, ...]
How = Callable[[Database, str, Sequence[Row]], Coroutine[Any, Any, None]]


def inserting(statement: str, row: Row) -> Callable[[Connection], object]:
    return lambda connection: connection.exec_driver_sql(statement, row)


async def grouped(db: Database, statement: str, rows: Sequence[Row]) -> None:
    """As many writers as a group has members, each waiting for the commit that holds its row."""
    for start in range(0, len(rows), GROUP):
        await asyncio.gather(*(db.write(inserting(statement, row)) for row in rows[start : start + GROUP]))


async def one_by_one(db: Database, statement: str, rows: Sequence[Row]) -> None:
    for row in rows:
        await db.write(inserting(statement, row))


def make_job(number: int) -> Job:
    return Job.new(JobRequest("image.generate", "local", {"prompt": f"a harbour at dawn, draft {number}"}))


def job_row(number: int) -> Row:
    job = make_job(number)
    return (*job_values(job).values(), job.prompt)


def measure(db: Database, name: str, statement: str, make_row: Callable[[int], Row]) -> None:
    rates: dict[str, int] = {}

    def speed(how: How) -> float:
        rows = [make_row(number) for number in range(WRITES)]
        begun = time.perf_counter()
        asyncio.run(how(db, statement, rows))
        rate = WRITES / (time.perf_counter() - begun)
        rates[how.__name__] = round(rate)
        return rate

    ratios = interleave(lambda: speed(grouped), lambda: speed(one_by_one), PAIRS)
    report(name, ratios, ">= 10", "the same rows, one commit each, synchronous=FULL", rows_per_s=rates)


def main() -> int:
    columns = [*job_values(make_job(0)), "words"]
    add_job = f"INSERT INTO jobs ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608  (our own names)
    add_line = "INSERT INTO timeline (job_id, at, state, note) VALUES (?, ?, ?, ?)"
    with tempfile.TemporaryDirectory() as folder:
        db = Database.open(Path(folder) / "studio.db")
        job = make_job(0)
        asyncio.run(one_by_one(db, add_job, [(*job_values(job).values(), job.prompt)]))
        line: Row = (job.id, to_ms(job.created_at), "running", f"Sent, accepted as {new_id('req')}.")
        measure(db, "P14", add_line, lambda _number: line)
        measure(db, "P14.jobs", add_job, job_row)
        db.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
