"""The last moments of a clip: what a film that goes on from it begins with."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.clip.reading import Clip, shown_frames, upright_rgb
from studio.engine.render.inbetween.fitting import cover
from studio.media.errors import MediaError
from studio.media.probe import open_container

Bytes = NDArray[np.uint8]

SECONDS = 2.0
_MOST = 48          # frames kept; of a faster clip every second or third
_SIDE = 960         # earlier frames are kept at this size at most: they only say how things move and what lies behind
_CUT = 14.0         # of 255: a step between two frames as large as this may be a cut
_BEFORE = 4.0       # seconds before the end from where on is decoded


@dataclass(frozen=True, slots=True)
class Tail:
    """`last`: the clip's last picture at the frame's size, (height, width, 3) sRGB. `frames`: the last moments in order, the
    last picture too, all of one smaller size, `step` seconds apart."""

    last: Bytes
    frames: tuple[Bytes, ...]
    step: float


def read_tail(clip: Clip, width: int, height: int, check: Callable[[], None]) -> Tail:
    """RenderRefusedError where the clip cannot be decoded. `check` is called for every frame and may raise."""
    every = max(1, round(float(clip.fps) * SECONDS / _MOST))
    factor = min(1.0, _SIDE / max(width, height))
    size = max(16, round(width * factor)), max(16, round(height * factor))
    kept: deque[Bytes] = deque(maxlen=min(_MOST, max(2, round(float(clip.fps) * SECONDS / every))))
    # The frame before the last must be as far from it as all others are: which ones are kept is known at the end only.
    waiting: deque[Bytes] = deque(maxlen=kept.maxlen * every if kept.maxlen else None)
    last: Bytes | None = None
    for rgb in _end_of(clip):
        check()
        last = rgb
        waiting.append(cover(rgb, *size))
    if last is None:
        raise clip.damaged()
    kept.extend(_last_shot(list(waiting)[::-1][::every][::-1]))
    return Tail(cover(last, width, height), tuple(kept), float(every / clip.fps))


def _last_shot(frames: list[Bytes]) -> list[Bytes]:
    """The frames from the last cut on: how another shot moved says nothing about this one."""
    tiny = [cv2.resize(frame, (32, 18), interpolation=cv2.INTER_AREA).astype(np.float32) for frame in frames]
    steps = [float(np.abs(one - other).mean()) for one, other in pairwise(tiny)]
    usual = float(np.median(steps)) if steps else 0.0
    cuts = [at for at, step in enumerate(steps, start=1) if step > max(_CUT, 5 * usual)]
    return frames[cuts[-1] :] if cuts else frames


def _end_of(clip: Clip) -> Iterator[Bytes]:
    """The frames of the last seconds, from a key frame before them on; all frames where the file cannot be entered there."""
    if clip.seconds > 2 * _BEFORE:
        found = False
        for rgb in _entered(clip):
            found = True
            yield rgb
        if found:
            return
    for shown in shown_frames(clip):
        yield shown.rgb


def _entered(clip: Clip) -> Iterator[Bytes]:
    try:
        with open_container(clip.path) as container:
            stream = container.streams.video[0]
            if stream.time_base is None:
                return
            start = Fraction(stream.start_time or 0) * stream.time_base
            container.seek(int((start + Fraction(clip.seconds - _BEFORE)) / stream.time_base), stream=stream, backward=True)
            stream.thread_type = "AUTO"
            for packet in container.demux(stream):
                for frame in packet.decode():
                    if isinstance(frame, av.VideoFrame):
                        yield upright_rgb(frame, clip.width, clip.height)
    except (av.error.FFmpegError, MediaError, IndexError, OverflowError):
        return  # what was decoded so far serves; nothing at all makes the caller read from the beginning


def small_grey(rgb: Bytes, side: int) -> Bytes:
    """A picture in greys at `side` pixels at most."""
    factor = min(1.0, side / max(rgb.shape[:2]))
    size = max(16, round(rgb.shape[1] * factor)), max(16, round(rgb.shape[0] * factor))
    grey = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, np.uint8)
