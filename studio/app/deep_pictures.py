"""The other end of a large picture's process: what the viewer asks, and what it hears. Without Qt, on its own thread."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from studio.media.tile_messages import ASK, HEAD, KIND_OVERVIEW, KIND_TILE, KIND_WHOLE

log = logging.getLogger(__name__)

GONE = "It could not be decoded here: the file is damaged, or takes more memory than can be spared."


class Place(NamedTuple):
    """A tile: level 0 is the picture itself, each further one half as large."""

    level: int
    column: int
    row: int


class Overview(NamedTuple):
    """The picture made small: bytes (blue, green, red, alpha) of `width` × `height`, and the whole picture's size."""

    whole: tuple[int, int]
    width: int
    height: int
    has_alpha: bool
    pixels: bytes


class Tile(NamedTuple):
    place: Place
    width: int
    height: int
    has_alpha: bool
    pixels: bytes


class Whole(NamedTuple):
    """All of it is decoded: from now on tiles are answered."""

    size: tuple[int, int]


class Failed(NamedTuple):
    words: str


Heard = Overview | Tile | Whole | Failed


class DeepPicture:
    """One picture's process. `heard` is called on a thread of its own; `close` ends both and returns at once."""

    def __init__(self, path: Path, heard: Callable[[Heard], None]) -> None:
        self._path, self._heard = path, heard
        self._wanted: list[Place] = []
        self._asked: Place | None = None
        self._whole = False
        self._closed = False
        self._lock = threading.Lock()
        self._line: Connection | None = None
        self._kill: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._run, name="deep-picture", daemon=True)
        self._thread.start()

    def ask(self, places: Sequence[Place]) -> None:
        """Wanted now, the first first. What was wanted before and is not asked for again is forgotten."""
        with self._lock:
            self._wanted = [place for place in places if place != self._asked]
            self._send_next()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._kill is not None:
                self._kill()

    def _send_next(self) -> None:
        """Under the lock: one question at a time, so that a fast pan leaves no queue behind."""
        if self._whole and self._asked is None and self._wanted and self._line is not None and not self._closed:
            self._asked = self._wanted.pop(0)
            try:
                self._line.send_bytes(ASK.pack(*self._asked))
            except OSError:
                log.info("the process of %s is gone", self._path.name)

    def _run(self) -> None:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_process, args=(str(self._path), there), daemon=True)
        process.start()
        there.close()
        with self._lock:
            self._line, self._kill = here, process.kill
            if self._closed:
                process.kill()
        try:
            while True:
                message = _message(here.recv_bytes())
                with self._lock:
                    if self._closed:
                        return
                    self._whole = self._whole or isinstance(message, Whole)
                    if isinstance(message, Tile):
                        self._asked = None
                    self._send_next()
                self._heard(message)
                if isinstance(message, Failed):
                    return
        except (EOFError, OSError):
            if not self._closed:
                self._heard(Failed(GONE))
        finally:
            process.kill()
            process.join()
            here.close()


def _process(path: str, line: Connection) -> None:
    from studio.media.deep_picture import picture_process  # Pillow comes in there, and not in the window's process

    picture_process(path, line)


def _message(data: bytes) -> Heard:
    kind, a, b, c, d, e = HEAD.unpack_from(data)
    if kind == KIND_OVERVIEW:
        return Overview((a, b), c, d, bool(e), data[HEAD.size :])
    if kind == KIND_TILE:
        return Tile(Place(a, b, c), d, e >> 1, bool(e & 1), data[HEAD.size :])
    if kind == KIND_WHOLE:
        return Whole((a, b))
    return Failed(data[HEAD.size :].decode())
