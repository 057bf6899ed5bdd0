"""From a drawn scene to the frames of a film, drawn on several threads and given out in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import cv2

from studio.engine.render.motion.camera import Move
from studio.engine.render.motion.plates import Rgb, make_plates
from studio.engine.render.motion.stage import Film, Planes, Stage
from studio.engine.render.scene.layers import Finish, Pixels, Scene


def animate(scene: Scene, move: Move, finish: Callable[[Pixels, Finish], Rgb], *, frames: int, fps: int) -> Stage:
    """The film of a camera move through a scene. `finish` turns linear light into sRGB bytes (without grain or vignette)."""
    plates = list(make_plates(scene, finish))
    return Stage(plates, scene.width, scene.height, scene.margin, move, frames=frames, fps=fps, seed=scene.seed,
                 particles=scene.particles, grain=scene.finish.grain, vignette=scene.finish.vignette)


def frames_in_order(film: Film, count: int, *, workers: int | None = None) -> Iterator[Planes]:
    """The frames of a film, 0 to `count` - 1, drawn ahead by `workers` threads (OpenCV lets go of the interpreter lock).

    Only a few frames are held at a time. Closing the iterator early drops what was drawn ahead.
    """
    workers = workers or max(1, min(os.cpu_count() or 1, 4))
    with _one_opencv_thread(), ThreadPoolExecutor(workers, thread_name_prefix="frame") as pool:
        pending: deque[Future[Planes]] = deque()
        try:
            for index in range(count):
                pending.append(pool.submit(film.planes, index))
                if len(pending) > workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()


@contextmanager
def _one_opencv_thread() -> Iterator[None]:
    """OpenCV's own threads would fight with ours and the encoder's for the same cores."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
