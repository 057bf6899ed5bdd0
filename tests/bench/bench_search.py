"""P6: search as you type in a library of a million assets: any two letters, and pages far down.

The search is the product's own store (FTS5 with a prefix index), asked as the gallery asks it; its p99 over all beginnings
of two letters is compared with the 8 ms that one may take, and its time with LIKE over the same rows. Paging: the page after
the n-th asset by its key, over the same page by OFFSET in the same file, both made into assets.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import sqlite3
import statistics
import string
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

from studio.domain.query import AssetQuery
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.rows import asset_of
from tests.bench import big_library
from tests.bench.ratios import note, report

ASSETS = int(os.environ.get("STUDIO_BENCH_ASSETS", "1000000"))
PAGE = 100
LIMIT_MS = 8.0
LIKES = 24
DEPTHS = (0.2, 0.5, 0.9)
_NOUNS = ("harbour", "mountain", "tram", "meadow", "workshop", "fjord", "lighthouse", "market", "orchard", "quarry",
          "yacht", "zebra", "vineyard", "umbrella", "island", "jetty", "kite", "nursery", "quilt", "xylophone")
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ki", "lo", "mu", "ne", "pi", "ro", "su",
              "ta", "ve", "wi", "ya", "zo", "qu", "ex", "il", "om", "ur", "an", "ed")


def vary(store: Path) -> None:
    """Other words in each prompt, so that every beginning finds something and none finds everything."""
    chance = random.Random(6)
    made = ["".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4))) for _ in range(4000)]
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.create_function("some_words", 1, lambda seq: _words(seq, made))
        connection.execute("BEGIN")
        connection.execute("UPDATE assets SET words = some_words(seq), prompt = some_words(seq)")
        connection.execute("COMMIT")
        connection.execute("INSERT INTO asset_search (asset_search) VALUES ('optimize')")


def _words(seq: int, made: Sequence[str]) -> str:
    chance = random.Random(seq)
    return " ".join([chance.choice(_NOUNS), *(chance.choice(made) for _ in range(5))])


def beginnings() -> list[str]:
    return ["".join(pair) for pair in itertools.product(string.ascii_lowercase, repeat=2)]


async def searches(store: SqlAssetStore) -> list[float]:
    """Milliseconds of each search, on the way from asking to the page of assets."""
    times = []
    for letters in beginnings():
        began = perf_counter()
        await store.list(AssetQuery(search=letters, limit=PAGE))
        times.append((perf_counter() - began) * 1000)
    return times


def likes(path: Path, letters: Sequence[str]) -> list[float]:
    """Milliseconds of the same by LIKE, newest first."""
    times = []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for two in letters:
            began = perf_counter()
            connection.execute(
                "SELECT * FROM assets WHERE deleted_at IS NULL AND (words LIKE ? OR words LIKE ?)"
                " ORDER BY created_at DESC, id DESC LIMIT ?", (f"{two}%", f"% {two}%", PAGE),
            ).fetchall()
            times.append((perf_counter() - began) * 1000)
    return times


async def pages(store: SqlAssetStore, paths: Paths) -> list[float]:
    """A page by its key over the same page by OFFSET, at several depths."""
    ratios = []
    with closing(sqlite3.connect(f"file:{paths.store}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        for depth in DEPTHS:
            offset = int(ASSETS * depth)
            order = "FROM assets WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?"
            (before,) = connection.execute(f"SELECT id {order}", (1, offset - 1)).fetchone()
            for _ in range(3):
                began = perf_counter()
                rows = connection.execute(f"SELECT * {order}", (PAGE, offset)).fetchall()
                by_offset = [asset_of(dict(row), paths.media, paths.thumbnails).id for row in rows]
                slow = perf_counter() - began
                began = perf_counter()
                found = await store.list(AssetQuery(before=before, limit=PAGE))
                ratios.append((perf_counter() - began) / slow)
                if [asset.id for asset in found] != by_offset:
                    raise AssertionError("the two pages differ")
    return ratios


async def measure(paths: Paths) -> None:
    db = Database.open(paths.store)
    try:
        store = SqlAssetStore(db, paths.media, paths.thumbnails)
        await searches(store)  # the file is in memory then, for both
        rounds = [await searches(store) for _ in range(3)]
        worst = [statistics.quantiles(times, n=100)[98] for times in rounds]
        sample = random.Random(1).sample(beginnings(), LIKES)
        slow = likes(paths.store, sample)
        place = {letters: number for number, letters in enumerate(beginnings())}
        quick = [statistics.median(times[place[letters]] for times in rounds) for letters in sample]
        more = {"assets": ASSETS, "p99_ms": round(statistics.median(worst), 2)}
        report("P6.p99", [one / LIMIT_MS for one in worst], "<= 1.0", "8 ms, any beginning of two letters", **more)
        shares = [one / other for one, other in zip(quick, slow, strict=True)]
        report("P6.like", shares, "<= 0.02", "LIKE over the same rows")
        report("P6.paging", await pages(store, paths), "<= 0.02", "OFFSET over the same rows")
    finally:
        db.close()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        note(f"making {ASSETS:,} assets")
        paths = big_library.make(Path(folder), ASSETS, 100)
        vary(paths.store)
        note("measuring")
        asyncio.run(measure(paths))


if __name__ == "__main__":
    main()
