"""P1: from the start of the process to the first real content, with 100,000 assets and 1,000 jobs in the library.

Baseline: the least PySide6 window, started in turn. A second row: 1,000,000 assets against none.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.big_library import make
from tests.bench.ratios import interleave, note, report

PAIRS = 15
ROOT = Path(__file__).resolve().parent.parent.parent


def start(*arguments: str) -> float:
    """Seconds from before the process to its first paint."""
    surroundings = {**os.environ, "STARTED_AT": repr(time.time()), "QT_QPA_PLATFORM": "offscreen"}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # what a person starts is compiled
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.start_probe", *arguments], cwd=ROOT, env=surroundings, capture_output=True,
        text=True, check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the probe ended with {done.returncode}: {done.stderr[-2000:]}")
    return float(done.stdout.split()[0])


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        note("making libraries of 100,000 and 1,000,000 assets")
        large = make(Path(folder) / "large", 100_000, 1000).data
        huge = make(Path(folder) / "huge", 1_000_000, 1000).data
        empty = make(Path(folder) / "empty", 0, 0).data
        seen = Path(tempfile.gettempdir()) / "studio-first-paint.png"
        for home in (str(large), str(huge), str(empty)):
            start("studio", home, str(seen))  # compiled and in the file cache, as on any start but the very first
        start("studio", str(large), str(seen))
        start("bare")
        bare: list[float] = []

        def baseline() -> float:
            bare.append(start("bare"))
            return bare[-1]

        ratios = interleave(lambda: start("studio", str(large)), baseline, PAIRS)
        report("P1", ratios, "<= 1.8", "a bare PySide6 window to its first paint", screenshot=str(seen),
               baseline_ms=round(statistics.median(bare) * 1000))
        ratios = interleave(lambda: start("studio", str(huge)), lambda: start("studio", str(empty)), PAIRS)
        report("P1.million", ratios, "<= 1.05", "the same window with an empty library")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
