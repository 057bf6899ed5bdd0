"""P4, the engine's side: a window's heartbeat (a 5 ms timer) while the engine renders on every core, against the same window
while it rests.

The engine is the detached one that the window would start, with its workers at the lowest priority; each of its places draws
a video of 1080p. What is measured is a bare window, so that nothing but the engine can be to blame. Beside the ratio stand
the share of beats that came later than a frame of 60 Hz, and a control: as many busy processes of normal priority.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from studio.engine.address import EngineAddress
from studio.engine.launch import ensure_engine, stop_engine
from studio.engine.pool import place_count
from tests.bench.ratios import interleave, note, report

PAIRS = 5
SECONDS = 6.0
BEAT_MS = 5
FRAME_MS = 16.7


def beats(seconds: float) -> list[float]:
    """Gaps between the beats of a 5 ms timer in milliseconds, in the event loop of a window that is shown."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication, QLabel

    app = QApplication.instance() or QApplication(sys.argv[:1])
    window = QLabel("heartbeat")
    window.show()
    gaps: list[float] = []
    last = [time.perf_counter()]

    def beat() -> None:
        now = time.perf_counter()
        gaps.append((now - last[0]) * 1000)
        last[0] = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(beat)
    timer.start(BEAT_MS)
    QTimer.singleShot(round(seconds * 1000), app.quit)
    app.exec()
    timer.stop()
    window.close()
    return gaps[5:]


def p99(gaps: list[float]) -> float:
    return sorted(gaps)[int(len(gaps) * 0.99)]


@contextmanager
def rendering(address: EngineAddress) -> Iterator[None]:
    """Every place of the engine draws; returns once frames are being made."""
    with httpx.Client(base_url=address.url, headers={"x-api-key": address.token}, timeout=30, trust_env=False) as client:
        values = {"prompt": "a lighthouse by the sea at sunset, rain", "duration": 60, "resolution": "1080p"}
        body = {"operation": "video.generate", "input": values}
        ids = [client.post("/api/v1/requests", json=body).json()["id"] for _ in range(place_count())]
        while any(client.get(f"/api/v1/requests/{one}").json().get("progress", 0.0) == 0.0 for one in ids):
            time.sleep(0.1)
        try:
            yield
        finally:
            for one in ids:
                client.post(f"/api/v1/requests/{one}/cancel")
            while any(process.cpu_percent(0.2) > 20 for process in _workers(address)):
                time.sleep(0.1)


def _workers(address: EngineAddress) -> list[psutil.Process]:
    return psutil.Process(address.pid).children(recursive=True)


def _spin() -> None:
    while True:
        sum(range(10_000))


@contextmanager
def spinning() -> Iterator[None]:
    """The control: as many busy processes of normal priority."""
    processes = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(place_count())]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="bench-heartbeat-") as folder:
        home = Path(folder) / "engine"
        address = ensure_engine(home)
        late: list[float] = []
        resting_late: list[float] = []
        worst: list[float] = []
        resting: list[float] = []

        def busy() -> float:
            with rendering(address):
                if sys.platform != "win32":
                    note(f"nice of the workers: {sorted({process.nice() for process in _workers(address)})}")
                gaps = beats(SECONDS)
            late.append(_late(gaps))
            worst.append(max(gaps))
            return p99(gaps)

        def idle() -> float:
            gaps = beats(SECONDS)
            resting_late.append(_late(gaps))
            resting.append(p99(gaps))
            return resting[-1]

        try:
            ratios = interleave(busy, idle, PAIRS)
        finally:
            stop_engine(home)
        with spinning():
            control = p99(beats(SECONDS))
        middle = statistics.median(resting)
        report("P4.heartbeat", ratios, "<= 1.5", "the same window while the engine rests", idle_p99_ms=round(middle, 2),
               worst_ms=round(max(worst), 1), normal_priority_instead=round(control / middle, 2),
               late=round(statistics.median(late), 5), late_idle=round(statistics.median(resting_late), 5))
    return 0


def _late(gaps: list[float]) -> float:
    return sum(gap > FRAME_MS for gap in gaps) / len(gaps)


if __name__ == "__main__":
    raise SystemExit(main())
