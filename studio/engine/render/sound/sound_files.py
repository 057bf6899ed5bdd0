"""MP3 files with tags and an exact length, and decoding a file's sound back into samples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.loudness import true_peak_db
from studio.engine.render.sound.mastering import limit
from studio.engine.render.sound.noise import RATE
from studio.media.probe import open_container

Samples = NDArray[np.float32]
_BIT_RATE = 192_000
_TRIES = 4
# LAME makes everything softer by this much, to leave itself room (measured, the same for all sounds).
_LAME_DB = 0.27


def write_mp3(path: Path, sound: Samples, tags: Mapping[str, str], *, ceiling_db: float = -1.0,
              check: Callable[[], None] = lambda: None) -> None:
    """Write (n, 2) samples at 48 kHz as MP3 with ID3 tags. Decoders that know LAME's header give n samples back.

    The codec moves peaks, so the file is decoded and measured, and the sound limited a little lower until the decoded true
    peak lies under `ceiling_db`. `check` is called now and then and may raise. The file appears under its name when whole.
    """
    part = path.with_name(path.name + ".part")
    ceiling = ceiling_db
    try:
        for _ in range(_TRIES):
            _encode(part, sound, tags, check)
            over = true_peak_db(read_sound(part)) - ceiling_db
            if over <= 0:
                break
            ceiling -= over + 0.1
            sound = limit(sound, ceiling)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def read_sound(path: Path, most_s: float | None = None) -> Samples:
    """All sound of a file (at most `most_s` seconds) as (n, 2) float32 at 48 kHz, from where its first track begins.

    MediaError for a file that is none, av.error.FFmpegError for one whose sound cannot be decoded; empty without a track.
    """
    blocks: list[Samples] = []
    count = 0
    for block in sound_blocks(path):
        blocks.append(block)
        count += len(block)
        if most_s is not None and count >= most_s * RATE:
            break
    whole = np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)
    return whole if most_s is None else whole[: round(most_s * RATE)]


def sound_blocks(path: Path) -> Iterator[Samples]:
    """The same, piece by piece."""
    with open_container(path) as container:
        if not container.streams.audio:
            return
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        for frame in container.decode(container.streams.audio[0]):
            frame.pts = None
            for block in resampler.resample(frame):
                yield np.ascontiguousarray(block.to_ndarray().T, np.float32)
        for block in resampler.resample(None):
            yield np.ascontiguousarray(block.to_ndarray().T, np.float32)


def _encode(path: Path, sound: Samples, tags: Mapping[str, str], check: Callable[[], None]) -> None:
    with av.open(str(path), "w", format="mp3") as container:
        container.metadata.update({name: value for name, value in tags.items() if value})
        stream = container.add_stream("libmp3lame", rate=RATE)
        stream.codec_context.layout = "stereo"
        stream.bit_rate = _BIT_RATE
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=RATE,
                                      frame_size=stream.codec_context.frame_size or 0)
        gain = np.float32(10 ** (_LAME_DB / 20))
        for start in range(0, len(sound), RATE):
            check()
            planes = np.ascontiguousarray(sound[start : start + RATE].T * gain, np.float32)
            block = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            block.sample_rate, block.pts, block.time_base = RATE, start, Fraction(1, RATE)
            for frame in resampler.resample(block):
                container.mux(stream.encode(frame))
        for frame in resampler.resample(None):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
