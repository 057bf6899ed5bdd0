"""A library of any size for the benchmarks: a thousand real rows through the store, of all kinds, marked and tagged, then
multiplied in SQL, a thousand a day back through the years, with words of their own each and real thumbnails.

`python -m tests.bench.big_library FOLDER 100000` makes one to look at.
"""
# ruff: noqa: S608  names of this file only

from __future__ import annotations

import asyncio
import hashlib
import random
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from studio.domain.asset import COLOURS, Asset, Recipe
from studio.domain.job import Credits, Job, JobRequest, new_id, now
from studio.domain.operation import MediaKind
from studio.domain.state import JobState
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore

WORDS = ("harbour at dusk", "night tram in the rain", "meadow in morning haze", "steel workshop", "aurora over a fjord")
SEEDED = 1000
NOUNS = ("harbour", "mountain", "tram", "meadow", "workshop", "fjord", "lighthouse", "market", "orchard", "quarry",
         "yacht", "zebra", "vineyard", "umbrella", "island", "jetty", "kite", "nursery", "quilt", "xylophone")
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ki", "lo", "mu", "ne", "pi", "ro", "su",
              "ta", "ve", "wi", "ya", "zo", "qu", "ex", "il", "om", "ur", "an", "ed")
_CHANCE = random.Random(6)
MADE = tuple("".join(_CHANCE.choice(_SYLLABLES) for _ in range(_CHANCE.randint(2, 4))) for _ in range(4000))
_PICTURES = (MediaKind.IMAGE,) * 3
KINDS = (*_PICTURES, MediaKind.VIDEO, MediaKind.AUDIO, *_PICTURES, MediaKind.VIDEO, MediaKind.PROMPT)
SIZES = ((1920, 1080), (1080, 1920), (1024, 1024), (3840, 2160), (1280, 720), (1080, 1350))
MODELS = ("seedance2", "veo3", "sora2", "flux")
TAGS = {"client work": 10, "keeper": 50, "mood board": 97}
"""Which tags there are, and every how many assets one has it."""
_FILES = {MediaKind.IMAGE: ("image/png", ".png"), MediaKind.VIDEO: ("video/mp4", ".mp4"),
          MediaKind.AUDIO: ("audio/mpeg", ".mp3"), MediaKind.PROMPT: ("text/plain", ".txt")}


def make(home: Path, assets: int, jobs: int) -> Paths:
    """A data folder with this many assets (their thumbnails shared by 60 pictures) and finished jobs."""
    paths = Paths.of_home(home)
    paths.create()
    asyncio.run(_seed(paths, min(assets, SEEDED), jobs))
    if assets > SEEDED:
        _multiply(paths.store, assets)
    return paths


def thumbnails(paths: Paths) -> list[Path]:
    """60 small JPEGs as the library makes them."""
    import cv2
    import numpy as np

    made = []
    for number in range(60):
        name = hashlib.sha256(str(number).encode()).hexdigest()
        target = paths.thumbnails / name[:2] / f"{name}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        ramp = np.linspace(0, 255, 512, dtype=np.float32)
        picture = np.stack([np.tile(ramp, (288, 1)), np.full((288, 512), number * 4.0), np.tile(ramp[::-1], (288, 1))], -1)
        cv2.imwrite(str(target), picture.astype(np.uint8))
        made.append(target)
    return made


async def _seed(paths: Paths, assets: int, jobs: int) -> None:
    pictures = thumbnails(paths)
    db = Database.open(paths.store)
    try:
        job_store, asset_store = SqlJobStore(db), SqlAssetStore(db, paths.media, paths.thumbnails)
        await asyncio.gather(*(job_store.add(_job(number)) for number in range(jobs)))
        await asyncio.gather(*(asset_store.add(_asset(paths, number, pictures)) for number in range(assets)))
    finally:
        db.close()


def _job(number: int) -> Job:
    request = JobRequest("video.generate", "local", {"prompt": f"{WORDS[number % len(WORDS)]}, take {number}"})
    return Job.new(request).changed(state=JobState.DONE, credits=Credits(charged=0.0))


def words_of(number: int, made: Sequence[str] = MADE) -> str:
    """A prompt for the asset of this number: every beginning of two letters occurs, and none in all of them."""
    chance = random.Random(number)
    return " ".join([chance.choice(NOUNS), *(chance.choice(made) for _ in range(5))])


def _asset(paths: Paths, number: int, pictures: list[Path]) -> Asset:
    """Number 0 is the newest. Of ten: six pictures, two videos, a sound and a prompt."""
    kind = KINDS[number % len(KINDS)]
    mime, suffix = _FILES[kind]
    visual = kind in (MediaKind.IMAGE, MediaKind.VIDEO)
    width, height = SIZES[number % len(SIZES)] if visual else (None, None)
    prompt = words_of(number)
    values = {"prompt": prompt, "seed": number}
    recipe = Recipe(f"{kind.value}.generate", "local", values, MODELS[number % len(MODELS)], number)
    return Asset(
        id=new_id("asset"), kind=kind, path=paths.media / "2026-11" / f"{kind.value} {number}{suffix}",
        mime=mime, sha256=hashlib.sha256(str(number).encode()).hexdigest(), size_bytes=1_000_000 + number, width=width,
        height=height, duration_s=None if kind in (MediaKind.IMAGE, MediaKind.PROMPT) else 1.0 + number % 90,
        prompt=prompt, thumbnail=pictures[number % len(pictures)] if visual else None,
        created_at=now() - number * timedelta(minutes=1), recipe=recipe, starred=number % 50 == 7,
        colour=COLOURS[number % len(COLOURS)] if number % 40 == 3 else None, account="local" if number % 4 else "work",
        tags=tuple(tag for tag, every in TAGS.items() if number % every == 1), credits=float(number % 60),
    )


def _multiply(store: Path, assets: int) -> None:
    """Copies are older than what they were made from, by whole days, and are written oldest first, as they would have been;
    so the newest are the seeded ones. The index is written at the end, as the migration does it."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.create_function("some_words", 1, words_of, deterministic=True)
        run = connection.execute
        triggers = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'assets'").fetchall()
        text = next(sql for name, sql in triggers if name == "asset_search_added")
        text = text.partition("VALUES (new.place, ")[2].rpartition(");")[0].replace("new.", "assets.")
        columns = [row[1] for row in run("pragma table_info(assets)")]
        days = assets // SEEDED - 1
        made_of = {"seq": f"(:days - :day) * {SEEDED} + {SEEDED} - number", "id": "id || '-' || :day",
                   "created_at": "created_at - :day * 86400000", "place": "(created_at - :day * 86400000) * 1024",
                   "prompt": f"some_words(number + :day * {SEEDED})", "job_id": "NULL",
                   "words": f"some_words(number + :day * {SEEDED}) || char(10) || kind || ' ' || number"}
        chosen = ", ".join(made_of.get(name, name) for name in columns)
        run("PRAGMA cache_size = -262144")
        run("BEGIN")
        run("CREATE TEMP TABLE seeded AS SELECT row_number() OVER (ORDER BY place DESC) - 1 AS number, * FROM assets")
        run("CREATE TEMP TABLE seeded_tags AS SELECT number, tag FROM asset_tags JOIN seeded ON seq = asset")
        run("DELETE FROM assets")
        for name, _ in triggers:
            run(f"DROP TRIGGER {name}")
        for day in range(days, -1, -1):
            values = {"day": day, "days": days}
            keep = chosen if day else chosen.replace("id || '-' || :day", "id")
            run(f"INSERT INTO assets ({', '.join(columns)}) SELECT {keep} FROM seeded ORDER BY number DESC", values)
            run(f"INSERT INTO asset_tags SELECT (:days - :day) * {SEEDED} + {SEEDED} - number, tag FROM seeded_tags", values)
        run("INSERT INTO asset_search (asset_search, rank) VALUES ('hashsize', 67108864)")
        run(f"INSERT INTO asset_search (rowid, words) SELECT place, {text} FROM assets ORDER BY place")
        run("INSERT INTO asset_search (asset_search, rank) VALUES ('hashsize', 1048576)")
        run("UPDATE counts SET value = (SELECT count(*) FROM assets WHERE counts.name IN ('all', kind))")
        run("DELETE FROM asset_values")
        for field in ("operation", "account", "model"):
            run(f"INSERT INTO asset_values SELECT '{field}', {field}, count(*) FROM assets GROUP BY {field}")
        for _, sql in triggers:
            run(sql)
        run("COMMIT")
        run("ANALYZE")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), 1000)
