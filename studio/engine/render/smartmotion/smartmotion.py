"""smartmotion.generate: a picture or a clip gets a camera move, near things moving more than far ones by a guessed depth."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.engine.render.clip.reading import Clip, clip_of, evened, frames_at, input_path, probe_input
from studio.engine.render.clip.writing import Sound, Target, writing
from studio.engine.render.motion.depth import photo_depth
from studio.engine.render.scene.words import stable_seed
from studio.engine.render.smartmotion.moves import asked_move
from studio.engine.render.smartmotion.view import MovedView
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.errors import MediaError
from studio.media.pictures import open_picture

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]

PICTURE_FPS = Fraction(24)
PICTURE_SECONDS = 5.0
_PICTURE_SHORT, _PICTURE_LONG = 1080, 1920
_FARTHEST, _NEAREST = 0.3, 0.8  # a depth is a guess: only a part of the range is used, so that errors bend little
_DETAIL = 1.4          # a picture is kept this much larger than the frame, for moves that come closer
_LOOK_AGAIN_S = 0.5    # how often the depth of a clip is guessed anew
_FOLLOW = 0.12         # how fast the depth in use follows the newest guess, a frame
_OTHER_SHOT = 45.0     # mean difference of two frames' small greys, from where on it is another shot


def smart_motion(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:smartmotion.generate` to an MP4 in the task's folder.

    A picture lasts 5 s and a clip as long as it is unless `duration` says otherwise: a clip is cut, or its last picture is
    held. A clip keeps its sound. RenderRefusedError naming file_url, motion or control_mode.
    """
    control.progress(0.0)
    path = input_path(task, "file_url")
    info = probe_input(path, "file_url")
    seed = task.input.get("seed")
    seed = seed if isinstance(seed, int) else stable_seed(str(task.input.get("prompt") or ""))
    asked = asked_move(task.input, seed)
    if info.kind == "image":
        fps, wanted = PICTURE_FPS, _asked_seconds(task) or PICTURE_SECONDS
        source: Iterator[tuple[Bytes, Map]] = _still(_picture(path))
        width, height = _frame_size(info.width or 1, info.height or 1)
        clip = None
    else:
        clip = clip_of(path, "file_url", info)
        fps, wanted = clip.fps, _asked_seconds(task) or clip.seconds
        source = _with_depth(clip)
        width, height = clip.even_size
    frames = max(round(wanted * fps), 1)
    view = MovedView(asked.move, width, height, frames / float(fps), seed)
    out = task.path / "motion.mp4"
    title = str(task.input.get("file_name") or "")
    target = Target(out, width, height, fps, Sound(path) if clip is not None and clip.has_sound else None,
                    {"title": title} if title else {})
    exactly = frames if clip is None or _asked_seconds(task) else None
    with writing(target, control.check) as writer:
        for index, (picture, depth) in enumerate(_lasting(source, exactly)):
            control.progress(min(0.97 * index / frames, 0.97))
            shared = _FARTHEST + (_NEAREST - _FARTHEST) * cv2.resize(depth, view.grid, interpolation=cv2.INTER_LINEAR)
            along = min(index / max(frames - 1, 1), 1.0)
            writer.write_rgb(view.frame(picture, along, np.asarray(shared, np.float32)))
        made = writer.frames
    control.progress(1.0)
    said = str(task.input.get("content_type") or f"{info.kind}/")
    notes = [] if said.startswith(f"{info.kind}/") else [f"The file is {info.mime}, not {said} as was said."]
    extra = {"seed": seed, "understood": asked.understood, "crop": round(view.crop, 3), "fps": float(fps), "frames": made,
             "has_sound": target.sound is not None, "notes": notes}
    return RenderOutput("video", (str(out),), width, height, float(made / fps), extra)


def _asked_seconds(task: RenderTask) -> float | None:
    seconds = task.input.get("duration")
    return float(seconds) if isinstance(seconds, (int, float)) else None


def _frame_size(width: int, height: int) -> tuple[int, int]:
    """A picture's own shape and size, at most 1920 × 1080 or 1080 × 1920, with even sides."""
    factor = min(1.0, _PICTURE_SHORT / min(width, height), _PICTURE_LONG / max(width, height))
    return max(round(width * factor / 2) * 2, 2), max(round(height * factor / 2) * 2, 2)


def _picture(path: Path) -> Bytes:
    """The picture over black, at most a little larger than the frame that is made of it."""
    try:
        picture = open_picture(path)
    except MediaError as error:
        raise RenderRefusedError(error.message, "file_url") from error
    if picture.mode == "RGBA":
        flat = Image.new("RGB", picture.size)
        flat.paste(picture, mask=picture.getchannel("A"))
        picture = flat
    width, height = _frame_size(*picture.size)
    most = round(width * _DETAIL), round(height * _DETAIL)
    if picture.width > most[0] or picture.height > most[1]:
        picture = picture.resize(most, Image.Resampling.LANCZOS)
    return np.asarray(picture, np.uint8)


def _still(picture: Bytes) -> Iterator[tuple[Bytes, Map]]:
    depth = photo_depth(picture).depth
    while True:
        yield picture, depth


def _with_depth(clip: Clip) -> Iterator[tuple[Bytes, Map]]:
    """A clip's frames with a depth that changes slowly: guessed every half second, at once after a cut."""
    every = max(round(_LOOK_AGAIN_S * clip.fps), 1)
    newest = current = np.zeros((1, 1), np.float32)
    before = None
    for index, frame in zip(count(), frames_at(clip, clip.fps), strict=False):
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
        other = before is None or float(np.abs(small - before).mean()) > _OTHER_SHOT
        before = small
        if other or index % every == 0:
            newest = photo_depth(frame).depth
            if other:
                current = newest
        current = np.asarray(current + _FOLLOW * (newest - current), np.float32)
        yield evened(frame), current


def _lasting(source: Iterator[tuple[Bytes, Map]], frames: int | None) -> Iterator[tuple[Bytes, Map]]:
    """Exactly `frames` of them, the last one held where they run out; all of them where None."""
    held = None
    made = 0
    for held in source:
        if made == frames:
            return
        yield held
        made += 1
    while held is not None and frames is not None and made < frames:
        yield held
        made += 1
