"""The main job, done in the real window by a program: real widgets, the real engine over HTTP, no shortcuts.

Sample photo dropped on the window, prompt typed, Ctrl+Enter, queue, result, playing. A picture of every step and the media
are kept; the answer is one JSON document on standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.settings.paths import Paths
from studio.settings.shipped import shipped
from studio.ui.host import run_window
from studio.ui.window import CREATE, GALLERY, HISTORY, MainWindow

W = TypeVar("W", bound=QWidget)

PROMPT = "A lighthouse on a cliff at golden hour, gulls over a calm sea, slow dolly forward"
SECONDS = 3
FRAMES_WANTED = 24
WATCHED_S = 2.0
DIFFERENCE = 1.0  # mean of grey levels between two frames, of 255: far above what compression alone does
JOB_LIMIT_S = 300.0


class TourFailedError(Exception):
    """A step did not happen; its words say which."""


class Tour:
    """Walks through the window it is given; `run` in this module makes one."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self.screens: list[str] = []
        self.media: list[str] = []
        self.notes: dict[str, object] = {}
        self.failure = ""

    async def visit(self, window: MainWindow) -> None:
        """All steps; what went wrong is in `failure`."""
        try:
            await self._walk(window)
        except TourFailedError as error:
            self.failure = str(error)
            await self._keep(window, "failed")

    async def _walk(self, window: MainWindow) -> None:
        window.resize(1280, 800)
        await self._until(lambda: window.create_page.composer.operation is not None, 60, "the form came up")
        await self._keep(window, "welcome")
        await self._drop_photo(window)
        await self._fill_in(window)
        job = await self._send(window)
        await self._follow(window, job)
        await self._play(window)
        await self._look_around(window)

    async def _drop_photo(self, window: MainWindow) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(shipped("samples/lighthouse.jpg")))])
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        over = QPoint(window.width() // 2, window.height() // 2)
        QApplication.sendEvent(window, QDragEnterEvent(over, copy, mime, left, none))
        zones = window.zones.zones()
        zone = next((zone for zone in zones if zone.name == "Start frame"), None)
        if zone is None:
            raise TourFailedError(f"no zone for the start frame while dragging, only {[zone.name for zone in zones]}")
        at = zone.box.center()
        QApplication.sendEvent(window.zones, QDragEnterEvent(at, copy, mime, left, none))
        await self._keep(window, "drag")
        QApplication.sendEvent(window.zones, QDropEvent(at.toPointF(), copy, mime, left, none))
        composer = window.create_page.composer
        await self._until(lambda: "image_url" in composer.tray.values(), 30, "the dropped photo was taken")

    async def _fill_in(self, window: MainWindow) -> None:
        composer = window.create_page.composer
        window.start()
        QTest.keyClicks(composer.prompt.edit, PROMPT)
        self._click(composer, "param_resolution", "segment_720p")
        duration = self._child(composer, "param_duration", QWidget)
        duration.setFocus()
        QTest.keySequence(duration, "Ctrl+A")
        QTest.keyClicks(duration, str(SECONDS))
        composer.prompt.edit.setFocus()
        values = composer.values()
        wanted = {"prompt": PROMPT, "resolution": "720p", "duration": SECONDS}
        wrong = {name: values.get(name) for name, value in wanted.items() if values.get(name) != value}
        if wrong:
            raise TourFailedError(f"the form did not take what was typed: {wrong}")
        await self._until(lambda: not composer.tray.is_busy(), 10, "the photo's thumbnail came up")
        await self._keep(window, "filled-in")

    async def _send(self, window: MainWindow) -> Job:
        queue, composer = window.create_page.queue, window.create_page.composer
        sent: list[Job] = []
        composer.submitted.connect(sent.append)
        before = composer.values()
        QTest.keyClick(composer.prompt.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await self._until(lambda: bool(sent), 10, "the job was written down")
        await self._until(lambda: queue.select(sent[0].id), 5, "the job appeared in the queue")
        await self._keep(window, "queued")
        after = composer.values()
        if {**before, "seed": None} != {**after, "seed": None}:
            raise TourFailedError("sending changed the form")
        return sent[0]

    async def _follow(self, window: MainWindow, job: Job) -> None:
        queue = window.create_page.queue

        def now() -> Job:
            current = queue.current()
            return current if current is not None and current.id == job.id else job

        await self._until(lambda: (now().progress or 0) > 0.1 or now().is_terminal, 120, "the job made progress")
        await self._keep(window, "running")
        started = time.monotonic()
        await self._until(lambda: now().is_terminal, JOB_LIMIT_S, "the job came to an end")
        if now().state is not JobState.DONE:
            reason = now().error
            raise TourFailedError(f"the job ended as {now().state}: {reason.message if reason else 'no reason given'}")
        self.notes["job"] = job.id
        self.notes["seconds_until_done"] = round(time.monotonic() - started, 1)
        viewer = window.create_page.viewer
        await self._until(lambda: viewer.asset is not None and viewer.asset.job_id == job.id, 20, "the result was shown")
        await self._keep(window, "result")
        if viewer.asset is None:
            raise TourFailedError("the viewer let go of the result")
        kept = await asyncio.to_thread(shutil.copy2, viewer.asset.path, self._out / f"result{viewer.asset.path.suffix}")
        self.media.append(str(kept))

    async def _play(self, window: MainWindow) -> None:
        viewer = window.create_page.viewer
        first_count = viewer.frames_shown
        QTest.mouseClick(self._child(viewer, "playButton", QWidget), Qt.MouseButton.LeftButton)
        await self._until(lambda: viewer.frames_shown > first_count + 1, 30, "a frame reached the viewer")
        difference = await self._largest_difference(window, first_count + FRAMES_WANTED)
        self.notes.update(frames_shown=viewer.frames_shown - first_count, frame_difference=round(difference, 2))
        await self._keep(window, "playing")
        if difference < DIFFERENCE:
            raise TourFailedError(f"the frames do not differ over time (by {difference:.2f} of 255 grey levels)")
        QTest.mouseClick(self._child(viewer, "playButton", QWidget), Qt.MouseButton.LeftButton)

    async def _largest_difference(self, window: MainWindow, enough: int) -> float:
        """How much the frames of the first seconds of playing differ from the first one, at the most."""
        viewer = window.create_page.viewer
        first = viewer.last_frame()
        largest, end = 0.0, time.monotonic() + WATCHED_S
        while viewer.frames_shown < enough or time.monotonic() < end:
            if time.monotonic() > end + 30:
                raise TourFailedError(f"only {viewer.frames_shown} frames were shown")
            await asyncio.sleep(0.2)
            now = viewer.last_frame()
            if first is None or now is None or first.isNull() or now.isNull():
                raise TourFailedError("the viewer says that it showed frames and has none")
            largest = max(largest, await asyncio.to_thread(mean_difference, first, now))
        return largest

    async def _look_around(self, window: MainWindow) -> None:
        for page, name in ((GALLERY, "gallery"), (HISTORY, "history"), (CREATE, "end")):
            window.show_page(page)
            await asyncio.sleep(0.6)  # thumbnails are read in the background
            await self._keep(window, name)

    async def _keep(self, window: MainWindow, name: str) -> None:
        await asyncio.sleep(0.25)  # what appears with motion has arrived
        file = self._out / f"{len(self.screens) + 1:02d}-{name}.png"
        image = window.grab().toImage()
        if not await asyncio.to_thread(image.save, str(file)):
            raise TourFailedError(f"{file} could not be written")
        self.screens.append(str(file))

    async def _until(self, condition: Callable[[], bool], limit_s: float, what: str) -> None:
        end = time.monotonic() + limit_s
        while not condition():
            if time.monotonic() > end:
                raise TourFailedError(f"waited {limit_s:.0f} s in vain: {what}")
            await asyncio.sleep(0.02)

    def _child(self, parent: QWidget, name: str, kind: type[W]) -> W:
        found = parent.findChild(kind, name)
        if found is None:
            raise TourFailedError(f"the window has no {name}")
        return found

    def _click(self, parent: QWidget, field: str, button: str) -> None:
        inside = self._child(self._child(parent, field, QWidget), button, QPushButton)
        QTest.mouseClick(inside, Qt.MouseButton.LeftButton)


def mean_difference(one: QImage, other: QImage) -> float:
    """Mean absolute difference of two frames in grey levels, 0 to 255, over 64 × 64 samples."""
    size = 64
    grey = QImage.Format.Format_Grayscale8
    samples: list[bytes] = []
    for image in (one, other):
        small = image.scaled(size, size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
        small = small.convertToFormat(grey)
        samples.append(bytes(small.constBits())[: size * size])
    return float(sum(abs(a - b) for a, b in zip(*samples, strict=True))) / (size * size)


@contextmanager
def _offscreen() -> Iterator[None]:
    """Without a screen Qt paints into memory; with one the tour is watched."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or not sys.platform.startswith("linux")
    if not named:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    yield


def run(out: Path) -> int:
    """`studio tour`: 0 only if frames of the produced video reached the viewer and differ over time."""
    out = out.expanduser().absolute()
    home = out / "home"
    shutil.rmtree(home, ignore_errors=True)  # a data folder of its own, new each time
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("[0-9][0-9]-*.png"):
        old.unlink()
    tour = Tour(out)
    with _offscreen():
        code = run_window(Paths.of_home(home), visit=tour.visit)
    failure = tour.failure or ("" if code == 0 else f"the window ended with {code}")
    answer = {"ok": not failure, "screens": tour.screens, "media": tour.media, **tour.notes}
    if failure:
        answer["error"] = failure
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 1 if failure else 0
