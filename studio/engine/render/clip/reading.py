"""A video input as upright RGB frames with their times: any rate, any rotation, one frame in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.task import RenderRefusedError, RenderTask
from studio.media.colour import rgb_to_yuv420
from studio.media.errors import MediaError
from studio.media.probe import MediaInfo, open_container, probe

Bytes = NDArray[np.uint8]
Planes = tuple[Bytes, Bytes, Bytes]
T = TypeVar("T")

MAX_SIDE = 4096
MAX_SECONDS = 3600
_USUAL_FPS = Fraction(24)
_FASTEST = 120
_BT709, _UNNAMED, _UNSAID, _LIMITED = 1, 2, 0, 1  # ITU-T H.273's numbers of a matrix, FFmpeg's of a range
_PATIENCE = 60  # how many broken packets are passed over before a file counts as damaged


@dataclass(frozen=True, slots=True)
class Clip:
    """A video input: sizes in pixels as it is to be seen, `fps` its mean rate, `seconds` as far as the file says so.

    `field_name` is the input's field, for refusals.
    """

    path: Path
    field_name: str
    width: int
    height: int
    fps: Fraction
    seconds: float
    has_sound: bool

    @property
    def even_size(self) -> tuple[int, int]:
        """Width and height as H.264 in 4:2:0 takes them: a missing last column or row is repeated."""
        return self.width + self.width % 2, self.height + self.height % 2

    def damaged(self) -> RenderRefusedError:
        words = f"“{self.path.name}” is cut off or damaged. Copy or download it again, or choose another file."
        return RenderRefusedError(words, self.field_name)


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture (height, width, 3) sRGB of a clip, seen from `begin` to `end`, seconds from the clip's first picture."""

    begin: Fraction
    end: Fraction
    rgb: Bytes


def input_path(task: RenderTask, field_name: str) -> Path:
    """Where the media of a field lie. RenderRefusedError where it was not fetched."""
    local = task.media.get(str(task.input.get(field_name)))
    if local is None:
        raise RenderRefusedError("The file could not be fetched. Check its address and try again.", field_name)
    return Path(local)


def probe_input(path: Path, field_name: str) -> MediaInfo:
    """What an input file holds. RenderRefusedError naming the field for what cannot be read."""
    try:
        return probe(path)
    except MediaError as error:
        raise RenderRefusedError(error.message, field_name) from error


def open_clip(task: RenderTask, field_name: str) -> Clip:
    """The video behind a field. RenderRefusedError naming the field for what is none, too large or too long."""
    path = input_path(task, field_name)
    return clip_of(path, field_name, probe_input(path, field_name))


def clip_of(path: Path, field_name: str, info: MediaInfo) -> Clip:
    """A probed video as a Clip; refusals as `open_clip`."""
    if info.kind != "video" or not info.width or not info.height:
        raise RenderRefusedError(f"“{path.name}” is no video. Choose a video.", field_name)
    if max(info.width, info.height) > MAX_SIDE:
        words = f"“{path.name}” is {info.width} × {info.height} pixels; at most {MAX_SIDE} a side can be worked on."
        raise RenderRefusedError(words, field_name)
    if info.duration_s is not None and info.duration_s > MAX_SECONDS:
        raise RenderRefusedError(f"“{path.name}” is longer than an hour. Cut it into parts first.", field_name)
    return Clip(path, field_name, info.width, info.height, _rate(info.fps), max(info.duration_s or 0.0, 0.0), info.has_audio)


def _rate(fps: float | None) -> Fraction:
    """A rate to write with: exact for the usual ones, 24 where none can be told."""
    if fps is None or not fps >= 1:
        return _USUAL_FPS
    for exact in (Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(round(fps))):
        if abs(fps - exact) < 0.004:
            return exact
    return min(Fraction(fps).limit_denominator(1001), Fraction(_FASTEST))


def shown_frames(clip: Clip) -> Iterator[Shown]:
    """All pictures of a clip in order, each with when it is seen. RenderRefusedError where nothing can be decoded."""
    for begin, end, rgb in _shown(clip, lambda frame: upright_rgb(frame, clip.width, clip.height)):
        yield Shown(begin, end, rgb)


def frames_at(clip: Clip, fps: Fraction) -> Iterator[Bytes]:
    """The clip at a steady rate: for each moment the picture that is seen then. As long as the clip, at least one frame."""
    return _at(clip, fps, lambda frame: upright_rgb(frame, clip.width, clip.height))


def planes_at(clip: Clip, fps: Fraction) -> Iterator[Planes]:
    """The same with even sides, as the engine's own files hold pictures: those of such a file come out as they are in it."""
    return _at(clip, fps, lambda frame: upright_planes(frame, clip))


def _at(clip: Clip, fps: Fraction, convert: Callable[[av.VideoFrame], T]) -> Iterator[T]:
    early = 1 / (4 * fps)  # times are rounded in files: a picture due within a quarter frame is the one meant
    count = 0
    last: list[T] = []
    for _, end, picture in _shown(clip, convert):
        last = [picture]
        while Fraction(count) / fps + early < end:
            if Fraction(count) / fps > MAX_SECONDS:
                return
            yield picture
            count += 1
    if count == 0:
        yield from last


def _shown(clip: Clip, convert: Callable[[av.VideoFrame], T]) -> Iterator[tuple[Fraction, Fraction, T]]:
    """(begin, end, picture) of each."""
    held: tuple[Fraction, Fraction, T] | None = None
    for begin, lasts, picture in _decoded(clip, convert):
        if held is not None:
            if begin <= held[0]:
                continue  # a time that goes back is a fault of the file: the picture is left out
            yield held[0], begin, held[2]
        held = begin, lasts, picture
    if held is None:
        raise clip.damaged()
    yield held[0], held[0] + held[1], held[2]


def _decoded(clip: Clip, convert: Callable[[av.VideoFrame], T]) -> Iterator[tuple[Fraction, Fraction, T]]:
    """(begin, how long at most, picture) by the file's own times, 0 at the first picture."""
    start: Fraction | None = None
    usual = 1 / clip.fps
    expected = Fraction(0)
    for frame in _frames(clip):
        time = Fraction(frame.pts) * frame.time_base if frame.pts is not None and frame.time_base else None
        if start is None:
            start = time if time is not None else Fraction(0)
        begin = time - start if time is not None else expected
        lasts = Fraction(frame.duration) * frame.time_base if frame.duration and frame.time_base else usual
        expected = begin + lasts
        yield begin, min(lasts, Fraction(10)), convert(frame)


def _frames(clip: Clip) -> Iterator[av.VideoFrame]:
    failed = 0
    try:
        with open_container(clip.path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for packet in container.demux(stream):
                try:
                    for frame in packet.decode():
                        if isinstance(frame, av.VideoFrame):
                            yield frame
                except av.error.FFmpegError as error:
                    failed += 1
                    if failed > _PATIENCE:
                        raise clip.damaged() from error
    except (av.error.FFmpegError, MediaError, IndexError) as error:
        raise clip.damaged() from error


def upright_rgb(frame: av.VideoFrame, width: int, height: int) -> Bytes:
    """sRGB bytes (height, width, 3) by the matrix that the frame names (unnamed: BT.709 from 720 lines on, else BT.601)."""
    named = int(frame.colorspace)
    matrix = named if named in (1, 5, 6) else (1 if frame.height >= 720 else 5)
    rgb = np.asarray(frame.to_ndarray(format="rgb24", src_colorspace=matrix, dst_colorspace=matrix), np.uint8)
    rgb = np.rot90(rgb, round(frame.rotation / 90))
    if rgb.shape[:2] != (height, width):  # a stream may change its size half way
        rgb = np.asarray(cv2.resize(np.ascontiguousarray(rgb), (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(rgb)


def upright_planes(frame: av.VideoFrame, clip: Clip) -> Planes:
    """Y, Cb and Cr by BT.709 in limited range, with even sides; what is held like that already is only copied."""
    named = int(frame.colorspace) == _BT709 or (int(frame.colorspace) == _UNNAMED and frame.height >= 720)
    limited = int(frame.color_range) in (_UNSAID, _LIMITED)
    as_it_is = (frame.width, frame.height) == (clip.width, clip.height) == clip.even_size and not frame.rotation
    if not (named and limited and as_it_is and frame.format.name == "yuv420p"):
        return rgb_to_yuv420(evened(upright_rgb(frame, clip.width, clip.height)))
    height, width = frame.height, frame.width
    whole = np.asarray(frame.to_ndarray(), np.uint8)
    chroma = whole[height:].reshape(2, height // 2, width // 2)
    return whole[:height], chroma[0], chroma[1]


def evened(rgb: Bytes) -> Bytes:
    """The picture with even sides: a missing last column or row is repeated."""
    height, width = rgb.shape[:2]
    if not (width % 2 or height % 2):
        return rgb
    return np.asarray(cv2.copyMakeBorder(rgb, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8)
