"""P14: commits grouped 100 at a time against one by one, both with synchronous=FULL, through the product's own writer."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from studio.domain.job import Job, JobRequest
from studio.store.database import Database
from studio.store.rows import job_values
from tests.bench.ratios import interleave, report

GROUP = 100
WRITES = 1_000
PAIRS = 7


async def _grouped(db: Database, rows: list[dict[str, object]]) -> None:
    """As many writers as a group has members, each waiting for its own commit."""
    for start in range(0, len(rows), GROUP):
        await asyncio.gather(*(_insert(db, row) for row in rows[start : start + GROUP]))


async def _one_by_one(db: Database, rows: list[dict[str, object]]) -> None:
    for row in rows:
        await _insert(db, row)


async def _insert(db: Database, row: dict[str, object]) -> None:
    await db.write(lambda connection: connection.exec_driver_sql(_SQL, tuple(row.values())))


def _rows() -> list[dict[str, object]]:
    jobs = (Job.new(JobRequest("image.generate", "local", {"prompt": f"a harbour, draft {n}"})) for n in range(WRITES))
    return [{**job_values(job), "words": job.prompt} for job in jobs]


_SQL = "INSERT INTO jobs ({}) VALUES ({})".format(", ".join(_rows()[0]), ", ".join("?" * len(_rows()[0])))  # noqa: S608


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        db = Database.open(Path(folder) / "studio.db")
        rates: dict[str, float] = {}

        def speed(grouped: bool) -> float:
            rows = _rows()
            begun = time.perf_counter()
            asyncio.run(_grouped(db, rows) if grouped else _one_by_one(db, rows))
            rate = WRITES / (time.perf_counter() - begun)
            rates["grouped" if grouped else "one by one"] = rate
            return rate

        ratios = interleave(lambda: speed(True), lambda: speed(False), PAIRS)
        db.close()
    rounded = {name: round(rate) for name, rate in rates.items()}
    report("P14", ratios, ">= 10", "one commit a row, synchronous=FULL", rows_per_s=rounded)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
