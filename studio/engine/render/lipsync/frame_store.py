"""Frames kept on disk, to be shown forth and back: a clip that is shorter than its speech, without holding it in memory."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_AS_IT_IS = [cv2.IMWRITE_JPEG_QUALITY, 97, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]


class FrameStore:
    """A file of JPEGs in order, removed at the end of the block."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: list[tuple[int, int]] = []
        self._file = path.open("w+b")

    def __enter__(self) -> FrameStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, frame: Bytes) -> None:
        """Keep one frame, (height, width, 3) sRGB."""
        _, data = cv2.imencode(".jpg", np.ascontiguousarray(frame[..., ::-1]), _AS_IT_IS)
        at = self._file.seek(0, 2)
        self._file.write(data.tobytes())
        self._places.append((at, len(data)))

    def frame(self, index: int) -> Bytes:
        """A kept frame."""
        at, size = self._places[index]
        self._file.seek(at)
        bgr = cv2.imdecode(np.frombuffer(self._file.read(size), np.uint8), cv2.IMREAD_COLOR)
        return np.ascontiguousarray(np.asarray(bgr, np.uint8)[..., ::-1])


def forth_and_back(frames: Iterable[Bytes], length: int, wanted: int,
                   path: Path) -> Generator[tuple[int, Bytes], None, None]:
    """`wanted` frames with their index in a clip of `length`: from the beginning, and at either end the other way round."""
    if wanted <= length:
        for index, frame in zip(range(wanted), frames, strict=False):
            yield index, frame
        return
    with FrameStore(path) as store:
        count = 0
        for frame in frames:
            store.add(frame)
            yield count, frame
            count += 1
        turn = max(2 * (count - 1), 1)
        for number in range(count, wanted):
            place = number % turn
            index = place if place < count else turn - place
            yield index, store.frame(index)
