"""How a layer looks on the screen, whatever stands behind it: the blend p + k·b that stands in for its linear light.

In linear light a layer gives f(b) = finish(light + (1 - alpha)·b). For a pixel that covers, f is a constant; for clear air
it is b; for haze and glow in between it is close to a straight line, which is laid through a dark and a bright backdrop that
the scene really has. Styles that work over neighbourhoods (paint, pencil) are applied to the picture as it grows layer by
layer, and p is what each layer changed in it.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from studio.engine.render.scene.finish import finish_frame, finish_is_pointwise, grade
from studio.engine.render.scene.layers import Finish, Layer, Pixels

_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
_SHEET_WIDTH = 2048
# Painted styles leave a torn border of paper around the sheet: the sheet is made larger by this share, and cut off again.
_BORDER = 0.06


class Developer:
    """Develops the layers of one scene, back to front: each call must follow in the scene's order."""

    def __init__(self, finish: Finish, seed: int) -> None:
        self._finish = replace(finish, grain=0.0, vignette=0.0)
        self._seed = seed
        self._pointwise = finish_is_pointwise(finish)
        self._behind: Pixels | None = None   # linear light of what stands behind, small
        self._picture: Pixels | None = None  # the same at full size, for painted styles
        self._painted: Pixels | None = None

    def develop(self, layer: Layer, box: tuple[int, int, int, int]) -> tuple[Pixels, Pixels]:
        """p (rows, columns, 3) in 0 to 255, k (rows, columns) in 0 to 1 of a box (left, top, right, bottom) of the layer."""
        left, top, right, bottom = box
        part = np.s_[top:bottom, left:right]
        light = layer.pixels[part][..., :3]
        clear = np.ones(light.shape[:2], np.float32) if layer.emissive else 1.0 - layer.pixels[part][..., 3]
        dark, bright = self._backdrops(layer)
        added, kept = self._fit(light, clear, dark, bright)
        if not self._pointwise:
            added, kept = self._paint(layer, part, kept)
        self._behind = _over(self._behind, layer, 12)
        return added, kept

    def _backdrops(self, layer: Layer) -> tuple[Pixels, Pixels]:
        """A dark and a bright colour (linear light) that stand for what can be seen behind a layer."""
        if self._behind is None:
            return np.full(3, 0.02, np.float32), np.full(3, 0.6, np.float32)
        rows, columns = self._behind.shape[:2]
        alpha = cv2.resize(layer.pixels, (columns, rows), interpolation=cv2.INTER_AREA)[..., 3]
        colours = self._behind[alpha < 0.98]
        if len(colours) < 16:
            colours = self._behind.reshape(-1, 3)
        luma = colours @ _LUMA
        low, high = np.quantile(luma, [0.15, 0.85])
        dark, bright = colours[luma <= low].mean(axis=0), colours[luma >= high].mean(axis=0)
        if float((bright - dark) @ _LUMA) < 0.12:  # an even backdrop: spread the two, or rounding decides the slope
            dark, bright = dark * 0.5, bright * 1.2 + 0.1
        return np.asarray(dark, np.float32), np.asarray(bright, np.float32)

    def _fit(self, light: Pixels, clear: Pixels, dark: Pixels, bright: Pixels) -> tuple[Pixels, Pixels]:
        """The straight line through what the two backdrops come to; only pixels that let light through need both."""
        low_base, high_base = (self._grade(colour.reshape(1, 1, 3))[0, 0] for colour in (dark, bright))
        spread = max(float((high_base - low_base) @ _LUMA), 1.0)
        added = np.zeros((*clear.shape, 3), np.float32)
        kept = np.zeros(clear.shape, np.float32)
        solid = clear < 0.002
        through = ~solid & ((clear < 1.0) | (light.max(axis=2) > 0.0))
        if solid.mean() > 0.4:
            added[:] = self._grade(light)
        elif solid.any():
            added[solid] = self._grade_list(light[solid])
        if through.any():
            seen, gap = light[through], clear[through][:, None]
            low, high = self._grade_list(seen + gap * dark), self._grade_list(seen + gap * bright)
            slope = np.clip(((high - low) @ _LUMA) / spread, 0.0, 1.0)
            kept[through] = slope
            added[through] = np.maximum((high + low) * 0.5 - slope[:, None] * ((high_base + low_base) * 0.5), 0.0)
        air = ~solid & ~through
        kept[air], added[air] = 1.0, 0.0
        return added, kept

    def _grade(self, light: Pixels) -> Pixels:
        return np.asarray(grade(np.ascontiguousarray(light, np.float32), self._finish), np.float32)

    def _grade_list(self, colours: Pixels) -> Pixels:
        """Grade a list of colours by laying them out as a picture."""
        width = min(_SHEET_WIDTH, len(colours))
        rows = -(-len(colours) // width)
        sheet = np.zeros((rows * width, 3), dtype=np.float32)
        sheet[: len(colours)] = colours
        return self._grade(sheet.reshape(rows, width, 3)).reshape(-1, 3)[: len(colours)]

    # -- styles over neighbourhoods

    def _paint(self, layer: Layer, part: tuple[slice, slice], kept: Pixels) -> tuple[Pixels, Pixels]:
        """p as the difference that the layer makes in the painted picture; k as graded, which paint changes little."""
        before = self._painted
        self._picture = _over(self._picture, layer, 1)
        after = self._painted = self._sheet(self._picture)
        if before is None:
            return after[part], np.zeros_like(kept)
        added = after[part] - kept[..., None] * before[part]
        # Where much of the background shows, its edges must not be drawn into the haze before it: they would stay behind
        # when the camera moves. Haze is soft, so its share may be.
        partial = ((kept > 0.04) & (kept < 0.96)).astype(np.uint8)
        reach = max(3, round(min(after.shape[:2]) * 0.006)) | 1
        hazy = cv2.erode(partial, np.ones((reach, reach), np.uint8))
        if hazy.any():
            soft = cv2.GaussianBlur(added, (0, 0), reach * 2.0)
            share = cv2.GaussianBlur(hazy.astype(np.float32), (0, 0), reach / 2)[..., None]
            added = added + (soft - added) * share
        air = kept > 0.998
        added[air] = 0.0
        return np.maximum(added, 0.0).astype(np.float32), np.where(air, np.float32(1.0), kept)

    def _sheet(self, picture: Pixels) -> Pixels:
        """The painted picture, without the torn border."""
        pad = round(min(picture.shape[:2]) * _BORDER)
        wide = cv2.copyMakeBorder(picture, pad, pad, pad, pad, cv2.BORDER_REFLECT_101)
        painted = finish_frame(np.asarray(wide, np.float32), self._finish, seed=self._seed)
        return painted[pad:-pad, pad:-pad].astype(np.float32)


def _over(behind: Pixels | None, layer: Layer, factor: int) -> Pixels:
    """A layer put over what stands behind it, at 1/`factor` of its size, in linear light."""
    pixels = layer.pixels
    if factor > 1:
        size = max(pixels.shape[1] // factor, 1), max(pixels.shape[0] // factor, 1)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)
    if behind is None:
        return np.array(pixels[..., :3], dtype=np.float32)
    kept = np.float32(1.0) if layer.emissive else 1.0 - pixels[..., 3:]
    return np.asarray(pixels[..., :3] + behind * kept, dtype=np.float32)
