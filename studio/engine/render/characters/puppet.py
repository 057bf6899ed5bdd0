"""A character as a puppet of its poses: in-betweens along the optical flow, then one smooth warp for the stance.

The picture of a stance is sampled once: the warp's grid is bent, the flow is looked up where the grid lies, and both
neighbouring poses are read there and mixed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from studio.engine.render.characters.acting import Stance
from studio.engine.render.characters.keeping import Character
from studio.engine.render.characters.poses import Poses
from studio.engine.render.harmony import harmonized
from studio.engine.render.matting import Bytes, Map
from studio.media.colour import RGB_TO_YUV_709

_FLOW_SIDE = 288
_GRID = 8                # pixels between two points at which the warp is worked out
_SOFT_SIDE = 0.10        # a side that the clip's rim cut off fades over this share of the width
_HIP, _SIDES = 0.44, 0.035
_ASTRAY = 0.045          # share of an outline that the flow may miss
_EDGE_ON = 0.06          # nothing is thinner than this when it turns
_LIT = 0.07


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure in the frame: `yuva` (rows, columns, 4), premultiplied by alpha; `left`, `top`: its place, in pixels."""

    yuva: Bytes
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure is in the frame: its foot's middle, and its height, in pixels."""

    x: float
    foot: float
    height: float


class Puppet:
    """The poses of one character at about `height` pixels, in the light of `around` (the scene where it stands).

    `strength` is how much of the scene's light it takes, `side` -1 or 1 where that light comes from.
    """

    def __init__(self, character: Character, height: float, around: Bytes, *, strength: float, side: float) -> None:
        poses = character.poses
        factor = min(1.0, height / poses.rgba[0].shape[0])
        sized = [_sized(pose, factor) for pose in poses.rgba]
        self.shape = sized[0].shape[:2]
        self._whole = "bottom" not in poses.cut
        self._neck = _neck(poses)
        self._arm = (0.62, 0.16) if self._whole else (0.34, 0.22)
        self._gap = max(poses.gap_s, 1 / 30)
        lit = _in_light([_softened(pose, poses.cut) for pose in sized], around, strength, side)
        self._order, self._loops = _order(sized, poses)
        self._poses = [_premultiplied(pose) for pose in lit]
        self._flows = self._all_flows(sized)
        self._feet = _feet(sized, each=poses.strides) if self._whole else [1.0] * len(sized)

    @property
    def cycle_s(self) -> float:
        """How many seconds the clip's own motion takes until it comes again."""
        return len(self._order) * self._gap

    def picture(self, stance: Stance, place: Place, frame: tuple[int, int]) -> Picture | None:
        """How the stance looks in a frame of this width and height; None where it is outside."""
        box = self._box(stance, place, frame)
        if box is None:
            return None
        left, top, columns, rows = box
        index, share = self._moment(stance.clock)
        first, second = self._order[index], self._order[(index + 1) % len(self._order)]
        if (first, second) not in self._flows:  # too far apart to be mixed: the nearer one alone
            first, share = (first, 0.0) if share < 0.5 else (second, 0.0)
        ground = self._feet[first] * (1 - share) + self._feet[second] * share
        map_x, map_y = self._grid(stance, place, box, ground)
        if share < 0.02:
            out = _read(self._poses[first], _fine(map_x, columns, rows), _fine(map_y, columns, rows))
        else:
            flow = self._flows[first, second]
            scale = flow.shape[1] / self.shape[1]
            at = cv2.remap(flow, map_x * np.float32(scale), map_y * np.float32(scale), cv2.INTER_LINEAR)
            ends = []
            for pose, move in ((first, -share), (second, 1 - share)):
                x, y = map_x + at[..., 0] * np.float32(move), map_y + at[..., 1] * np.float32(move)
                ends.append(_read(self._poses[pose], _fine(x, columns, rows), _fine(y, columns, rows)))
            out = np.asarray(cv2.addWeighted(ends[0], 1 - share, ends[1], share, 0), np.uint8)
        return Picture(out, left, top)

    def _moment(self, clock: float) -> tuple[int, float]:
        """Which pose the clip's own motion has come to, and how far it is on the way to the next."""
        place = clock / self._gap % len(self._order)
        if not self._loops:  # at the ends, where it goes back, it goes gently
            half = len(self._order) / 2
            turn = place % half / half
            place = (place // half + turn * turn * (3 - 2 * turn) * 0.35 + turn * 0.65) * half
        index = min(int(place), len(self._order) - 1)
        return index, place - index

    def _all_flows(self, sized: Sequence[Bytes]) -> dict[tuple[int, int], Map]:
        """The flow from each pose to the next one played, where it leads from one to the other."""
        greys = [_grey(pose) for pose in sized]
        outlines = [np.asarray(cv2.resize(pose[..., 3], grey.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
                    for pose, grey in zip(sized, greys, strict=True)]
        found = {}
        for one, other in sorted({(one, self._order[(at + 1) % len(self._order)]) for at, one in enumerate(self._order)}):
            flow = _flow(greys[one], greys[other])
            if one != other and _leads(flow, outlines[one], outlines[other]):
                found[one, other] = flow
        return found

    # -- the warp

    def _box(self, stance: Stance, place: Place, frame: tuple[int, int]) -> tuple[int, int, int, int] | None:
        """left, top, columns, rows of the part of the frame that the figure may touch."""
        tall = place.height * stance.stretch * 1.16
        half = 0.5 * place.height * self.shape[1] / self.shape[0] * max(abs(stance.facing), _EDGE_ON)
        half += place.height * (abs(stance.sway) + abs(stance.bend) + abs(math.sin(stance.tilt)) + 0.03)
        foot = place.foot - stance.rise
        below = 0.06 * place.height + half * abs(math.sin(stance.tilt))
        left, right = max(math.floor(place.x - half), 0), min(math.ceil(place.x + half), frame[0])
        top, bottom = max(math.floor(foot - tall), 0), min(math.ceil(foot + below), frame[1])
        return (left, top, right - left, bottom - top) if right - left > 1 and bottom - top > 1 else None

    def _grid(self, stance: Stance, place: Place, box: tuple[int, int, int, int], ground: float) -> tuple[Map, Map]:
        """Pose x and y for grid points of a part of the frame, each (rows / 8 + 2, columns / 8 + 2). `ground`: how far down
        it is in the pose."""
        left, top, columns, rows = box
        x = left + np.arange(columns // _GRID + 2, dtype=np.float32) * _GRID - np.float32(place.x) + np.float32(0.5)
        y = top + np.arange(rows // _GRID + 2, dtype=np.float32) * _GRID - np.float32(place.foot - stance.rise) + 0.5
        cos, sin = math.cos(stance.tilt) / place.height, math.sin(stance.tilt) / place.height
        across: Map = np.asarray(x[None, :] * cos + y[:, None] * sin, np.float32)
        up: Map = np.asarray((x[None, :] * sin - y[:, None] * cos) / stance.stretch, np.float32)
        facing = math.copysign(max(abs(stance.facing), _EDGE_ON), stance.facing)
        height: Map = np.asarray(np.clip(up, 0, 1), np.float32)
        leaning = stance.sway * 4 * height * (1 - height) + stance.bend * height * height
        across = np.asarray((across - leaning) / facing, np.float32)
        up = up - self._lifted(stance, across, height)
        rows_here, columns_here = self.shape
        pose_x = across * rows_here + columns_here / 2 - 0.5
        pose_y = (ground - up) * rows_here - 0.5
        return pose_x.astype(np.float32), pose_y.astype(np.float32)

    def _lifted(self, stance: Stance, across: Map, height: Map) -> Map:
        """How far each point is raised: feet, an arm, the head."""
        total = np.zeros_like(across)
        if self._whole and (stance.left or stance.right):
            leg = np.clip(1 - height / _HIP, 0, 1) ** 1.5
            side = 0.5 + 0.5 * np.tanh(across / _SIDES)
            total += leg * (stance.left * (1 - side) + stance.right * side)
        if stance.arm:
            half = 0.5 * self.shape[1] / self.shape[0]
            middle, reach = self._arm
            outer = np.clip((across / half - 0.25) / 0.6, 0, 1)
            total += stance.arm * outer * outer * (3 - 2 * outer) * np.exp(-(((height - middle) / reach) ** 2))
        if stance.head:
            above = np.clip((height - self._neck) / 0.12, 0, 1)
            total -= stance.head * above * above * (3 - 2 * above)
        return np.asarray(total, np.float32)


def _sized(pose: Bytes, factor: float) -> Bytes:
    """Smaller, with colours that do not mix with what is clear (those of the matte go on beyond the outline)."""
    if factor >= 1:
        return pose
    size = max(8, round(pose.shape[1] * factor)), max(8, round(pose.shape[0] * factor))
    return np.asarray(cv2.resize(pose, size, interpolation=cv2.INTER_AREA), np.uint8)


def _softened(pose: Bytes, cut: frozenset[str]) -> Bytes:
    """Sides that the clip's rim cut off fade out, in place of a straight edge."""
    rows, columns = pose.shape[:2]
    alpha = pose[..., 3].astype(np.float32)
    x, reach = np.arange(columns, dtype=np.float32), max(1.0, _SOFT_SIDE * columns)
    if "left" in cut:
        alpha *= _ease(x / reach)[None, :]
    if "right" in cut:
        alpha *= _ease((columns - 1 - x) / reach)[None, :]
    if "top" in cut:
        off = 0.20 * rows * np.abs(np.linspace(-1, 1, columns, dtype=np.float32)) ** 2.6  # a head, not a box
        alpha *= _ease((np.arange(rows, dtype=np.float32)[:, None] - off[None, :]) / max(1.0, 0.05 * rows))
    return np.dstack([pose[..., :3], np.clip(alpha + 0.5, 0, 255).astype(np.uint8)])


def _ease(t: Map) -> Map:
    t = np.clip(t, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _in_light(poses: Sequence[Bytes], around: Bytes, strength: float, side: float) -> list[Bytes]:
    """All poses in the scene's colours, judged together so that none flickers, and a little darker away from the light."""
    tall = np.concatenate(list(poses))
    alpha = tall[..., 3].astype(np.float32) / np.float32(255)
    rgb = harmonized(np.ascontiguousarray(tall[..., :3]), alpha, around, strength=strength)
    across = np.linspace(-1, 1, tall.shape[1], dtype=np.float32)
    gain = (256 * (1 + _LIT * side * strength * across)).astype(np.float32)
    lit = np.clip(rgb.astype(np.float32) * (gain / 256)[None, :, None], 0, 255).astype(np.uint8)
    rows = poses[0].shape[0]
    return [np.dstack([lit[at : at + rows], tall[at : at + rows, :, 3]]) for at in range(0, len(tall), rows)]


def _premultiplied(pose: Bytes) -> Bytes:
    """RGBA to Y, Cb, Cr times alpha, and alpha."""
    yuv = cv2.transform(np.ascontiguousarray(pose[..., :3]).astype(np.float32), RGB_TO_YUV_709)
    alpha = pose[..., 3:].astype(np.float32) / np.float32(255)
    return np.dstack([np.clip(yuv * alpha + 0.5, 0, 255).astype(np.uint8), pose[..., 3]])


def _order(poses: Sequence[Bytes], about: Poses) -> tuple[list[int], bool]:
    """The order in which poses are played, and whether it is a loop: a walk goes on from where it began, all else to and
    fro."""
    count = len(poses)
    if count == 1:
        return [0], True
    if about.strides:
        small = [cv2.resize(pose, (48, 64), interpolation=cv2.INTER_AREA).astype(np.float32) for pose in poses]
        least = max(4, round(0.7 / max(about.gap_s, 1e-3)))
        pairs = [(float(np.abs(small[one] - small[other]).mean()), -(other - one), one, other)
                 for one in range(count) for other in range(one + least, count)]
        if pairs:
            _, _, begin, end = min(pairs)
            loop = list(range(begin, end))
            still = min(loop, key=lambda one: _stance_width(poses[one]))  # it stands as it does between two steps
            return [*range(still, end), *range(begin, still)], True
    return [*range(count), *range(count - 2, 0, -1)], False


def _stance_width(pose: Bytes) -> int:
    """How many columns the lower third of a figure takes."""
    return int((pose[round(pose.shape[0] * 0.67) :, :, 3] > 120).any(axis=0).sum())


def _neck(about: Poses) -> float:
    """How high the neck is, as a share of the height."""
    rows = about.rgba[0].shape[0]
    return 0.82 if about.face is None else float(np.clip(1 - (about.face[1] + about.face[3]) / rows, 0.3, 0.95))


def _feet(poses: Sequence[Bytes], *, each: bool) -> list[float]:
    """How far down the ground is in each pose, as a share of the height: of one that walks under its lowest foot each time
    (one always stands), of others where it usually is."""
    found = [np.flatnonzero((pose[..., 3] > 120).any(axis=1)) for pose in poses]
    last = [float(one[-1] + 1) / len(pose) if one.size else 1.0 for one, pose in zip(found, poses, strict=True)]
    return last if each else [float(np.median(last))] * len(last)


def _grey(pose: Bytes) -> Bytes:
    factor = min(1.0, _FLOW_SIDE / max(pose.shape[:2]))
    size = max(round(pose.shape[1] * factor), 24), max(round(pose.shape[0] * factor), 24)
    small = cv2.resize(pose, size, interpolation=cv2.INTER_AREA)
    alpha = small[..., 3].astype(np.float32) / 255
    grey = cv2.cvtColor(np.ascontiguousarray(small[..., :3]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return (grey * alpha + 110 * (1 - alpha)).astype(np.uint8)


def _flow(first: Bytes, second: Bytes) -> Map:
    """The flow in pixels of the pose as a whole, kept at the small size."""
    found = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(first, second, None)  # type: ignore[call-overload]
    return np.asarray(cv2.GaussianBlur(found, (0, 0), 1.2), np.float32)


def _leads(flow: Map, first: Bytes, second: Bytes) -> bool:
    """Whether the second outline, moved back along the flow, lies on the first: else a mixture would show both."""
    rows, columns = first.shape
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    back = cv2.remap(second, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    off = (np.abs(back.astype(np.int16) - first) > 110).sum()
    return bool(off < _ASTRAY * max(int((first > 127).sum()), 1))


def _fine(grid: Map, columns: int, rows: int) -> Map:
    """A grid of points every 8 pixels as a map for every pixel."""
    matrix = np.array([[1 / _GRID, 0.0, 0.0], [0.0, 1 / _GRID, 0.0]])
    return np.asarray(cv2.warpAffine(grid, matrix, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                     borderMode=cv2.BORDER_REPLICATE), np.float32)


def _read(pose: Bytes, map_x: Map, map_y: Map) -> Bytes:
    out = cv2.remap(pose, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(out, np.uint8)
