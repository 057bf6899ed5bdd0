"""The camera's move: read from the prompt's words, eased in and out, and turned into a place for every depth.

A dolly or a truck moves near things more than far ones (parallax); a zoom, pan or tilt moves all of them alike.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class Move:
    """How far the camera goes from the first frame to the last.

    `truck` and `pedestal` in shares of the margin (parallax; right and up positive), `pan` and `tilt` likewise without
    parallax, `dolly` forward as a share of the distance to the nearest layer, `zoom` as a factor minus 1, `shake` in shares
    of the margin, `arc` bends a truck into an orbit: far things move against near ones.
    """

    name: str
    truck: float = 0.0
    pedestal: float = 0.0
    pan: float = 0.0
    tilt: float = 0.0
    dolly: float = 0.0
    zoom: float = 0.0
    arc: float = 0.0
    shake: float = 0.0

    def scaled(self, factor: float) -> Move:
        """The same move, `factor` times as far, within what the margin allows."""

        def limited(value: float, limit: float) -> float:
            return max(-limit, min(limit, value * factor))

        return replace(
            self, truck=limited(self.truck, 1.0), pedestal=limited(self.pedestal, 1.0), pan=limited(self.pan, 1.0),
            tilt=limited(self.tilt, 1.0), dolly=limited(self.dolly, 0.3), zoom=limited(self.zoom, 0.4),
        )


_LEFT, _RIGHT = r"(?:to(?:ward)?s? the )?left(?:ward)?", r"(?:to(?:ward)?s? the )?right(?:ward)?"
_PAN = r"(?:pan|pans|panning|panned|camera \w+|whip pan|sweep\w*)(?: slowly| gently)?"
_TRUCK = r"(?:truck|track|slid|dolly|sideways)\w*"
_GO = r"(?:push|pull|track|mov|dolly|dollies|trav|fly|flies|glid|drift|driv|walk)\w*(?: slowly| gently)?"
_MOVES: tuple[tuple[str, Move], ...] = (
    (r"static|locked[- ]?(?:off|down)|(?:still|fixed) camera|tripod|no camera (?:move|motion)\w*|camera holds still",
     Move("static")),
    (r"hand-?held|shaky|documentary", Move("handheld", truck=0.25, dolly=0.05, shake=0.22)),
    (r"orbit\w*|arc shot|arcs? around|circl(?:es|ing) (?:around|the)|revolv\w+|360",
     Move("orbit", truck=0.95, arc=0.8, dolly=0.03)),
    (rf"{_GO} (?:back|backwards?|out|away)|pull[- ]?back|pull[- ]?out", Move("dolly out", dolly=-0.16)),
    (rf"{_GO} (?:forwards?|in|into|through|towards?|ahead|closer)|push[- ]?in|fly[- ]?through|approach\w*",
     Move("dolly in", dolly=0.16)),
    (rf"{_TRUCK} {_LEFT}", Move("truck left", truck=-0.95)),
    (rf"{_TRUCK} {_RIGHT}", Move("truck right", truck=0.95)),
    (r"dolly", Move("dolly in", dolly=0.16)),
    (r"zoom\w*(?: slowly)? out", Move("zoom out", zoom=-0.22, dolly=-0.03)),
    (r"zoom\w*|punch[- ]?in", Move("zoom in", zoom=0.22, dolly=0.03)),
    (rf"{_PAN} {_LEFT}", Move("pan left", pan=-0.55, truck=-0.4)),
    (rf"{_PAN} {_RIGHT}", Move("pan right", pan=0.55, truck=0.4)),
    (r"tilt\w*(?: slowly| gently)? down\w*|camera (?:looks|moves) down", Move("tilt down", tilt=-0.9)),
    (r"tilt\w*|camera (?:looks|moves) up", Move("tilt up", tilt=0.9)),
    (r"(?:crane|pedestal)\w* down|descend\w*|lowering camera", Move("crane down", pedestal=-0.85, dolly=0.04)),
    (r"crane|pedestal|jib|drone|aerial|ris(?:es|ing) (?:up|above|over)|rising camera|bird'?s[- ]eye",
     Move("crane up", pedestal=0.85, dolly=0.05)),
    (r"pan|pans|panning|sweeping|panorama", Move("pan right", pan=0.55, truck=0.4)),
    (r"tracking(?: shot)?|steadicam|following shot|trucking|slider", Move("truck right", truck=0.95)),
)
_SPEEDS: tuple[tuple[str, float], ...] = (
    (r"very slow\w*|barely|subtle|imperceptibl\w*", 0.45), (r"slow\w*|gentl\w+|calm\w*|smooth\w*", 0.75),
    (r"fast|quick\w*|rapid\w*|dynamic|rush\w*|racing|whip", 1.5),
)
_BY_SEED: tuple[Move, ...] = (
    Move("dolly in", dolly=0.13, truck=0.12), Move("dolly in", dolly=0.11, pedestal=0.15),
    Move("truck right", truck=0.8, dolly=0.03), Move("truck left", truck=-0.8, dolly=0.03),
    Move("dolly out", dolly=-0.12), Move("crane up", pedestal=0.6, dolly=0.05),
    Move("orbit", truck=0.7, arc=0.6, dolly=0.04),
)


def choose_move(prompt: str, seed: int, negative: str | None = None) -> Move:
    """The move that the prompt asks for (the first one it names), else one by the seed. Words of `negative` do not count."""
    text, refused = prompt.lower(), (negative or "").lower()
    found: list[tuple[int, int, Move]] = []
    for order, (pattern, move) in enumerate(_MOVES):
        hit = re.search(rf"\b(?:{pattern})(?!\w)", text)
        if hit and not re.search(rf"\b(?:{pattern})(?!\w)", refused):
            found.append((hit.start(), order, move))
    if not found:
        return _BY_SEED[seed % len(_BY_SEED)]
    start, order, move = min(found, key=lambda entry: (entry[0], entry[1]))
    return move.scaled(_speed(text[max(0, start - 40) : start + 60]))


def _speed(text: str) -> float:
    return next((factor for pattern, factor in _SPEEDS if re.search(rf"\b(?:{pattern})\b", text)), 1.0)


def ease(progress: float) -> float:
    """0 to 1 with soft ends and a steady middle: no start or stop is seen as a jerk, and no moment stands still for long."""
    return progress - 0.75 * math.sin(2 * math.pi * progress) / (2 * math.pi)


@dataclass(frozen=True, slots=True)
class View:
    """Where a layer lies in one frame: frame point p shows the layer's point (p - centre - shift)/scale + centre."""

    scale: float
    shift_x: float
    shift_y: float


class Camera:
    """One move over one frame size, as a function of progress (0 to 1) and depth.

    `margin` in pixels is what every layer has beyond the frame; no view asks for more than that.
    """

    HORIZON = 0.5

    def __init__(self, move: Move, width: int, height: int, margin: float, seed: int) -> None:
        self.move = move
        self.width, self.height, self.margin = width, height, margin
        self._centre = (width / 2, height * self.HORIZON)
        self._phases = np.random.default_rng([seed, 77]).uniform(0, 2 * math.pi, 6)

    @property
    def centre(self) -> tuple[float, float]:
        """The point that the camera moves towards, in frame pixels."""
        return self._centre

    def view(self, progress: float, depth: float) -> View:
        """The place of a layer at `depth` (0 far, 1 near) when the move is `progress` (0 to 1) of its way."""
        move, along = self.move, ease(progress)
        # Sideways moves pass through the middle, so that the margin on both sides is used; forward moves begin at rest.
        around = along - 0.5
        near = depth - move.arc * 0.6
        reach = self.margin * 0.96
        shift_x = -2 * reach * around * (move.pan + move.truck * (0.12 + 0.88 * near))
        shift_y = 2 * reach * around * (move.tilt + move.pedestal * (0.12 + 0.88 * near))
        shake_x, shake_y = self._shake(progress)
        # A way back ends where the scene was drawn, so it begins nearer.
        closer = abs(move.dolly) * (along if move.dolly >= 0 else 1.0 - along)
        scale = 1.0 / (1.0 - closer * (0.1 + 0.9 * depth))
        zoomed = along if move.zoom >= 0 else 1.0 - along
        scale *= 1.0 + abs(move.zoom) * zoomed
        x = self._within(shift_x + shake_x, scale, self.width)
        return View(scale, x, self._within(shift_y + shake_y, scale, self.height))

    def _within(self, shift: float, scale: float, side: int) -> float:
        """Keep the layer's edge outside the frame: enlarged layers reach further."""
        room = (side / 2 + self.margin) * scale - side / 2 - 2
        return max(-room, min(room, shift))

    def _shake(self, progress: float) -> tuple[float, float]:
        if not self.move.shake:
            return 0.0, 0.0
        turn = progress * 2 * math.pi
        swing = np.sin(turn * np.array([1.3, 2.9, 5.3, 1.7, 3.1, 4.7]) + self._phases) / np.array([1, 2, 3, 1, 2, 3])
        return (float(swing[:3].sum()) * self.move.shake * self.margin * 0.5,
                float(swing[3:].sum()) * self.move.shake * self.margin * 0.4)
