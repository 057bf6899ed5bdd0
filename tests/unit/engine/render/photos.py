"""Photos for the tests of the photo renderers: a portrait, a still life, and ways to run a renderer on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data as skimage_data

from studio.engine.render.task import RenderControl, RenderOutput, RenderTask

Bytes = NDArray[np.uint8]
data: Any = skimage_data  # it ships no types
URL = "https://engine.test/photo"


@lru_cache(maxsize=4)
def portrait(side: int = 256) -> Bytes:
    """A woman in an orange suit before a flag (NASA, public domain), square."""
    return np.asarray(cv2.resize(data.astronaut(), (side, side), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=4)
def still_life(width: int = 300) -> Bytes:
    """A cup of coffee on a wooden table."""
    return np.asarray(cv2.resize(data.coffee(), (width, width * 2 // 3), interpolation=cv2.INTER_AREA), np.uint8)


def landscape(width: int = 240, height: int = 160) -> Bytes:
    """A blue sky with a gradient over dark textured land."""
    rng = np.random.default_rng(3)
    picture = np.zeros((height, width, 3), np.float32)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture[:] = np.array([90, 140, 220], np.float32) + y * np.array([60, 50, 20], np.float32)
    line = int(height * 0.6)
    picture[line:] = np.array([70, 80, 40], np.float32) + rng.normal(0, 18, (height - line, width, 1))
    return np.clip(picture, 0, 255).astype(np.uint8)


def saved(folder: Path, pixels: Bytes, name: str = "photo.png") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    Image.fromarray(pixels).save(path)
    return str(path)


def run(
    renderer: Callable[[RenderTask, RenderControl], RenderOutput],
    operation: str,
    folder: Path,
    media: dict[str, str],
    given: dict[str, object],
) -> RenderOutput:
    folder.mkdir(parents=True, exist_ok=True)
    return renderer(RenderTask(operation, given, media, str(folder)), RenderControl(folder))


def pixels(output: RenderOutput) -> Bytes:
    """The result as it was written: PNG, RGB or RGBA, of the size that was told."""
    with Image.open(output.main) as image:
        assert image.format == "PNG"
        assert image.size == (output.width, output.height)
        return np.asarray(image)
