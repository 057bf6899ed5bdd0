"""The queue panel with 1,000 jobs: what one change set keeps the window's thread busy with, against the 8 ms that it may.

Change sets come as the bridge brings them, at most every 50 ms: progress of those that run, jobs that are sent, that end and
that come in. Each is timed in this thread's own processor time until the panel is painted again: against the same with 10
jobs, as nothing may depend on how many there are, and against the limit. Beside that a batch of 500 at once, filters, the
second's tick, and scrolling. A picture of the end state is kept.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from studio.domain.event import JobChanged
from studio.domain.job import Credits, Job, JobRequest, now
from studio.domain.state import JobState, WaitReason
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.queue.order import JobFilter, Part
from studio.ui.queue.panel import QueuePanel
from studio.ui.theme.theme import Theme
from tests.bench.ratios import report

LIMIT_MS = 8.0
JOBS, FEW, ROUNDS, PAIRS = 1000, 10, 200, 3
WORDS = ("A night tram crossing a rain-soaked square", "Harbour at dusk", "A fox in the first snow", "Steel workshop")


def a_job(number: int) -> Job:
    """Waits, with a number of its own."""
    given = {"prompt": f"{WORDS[number % 4]}, take {number}"}
    label = ("Spring campaign", "Trailer", None)[number // 20 % 3]
    request = JobRequest("video.generate", ("Team", "Own", "local")[number % 3], given, label)
    return Job.new(request).changed(position=float(number), credits=Credits(45.0))


class Stream:
    """Makes change sets as a busy queue would, and keeps what the jobs are by then."""

    def __init__(self, count: int) -> None:
        self._chance = random.Random(3)
        self.jobs = {job.id: job for job in (a_job(number) for number in range(count))}
        self._number = count

    def next(self) -> list[JobChanged]:
        """Some progress, one sent, one ended, one new: as many wait as before."""
        running = [job for job in self.jobs.values() if job.state is JobState.RUNNING]
        changed = [job.changed(progress=min(0.99, (job.progress or 0) + 0.1), eta_s=9.0, revision=job.revision + 1)
                   for job in running]
        if len(running) > 3:
            ended = changed.pop(self._chance.randrange(len(changed)))
            changed.append(ended.changed(state=JobState.DONE, finished_at=now(), eta_s=None, credits=Credits(45, 45)))
        waiting = min((job for job in self.jobs.values() if job.state is JobState.QUEUED), key=lambda job: job.place)
        changed.append(waiting.changed(state=JobState.RUNNING, submitted_at=now() - timedelta(seconds=5), eta_s=20.0,
                                       revision=waiting.revision + 1))
        some = self._chance.sample([job for job in self.jobs.values() if job.state is JobState.QUEUED], 3)
        changed += [job.changed(waiting_for=WaitReason.CONCURRENCY_LIMIT, revision=job.revision + 1) for job in some]
        self._number += 1
        new = a_job(self._number)
        self.jobs.update((job.id, job) for job in [*changed, new])
        return [*(JobChanged(job) for job in changed), JobChanged(new, is_new=True)]


def p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def _rounds(times: list[float]) -> list[list[float]]:
    return [times[start:start + ROUNDS] for start in range(0, len(times), ROUNDS)]


class Window:
    """The panel alone, over a bridge without a core."""

    def __init__(self, app: QCoreApplication, count: int) -> None:
        self._app = app
        self._folder = tempfile.TemporaryDirectory(prefix="bench-queue-")
        self.bridge = Bridge(Paths.of_home(Path(self._folder.name)))
        self.stream = Stream(count)
        self.panel = QueuePanel(self.bridge, Theme("dark", reduced_motion=True))
        self.panel.resize(320, 700)
        self.panel.show()
        self.bridge.jobsChanged.emit([JobChanged(job, is_new=True) for job in self.stream.jobs.values()])
        while len(self.panel.model.all_jobs()) < count:
            app.processEvents()
        self.panel.select(next(iter(self.stream.jobs)))
        app.processEvents()

    def timed(self, work: Callable[[], object]) -> float:
        """Milliseconds of this thread's own work until all is painted; the longest turn, where it takes several."""
        begun = time.thread_time()
        work()
        self._app.processEvents()
        longest = time.thread_time() - begun
        for _ in range(20):
            begun = time.thread_time()
            self._app.processEvents()
            longest = max(longest, time.thread_time() - begun)
        return longest * 1000

    def change(self) -> float:
        """One change set of the stream."""
        changes = self.stream.next()
        return self.timed(lambda: self.bridge.jobsChanged.emit(changes))

    def others(self) -> dict[str, float]:
        """What the person does, and a batch that comes in."""
        panel, bar = self.panel, self.panel.view.verticalScrollBar()
        batch = [JobChanged(a_job(10_000 + number), is_new=True) for number in range(500)]
        return {
            "batch_of_500_ms": self.timed(lambda: self.bridge.jobsChanged.emit(batch)),
            "filter_ms": self.timed(lambda: panel.filter.field.setText("tram spring")),
            "part_ms": self.timed(lambda: panel.model.set_filter(JobFilter(part=Part.RUNNING))),
            "all_ms": self.timed(panel.filter.reset),
            "second_ms": self.timed(panel._tick),
            "scroll_ms": max(self.timed(partial(bar.setValue, step * 977)) for step in range(60)),
        }

    def close(self) -> None:
        self.panel.close()
        self.panel.deleteLater()
        self.bridge.close()
        self._app.processEvents()
        self._folder.cleanup()
        gc.collect()


def main() -> int:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    Theme("dark", reduced_motion=True).apply()
    gc.disable()  # the window collects when it is at rest (studio.ui.host)
    times: dict[int, list[float]] = {}
    others: list[dict[str, float]] = []
    seen = Path(tempfile.gettempdir()) / "studio-queue-thousand.png"
    for count in (FEW, JOBS) * PAIRS:
        window = Window(app, count)
        times.setdefault(count, []).extend(window.change() for _ in range(ROUNDS))
        if count == JOBS:
            window.panel.grab().save(str(seen))
            others.append(window.others())
        window.close()
    few, many = _rounds(times[FEW]), _rounds(times[JOBS])
    ratios = [statistics.median(more) / statistics.median(less) for more, less in zip(many, few, strict=True)]
    report("QUEUE", ratios, "<= 1.25", f"the same change sets with {FEW} jobs", screenshot=str(seen),
           median_ms=round(statistics.median(times[JOBS]), 2))
    report("QUEUE.limit", [p99(one) / LIMIT_MS for one in many], "<= 1.0",
           "the 8 ms that the window's thread may be busy (p99 of its own work)", worst_ms=round(max(times[JOBS]), 2),
           p99_of_few_ms=round(p99(times[FEW]), 2),
           **{name: round(statistics.median(one[name] for one in others), 2) for name in others[0]})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
