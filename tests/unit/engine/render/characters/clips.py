"""Clips with figures whose outline is known: the portrait moving before a coloured wall, and a jointed doll that walks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.characters.create import render_character
from studio.engine.render.cutout import cut_out
from studio.engine.render.task import RenderControl, RenderOutput, RenderTask
from tests.unit.engine.render.footage import Rgb, portrait, write_clip

Mask = NDArray[np.float32]
OPERATION = "cannon:sora2.character.create"


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames and the true outline in each."""

    frames: list[Rgb]
    masks: list[Mask]


def wall(width: int, height: int, seed: int = 4) -> Rgb:
    """Soft patches of colour with some grain in them: something a camera's move can be told by."""
    rng = np.random.default_rng(seed)
    large = cv2.resize(rng.uniform(0, 1, (9, 16, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(rng.uniform(0, 1, (90, 160, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(70 + 90 * large + 40 * small, 0, 255), np.uint8)


@lru_cache(maxsize=4)
def bust(seconds: float = 2.2, width: int = 256, height: int = 192, camera: float = 0.0, fps: int = 24) -> Shot:
    """The astronaut's portrait, swaying before a wall; `camera` moves the wall too (in shares of 30 pixels)."""
    photo = portrait()
    found = cut_out(photo)
    assert found is not None
    behind = wall(width + 80, height + 40)
    frames, masks = [], []
    scale = 0.85 * height / 480
    for index in range(round(seconds * fps)):
        t = index / fps
        x = width / 2 + 0.18 * width * np.sin(t * 2 * np.pi / 3) - 256 * scale
        y = height - 512 * scale + 6 + 3 * np.sin(t * 7)
        turn = np.vstack([cv2.getRotationMatrix2D((256, 300), 3 * np.sin(t * 4), 1), [0, 0, 1]])
        matrix = np.array([[scale, 0, x], [0, scale, y]]) @ turn
        alpha = np.asarray(cv2.warpAffine(found.alpha, matrix, (width, height)), np.float32)
        rgb = cv2.warpAffine(found.colours, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        left = round(40 + camera * 30 * np.sin(t * 1.3))
        room = behind[20 : 20 + height, left : left + width]
        frames.append(np.asarray(room * (1 - alpha[..., None]) + rgb * alpha[..., None], np.uint8))
        masks.append(alpha)
    return Shot(frames, masks)


@lru_cache(maxsize=4)
def doll(seconds: float = 2.5, width: int = 320, height: int = 180, fps: int = 24, way: int = 1) -> Shot:
    """A doll of ovals and strokes with a red shirt that walks through a room, its legs in step."""
    room = cv2.GaussianBlur(wall(width, height, 9), (0, 0), 1.5)
    room[round(height * 0.8) :] = (room[round(height * 0.8) :] * 0.5 + 60).astype(np.uint8)
    frames, masks = [], []
    for index in range(round(seconds * fps)):
        t, size = index / fps, height / 360
        share = 0.2 + 0.55 * t / seconds
        x = width * (share if way > 0 else 1 - share)
        picture, mask = room.copy(), np.zeros((height, width, 3), np.uint8)
        for canvas, flat in ((np.asarray(picture, np.uint8), False), (mask, True)):
            _draw(canvas, x, height * 0.93, size, 2 * np.pi * 1.4 * t, flat=flat)
        frames.append(np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.6), np.uint8))
        masks.append(np.asarray(mask[..., 0], np.float32) / np.float32(255))
    return Shot(frames, masks)


def _draw(canvas: NDArray[np.uint8], x: float, foot: float, size: float, turn: float, *, flat: bool) -> None:
    hip, chest, swing = foot - 95 * size, foot - 180 * size, np.sin(turn)

    def at(px: float, py: float) -> tuple[int, int]:
        return round(px), round(py)

    def ink(*rgb: int) -> tuple[int, ...]:
        return (255, 255, 255) if flat else rgb

    for side, colour in ((1, (40, 50, 110)), (-1, (50, 62, 140))):
        knee = at(x + side * swing * 22 * size, hip + 50 * size)
        lifted = max(0.0, side * float(np.cos(turn))) * 10 * size
        cv2.line(canvas, at(x, hip), knee, ink(*colour), round(22 * size), cv2.LINE_AA)
        cv2.line(canvas, knee, at(x + side * swing * 40 * size, foot - lifted), ink(*colour), round(18 * size), cv2.LINE_AA)
    cv2.line(canvas, at(x, chest + 10 * size), at(x - swing * 30 * size, chest + 75 * size), ink(150, 30, 30),
             round(14 * size), cv2.LINE_AA)
    cv2.ellipse(canvas, at(x, (chest + hip) / 2), at(26 * size, 52 * size), 0, 0, 360, ink(190, 40, 40), -1, cv2.LINE_AA)
    cv2.circle(canvas, at(x, chest - 26 * size), round(24 * size), ink(224, 180, 150), -1, cv2.LINE_AA)
    cv2.ellipse(canvas, at(x, chest - 34 * size), at(25 * size, 18 * size), 0, 180, 360, ink(60, 40, 20), -1, cv2.LINE_AA)


def written(folder: Path, frames: list[Rgb], name: str = "clip.mp4", fps: int = 24) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return write_clip(folder / name, frames, fps=fps)


def create(job: Path, clip: Path, name: str, kept: Path) -> RenderOutput:
    """Run sora2.character.create in the folder of a job."""
    job.mkdir(parents=True, exist_ok=True)
    task = RenderTask(OPERATION, {"name": name, "video_url": "clip"}, {"clip": str(clip)}, str(job), kept=str(kept))
    return render_character(task, RenderControl(job))
