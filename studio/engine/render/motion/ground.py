"""Ground and water under a moving camera: a plane that comes nearer row by row, so that what stands on it keeps its place.

A layer has one depth, but the ground reaches from the horizon to the camera's feet. Subjects are given their depth by the
height of their feet; the ground's rows are moved by the same rule, or figures would slide over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.motion.camera import Camera
from studio.engine.render.motion.plates import Plate
from studio.engine.render.scene.layers import Motion

Map = NDArray[np.float32]

_KNOTS = 40
_FAR, _NEAR, _NEAREST = 0.2, 0.82, 0.95  # depth at the horizon, at the frame's lower edge, and beyond it


@dataclass(frozen=True, slots=True)
class GroundRows:
    """Where the rows of a plane lie in one frame: places in the scene's pixels, for knots from its top to its bottom."""

    shown: NDArray[np.float64]   # y in the frame
    source: NDArray[np.float64]  # y in the layer
    scale: NDArray[np.float64]
    shift: NDArray[np.float64]

    def source_rows(self, shown: NDArray[np.float64]) -> NDArray[np.float64]:
        """The layer's y that is seen at each y of the frame."""
        # Beyond the last knot the plane goes on at its last slope.
        inside = np.interp(shown, self.shown, self.source)
        past = np.maximum(shown - self.shown[-1], 0.0) / self.scale[-1]
        before = np.minimum(shown - self.shown[0], 0.0) / self.scale[0]
        return np.asarray(inside + past + before)

    def columns(self, shown: NDArray[np.float64], x: NDArray[np.float64], centre: float) -> NDArray[np.float64]:
        """The layer's x that is seen at each x of the frame, for each of the rows: (rows, columns)."""
        scale, shift = np.interp(shown, self.shown, self.scale), np.interp(shown, self.shown, self.shift)
        return np.asarray((x[None, :] - centre - shift[:, None]) / scale[:, None] + centre)


class GroundPlane:
    """One plate of ground or water seen as a plane from `horizon` (a row of the frame at rest, in the scene's pixels)."""

    def __init__(self, plate: Plate, camera: Camera, horizon: float) -> None:
        self._camera = camera
        self._source = np.linspace(plate.top, plate.top + plate.height, _KNOTS)
        share = (self._source - horizon) / max(camera.height - horizon, 1.0)
        self._depth = np.clip(_FAR + (_NEAR - _FAR) * share, _FAR, _NEAREST)

    def rows(self, progress: float) -> GroundRows:
        """The plane's rows when the camera's move is `progress` (0 to 1) of its way."""
        views = [self._camera.view(progress, float(depth)) for depth in self._depth]
        scale = np.array([view.scale for view in views])
        centre = self._camera.centre[1]
        shown = (self._source - centre) * scale + centre + np.array([view.shift_y for view in views])
        return GroundRows(np.maximum.accumulate(shown), self._source, scale, np.array([view.shift_x for view in views]))


def find_horizon(plates: Sequence[Plate], width: int, height: int) -> float | None:
    """The row (at rest) at which the ground begins: the highest full row of the plates that fill the frame's foot."""
    grounds = [plate for plate in plates if plate.covering.any() and is_ground(plate, width, height)]
    tops = [plate.top + int(np.argmax(plate.covering)) for plate in grounds]
    return float(min(tops)) if tops else None


def is_ground(plate: Plate, width: int, height: int) -> bool:
    """Whether a plate is ground or water that comes towards the camera: near enough, and filling the foot of the frame."""
    if plate.motion not in (Motion.STILL, Motion.WATER) or plate.depth < 0.24 or plate.left > 0:
        return False
    return plate.top > height * 0.3 and plate.top + plate.height >= height and plate.left + plate.width >= width
