"""Small clips with known motion, and running an operation on one of them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.clip.reading import clip_of, frames_at, probe_input
from studio.engine.render.registry import RENDERERS
from studio.engine.render.task import Origin, RenderControl, Renderer, RenderOutput, RenderTask
from tests.unit.engine.render.footage import Rgb, portrait

ID = "vid_0123456789abcdef"
WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
Diffs = NDArray[np.float64]


def run(operation: str, source: Path, folder: Path, origin: Origin | None = None, **values: object) -> RenderOutput:
    """A renderer of the registry on a clip that it knows by an id. `values` join its input."""
    module, _, name = RENDERERS[f"cannon:sora2.video.{operation}"].partition(":")
    function: Renderer = getattr(import_module(module), name)
    folder.mkdir(exist_ok=True)
    given = {"sora_video_id": ID, "prompt": "", "seed": 3, **values}
    task = RenderTask(f"cannon:sora2.video.{operation}", given, {ID: str(source)}, str(folder), origin)
    return function(task, RenderControl(folder))


def panned(count: int, width: int = 160, height: int = 90, *, speed: float = 1.5, grow: float = 0.0) -> list[Rgb]:
    """A window that goes over a photo, `speed` pixels to the right a frame, coming closer by `grow` a frame."""
    picture = cv2.GaussianBlur(portrait(), (0, 0), 0.8)
    frames = []
    for index in range(count):
        scale = 1.4 / (1 + grow) ** index
        matrix = np.array([[scale, 0, 60 + speed * 1.4 * index], [0, scale, 120 + (1.4 - scale) * height / 2]], np.float64)
        frames.append(np.asarray(cv2.warpAffine(picture, matrix, (width, height), flags=WARP,
                                                borderMode=cv2.BORDER_REFLECT_101), np.uint8))
    return frames


def shimmering(count: int, width: int = 160, height: int = 90) -> list[Rgb]:
    """A still picture whose lower half ripples as water does; the camera stands."""
    picture = cv2.resize(portrait()[100:388], (width, height), interpolation=cv2.INTER_AREA)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    frames = []
    for index in range(count):
        wave = 1.6 * np.sin(0.9 * y + 0.8 * index) * (y > height / 2)
        frames.append(np.asarray(cv2.remap(picture, (x + wave).astype(np.float32), y, cv2.INTER_LINEAR,
                                           borderMode=cv2.BORDER_REFLECT_101), np.uint8))
    return frames


def with_ball(frames: Sequence[Rgb], start: tuple[float, float], way: tuple[float, float], radius: int = 9,
              colour: tuple[int, int, int] = (250, 240, 40)) -> list[Rgb]:
    """A ball that goes over the frames at a steady speed."""
    out = []
    for index, frame in enumerate(frames):
        place = round((start[0] + way[0] * index) * 16), round((start[1] + way[1] * index) * 16)
        out.append(np.asarray(cv2.circle(frame.copy(), place, radius * 16, colour, -1, cv2.LINE_AA, 4), np.uint8))
    return out


def seen(path: Path) -> list[Rgb]:
    """All frames of a clip as the engine reads it: one that names no matrix is not read as the engine's own are."""
    clip = clip_of(path, "video", probe_input(path, "video"))
    return list(frames_at(clip, clip.fps))


def differences(frames: Sequence[Rgb]) -> Diffs:
    """The mean difference of each frame to the one before, in levels."""
    return np.array([np.abs(one.astype(np.int16) - other).mean() for one, other in zip(frames[1:], frames, strict=False)])
