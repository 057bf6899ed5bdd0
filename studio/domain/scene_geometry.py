"""Where things lie on the scene board: boxes of turned photos, what a point hits, lining up and snapping: arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.domain.scene_board import Layer

ALIGNMENTS = ("left", "centre", "right", "top", "middle", "bottom")
_SAME = 0.5  # px: closer lines are one


@dataclass(frozen=True, slots=True)
class Box:
    """An upright box in frame pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def columns(self) -> tuple[float, float, float]:
        """Left edge, middle and right edge."""
        return self.left, self.left + self.width / 2, self.right

    def rows(self) -> tuple[float, float, float]:
        """Top edge, middle and bottom edge."""
        return self.top, self.top + self.height / 2, self.bottom

    def overlaps(self, other: Box) -> bool:
        return (self.left < other.right and other.left < self.right
                and self.top < other.bottom and other.top < self.bottom)


@dataclass(frozen=True, slots=True)
class Guide:
    """A line that something snapped to: at x (`upright`) or at y, in frame pixels."""

    upright: bool
    at: float


@dataclass(frozen=True, slots=True)
class Snap:
    """How far to go to lie on the lines found, and those lines."""

    dx: float = 0.0
    dy: float = 0.0
    guides: tuple[Guide, ...] = ()


def corners(layer: Layer) -> tuple[tuple[float, float], ...]:
    """The corners of a turned photo, from the one that is its top left, clockwise."""
    wide, high = layer.size
    return tuple(to_frame(layer, x, y) for x, y in (
        (-wide / 2, -high / 2), (wide / 2, -high / 2), (wide / 2, high / 2), (-wide / 2, high / 2)))


def to_frame(layer: Layer, x: float, y: float) -> tuple[float, float]:
    """A point given from the photo's middle along its own sides, in the frame."""
    angle = math.radians(layer.rotation)
    return (layer.x + x * math.cos(angle) - y * math.sin(angle), layer.y + x * math.sin(angle) + y * math.cos(angle))


def from_frame(layer: Layer, x: float, y: float) -> tuple[float, float]:
    """The way back: a point of the frame from the photo's middle along its own sides (not mirrored)."""
    angle = math.radians(-layer.rotation)
    dx, dy = x - layer.x, y - layer.y
    return dx * math.cos(angle) - dy * math.sin(angle), dx * math.sin(angle) + dy * math.cos(angle)


def contains(layer: Layer, x: float, y: float) -> bool:
    """Whether a point of the frame lies on the photo."""
    wide, high = layer.size
    across, down = from_frame(layer, x, y)
    return abs(across) <= wide / 2 and abs(down) <= high / 2


def photo_point(layer: Layer, x: float, y: float) -> tuple[float, float]:
    """A point of the frame on the photo, as shares of the photo's longer side from its top left; mirroring is undone."""
    wide, high = layer.size
    across, down = from_frame(layer, x, y)
    if layer.mirrored:
        across = -across
    longer = max(wide, high)
    return (across + wide / 2) / longer, (down + high / 2) / longer


def box_of(layer: Layer) -> Box:
    """The upright box around a turned photo."""
    points = corners(layer)
    left, top = min(x for x, _ in points), min(y for _, y in points)
    return Box(left, top, max(x for x, _ in points) - left, max(y for _, y in points) - top)


def aligned(layer: Layer, to: str, frame: tuple[int, int]) -> Layer:
    """The photo moved so that its box lies at an edge or in the middle of the frame; `to` is one of ALIGNMENTS."""
    box = box_of(layer)
    wide, high = frame
    across = {"left": -box.left, "centre": wide / 2 - box.columns()[1], "right": wide - box.right}.get(to, 0.0)
    down = {"top": -box.top, "middle": high / 2 - box.rows()[1], "bottom": high - box.bottom}.get(to, 0.0)
    return replace(layer, x=layer.x + across, y=layer.y + down)


def snap(box: Box, frame: tuple[int, int], others: Sequence[Box], reach: float) -> Snap:
    """What to add to a box's place so that its edges or middle lie on the nearest line within `reach` (frame pixels).

    Lines are the frame's edges and middle, and the edges and middles of the other photos' boxes.
    """
    upright = [0.0, frame[0] / 2, float(frame[0]), *(line for other in others for line in other.columns())]
    level = [0.0, frame[1] / 2, float(frame[1]), *(line for other in others for line in other.rows())]
    dx = _nearest(box.columns(), upright, reach)
    dy = _nearest(box.rows(), level, reach)
    guides: list[Guide] = []
    if dx is not None:
        guides += [Guide(True, line) for line in _met([at + dx for at in box.columns()], upright)]
    if dy is not None:
        guides += [Guide(False, line) for line in _met([at + dy for at in box.rows()], level)]
    return Snap(dx or 0.0, dy or 0.0, tuple(guides))


def snapped_angle(degrees: float, reach: float = 3.0, step: float = 45.0) -> float:
    """The angle, or the multiple of `step` that is within `reach` of it."""
    near = round(degrees / step) * step
    return near if abs(degrees - near) <= reach else degrees


def _nearest(mine: Sequence[float], lines: Sequence[float], reach: float) -> float | None:
    """The shortest way from one of mine to one of the lines; None where none is within reach."""
    ways = [line - at for at in mine for line in lines]
    best = min(ways, key=abs)
    return best if abs(best) <= reach else None


def _met(mine: Sequence[float], lines: Sequence[float]) -> list[float]:
    return sorted({line for line in lines if any(abs(line - at) < _SAME for at in mine)})
