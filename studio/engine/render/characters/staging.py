"""Where each character stands in the frame and how large it is: on the scene's ground by its perspective, or, cut off below
as a bust is, at the frame's lower edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.engine.render.characters.acts import Part
from studio.engine.render.characters.keeping import Character
from studio.engine.render.composite.staging import Ground

_FACE_METRES = 0.19      # what a face box of the cascade is wide
_PERSON_METRES = 1.7
_BUST = {1: 0.80, 2: 0.72, 3: 0.64, 4: 0.58}      # share of the frame's height that is seen of the tallest bust
_WHOLE = {1: 0.60, 2: 0.56, 3: 0.52, 4: 0.48}     # and of a whole figure
_ROOM = 0.92             # share of the frame's width for all of them
_OVERLAP = 1.18          # how much more may be taken by standing one before the other
RESERVE = 0.12          # share of its height by which a bust reaches below the frame, so that it can rise


@dataclass(frozen=True, slots=True)
class Mark:
    """`x`: of the middle; `foot`: of the lower edge; `height` of what there is, all in pixels of the frame. `metre`: how
    many pixels a metre is at that place. `whole`: it stands on the ground. `far`: 0 the nearest, then further back."""

    x: float
    foot: float
    height: float
    metre: float
    whole: bool
    far: int


def metres_of(character: Character) -> float:
    """How tall what is seen of a character is, by the width of its face; tall figures without one count as people."""
    rows, columns = _solid(character)
    if character.kind == "person" and character.poses.face is not None:
        return float(np.clip(rows / max(character.poses.face[2], 1.0) * _FACE_METRES, 0.25, 2.0))
    if "bottom" in character.poses.cut:
        return 0.8
    return _PERSON_METRES if rows > 1.5 * columns else 0.9


def _solid(character: Character) -> tuple[int, int]:
    """Rows and columns of what shows of the base pose."""
    seen = character.base[..., 3] > 100
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return character.base.shape[0], character.base.shape[1]
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def marks(cast: Sequence[Character], parts: Sequence[Part], ground: Ground, frame: tuple[int, int],
          seed: int) -> tuple[Mark, ...]:
    """A mark for each character. `frame`: width and height. The seed moves them a little."""
    width, height = frame
    heights = _heights(cast, height)
    widths = [tall * cast[number].base.shape[1] / cast[number].base.shape[0] for number, tall in enumerate(heights)]
    most = width * _ROOM * (_OVERLAP if len(cast) > 1 else 1.0)
    shrink = min(1.0, most / sum(widths))
    heights, widths = [tall * shrink for tall in heights], [wide * shrink for wide in widths]
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 411])
    order = _across(parts)
    out: dict[int, Mark] = {}
    for number, x in zip(order, _places([widths[number] for number in order], [parts[number].side for number in order],
                                        width), strict=True):
        x += float(rng.uniform(-0.03, 0.03)) * width
        metre = heights[number] / metres_of(cast[number])
        whole = "bottom" not in cast[number].poses.cut
        if whole:
            # The nearer the larger: the foot that the height asks for, inside the frame, not all on one line.
            step = 0.012 * (order.index(number) % 2)
            foot = min(max(ground.foot_of(_PERSON_METRES * metre / height), ground.foot * 0.98), 0.94) - step
            out[number] = Mark(x, foot * height, heights[number], metre, True, 0)
        else:
            out[number] = Mark(x, height + RESERVE * heights[number], heights[number], metre, False, 0)
    return _in_depth([out[number] for number in range(len(cast))], parts)


def _heights(cast: Sequence[Character], height: int) -> list[float]:
    """In pixels: people in proportion to each other among those that are shown alike."""
    count = len(cast)
    out = []
    for character in cast:
        bust = "bottom" in character.poses.cut
        alike = [metres_of(other) for other in cast if ("bottom" in other.poses.cut) == bust]
        size = metres_of(character) / max(alike)  # of busts less is seen of some: they come a little nearer
        share = (_BUST if bust else _WHOLE)[count] * (size ** 0.5 if bust else size)
        lift = character.poses.rgba[0].shape[0] / max(_solid(character)[0], 1)  # air above the head in the pose
        out.append(max(share, 0.22) * height * min(lift, 1.6) * (1 + RESERVE if bust else 1.0))
    return out


def _across(parts: Sequence[Part]) -> list[int]:
    """From left to right: as the words say, else in the order of the ids."""
    rank = {"left": -1.0, "right": 1.0, "middle": 0.0}
    count = len(parts)

    def place(number: int) -> tuple[float, int]:
        own = (number / (count - 1) * 2 - 1) * 0.9 if count > 1 else 0.0
        return rank.get(parts[number].side, own), number

    return sorted(range(count), key=place)


def _places(widths: Sequence[float], sides: Sequence[str], frame: int) -> list[float]:
    """The middles of figures of these widths, from left to right, with even gaps; one alone stands where it was asked to."""
    if len(widths) == 1:
        share = {"left": 0.29, "right": 0.71}.get(sides[0], 0.5)
        half = min(widths[0] / frame / 2, 0.5)
        return [frame * min(max(share, half * 0.9), 1 - half * 0.9)]
    gap = (frame - sum(widths)) / (len(widths) + 1)
    at, out = gap, []
    for wide in widths:
        out.append(at + wide / 2)
        at += wide + gap
    return out


def _in_depth(found: list[Mark], parts: Sequence[Part]) -> tuple[Mark, ...]:
    """Who stands nearer is drawn later: whole figures by their feet, busts before all of them; who comes nearer before those
    who stay, who goes away behind them."""
    def nearness(number: int) -> tuple[bool, int, float, int]:
        acts = parts[number].acts
        return found[number].whole, ("farther" in acts) - ("nearer" in acts), -found[number].foot, number

    rank = {number: far for far, number in enumerate(sorted(range(len(found)), key=nearness))}
    return tuple(replace(one, far=rank[number]) for number, one in enumerate(found))
