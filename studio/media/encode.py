"""Writing MP4 (H.264 and AAC, index in front) through PyAV, and plain sound files.

Drawing and encoding overlap: `VideoWriter` encodes on a thread of its own behind a short queue, so memory stays flat and the
caller waits only when the encoder is the slower of the two. Files appear under their name only when they are complete.
"""

from __future__ import annotations

import os
import queue
import threading
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import cast

import av
import av.error
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from studio.media.colour import rgb_to_yuv420

Plane = NDArray[np.uint8]
Samples = NDArray[np.float32]
Planes = tuple[Plane, Plane, Plane]

_AAC_FRAME = 1024
_BT709 = {"colorprim": "bt709", "transfer": "bt709", "colormatrix": "bt709"}


class VideoWriter:
    """Writes frames of one size to an MP4 file: H.264 in yuv420p with BT.709 tags, AAC where `audio` is given, faststart.

    Use as a context manager. The file lasts frames / `fps` seconds exactly; `audio` (samples×2, float32 in -1 to 1, at
    `audio_rate`) is cut or filled with silence to that length. Leaving the block by an exception removes the partial file.
    `repeatable` makes the same frames give the same file; it costs x264 its macroblock tree.
    Encoder errors (av.error.FFmpegError) and a full disk (OSError) reach the caller at the next write or at the end.
    """

    def __init__(self, path: Path | str, width: int, height: int, *, fps: int | Fraction = 24, crf: int = 18,
                 preset: str = "medium", audio: Samples | None = None, audio_rate: int = 48_000, threads: int = 0,
                 queue_frames: int = 6, repeatable: bool = False) -> None:
        if width % 2 or height % 2 or width < 2 or height < 2:
            raise ValueError(f"H.264 in 4:2:0 needs even sides, not {width}×{height}")
        self.path = Path(path)
        self.width, self.height, self.fps = width, height, fps
        self.frames = 0
        self._part = self.path.with_name(self.path.name + ".part")
        self._audio, self._audio_rate = audio, audio_rate
        self._queue: queue.Queue[Planes | None] = queue.Queue(maxsize=queue_frames)
        self._error: BaseException | None = None
        self._abandoned = threading.Event()
        self._part.open("wb").close()  # FFmpeg opens it late: a folder that cannot be written to is found out here
        self._container = av.open(str(self._part), "w", format="mp4", options={"movflags": "+faststart"})
        self._video = self._add_video(crf, preset, threads, repeatable=repeatable)
        self._sound = self._add_audio() if audio is not None else None
        self._thread = threading.Thread(target=self._run, name="video-encoder", daemon=True)
        self._thread.start()

    def write_yuv(self, y: Plane, u: Plane, v: Plane) -> None:
        """Queue one frame as planes: Y height×width, U and V half of it each way. The arrays must not change later."""
        if y.shape != (self.height, self.width) or u.shape != (self.height // 2, self.width // 2) or v.shape != u.shape:
            raise ValueError(f"planes of {y.shape}, {u.shape}, {v.shape} do not make a frame of {self.width}×{self.height}")
        self._put((y, u, v))
        self.frames += 1

    def write_rgb(self, rgb: Plane) -> None:
        """Queue one frame as height×width×3 sRGB bytes."""
        if rgb.shape != (self.height, self.width, 3):
            raise ValueError(f"a frame of {rgb.shape} does not fit {self.width}×{self.height}")
        self.write_yuv(*rgb_to_yuv420(rgb))

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self._abandoned.set()
            self._stop_thread()
            self._discard()
            return
        self._stop_thread()
        if self._error is not None:
            self._discard()
            raise self._error
        try:
            self._container.close()
            with self._part.open("rb+") as stream:
                os.fsync(stream.fileno())
            os.replace(self._part, self.path)
        except BaseException:
            self._part.unlink(missing_ok=True)
            raise

    # -- set-up

    def _add_video(self, crf: int, preset: str, threads: int, *, repeatable: bool) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=self.fps)
        stream.width, stream.height, stream.pix_fmt = self.width, self.height, "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, self.fps)
        # PyAV asks for threads within a frame, which x264 takes as slices: slower here and worse pictures.
        context.thread_type = "FRAME"
        context.thread_count = threads
        # 1 is BT.709 for primaries, transfer and matrix alike, and limited range (ITU-T H.273).
        context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
        # Measured with this x264: with its macroblock tree the same frames give other files from run to run, without it
        # the same file on any number of threads.
        settings = {**_BT709, "mbtree": "0"} if repeatable else _BT709
        params = ":".join(f"{key}={value}" for key, value in settings.items())
        stream.options = {"crf": str(crf), "preset": preset, "x264-params": params}
        return stream

    def _add_audio(self) -> AudioStream:
        stream = self._container.add_stream("aac", rate=self._audio_rate)
        stream.codec_context.layout = "stereo"
        stream.bit_rate = 160_000
        return stream

    # -- the encoding thread

    def _put(self, planes: Planes | None) -> None:
        while True:
            if self._error is not None and planes is not None:
                raise self._error
            try:
                self._queue.put(planes, timeout=0.2)
                return
            except queue.Full:
                if not self._thread.is_alive():
                    return

    def _stop_thread(self) -> None:
        self._put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._encode_all()
        except BaseException as error:  # noqa: BLE001  kept and raised again in the caller's thread
            self._error = error
            while self._queue.get() is not None:  # let a caller that is waiting for room go on
                pass

    def _encode_all(self) -> None:
        count = position = 0
        while (planes := self._queue.get()) is not None:
            if self._abandoned.is_set():
                continue
            frame = _frame_of(planes, self.width, self.height)
            frame.pts, frame.time_base = count, Fraction(1, self.fps)
            for packet in self._video.encode(frame):
                self._mux_video(packet)
            count += 1
            # Sound follows the pictures, so that the two lie side by side in the file.
            position = self._encode_audio(position, self._audio_rate * count // self.fps, last=False)
        if self._abandoned.is_set() or count == 0:
            return
        for packet in self._video.encode(None):
            self._mux_video(packet)
        self._encode_audio(position, self._audio_rate * count // self.fps, last=True)

    def _mux_video(self, packet: av.Packet[VideoStream]) -> None:
        if not packet.duration:
            packet.duration = 1  # in the encoder's time base of one frame: else the last frame has no length
        self._container.mux(packet)

    def _encode_audio(self, start: int, end: int, *, last: bool) -> int:
        """Encode samples from `start` to `end` in whole AAC frames (the rest too when `last`); returns where it stopped."""
        if self._sound is None or self._audio is None:
            return end
        while start < end:
            length = min(_AAC_FRAME, end - start)
            if length < _AAC_FRAME and not last:
                return start
            samples = np.zeros((length, 2), dtype=np.float32)
            given = self._audio[start : start + length]
            samples[: len(given)] = given
            self._container.mux(self._sound.encode(_audio_frame(samples, self._audio_rate, start)))
            start += length
        if last:
            self._container.mux(self._sound.encode(None))
        return start

    def _discard(self) -> None:
        try:
            self._container.close()
        except (av.error.FFmpegError, OSError):
            pass  # the reason that brought us here is the one to report
        finally:
            self._part.unlink(missing_ok=True)


def encode_audio(path: Path | str, samples: Samples, rate: int = 48_000, mime: str = "audio/mpeg") -> None:
    """Write stereo sound (samples×2, float32 in -1 to 1) as MP3 ("audio/mpeg"), AAC ("audio/mp4") or WAV ("audio/wav")."""
    codecs = {"audio/mpeg": ("libmp3lame", "mp3"), "audio/mp4": ("aac", "mp4"), "audio/wav": ("pcm_s16le", "wav")}
    codec, form = codecs[mime]
    path = Path(path)
    part = path.with_name(path.name + ".part")
    try:
        with av.open(str(part), "w", format=form) as container:
            stream = cast(AudioStream, container.add_stream(codec, rate=rate))
            stream.codec_context.layout = "stereo"
            if form != "wav":
                stream.bit_rate = 192_000
            resampler = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=rate,
                                          frame_size=stream.codec_context.frame_size or 0)
            for start in range(0, len(samples), rate):
                block = _audio_frame(np.ascontiguousarray(samples[start : start + rate]), rate, start)
                for frame in resampler.resample(block):
                    container.mux(stream.encode(frame))
            for frame in resampler.resample(None):
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _frame_of(planes: Planes, width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for target, source in zip(frame.planes, planes, strict=True):
        rows = np.frombuffer(target, dtype=np.uint8).reshape(-1, target.line_size)  # type: ignore[call-overload]
        height_here, width_here = source.shape
        rows[:height_here, :width_here] = source
        # An encoder may look beyond the edge: what lies there is not left to chance.
        rows[:height_here, width_here:] = source[:, -1:]
        rows[height_here:] = 128
    return frame


def _audio_frame(samples: Samples, rate: int, position: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = rate, position, Fraction(1, rate)
    return frame
