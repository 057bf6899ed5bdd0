"""Writing a worked-on clip: pictures through VideoWriter, then joined with the sound, which is copied where MP4 takes it."""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import av.error
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from studio.media.encode import VideoWriter
from studio.media.probe import open_container

KNOWN_TEXT_TAG = "lyrics"
"""The tag in which the engine's narrations, and what is made of them, carry their words."""
_RATE = 48_000
_AAC_FRAME = 1024
_Packets: TypeAlias = "Iterator[tuple[float, int, av.Packet[VideoStream] | av.Packet[AudioStream]]]"


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound to go with the pictures. `at_pictures`: the file is the clip itself, and its sound lies to its own pictures;
    else it begins with the first frame."""

    path: Path
    at_pictures: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """What is written: `tags` are MP4 metadata (comment, title…)."""

    path: Path
    width: int
    height: int
    fps: Fraction
    sound: Sound | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    crf: int = 18
    preset: str = "faster"


@contextmanager
def writing(target: Target, check: Callable[[], None]) -> Iterator[VideoWriter]:
    """A writer for the frames; when the block ends the sound is joined to them and the file appears under its name.

    The file lasts as long as its frames: longer sound is cut. `check` is called now and then and may raise.
    """
    silent = target.path.with_name(f"{target.path.stem}.silent.mp4")
    try:
        # The writer counts frames by a rate that may be a fraction (30000/1001).
        with VideoWriter(silent, target.width, target.height, fps=target.fps, crf=target.crf,
                         preset=target.preset, repeatable=True) as writer:
            yield writer
        if target.sound is None and not target.tags:
            os.replace(silent, target.path)
        else:
            _join(silent, target, Fraction(writer.frames) / target.fps, check)
    finally:
        silent.unlink(missing_ok=True)


def tags_of(path: Path) -> dict[str, str]:
    """The metadata that a video or sound file carries, names in lower case; none where it cannot be read."""
    with open_container(path) as container:
        found = {**container.metadata}
        for stream in container.streams:
            found |= {name: value for name, value in stream.metadata.items() if name not in found}
    return {name.lower(): value for name, value in found.items()}


def _join(silent: Path, target: Target, seconds: Fraction, check: Callable[[], None]) -> None:
    part = target.path.with_name(target.path.name + ".part")
    try:
        with ExitStack() as stack:
            pictures = stack.enter_context(av.open(str(silent), "r", format="mov"))
            out = stack.enter_context(av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}))
            out.metadata.update(target.tags)
            packets = [_pictures(pictures, out)]
            source = stack.enter_context(open_container(target.sound.path)) if target.sound is not None else None
            if target.sound is not None and source is not None and source.streams.audio:
                begin = _picture_start(source) if target.sound.at_pictures else _sound_start(source)
                packets.append(_sound(source, out, begin, seconds))
            for number, (_, _, packet) in enumerate(heapq.merge(*packets, key=lambda entry: entry[:2])):
                if number % 50 == 0:
                    check()
                out.mux(packet)
        os.replace(part, target.path)
    finally:
        part.unlink(missing_ok=True)


def _pictures(source: InputContainer, out: OutputContainer) -> _Packets:
    stream = source.streams.video[0]
    into = out.add_stream_from_template(stream)

    def packets() -> _Packets:
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = into
                yield float(packet.dts * packet.time_base), 0, packet

    return packets()


def _picture_start(source: InputContainer) -> Fraction:
    stream = next(iter(source.streams.video), None)
    if stream is None or stream.start_time is None or stream.time_base is None:
        return Fraction(0)
    return Fraction(stream.start_time) * stream.time_base


def _sound_start(source: InputContainer) -> Fraction:
    stream = source.streams.audio[0]
    return Fraction(stream.start_time or 0) * (stream.time_base or Fraction(1))


def _sound(source: InputContainer, out: OutputContainer, begin: Fraction, seconds: Fraction) -> _Packets:
    """The sound from `begin` (in the source's time) on, `seconds` long: copied where it is AAC in MP4, else as AAC."""
    stream = source.streams.audio[0]
    if stream.codec_context.name == "aac" and "mp4" in source.format.name:
        return _copied(source, stream, out, begin, seconds)
    return _encoded(source, stream, out, begin, seconds)


def _copied(source: InputContainer, stream: AudioStream, out: OutputContainer, begin: Fraction,
            seconds: Fraction) -> _Packets:
    into = out.add_stream_from_template(stream)

    def packets() -> _Packets:
        for packet in source.demux(stream):
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            at = Fraction(packet.pts) * packet.time_base - begin
            # One packet from before the beginning stays: the decoder needs it to come in.
            if at < -Fraction(2 * _AAC_FRAME, stream.rate or _RATE):
                continue
            if at >= seconds:
                break
            shift = int(begin / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = into
            yield float(at), 1, packet

    return packets()


def _encoded(source: InputContainer, stream: AudioStream, out: OutputContainer, begin: Fraction,
             seconds: Fraction) -> _Packets:
    into = out.add_stream("aac", rate=_RATE)
    into.codec_context.layout = "stereo"
    into.bit_rate = 192_000

    def packets() -> _Packets:
        position = 0
        fifo = av.AudioFifo()
        for block in _blocks(source, stream, begin, round(seconds * _RATE)):
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = _RATE, position, Fraction(1, _RATE)
            position += block.shape[1]
            fifo.write(frame)
            while (ready := fifo.read(_AAC_FRAME)) is not None:
                yield from _timed(into, ready)
        rest = fifo.read(0, partial=True)
        if rest is not None:
            yield from _timed(into, rest)
        yield from _timed(into, None)

    return packets()


def _timed(stream: AudioStream, frame: av.AudioFrame | None) -> _Packets:
    for packet in stream.encode(frame):
        yield float((packet.dts or 0) * (packet.time_base or 0)), 1, packet


def _blocks(source: InputContainer, stream: AudioStream, begin: Fraction, count: int) -> Iterator[NDArray[np.float32]]:
    """(2, n) samples at 48 kHz: `count` in all at most, the first one at `begin`; a late start is silence."""
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE)
    position: int | None = None
    for frame in _decoded(source, stream, resampler):
        block = np.ascontiguousarray(frame.to_ndarray(), np.float32)
        if position is None:
            first = _sound_start(source)
            position = round((first - begin) * _RATE)
            if position > 0:
                yield np.zeros((2, min(position, count)), np.float32)
        skip = max(-position, 0)
        room = max(count - max(position, 0), 0)
        position += block.shape[1]
        kept = block[:, skip : skip + room]
        if kept.shape[1]:
            yield np.ascontiguousarray(kept)
        if position >= count:
            return


def _decoded(source: InputContainer, stream: AudioStream, resampler: av.AudioResampler) -> Iterator[av.AudioFrame]:
    """Decoded and resampled; packets that are broken are passed over."""
    for packet in source.demux(stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            if isinstance(frame, av.AudioFrame):
                frame.pts = None
                yield from resampler.resample(frame)
    yield from resampler.resample(None)
