"""Scene layers made ready for film: finished for the screen once, in the video's own colours, eight bits deep.

A frame is then a stack of cheap blends. Each layer acts on what is behind it, b, as f(b) = finish(light + (1 - alpha)·b). For
a pixel that covers, f is a constant; for clear air it is b; for haze and glow in between it is close to a straight line, so
f(b) ≈ p + k·b is fitted through a dark and a bright backdrop that the scene really has. p and k are all that is kept, and
the picture at rest is the same as the still one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.scene.layers import Finish, Layer, Motion, Pixels, Scene
from studio.media.colour import RGB_TO_YUV_709

Bytes = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
FinishFrame = Callable[[Pixels], Rgb]

_PAD = 2
_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Plate:
    """One layer ready to be blended.

    `yuvk`: (rows, columns, 4) bytes: Y, Cb, Cr to be added, and K, what of the background stays (255: all of it).
    `left`, `top`: where its upper left pixel lies in the frame at rest (negative within the margin). `covering`: for each row,
    whether nothing behind it can be seen.
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


def make_plates(scene: Scene, finish: Callable[[Pixels, Finish], Rgb]) -> Iterator[Plate]:
    """The plates of a scene, back to front. `finish` is the drawing's last step (linear light to sRGB bytes), without grain.

    Layers without any visible pixel are left out. The caller may let go of each layer's floats as plates come out.
    """
    plain = replace(scene.finish, grain=0.0, vignette=0.0)

    def develop(linear: Pixels) -> Rgb:
        return finish(np.ascontiguousarray(linear), plain)

    pointwise = _is_pointwise(develop)
    behind: Pixels | None = None
    for layer in scene.layers:
        box = _visible_box(layer)
        if box is None:
            continue
        dark, bright = _backdrops(behind, layer.pixels)
        added, kept = _fit(layer.pixels[box[1] : box[3], box[0] : box[2]], dark, bright, develop, pointwise=pointwise)
        yield _plate(layer, box, added, kept, scene.margin)
        behind = _composite_small(behind, layer.pixels)


def _visible_box(layer: Layer) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of what can be seen, with a clear border of two pixels where it does not reach the layer's edge."""
    pixels = layer.pixels
    seen = pixels[..., 3] > 1 / 512 if not layer.emissive else pixels.max(axis=2) > 1 / 2048
    x, y, width, height = cv2.boundingRect(seen.astype(np.uint8))
    if not width or not height:
        return None
    rows, columns = pixels.shape[:2]
    return max(x - _PAD, 0), max(y - _PAD, 0), min(x + width + _PAD, columns), min(y + height + _PAD, rows)


def _composite_small(behind: Pixels | None, pixels: Pixels) -> Pixels:
    """What stands behind the next layer, at a fraction of the size: only its range of light is asked for."""
    small = cv2.resize(pixels, (max(pixels.shape[1] // 12, 1), max(pixels.shape[0] // 12, 1)), interpolation=cv2.INTER_AREA)
    if behind is None:
        return np.asarray(small[..., :3], dtype=np.float32)
    return np.asarray(small[..., :3] + behind * (1.0 - small[..., 3:]), dtype=np.float32)


def _backdrops(behind: Pixels | None, pixels: Pixels) -> tuple[Pixels, Pixels]:
    """A dark and a bright colour (linear light) that stand for what can be seen behind a layer."""
    if behind is None:
        return np.full(3, 0.02, np.float32), np.full(3, 0.6, np.float32)
    alpha = cv2.resize(pixels[..., 3], (behind.shape[1], behind.shape[0]), interpolation=cv2.INTER_AREA)
    colours = behind[(alpha < 0.98)]
    if len(colours) < 16:
        colours = behind.reshape(-1, 3)
    luma = colours @ _LUMA
    low, high = np.quantile(luma, [0.15, 0.85])
    dark, bright = colours[luma <= low].mean(axis=0), colours[luma >= high].mean(axis=0)
    if float((bright - dark) @ _LUMA) < 0.12:  # an even backdrop: spread the two, or rounding decides the slope
        dark, bright = dark * 0.5, bright * 1.2 + 0.1
    return dark.astype(np.float32), bright.astype(np.float32)


def _fit(pixels: Pixels, dark: Pixels, bright: Pixels, develop: FinishFrame, *, pointwise: bool) -> tuple[Pixels, Pixels]:
    """p (rows, columns, 3) in 0 to 255 and k (rows, columns) in 0 to 1 of the blend p + k·b."""
    kept_light = 1.0 - pixels[..., 3:]
    low_base, high_base = (_flat(develop, colour, pixels.shape, pointwise=pointwise) for colour in (dark, bright))
    high = develop(pixels[..., :3] + kept_light * bright).astype(np.float32)
    if pointwise:
        low = high.copy()
        mixed = (pixels[..., 3] < 0.999)
        if mixed.any():
            part = pixels[mixed]
            low[mixed] = _develop_list(develop, part[:, :3] + (1.0 - part[:, 3:]) * dark)
    else:
        low = develop(pixels[..., :3] + kept_light * dark).astype(np.float32)
    spread = np.maximum((high_base - low_base) @ _LUMA, 1.0)
    kept = np.clip(((high - low) @ _LUMA) / spread, 0.0, 1.0).astype(np.float32)
    kept[kept < 1 / 255] = 0.0
    untouched = (pixels[..., 3] == 0) & (pixels[..., :3].max(axis=2) == 0)
    added = (high + low) * 0.5 - kept[..., None] * (high_base + low_base) * 0.5
    if pointwise:
        kept[untouched], added[untouched] = 1.0, 0.0
    return np.maximum(added, 0.0), kept


def _flat(develop: FinishFrame, colour: Pixels, shape: tuple[int, ...], *, pointwise: bool) -> Pixels:
    size = (1, 1) if pointwise else shape[:2]
    return develop(np.broadcast_to(colour, (*size, 3)).astype(np.float32)).astype(np.float32)


def _develop_list(develop: FinishFrame, colours: Pixels) -> Pixels:
    """Finish a list of colours by laying them out as a picture: for finishes that look at one pixel at a time."""
    width = 1024
    rows = -(-len(colours) // width)
    sheet = np.zeros((rows * width, 3), dtype=np.float32)
    sheet[: len(colours)] = colours
    return develop(sheet.reshape(rows, width, 3)).reshape(-1, 3)[: len(colours)].astype(np.float32)


def _is_pointwise(develop: FinishFrame) -> bool:
    """Whether the finish looks at each pixel for itself: then shuffled pixels finish to the same colours, shuffled."""
    rng = np.random.default_rng(5)
    sheet = rng.uniform(0.0, 1.0, (48 * 48, 3)).astype(np.float32)
    order = rng.permutation(len(sheet))
    straight = develop(sheet.reshape(48, 48, 3)).reshape(-1, 3)[order].astype(np.int16)
    shuffled = develop(sheet[order].reshape(48, 48, 3)).reshape(-1, 3).astype(np.int16)
    return int(np.abs(straight - shuffled).max()) <= 1


def _plate(layer: Layer, box: tuple[int, int, int, int], added: Pixels, kept: Pixels, margin: int) -> Plate:
    """Premultiplied RGB to premultiplied Y, Cb, Cr: the offsets of luma and chroma count as much as the layer covers."""
    yuv = cv2.transform(added, np.ascontiguousarray(RGB_TO_YUV_709[:, :3]))
    # A glow of strong colour needs room for its chroma: it gives up a little of the background.
    room = 1.0 + yuv[..., 1:].min(axis=2) / 128.0
    kept = np.minimum(kept, np.clip(room, 0.0, 1.0))
    yuv += (1.0 - kept)[..., None] * RGB_TO_YUV_709[:, 3]
    yuvk = np.dstack([yuv, kept * 255.0])
    rng = np.random.default_rng(len(layer.name) + box[0])
    # Dither: eight bits would show steps in a sky.
    yuvk[..., 0] += rng.uniform(-0.5, 0.5, yuvk.shape[:2]).astype(np.float32) * (1.0 - kept)
    packed = np.clip(np.rint(yuvk), 0, 255).astype(np.uint8)
    full_width = box[0] == 0 and box[2] == layer.pixels.shape[1]
    covering = (packed[..., 3].max(axis=1) == 0) & full_width
    return Plate(layer.name, layer.depth, layer.motion, packed, box[0] - margin, box[1] - margin, covering)
