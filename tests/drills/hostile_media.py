"""The long run of R6: mutated, cut and absurd media through everything that opens files for the window.

    python -m tests.drills.hostile_media --count 20000 [--seed 1] [--minutes 10]

Prints one JSON object: how many were shown and refused, the longest time over one file, how often a worker process was lost,
and the most memory that this process took. It ends with 1 where a file was neither shown nor refused with a reason.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

from studio.media.workers import workers
from tests.hostile_media import EITHER, bad, mutated, odd_but_good, seeds
from tests.unit.library.test_hostile_media import look


class _Losses(logging.Handler):
    """Counts what the workers' log says of lost processes and of errors that nobody foresaw."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.examples: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.counts[str(record.msg)] += 1
        if record.levelno >= logging.ERROR and len(self.examples) < 5:
            self.examples.append(record.getMessage()[-400:])


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="end earlier after that long")
    asked = parser.parse_args()
    logging.getLogger("studio.library").setLevel(logging.CRITICAL)
    losses = _Losses()
    logging.getLogger("studio.media.workers").addHandler(losses)
    logging.getLogger("studio.media.workers").propagate = False
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    longest, most, started = (0.0, ""), 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hostile-") as kept:
        folder = Path(kept)
        (folder / "seeds").mkdir()
        good = seeds(folder / "seeds")
        for make in (odd_but_good(folder), bad(folder), mutated(good, folder, asked.count, random.Random(asked.seed))):
            for specimen in make:
                if time.monotonic() - started > asked.minutes * 60:
                    break
                began = time.monotonic()
                try:
                    ended = look(specimen, folder / "previews")
                except Exception as error:  # noqa: BLE001  counted: it is what this run looks for
                    ended = f"{type(error).__name__}: {error}"
                    wrong.append(f"{specimen.path.name}: {ended}")
                ends[ended[:60]] += 1
                if specimen.ends not in (EITHER, ended):
                    wrong.append(f"{specimen.path.name}: {ended}")
                longest = max(longest, (time.monotonic() - began, specimen.path.name))
                most = max(most, psutil.Process().memory_info().rss)
                specimen.path.unlink(missing_ok=True)
                shutil.rmtree(folder / "previews", ignore_errors=True)
    workers().close()
    print(json.dumps({"ends": ends, "longest_s": [round(longest[0], 2), longest[1]], "memory": most,
                      "workers": losses.counts, "unforeseen": losses.examples, "wrong": wrong[:20]}, indent=2))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
