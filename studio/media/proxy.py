"""A stand-in for a clip that the window's player cannot decode (AV1, HEVC, ProRes …): H.264 and AAC, small enough to be made
quickly, with every frame at its own time, so that positions in the stand-in are positions in the clip."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path

import av
import av.error
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from studio.media.background import step_back
from studio.media.errors import MediaError, NotMediaError, TruncatedMediaError
from studio.media.probe import first_rotation, open_container

Step = Callable[[float], None]

PROXY_SIDE = 1280
"""Pixels of the longer side at most."""
MEMORY = 4 << 30
THREADS = 4
"""On large machines each thread would reserve address space that the limit counts."""
_TICK = Fraction(1, 90_000)
_INDEX_FIRST = {"movflags": "+faststart"}
_PATIENCE = 60
"""How many packets that do not decode are passed over."""
_RATE = 48_000


def make_proxy(source: Path, out: Path, step: Step) -> None:
    """Write the stand-in of `source` to `out`; `step` hears how much of it is done, from 0 to 1.

    Broken packets are passed over. Raises NotMediaError or TruncatedMediaError (both MediaError), OSError, or as `step`.
    """
    try:
        with open_container(source) as reader, av.open(str(out), "w", format="mp4", options=_INDEX_FIRST) as writer:
            _Proxy(reader, writer, source).write(step)
    except av.error.FFmpegError as error:
        if isinstance(error, OSError) and error.errno in (28, 13):  # a full disk, a folder that may not be written to
            raise OSError(error.errno, error.strerror) from error
        raise TruncatedMediaError(f"“{source.name}” is damaged and cannot be decoded.") from error


class _Proxy:
    def __init__(self, reader: InputContainer, writer: OutputContainer, source: Path) -> None:
        self._reader, self._writer, self._name = reader, writer, source.name
        self._video = next((one for one in reader.streams.video if "attached_pic" not in str(one.disposition)), None)
        self._sound = next(iter(reader.streams.audio), None)
        if self._video is None and self._sound is None:
            raise NotMediaError(f"“{source.name}” holds neither pictures nor sound.")
        if self._video is not None:
            self._video.thread_type = "AUTO"
            self._video.codec_context.thread_count = THREADS
        self._matrix = 1
        turned = self._video is not None and first_rotation(source) % 180 == 90
        self._film = self._add_film(self._video, turned) if self._video is not None else None
        self._track = self._add_sound() if self._sound is not None else None
        self._resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE, frame_size=1024)
        self._last_tick = -1
        self._frames = self._failed = 0

    def write(self, step: Step) -> None:
        length = float(self._reader.duration / av.time_base) if self._reader.duration else 0.0
        done = 0.0
        for packet in self._reader.demux([one for one in (self._video, self._sound) if one is not None]):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                self._failed += 1
                if self._failed > _PATIENCE:
                    break
                continue
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    self._write_picture(frame)
                elif isinstance(frame, av.AudioFrame):
                    self._write_sound(frame)
            if length and packet.pts is not None and packet.time_base:
                done = max(done, min(1.0, float(packet.pts * packet.time_base) / length))  # packets come out of order
                step(done)
        if self._frames == 0:
            raise TruncatedMediaError(f"“{self._name}” holds nothing that can be decoded.")
        if self._film is not None:
            self._writer.mux(self._film.encode(None))
        if self._track is not None:
            self._write_sound(None)
            self._writer.mux(self._track.encode(None))

    def _write_picture(self, frame: av.VideoFrame) -> None:
        frame = _upright(frame)
        if self._film is None:
            return
        ready = frame.reformat(width=self._film.width, height=self._film.height, format="yuv420p",
                               src_colorspace=self._matrix, dst_colorspace=self._matrix)
        self._last_tick = max(self._last_tick + 1, round(float(frame.time or 0.0) / float(_TICK)))
        ready.pts, ready.time_base = self._last_tick, _TICK
        self._writer.mux(self._film.encode(ready))
        self._frames += 1

    def _write_sound(self, frame: av.AudioFrame | None) -> None:
        if self._track is None:
            return
        for piece in self._resampler.resample(frame):
            self._writer.mux(self._track.encode(piece))
            self._frames += self._video is None

    def _add_film(self, video: VideoStream, turned: bool) -> VideoStream:
        width, height = video.codec_context.width, video.codec_context.height
        named = int(video.codec_context.colorspace)
        if named in (1, 5, 6, 9):
            self._matrix = named
        else:  # not said: BT.709 from 720 lines on, BT.601 below, as players guess
            self._matrix = 1 if height >= 720 else 5
        scale = min(1.0, PROXY_SIDE / max(width, height, 1))
        sides = [max(2, round(side * scale / 2) * 2) for side in (width, height)]
        film = self._writer.add_stream("libx264", rate=25)
        film.width, film.height = reversed(sides) if turned else sides
        film.pix_fmt = "yuv420p"
        film.codec_context.thread_count = THREADS
        film.codec_context.time_base = _TICK
        film.codec_context.colorspace = self._matrix
        # a key frame often: the person jumps about in it
        film.options = {"crf": "22", "preset": "veryfast", "g": "24", "bf": "0"}
        return film

    def _add_sound(self) -> AudioStream:
        track = self._writer.add_stream("aac", rate=_RATE)
        track.codec_context.layout = "stereo"
        track.bit_rate = 128_000
        return track


def _upright(frame: av.VideoFrame) -> av.VideoFrame:
    if frame.rotation % 360 == 0:
        return frame
    rgb = np.rot90(np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8), round(frame.rotation / 90))
    turned = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    turned.pts, turned.time_base = frame.pts, frame.time_base or _TICK
    return turned


def proxy_process(source: str, out: str, tell: Connection) -> None:
    """The body of the process that makes one: per mille done as two bytes, then "ok", or "!" and the reason."""
    step_back(MEMORY)
    told = -1

    def step(share: float) -> None:
        nonlocal told
        if (now := round(share * 1000)) > told:
            told = now
            tell.send_bytes(now.to_bytes(2, "big"))

    try:
        make_proxy(Path(source), Path(out), step)
        tell.send_bytes(b"ok")
    except MediaError as error:
        tell.send_bytes(b"!" + error.message.encode())
    except OSError as error:
        tell.send_bytes(b"!" + f"The copy could not be written: {error.strerror or error}.".encode())
    except MemoryError:
        tell.send_bytes(b"!It takes more memory to decode than this computer can spare.")
