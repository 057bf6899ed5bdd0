"""Where each cut-out stands and how large it is: on the ground plane of the scene, in its perspective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.engine.render.composite.wishes import Wish, across
from studio.engine.render.cutout import Cutout

_FACE_METRES = 0.19  # what a face box of the cascade is wide
_PERSON_METRES = 1.7
_TALLEST = {1: 0.86, 2: 0.80, 3: 0.70}  # share of the frame's height that the tallest may take


@dataclass(frozen=True, slots=True)
class Ground:
    """`horizon`: share of the frame's height from the top. `foot` and `person`: where somebody stands and how tall they are
    there, in the same shares."""

    horizon: float
    foot: float
    person: float

    def person_at(self, foot: float) -> float:
        """How tall a person is that stands elsewhere: in proportion to the distance below the horizon."""
        return self.person * max(foot - self.horizon, 0.02) / max(self.foot - self.horizon, 0.02)

    def foot_of(self, person: float) -> float:
        """Where a person of that height stands."""
        return self.horizon + (self.foot - self.horizon) * person / max(self.person, 1e-3)


@dataclass(frozen=True, slots=True)
class Placement:
    """`number`: which picture's. The box of the subject in the frame, in pixels (may reach beyond it); `mirrored`: turned
    round, so that a side that the photo's rim cut off lies at the frame's rim. `grounded`: it stands on the ground and
    throws a shadow. `depth`: -1 behind, 0, 1 in front."""

    number: int
    left: float
    top: float
    width: float
    height: float
    mirrored: bool
    grounded: bool
    depth: int


def place(
    cutouts: Sequence[Cutout], wishes: Sequence[Wish], ground: Ground, width: int, height: int
) -> tuple[Placement, ...]:
    """A place for each, back to front."""
    order = across(wishes)
    heights = _heights(cutouts, wishes, ground)
    widths = [heights[number] * height * _shape(cutouts[number]) for number in range(len(cutouts))]
    room = width * 0.94
    if sum(widths) > room * 1.12:  # a little overlap is natural
        shrink = room * 1.12 / sum(widths)
        heights, widths = [h * shrink for h in heights], [w * shrink for w in widths]
    gap = (width - sum(widths)) / (len(order) + 1)
    placed = []
    at = max(gap, -0.12 * width) if gap > 0 else gap + 0.0
    for position, number in enumerate(order):
        placed.append(
            _placed(
                number,
                cutouts[number],
                wishes[number],
                ground,
                (at, widths[number], heights[number]),
                (width, height),
                position,
                len(order),
            )
        )
        at += widths[number] + gap
    return tuple(sorted(placed, key=lambda one: (one.depth, one.grounded is False and one.depth >= 0, one.top + one.height)))


def _shape(cutout: Cutout) -> float:
    left, top, right, bottom = cutout.box()
    return (right - left) / max(bottom - top, 1)


def _metres(cutout: Cutout) -> float | None:
    """How tall what shows of a person is, by the width of the face; None for other things."""
    if cutout.kind != "person":
        return None
    _, top, _, bottom = cutout.box()
    face = cutout.faces[0].width * cutout.alpha.shape[1]
    return float(min((bottom - top) / max(face, 1.0) * _FACE_METRES, 2.0))


def _heights(cutouts: Sequence[Cutout], wishes: Sequence[Wish], ground: Ground) -> list[float]:
    """Shares of the frame's height: people in proportion to each other, things so that they are seen well beside them."""
    tallest = _TALLEST[min(len(cutouts), 3)]
    metres = [_metres(cutout) for cutout in cutouts]
    people = [size for size in metres if size is not None]
    heights = []
    for cutout, wish, size in zip(cutouts, wishes, metres, strict=True):
        if size is not None:
            share = tallest * size / max(people)
        else:
            share = tallest * (0.50 if people else 0.74) * min(1.0, 1.5 / max(_shape(cutout), 0.2))
            share = max(share, 0.26) if _shape(cutout) < 1.6 else share
        if wish.depth < 0:
            share *= 0.68
        elif wish.depth > 0:
            share *= 1.06
        heights.append(min(share, 0.92))
    return heights


def _placed(
    number: int,
    cutout: Cutout,
    wish: Wish,
    ground: Ground,
    span: tuple[float, float, float],
    frame: tuple[int, int],
    position: int,
    count: int,
) -> Placement:
    left, wide, tall = span
    width, height = frame
    sides = cutout.cut_sides()
    grounded = "bottom" not in sides
    if grounded:
        # The nearer the larger: the foot that the height asks for, inside the frame.
        person = tall * (_PERSON_METRES / size if (size := _metres(cutout)) else 1.25)
        foot = min(max(ground.foot_of(person), ground.foot * 0.98), 0.955 - 0.02 * (wish.depth < 0))
        top = foot * height - tall * height
    else:
        top = height - tall * height + 1
    mirrored = False
    outer_left, outer_right = position == 0, position == count - 1
    one_side = sides & {"left", "right"}
    if len(one_side) == 1:
        side = next(iter(one_side))
        mirrored = (side == "left" and outer_right and not outer_left) or (
            side == "right" and outer_left and not outer_right
        )
        at_rim = {"left": "right", "right": "left"}[side] if mirrored else side
        if at_rim == "left" and outer_left:
            left = -1.0
        elif at_rim == "right" and outer_right:
            left = width - wide + 1
    return Placement(number, left, top, wide, tall * height, mirrored, grounded, wish.depth)
