"""The video that is changed: found by its id or its address, and the frame that the result has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.changes.geometry import attention
from studio.engine.render.clip.reading import MAX_SIDE, Clip, clip_of, evened, frames_at, probe_input
from studio.engine.render.clip.writing import KNOWN_TEXT_TAG, tags_of
from studio.engine.render.sizes import parse_ratio, short_side_size
from studio.engine.render.task import RenderRefusedError, RenderTask

Bytes = NDArray[np.uint8]

NAME, ADDRESS = "sora_video_id", "source_video_url"
MAX_SECONDS = 600.0
_FASTEST = Fraction(60)
_LOOKS = 5
PRO_MODEL = "sora-2-pro"


def open_source(task: RenderTask) -> Clip:
    """The video that a task works on. RenderRefusedError naming the field for what is none, or is not to be had."""
    for field_name in (NAME, ADDRESS):
        local = task.media.get(str(task.input.get(field_name)))
        if local is not None:
            path = Path(local)
            clip = clip_of(path, field_name, probe_input(path, field_name))
            if clip.seconds > MAX_SECONDS:
                words = f"The video is {clip.seconds:.0f} s long; at most {MAX_SECONDS:.0f} s are worked on. Cut it first."
                raise RenderRefusedError(words, field_name)
            return clip
    words = ("There is no video with this id here. Give the task_id of a video that this engine made, or the video itself "
             f"as {ADDRESS}.")
    raise RenderRefusedError(words, NAME)


def carried_tags(clip: Clip) -> dict[str, str]:
    """The words that are spoken in it, where the file carries them, and its title."""
    return {name: value for name, value in tags_of(clip.path).items() if name in (KNOWN_TEXT_TAG, "title") and value}


def encoding(task: RenderTask) -> tuple[int, str]:
    """(CRF, preset): the model named "pro" is answered with a finer file. Measured on extended clips: 17 with the quicker
    preset is as near to the frames (47.5 dB) as 18 with the next one, for two thirds of the time and up to a fifth more
    bytes."""
    return (15, "fast") if task.input.get("model") == PRO_MODEL else (17, "veryfast")


def working_rate(clip: Clip) -> Fraction:
    """The clip's own rate, 60 frames a second at most."""
    return min(clip.fps, _FASTEST)


@dataclass(frozen=True, slots=True)
class Framing:
    """What of the source's frame is shown, and how large: a box in its pixels, and the size of the result (both even)."""

    left: int
    top: int
    width: int
    height: int
    out_width: int
    out_height: int

    @property
    def resized(self) -> bool:
        return (self.width, self.height) != (self.out_width, self.out_height)

    def whole(self, clip: Clip) -> bool:
        """Whether a frame of the clip stays as it is."""
        return (self.width, self.height) == clip.even_size and not self.resized

    def framed(self, rgb: Bytes) -> Bytes:
        """A source frame as it goes on from here, (out_height, out_width, 3)."""
        part = evened(rgb)[self.top : self.top + self.height, self.left : self.left + self.width]
        if not self.resized:
            return np.ascontiguousarray(part)
        way = cv2.INTER_AREA if self.out_width < self.width else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(part, (self.out_width, self.out_height), interpolation=way), np.uint8)


def framing_of(task: RenderTask, clip: Clip) -> Framing:
    """The whole frame as it is, or what `aspect_ratio` and `resolution` ask for.

    Another shape is cut out around what is looked at (faces, else what stands out), at one place for the whole clip: a frame
    that wanders would be a camera move of its own. RenderRefusedError naming the resolution where a side would be too long.
    """
    ratio, lines = task.input.get("aspect_ratio"), task.input.get("resolution")
    width, height = clip.even_size
    if ratio is None and lines is None:
        return Framing(0, 0, width, height, width, height)
    shape = width / height if ratio is None else parse_ratio(str(ratio))
    wide, high = min(width, round(height * shape / 2) * 2), min(height, round(width / shape / 2) * 2)
    x, y = (0.5, 0.5) if (wide, high) == (width, height) else attention(list(sampled(clip, _LOOKS)))
    left = round(min(max(x * width - wide / 2, 0), width - wide))
    top = round(min(max(y * height - high / 2, 0), height - high))
    out_width, out_height = _size(lines, shape, min(width, height))
    return Framing(left, top, max(wide, 2), max(high, 2), out_width, out_height)


def _size(lines: object, shape: float, short: int) -> tuple[int, int]:
    """By the lines that are asked for, else with the source's own short side."""
    if lines is not None:
        try:
            size = short_side_size(str(lines), f"{shape:.6f}:1")
        except ValueError as error:
            raise RenderRefusedError(str(error), "resolution") from error
        if max(size) > MAX_SIDE:
            words = f"At {lines} the video would be {size[0]} × {size[1]}; at most {MAX_SIDE} a side are made."
            raise RenderRefusedError(words, "resolution")
        return size
    if shape >= 1:
        return max(round(short * shape / 2) * 2, 2), max(round(short / 2) * 2, 2)
    return max(round(short / 2) * 2, 2), max(round(short / shape / 2) * 2, 2)


def sampled(clip: Clip, count: int) -> Iterator[Bytes]:
    """About `count` frames, evenly over the clip."""
    fps = working_rate(clip)
    every = max(round(clip.seconds * fps / count), 1)
    for index, frame in enumerate(frames_at(clip, fps)):
        if index % every == every // 2 or (index == 0 and every == 1):
            yield frame
