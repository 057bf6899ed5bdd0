"""From a drawn scene to the frames of a film, drawn on several threads and given out in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import cv2

from studio.engine.render.motion.camera import Camera, Move
from studio.engine.render.motion.plates import make_plates
from studio.engine.render.motion.stage import Film, Planes, Stage
from studio.engine.render.motion.stock import FilmStock
from studio.engine.render.scene.layers import Finish, Scene
from studio.engine.render.scene.styles import LOOKS

T = TypeVar("T")

# Grain that is new in every frame is seen more than grain that stands still, and costs bits.
_MOVING_GRAIN = 0.7


def animate(scene: Scene, move: Move, *, frames: int, fps: int) -> Stage:
    """The film of a camera move through a scene."""
    plates = list(make_plates(scene.layers, scene.finish, scene.seed, scene.margin))
    camera = Camera(move, scene.width, scene.height, scene.margin, scene.seed)
    stock = stock_for(scene.finish, scene.width, scene.height, scene.seed)
    return Stage(plates, camera, scene.width, scene.height, frames=frames, fps=fps, seed=scene.seed,
                 particles=scene.particles, stock=stock)


def stock_for(finish: Finish, width: int, height: int, seed: int) -> FilmStock:
    """Grain, vignette and bloom as the finish and its style ask for."""
    look = LOOKS.get(finish.style, LOOKS["natural"])
    return FilmStock(width, height, seed, grain=finish.grain * look.grain * _MOVING_GRAIN,
                     vignette=finish.vignette * look.vignette, bloom=look.bloom)


def frames_in_order(film: Film, count: int, *, workers: int | None = None) -> Generator[Planes, None, None]:
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


def made_ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items, each made on a thread while the one before it is worked on."""
    source = iter(items)
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(_next, source)
        while (held := coming.result()) is not None:
            coming = pool.submit(_next, source)
            yield held[0]


def _next(source: Iterator[T]) -> tuple[T] | None:
    """The next item in a tuple, as StopIteration cannot pass through a future."""
    for item in source:
        return (item,)
    return None


@contextmanager
def _one_opencv_thread() -> Iterator[None]:
    """OpenCV's own threads would fight with ours and the encoder's for the same cores."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
