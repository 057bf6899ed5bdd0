"""The history with 100,000 jobs against the same with 1,000: opening it, a step of the wheel, a jump, a letter typed into
the search, the timeline; and what each turn of the window's thread works, against the 8.3 ms that a frame has.

The page stands over the real core and store. Opening and typing are timed from the press to the painted rows; the frames in
this thread's own processor time, turn by turn, so that what runs beside it does not count. A picture of both views is kept.
"""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.history.page import SEARCH_DELAY_MS, HistoryPage
from studio.ui.theme.theme import Theme
from tests.bench import big_history
from tests.bench.ratios import note, report

MANY = int(os.environ.get("STUDIO_BENCH_JOBS", "100000"))
FEW, PAIRS = 1000, 3
FRAME_MS = 1000 / 120
WORDS = ("t", "tr", "tram", "tram r", "harb", "", "steel", "steel qu", "au", "")
LIMIT_S = 30.0


class Window:
    """The page alone, over a core of its own."""

    def __init__(self, app: QCoreApplication, paths: Paths) -> None:
        self._app = app
        self.turns: list[float] = []
        self.bridge = Bridge(paths)
        self.bridge.start()
        self._until(lambda: self.bridge.is_ready)
        self.page = HistoryPage(self.bridge, Theme("dark", reduced_motion=True))
        self.page.resize(1280, 748)

    def _until(self, condition: Callable[[], bool]) -> None:
        end = time.perf_counter() + LIMIT_S
        while not condition():
            begun = time.thread_time()
            self._app.processEvents()
            self.turns.append((time.thread_time() - begun) * 1000)
            if time.perf_counter() > end:
                raise TimeoutError("the history did not answer")
            time.sleep(0.0005)

    def timed(self, work: Callable[[], object], condition: Callable[[], bool]) -> float:
        """Milliseconds from `work` to what `condition` sees, painted."""
        begun = time.perf_counter()
        spent = time.thread_time()
        work()
        self.turns.append((time.thread_time() - spent) * 1000)
        self._until(condition)
        spent = time.thread_time()
        self._app.processEvents()
        self.turns.append((time.thread_time() - spent) * 1000)
        return (time.perf_counter() - begun) * 1000

    def own(self, work: Callable[[], object]) -> float:
        """Milliseconds of this thread's own work until all is painted; the longest turn of several."""
        longest = 0.0
        for number in range(12):
            begun = time.thread_time()
            if number == 0:
                work()
            self._app.processEvents()
            longest = max(longest, (time.thread_time() - begun) * 1000)
        return longest

    # what is measured

    def open(self) -> float:
        """To the first rows."""
        answered: list[bool] = []
        self.page.model.answered.connect(lambda: answered.append(True))
        spent = self.timed(self.page.show, lambda: bool(answered))
        self._until(lambda: self.page.model.is_counted)
        return spent

    def wheel(self) -> list[float]:
        """Steps of a wheel from the top on; rows that are on their way are drawn when they are there."""
        bar = self.page.table.verticalScrollBar()
        return [self.own(lambda step=step: bar.setValue(step * 60)) for step in range(1, 61)]  # type: ignore[misc]

    def jump(self) -> float:
        """The bar is dragged to the middle: until the rows there are seen."""
        bar, model = self.page.table.verticalScrollBar(), self.page.model
        row = bar.maximum() // 2 // 56
        spent = self.timed(lambda: bar.setValue(bar.maximum() // 2), lambda: model.rows.at(row) is not None)
        bar.setValue(0)
        return spent

    def typing(self) -> list[float]:
        """Each word from the press to its rows; the pause that lets a fast typist finish is not counted."""
        times = []
        for words in WORDS:
            self._until(lambda: self.page.model.is_counted)
            seen: list[bool] = []
            listening = self.page.model.modelReset.connect(lambda: seen.append(True))  # noqa: B023
            times.append(self.timed(lambda: self.page.search.setText(words), lambda: bool(seen)) - SEARCH_DELAY_MS)  # noqa: B023
            self.page.model.modelReset.disconnect(listening)
        return times

    def timeline(self) -> float:
        """From the press to the bars of the newest day."""
        line = self.page.timeline
        return self.timed(lambda: self.page.show_view("timeline"),
                          lambda: bool(line.days.layout.days) and line.days.placed(line.days.layout.days[0].day) is not None)

    def along(self) -> list[float]:
        """Steps of the wheel in the timeline."""
        bar = self.page.timeline.verticalScrollBar()
        times = [self.own(lambda step=step: bar.setValue(step * 60)) for step in range(1, 61)]  # type: ignore[misc]
        bar.setValue(0)
        return times

    def close(self) -> None:
        self.page.close()
        self.page.deleteLater()
        self.bridge.close(10)
        self._app.processEvents()
        gc.collect()


def one(app: QCoreApplication, paths: Paths, picture: Path | None) -> dict[str, list[float]]:
    window = Window(app, paths)
    found = {"open": [window.open()], "wheel": window.wheel(), "jump": [window.jump() for _ in range(5)],
             "type": window.typing()}
    if picture is not None:
        window.page.grab().save(str(picture.with_name(f"{picture.stem}-table.png")))
    found |= {"timeline": [window.timeline()], "along": window.along(), "turns": window.turns}
    if picture is not None:
        window.page.grab().save(str(picture.with_name(f"{picture.stem}-timeline.png")))
    window.close()
    return found


def p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def main() -> int:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    Theme("dark", reduced_motion=True).apply()
    root = Path(tempfile.mkdtemp(prefix="bench-history-"))
    picture = Path(tempfile.gettempdir()) / "studio-history.png"
    try:
        homes = {count: big_history.make(root / str(count), count) for count in (FEW, MANY)}
        note(f"stores with {FEW:,} and {MANY:,} jobs are made")
        gc.disable()  # the window collects when it is at rest (studio.ui.host)
        one(app, homes[FEW], None)  # what is loaded once is loaded now
        runs: dict[int, list[dict[str, list[float]]]] = {FEW: [], MANY: []}
        for _ in range(PAIRS):
            for count in (FEW, MANY):
                runs[count].append(one(app, homes[count], picture if count == MANY else None))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    baseline = f"the same with {FEW:,} jobs"
    for name, part, goal in (("HISTORY.open", "open", "<= 1.5"), ("HISTORY.wheel", "wheel", "<= 1.25"),
                             ("HISTORY.jump", "jump", "<= 2.0"), ("HISTORY.type", "type", "<= 2.0")):
        pairs = [statistics.median(more[part]) / statistics.median(less[part])
                 for more, less in zip(runs[MANY], runs[FEW], strict=True)]
        typical = statistics.median(spent for run in runs[MANY] for spent in run[part])
        report(name, pairs, goal, baseline, median_ms=round(typical, 2))
    frames = [p99(run["wheel"]) / FRAME_MS for run in runs[MANY]]
    along = [p99(run["along"]) / FRAME_MS for run in runs[MANY]]
    turns = [p99(run["turns"]) / FRAME_MS for run in runs[MANY]]
    limit = "a frame of 8.3 ms (p99 of the window's thread's own work)"
    report("HISTORY.frame", frames, "<= 1.0", limit, worst_ms=round(max(max(run["wheel"]) for run in runs[MANY]), 2),
           pictures=str(picture))
    report("HISTORY.timeline", along, "<= 1.0", limit,
           open_ms=round(statistics.median(run["timeline"][0] for run in runs[MANY]), 1))
    report("HISTORY.turns", turns, "<= 1.0", limit, worst_ms=round(max(max(run["turns"]) for run in runs[MANY]), 2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
