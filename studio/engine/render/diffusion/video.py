"""video.generate by a diffusion model of the person's own.

Such a model makes some seconds at a low frame rate. Frames in between are found by optical flow, so that the video has 24 a
second and lasts exactly as long as asked; where that is longer than the model can make, its motion becomes slower, which
the answer tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from studio.engine.render.diffusion.loading import Loaded, load
from studio.engine.render.diffusion.pictures import about
from studio.engine.render.diffusion.pipelines import START_FIELDS
from studio.engine.render.diffusion.request import drawn_size, schedule_of, text_arguments
from studio.engine.render.diffusion.steps import DRAWN, draw
from studio.engine.render.enlarge.between import Pair
from studio.engine.render.scene.compose import sound_of
from studio.engine.render.scene.words import read_prompt
from studio.engine.render.sizes import short_side_size
from studio.engine.render.sound.noise import Stereo
from studio.engine.render.sound.soundscape import soundscape
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.encode import VideoWriter
from studio.media.pictures import MediaError, open_picture

Bytes = NDArray[np.uint8]
FPS = 24
AUDIO_RATE = 48_000
RESULT = "video.mp4"
_CRF, _PRESET = 18, "faster"


def render_video(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:video.generate` with the model in task.model to an MP4 of exactly the duration and size asked for.

    Its sound is a soundscape of the words where `audio` is asked for, else silence. The same input gives the same bytes on
    the same machine. `extra` tells the model, its own frames and how much slower they are played. Raises RenderRefusedError
    naming the field, and RenderCancelledError.
    """
    control.progress(0.0)
    seconds = int(cast(int, task.input.get("duration") or 5))
    size = _size(task)
    start = _start_picture(task)
    loaded = load(Path(task.model))
    made = _frames_of(loaded, seconds)
    frames, told = _drawn(loaded, task, control, size, made, start)
    path = task.path / RESULT
    with VideoWriter(path, *size, fps=FPS, crf=_CRF, preset=_PRESET, audio=_sound(task, seconds), audio_rate=AUDIO_RATE,
                     repeatable=True) as writer:
        count = seconds * FPS
        for index, frame in enumerate(_spread(frames, count)):
            writer.write_rgb(_filling(frame, *size))
            control.progress(DRAWN + (1.0 - DRAWN) * index / count)
    control.progress(1.0)
    slower = seconds * loaded.model.pipeline.fps / len(frames)
    extra = {**told, "fps": FPS, "model_frames": len(frames), "model_fps": loaded.model.pipeline.fps,
             "slowed_down": round(max(slower, 1.0), 3), "has_sound": task.input.get("audio") is True}
    return RenderOutput("video", (str(path),), *size, float(seconds), extra)


def _size(task: RenderTask) -> tuple[int, int]:
    resolution, ratio = str(task.input.get("resolution") or "1080p"), str(task.input.get("aspect_ratio") or "16:9")
    try:
        return short_side_size(resolution, ratio)
    except ValueError as error:
        raise RenderRefusedError(str(error), "aspect_ratio" if "aspect" in str(error) else "resolution") from error


def _start_picture(task: RenderTask) -> Image.Image | None:
    name = next((name for name in START_FIELDS if task.input.get(name)), None)
    path = task.media.get(str(task.input.get(name))) if name else None
    if name is None:
        return None
    if path is None:
        raise RenderRefusedError("The picture has not been fetched. Attach it again.", name)
    try:
        return open_picture(path).convert("RGB")
    except MediaError as error:
        raise RenderRefusedError(error.message, name) from error


def _frames_of(loaded: Loaded, seconds: int) -> int:
    """How many frames to ask the model for: its own rate for that long, as far as it goes, in the steps that it takes."""
    kind = loaded.model.pipeline
    most = kind.frames
    adapter = getattr(getattr(loaded.pipeline, "motion_adapter", None), "config", {}).get("motion_max_seq_length")
    if isinstance(adapter, int):
        most = min(most, adapter)
    wanted = min(max(round(seconds * kind.fps), 2), most)
    if kind.stride == 1:
        return wanted
    return max(round((wanted - 1) / kind.stride), 1) * kind.stride + 1


def _drawn(loaded: Loaded, task: RenderTask, control: RenderControl, size: tuple[int, int], made: int,
           start: Image.Image | None) -> tuple[list[Bytes], dict[str, object]]:
    """The model's frames as bytes, and what to tell of how they were made."""
    pipeline = loaded.pipeline
    schedule = schedule_of(pipeline)
    width, height = drawn_size(pipeline, *size)
    given: dict[str, Any] = {"width": width, "height": height, "num_frames": made, "decode_chunk_size": 4}
    told = {**about(loaded, schedule), "drawn_size": [width, height]}
    if start is not None:
        given["image"] = ImageOps.fit(start, (width, height), Image.Resampling.LANCZOS)
    words = text_arguments(loaded, pipeline, task.input)
    if "prompt" not in words:
        told["not_used"] = ["prompt"]  # a model that knows no words: the picture alone decides
    seed = int(cast(int, task.input.get("seed") or 0))
    output = draw(loaded, pipeline, schedule, seed, control, **given, **words)
    values = np.asarray(output.frames[0], np.float32)
    if values.ndim != 4 or not np.isfinite(values).all():
        raise RenderRefusedError("The model gave no video (its numbers overflowed). Try another seed or model.", "model")
    return [np.clip(np.rint(frame * 255), 0, 255).astype(np.uint8) for frame in values], told


def _spread(frames: list[Bytes], count: int) -> Iterator[Bytes]:
    """`count` frames evenly from the first to the last of `frames`, moved along the motion in between."""
    pair, at = Pair(frames[0], frames[min(1, len(frames) - 1)]), 0
    for index in range(count):
        place = index * (len(frames) - 1) / max(count - 1, 1)
        here = min(int(place), max(len(frames) - 2, 0))
        if here != at:
            pair, at = Pair(frames[here], frames[min(here + 1, len(frames) - 1)]), here
        yield pair.at(place - here)


def _filling(frame: Bytes, width: int, height: int) -> Bytes:
    """The frame enlarged to cover `width` × `height`, cut from the middle."""
    rows, columns = frame.shape[:2]
    factor = max(width / columns, height / rows)
    wide, tall = max(round(columns * factor), width), max(round(rows * factor), height)
    how = cv2.INTER_LANCZOS4 if factor > 1 else cv2.INTER_AREA
    sized = np.asarray(cv2.resize(frame, (wide, tall), interpolation=how), np.uint8)
    left, top = (wide - width) // 2, (tall - height) // 2
    return np.ascontiguousarray(sized[top : top + height, left : left + width])


def _sound(task: RenderTask, seconds: int) -> Stereo:
    if task.input.get("audio") is not True:
        return np.zeros((seconds * AUDIO_RATE, 2), np.float32)
    words = read_prompt(str(task.input.get("prompt") or ""), negative=str(task.input.get("negative_prompt") or "") or None)
    return soundscape(sound_of(words), seconds, int(cast(int, task.input.get("seed") or 0)))
