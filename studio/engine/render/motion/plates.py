"""Scene layers made ready for film: finished for the screen once, in the video's own colours, eight bits deep.

Each layer acts on what is behind it, b, close to a straight line on the screen: f(b) = p + k·b (developing.py says how it is
found). p and k are all that is kept of a layer, so that a frame is a stack of cheap blends of bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.motion.developing import Developer
from studio.engine.render.scene.layers import Finish, Layer, Motion, Pixels
from studio.media.colour import RGB_TO_YUV_709

Bytes = NDArray[np.uint8]
Box = tuple[int, int, int, int]

_PAD = 2


@dataclass(frozen=True, slots=True)
class Plate:
    """One layer ready to be blended.

    `yuvk`: (rows, columns, 4) bytes: Y, Cb, Cr to be added, and K, what of the background stays (255: all of it).
    `left`, `top`: where its upper left pixel lies in the frame at rest (negative within the margin). `covering`: for each
    row, whether nothing behind it can be seen.
    """

    name: str
    depth: float
    motion: Motion
    yuvk: Bytes
    left: int
    top: int
    covering: NDArray[np.bool_]

    @property
    def height(self) -> int:
        return int(self.yuvk.shape[0])

    @property
    def width(self) -> int:
        return int(self.yuvk.shape[1])


def make_plates(layers: Iterable[Layer], finish: Finish, seed: int, margin: int) -> Iterator[Plate]:
    """The plates of a scene's layers, back to front, one by one so that a large scene need not be held as floats.

    Layers without any visible pixel are left out.
    """
    developer = Developer(finish, seed)
    for layer in layers:
        box = _visible_box(layer)
        if box is not None:
            added, kept = developer.develop(layer, box)
            yield _plate(layer, box, added, kept, margin)


def _visible_box(layer: Layer) -> Box | None:
    """Left, top, right, bottom of what can be seen, with two clear pixels around it except at the layer's edge."""
    pixels = layer.pixels
    seen = pixels.max(axis=2) > 1 / 2048 if layer.emissive else pixels[..., 3] > 1 / 512
    x, y, width, height = cv2.boundingRect(seen.astype(np.uint8))
    if not width or not height:
        return None
    rows, columns = pixels.shape[:2]
    return max(x - _PAD, 0), max(y - _PAD, 0), min(x + width + _PAD, columns), min(y + height + _PAD, rows)


def _plate(layer: Layer, box: Box, added: Pixels, kept: Pixels, margin: int) -> Plate:
    """Premultiplied RGB to premultiplied Y, Cb, Cr: the offsets of luma and chroma count as much as the layer covers."""
    yuv = np.asarray(cv2.transform(added, np.ascontiguousarray(RGB_TO_YUV_709[:, :3])), dtype=np.float32)
    # A glow of strong colour needs room for its chroma: it gives up a little of the background.
    room = 1.0 + yuv[..., 1:].min(axis=2) / 128.0
    kept = np.minimum(kept, np.clip(room, 0.0, 1.0))
    share = 1.0 - kept
    rng = np.random.default_rng(len(layer.name) + box[0])
    packed = np.empty((*kept.shape, 4), dtype=np.uint8)
    for channel in range(3):
        values = yuv[..., channel] + share * RGB_TO_YUV_709[channel, 3]
        if channel == 0:  # dither: eight bits would show steps in a sky
            values += rng.random(kept.shape, dtype=np.float32) * share - 0.5 * share
        packed[..., channel] = np.clip(np.rint(values), 0, 255)
    packed[..., 3] = np.rint(kept * 255.0)
    full_width = box[0] == 0 and box[2] == layer.pixels.shape[1]
    covering = (packed[..., 3].max(axis=1) == 0) & full_width
    return Plate(layer.name, layer.depth, layer.motion, packed, box[0] - margin, box[1] - margin, covering)
