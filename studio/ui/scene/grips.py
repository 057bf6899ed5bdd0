"""What a press on the board takes hold of, and what a drag of it does to the photo."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF

from studio.domain.scene_board import Layer
from studio.domain.scene_geometry import Guide, box_of, snap, snapped_angle
from studio.ui.scene.painting import View, outline, turn_handle
from studio.ui.scene.state import BoardState

_REACH = 12.0  # px around a handle
SNAP_PX = 7.0


@dataclass(frozen=True, slots=True)
class Grip:
    """`kind` is "move", "scale" or "turn"; `at` where it was taken, in the frame; `layer` as it was then."""

    kind: str
    at: tuple[float, float]
    layer: Layer


def grip_at(view: View, layer: Layer, point: QPointF) -> str:
    """Which handle of the selected photo lies under a point of the widget; "" where none does."""
    if _near(turn_handle(view, layer), point):
        return "turn"
    return "scale" if any(_near(corner, point) for corner in outline(view, layer)) else ""


def dragged(
    grip: Grip, to: tuple[float, float], state: BoardState, view: View, *, free: bool
) -> tuple[Layer, tuple[Guide, ...]]:
    """The photo after a drag to a point of the frame, and the lines that it snapped to. `free`: nothing snaps."""
    layer = grip.layer
    if grip.kind == "move":
        moved = replace(layer, x=layer.x + to[0] - grip.at[0], y=layer.y + to[1] - grip.at[1])
        if free:
            return moved, ()
        others = [box_of(other) for other in state.board.layers if other.id != layer.id]
        found = snap(box_of(moved), state.board.frame, others, SNAP_PX / view.scale)
        return replace(moved, x=moved.x + found.dx, y=moved.y + found.dy), found.guides
    before, now = _from_middle(layer, grip.at), _from_middle(layer, to)
    if grip.kind == "turn":
        angle = layer.rotation + math.degrees(now[1] - before[1])
        return replace(layer, rotation=angle if free else snapped_angle(angle)), ()
    return replace(layer, scale=layer.scale * max(now[0], 1.0) / max(before[0], 1.0)), ()


def pinched(layer: Layer, before: tuple[QPointF, QPointF], now: tuple[QPointF, QPointF], scale: float) -> Layer:
    """The photo after two fingers moved: it follows their middle, their distance and their angle. `scale`: of the view."""
    first, second = before[1] - before[0], now[1] - now[0]
    grown = math.hypot(second.x(), second.y()) / max(1.0, math.hypot(first.x(), first.y()))
    turned = math.degrees(math.atan2(second.y(), second.x()) - math.atan2(first.y(), first.x()))
    way = (now[0] + now[1] - before[0] - before[1]) / (2 * scale)
    return replace(
        layer, x=layer.x + way.x(), y=layer.y + way.y(), scale=layer.scale * grown, rotation=layer.rotation + turned
    )


def _from_middle(layer: Layer, point: tuple[float, float]) -> tuple[float, float]:
    """Distance and angle of a point of the frame, from the photo's middle."""
    x, y = point[0] - layer.x, point[1] - layer.y
    return math.hypot(x, y), math.atan2(y, x)


def _near(one: QPointF, other: QPointF) -> bool:
    return math.hypot(one.x() - other.x(), one.y() - other.y()) <= _REACH
