"""How loud a sound is over its length, as it is drawn: the lowest and the highest value of each of a number of stretches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from studio.media.errors import NotMediaError, TruncatedMediaError
from studio.media.probe import open_container

BUCKETS = 400
_LONG_S = 900.0
"""A longer sound is looked at in places, one for each bucket: decoding hours of it would take minutes."""
_RATE = 16_000
_BLOCKS_A_BUCKET = 8
_PLACE_FRAMES = 4
_PATIENCE = 60

Pairs = NDArray[np.uint8]


def waveform(path: Path, buckets: int = BUCKETS) -> bytes:
    """`buckets` pairs of uint8, lowest then highest value of a stretch, 128 is silence and 0 and 255 full scale; of all
    channels together. Works on sounds and on videos with one.

    Raises NotMediaError where there is no sound, TruncatedMediaError where none decodes.
    """
    try:
        with open_container(path) as container:
            if not container.streams.audio:
                raise NotMediaError(f"“{path.name}” has no sound. Choose another file.")
            seconds = float(container.duration / av.time_base) if container.duration else 0.0
            read = _in_places if seconds > _LONG_S else _whole
            lows, highs = read(container, seconds, buckets)
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        raise TruncatedMediaError(f"“{path.name}” is cut off or damaged. Copy or download it again.") from error
    if not lows:
        raise TruncatedMediaError(f"“{path.name}” holds no sound that can be read. Copy or download it again.")
    return _pairs(np.asarray(lows), np.asarray(highs), buckets).tobytes()


def _whole(container: InputContainer, seconds: float, buckets: int) -> tuple[list[float], list[float]]:
    """Extremes of short blocks, over all of it; what does not decode in the middle is passed over."""
    block = max(1, round((seconds or 1.0) * _RATE / (buckets * _BLOCKS_A_BUCKET)))
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE, frame_size=block)
    lows: list[float] = []
    highs: list[float] = []
    for frame in _frames(container):
        for piece in resampler.resample(frame):
            _add(piece, lows, highs)
        if len(lows) > buckets * _BLOCKS_A_BUCKET * 64:  # the header said too little: halve what there is
            lows, highs = [min(pair) for pair in zip(lows[::2], lows[1::2], strict=False)], [
                max(pair) for pair in zip(highs[::2], highs[1::2], strict=False)]
    for piece in resampler.resample(None):
        _add(piece, lows, highs)
    return lows, highs


def _in_places(container: InputContainer, seconds: float, buckets: int) -> tuple[list[float], list[float]]:
    """The extremes of some frames at each of `buckets` places."""
    stream = container.streams.audio[0]
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
    lows: list[float] = []
    highs: list[float] = []
    for number in range(buckets):
        container.seek(int(seconds * (number + 0.5) / buckets * av.time_base))
        place_lows, place_highs = [0.0], [0.0]
        for count, frame in enumerate(container.decode(stream)):
            frame.pts = None  # the places do not follow on each other, and the resampler would fill what lies between
            for piece in resampler.resample(frame):
                _add(piece, place_lows, place_highs)
            if count >= _PLACE_FRAMES:
                break
        lows.append(min(place_lows))
        highs.append(max(place_highs))
    return lows, highs


def _frames(container: InputContainer) -> Iterator[av.AudioFrame]:
    """Frames as far as they decode."""
    failed = 0
    for packet in container.demux(container.streams.audio[0]):
        try:
            for frame in packet.decode():
                if isinstance(frame, av.AudioFrame):
                    frame.pts = None  # a file's times may leap, and the resampler would fill hours with silence
                    yield frame
        except av.error.FFmpegError:
            failed += 1
            if failed > _PATIENCE:
                return


def _add(piece: av.AudioFrame, lows: list[float], highs: list[float]) -> None:
    samples = piece.to_ndarray()
    if samples.size:
        lows.append(float(samples.min()))
        highs.append(float(samples.max()))


def _pairs(lows: NDArray[np.float64], highs: NDArray[np.float64], buckets: int) -> Pairs:
    """Blocks brought to `buckets` stretches of about equal length; a short sound's blocks are repeated."""
    edges = np.linspace(0, len(lows), buckets + 1)
    begins = np.minimum(edges[:-1].astype(int), len(lows) - 1)
    ends = np.maximum(np.ceil(edges[1:]).astype(int), begins + 1)
    low = np.array([lows[a:b].min() for a, b in zip(begins, ends, strict=True)])
    high = np.array([highs[a:b].max() for a, b in zip(begins, ends, strict=True)])
    scaled = np.clip(np.round(np.stack([low, high], axis=1) / 256.0) + 128, 0, 255)
    return np.ascontiguousarray(scaled.astype(np.uint8))
