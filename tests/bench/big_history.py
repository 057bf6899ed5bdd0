"""A store with any number of jobs for the benchmarks of the history: one written by the product, the others as copies of
it in SQL, spread over days, operations, accounts, labels, states and prices, each with its words in the search index."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from studio.domain.job import Job, JobRequest
from studio.settings.paths import Paths
from studio.store.database import Database
from studio.store.jobs import SqlJobStore

OPERATIONS = ("video.generate", "image.generate", "image.edit", "music.generate", "narration.generate",
              "prompt.enhance.video")
ACCOUNTS = ("local", "Team", "Own")
LABELS = (None, None, "Spring campaign", "Trailer", "Client B", "Tests")
STATES = (("done", 80), ("failed", 12), ("cancelled", 8))
WORDS = ("harbour", "dusk", "night", "tram", "rain", "meadow", "haze", "workshop", "steel", "aurora", "fjord", "lighthouse",
         "orchard", "market", "quarry", "jetty", "kite", "vineyard", "island", "zebra")
APART_MS = 180_000
NEWEST = int(datetime(2026, 11, 20, 18, tzinfo=UTC).timestamp() * 1000)


def make(home: Path, jobs: int) -> Paths:
    """A data folder with this many ended jobs."""
    paths = Paths.of_home(home)
    paths.create()
    asyncio.run(_first(paths))
    with closing(sqlite3.connect(paths.store, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        columns = [row[1] for row in connection.execute("pragma table_info(jobs)") if row[1] != "seq"]
        names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
        kept = dict(zip(columns, connection.execute(f"select {names} from jobs").fetchone(), strict=True))  # noqa: S608
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO jobs ({names}) VALUES ({marks})",  # noqa: S608  # its own names
                               ([row[name] for name in columns] for row in _rows(kept, jobs - 1)))
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    return paths


async def _first(paths: Paths) -> None:
    db = Database.open(paths.store)
    try:
        store = SqlJobStore(db)
        await store.add(Job.new(JobRequest("video.generate", "local", {"prompt": "a night tram in the rain", "seed": 7})))
        job = (await store.claim("bench", lambda _: True))[0]
        await store.release("bench")
        await db.write(lambda connection: connection.exec_driver_sql(
            "UPDATE jobs SET state = 'done', created_at = ? WHERE id = ?", (NEWEST, job.id)))
    finally:
        db.close()


def _rows(kept: dict[str, object], count: int) -> Iterator[dict[str, object]]:
    chance = random.Random(11)
    names, weights = [state for state, _ in STATES], [weight for _, weight in STATES]
    for number in range(count, 0, -1):
        made = NEWEST - number * APART_MS - chance.randrange(APART_MS)
        state = chance.choices(names, weights)[0]
        prompt = f"{' '.join(chance.sample(WORDS, 5))}, take {number}"
        operation, account, label = chance.choice(OPERATIONS), chance.choice(ACCOUNTS), chance.choice(LABELS)
        price = float(chance.choice((1, 2, 8, 17, 45, 120)))
        name = f"job_{made:012x}{number:010x}"
        yield {
            **kept, "id": name, "operation": operation, "account": account, "label": label, "state": state,
            "input": json.dumps({"prompt": prompt, "seed": number, "resolution": "1080p", "notes": "x" * 400}),
            "idempotency_key": f"key{number:029x}", "created_at": made, "submitted_at": made + chance.randrange(4000),
            "finished_at": made + 5000 + chance.randrange(240_000), "estimated": price,
            "charged": price if state == "done" else 0.0 if state == "failed" else None, "position": float(made),
            "words": "\n".join(part for part in (prompt, label or "", operation, account, name) if part),
        }
