"""Video and sound from one format to another, frame by frame, so that memory stays flat; a step can end it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import ImageSequence

from studio.media.errors import TruncatedMediaError
from studio.media.pictures import opened
from studio.media.probe import first_rotation, open_container

Step = Callable[[float], None]

_TICK = Fraction(1, 90_000)
_FASTEST = 60
_USUAL_FRAME_MS = 100
"""What programs show a frame of an animation for that says no time."""
_RATE = 48_000
_MP4 = {"movflags": "+faststart"}


def video_to_mp4(source: Path, out: Path, step: Step) -> None:
    """H.264 and AAC, upright, with the frames' own times. Raises TruncatedMediaError, OSError, or as `step`."""
    rotation = first_rotation(source)
    with _translated(source), open_container(source) as reader, av.open(str(out), "w", format="mp4", options=_MP4) as writer:
        video = reader.streams.video[0]
        sound = next(iter(reader.streams.audio), None)
        turned = rotation % 180 == 90
        width, height = (video.height, video.width) if turned else (video.width, video.height)
        target = _add_video(writer, width, height, video.average_rate)
        spoken = _Sound(writer, "aac", 160_000) if sound is not None else None
        length = float(reader.duration / av.time_base) if reader.duration else 0.0
        clock = _Clock()
        for packet in reader.demux([one for one in (video, sound) if one is not None]):
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    at = float(frame.time or 0.0)
                    _write(writer, target, _turned(frame, rotation), clock.tick(at))
                    if length:
                        step(min(1.0, at / length))
                elif isinstance(frame, av.AudioFrame) and spoken is not None:
                    spoken.write(frame)
        writer.mux(target.encode(None))
        if spoken is not None:
            spoken.end()


def animation_to_mp4(source: Path, out: Path, step: Step) -> None:
    """An animated picture as H.264, each frame for as long as it says; what is see-through is laid over white."""
    with opened(source) as (image, _), av.open(str(out), "w", format="mp4", options=_MP4) as writer:
        count = int(getattr(image, "n_frames", 1))
        target = _add_video(writer, image.width, image.height, Fraction(25))
        at, frame = 0.0, None
        clock = _Clock()
        for number, one in enumerate(ImageSequence.Iterator(image)):
            # read before the picture is converted: a converted one does not say it
            shown_ms = float(one.info.get("duration") or _USUAL_FRAME_MS)
            whole = one.convert("RGBA")
            flat = np.asarray(whole, dtype=np.float32)
            share = flat[..., 3:] / 255.0
            rgb = (flat[..., :3] * share + 255.0 * (1.0 - share)).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            _write(writer, target, frame, clock.tick(at))
            at += max(20.0, shown_ms) / 1000
            step(min(1.0, (number + 1) / count))
        if frame is not None:
            _write(writer, target, frame, clock.tick(at - 0.001))  # so that the last one is seen for its time
        writer.mux(target.encode(None))


def rewrap_as_mp4(source: Path, out: Path) -> None:
    """The same pictures and sound, bit for bit, in an MP4."""
    with _translated(source), open_container(source) as reader, av.open(str(out), "w", format="mp4", options=_MP4) as writer:
        kept: list[VideoStream | AudioStream] = [reader.streams.video[0], *reader.streams.audio[:1]]
        targets = {one.index: writer.add_stream_from_template(one) for one in kept}
        for packet in reader.demux(kept):
            if packet.dts is not None:  # the empty packet that ends a stream
                packet.stream = targets[packet.stream.index]
                writer.mux(packet)


def sound_to_mp3(source: Path, out: Path, step: Step) -> None:
    """MP3 of 192 kbit/s, stereo."""
    with _translated(source), open_container(source) as reader, av.open(str(out), "w", format="mp3") as writer:
        spoken = _Sound(writer, "libmp3lame", 192_000)
        length = float(reader.duration / av.time_base) if reader.duration else 0.0
        for frame in reader.decode(audio=0):
            spoken.write(frame)
            if length:
                step(min(1.0, float(frame.time or 0.0) / length))
        spoken.end()


class _Clock:
    """Times in ticks that only go forward, as an encoder wants them."""

    def __init__(self) -> None:
        self._last = -1

    def tick(self, seconds: float) -> int:
        self._last = max(self._last + 1, round(seconds / float(_TICK)))
        return self._last


class _Sound:
    """One stream of sound, brought to 48 kHz stereo."""

    def __init__(self, writer: OutputContainer, codec: str, bit_rate: int) -> None:
        self._writer = writer
        self._stream = cast(AudioStream, writer.add_stream(codec, rate=_RATE))
        self._stream.codec_context.layout = "stereo"
        self._stream.bit_rate = bit_rate
        self._resampler = av.AudioResampler(
            format=self._stream.codec_context.format, layout="stereo", rate=_RATE,
            frame_size=self._stream.codec_context.frame_size or 1152,
        )

    def write(self, frame: av.AudioFrame | None) -> None:
        for piece in self._resampler.resample(frame):
            self._writer.mux(self._stream.encode(piece))

    def end(self) -> None:
        self.write(None)
        self._writer.mux(self._stream.encode(None))


def _add_video(writer: OutputContainer, width: int, height: int, rate: Fraction | None) -> VideoStream:
    stream = writer.add_stream("libx264", rate=min(rate or Fraction(24), Fraction(_FASTEST)))
    stream.width, stream.height = max(2, width - width % 2), max(2, height - height % 2)  # 4:2:0 wants even sides
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TICK
    stream.options = {"crf": "18", "preset": "fast"}
    return stream


def _write(writer: OutputContainer, stream: VideoStream, frame: av.VideoFrame, tick: int) -> None:
    ready = frame.reformat(width=stream.width, height=stream.height, format="yuv420p")
    ready.pts, ready.time_base = tick, _TICK
    writer.mux(stream.encode(ready))


def _turned(frame: av.VideoFrame, rotation: int) -> av.VideoFrame:
    if rotation % 360 == 0:
        return frame
    rgb = np.rot90(np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8), round(rotation / 90))
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """FFmpeg's errors as ours: a full disk stays one, all else is the file's fault."""
    try:
        yield
    except av.error.FFmpegError as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EACCES):
            raise OSError(error.errno, error.strerror) from error
        raise TruncatedMediaError(f"“{path.name}” is damaged and cannot be converted. Choose another file.") from error


