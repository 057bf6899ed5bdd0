"""The sound of an input as mono samples for analysis, lying to the clip's pictures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.task import RenderRefusedError
from studio.media.errors import MediaError
from studio.media.probe import open_container

Samples = NDArray[np.float32]

MAX_SECONDS = 3600


def mono(path: Path, rate: int, field_name: str, check: Callable[[], None], *, at_pictures: bool = True) -> Samples:
    """All sound of a file as mono float32 at `rate`, an hour at most; empty where there is no sound.

    Index 0 is the file's first picture where `at_pictures` and there are pictures, else the sound's own beginning.
    RenderRefusedError naming the field for a file that cannot be read. `check` is called now and then and may raise.
    """
    blocks: list[Samples] = []
    count = 0
    late = Fraction(0)
    try:
        with open_container(path) as container:
            if not container.streams.audio:
                return np.zeros(0, np.float32)
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
            if at_pictures and container.streams.video:
                late = _start(stream) - _start(container.streams.video[0])
            for packet in container.demux(stream):
                check()
                for frame in _frames(packet):
                    frame.pts = None
                    new = [np.asarray(block.to_ndarray()[0], np.float32) for block in resampler.resample(frame)]
                    blocks += new
                    count += sum(len(block) for block in new)
                if count > MAX_SECONDS * rate:
                    break
            blocks += [np.asarray(block.to_ndarray()[0], np.float32) for block in resampler.resample(None)]
    except (av.error.FFmpegError, MediaError, ValueError) as error:
        words = f"The sound of “{path.name}” cannot be read. Copy or download it again, or choose another file."
        raise RenderRefusedError(words, field_name) from error
    whole = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    shift = round(late * rate)
    if shift > 0:
        whole = np.concatenate([np.zeros(min(shift, MAX_SECONDS * rate), np.float32), whole])
    return whole[max(-shift, 0) :][: MAX_SECONDS * rate]


def _frames(packet: av.Packet[av.AudioStream]) -> list[av.AudioFrame]:
    """The frames of a packet; none of a broken one."""
    try:
        return [frame for frame in packet.decode() if isinstance(frame, av.AudioFrame)]
    except av.error.FFmpegError:
        return []


def _start(stream: av.AudioStream | av.VideoStream) -> Fraction:
    if stream.start_time is None or stream.time_base is None:
        return Fraction(0)
    return Fraction(stream.start_time) * stream.time_base
