"""Another background or another sky behind a clip: drawn once, larger than the frame, and moved with the camera."""

from __future__ import annotations

import math

import cv2
import numpy as np

from studio.engine.render.changes.flow import CameraStep, Map, camera_step
from studio.engine.render.changes.stages import Moment
from studio.engine.render.changes.steadying import Bytes
from studio.engine.render.cutout import Cutout
from studio.engine.render.edit.picture import Picture
from studio.engine.render.edit.replacing import replace_background, replace_sky
from studio.engine.render.edit.steps import Step
from studio.engine.render.harmony import harmonized, over, statistics

_MARGIN = 0.12        # of each side: how far the drawn background may move
_FAR = 0.6            # of the camera's way: what is far moves less
NO_ALPHA = "studio backdrop"
"""What stands behind a subject where a picture would be transparent: a video cannot be."""


class NewBackground:
    """The stage for "backdrop", "cut" and "sky"."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._region = "sky" if step.operation == "sky" else "subject"
        self._drawn: Bytes | None = None
        self._way = CameraStep()

    def __call__(self, moment: Moment) -> None:
        if not moment.regions.found(self._region):
            return
        mask = moment.regions.mask(self._region, moment.source)
        if moment.flow is not None:
            self._way = self._way.plus(camera_step(-moment.flow).scaled(_FAR))
        if self._drawn is None:
            self._drawn = self._draw(moment)
        behind = self._seen(self._drawn, moment.rgb)
        if self._region == "sky":
            self._under(moment, mask, behind)
            return
        light = 0.0 if self._step.value in ("white", "black") else 0.6
        subject = harmonized(moment.rgb, mask, behind, strength=light) if light else moment.rgb
        moment.rgb = over(behind, subject, mask)

    def _under(self, moment: Moment, sky: Map, behind: Bytes) -> None:
        """The new sky, and the land in its light."""
        land = np.asarray(1 - sky, np.float32)
        old, new = statistics(moment.rgb, sky), statistics(behind, sky)
        darker = float(np.clip((new[0][0] - old[0][0]) / 60, -1, 0.25))
        relit = harmonized(moment.rgb, land, behind, strength=0.5 + 0.5 * abs(darker), where=sky)
        moment.rgb = over(relit, behind, sky)

    def _draw(self, moment: Moment) -> Bytes:
        """The background for a frame with room on all sides, drawn as image.edit draws it."""
        rows, columns = (round(side * (1 + 2 * _MARGIN) / 2) * 2 for side in moment.rgb.shape[:2])
        canvas = np.asarray(cv2.resize(moment.rgb, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
        nothing = np.zeros((rows, columns), np.float32)
        if self._region == "subject":
            value = self._step.value if self._step.operation == "backdrop" else NO_ALPHA
            picture = Picture(canvas, None, moment.seed, moment.check, [Cutout(nothing, canvas, (), "none")])
            replace_background(picture, Step("backdrop", value=value))
            return picture.rgb
        foot = self._foot(moment)
        nothing[: round(foot * rows)] = 1.0
        picture = Picture(canvas, None, moment.seed, moment.check, [], [], [nothing])
        replace_sky(picture, self._step)
        last = max(round(foot * rows) - 2, 1)
        picture.rgb[last:] = picture.rgb[last - 1]
        return picture.rgb

    def _foot(self, moment: Moment) -> float:
        """The lowest row of the sky as a share of the height, with room for what may come into view."""
        filled = np.flatnonzero(moment.regions.mask("sky", moment.source).mean(axis=1) > 0.1)
        lowest = float(filled.max() + 1) / moment.rgb.shape[0] if filled.size else 0.6
        return min(lowest + _MARGIN, 0.98)

    def _seen(self, drawn: Bytes, rgb: Bytes) -> Bytes:
        """The part of the drawn background that lies behind this frame."""
        rows, columns = rgb.shape[:2]
        most = _MARGIN * 0.95
        x, y = (most * math.tanh(way / most) * columns for way in (self._way.x, self._way.y))
        left, top = (drawn.shape[1] - columns) / 2, (drawn.shape[0] - rows) / 2
        matrix = np.array([[1, 0, left - x], [0, 1, top - y]], np.float32)
        return np.asarray(cv2.warpAffine(drawn, matrix, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                         borderMode=cv2.BORDER_REFLECT_101), np.uint8)
