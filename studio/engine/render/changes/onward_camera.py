"""The camera after a clip's end: its way is carried on and comes to rest, and the move that is asked for begins softly."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from studio.engine.render.changes.flow import Flow, Map
from studio.engine.render.changes.life import Ending
from studio.engine.render.motion.camera import Move

_CELL, _LARGE_CELL, _LARGE = 4, 8, 480   # places are worked out for every so many pixels; more in large frames
_CARRY_S = 1.8          # how long the carried-on way takes to come to rest
_REACH = 0.055          # of the width: how far it may go, as nothing is known beyond the frame
_REACH_GROW = 0.30
_REACH_SHRINK = 0.05
_SIDEWAYS = 0.075       # what 1 of a move's truck, pan, pedestal and tilt means, of the width
_BEGIN = 0.35           # share of the time in which a move comes up to its speed
_NEAR, _FAR = 1.0, 0.25
_OUTWARD = 0.55         # of a move backwards: what comes into view at the rim was never seen
_REST = Move("slow push in", dolly=0.05)


class OnwardCamera:
    """`places(count)` says for each cell of the `grid` (columns, rows) where its colour lies in the last frame (pixels);
    `cell`: the side of a cell."""

    def __init__(self, ending: Ending, move: Move | None, depth: Map, size: tuple[int, int], fps: float, more: int,
                 seed: int) -> None:
        self.width, self.height = size
        self.cell = cell = _CELL if min(size) < _LARGE else _LARGE_CELL
        self.grid = -(-self.width // cell), -(-self.height // cell)
        self._step, self._fps, self._more = ending.camera, fps, more
        self._move = _held(move) if move is not None else _REST if ending.lively else Move("static")
        self._depth = np.asarray(cv2.resize(depth, self.grid, interpolation=cv2.INTER_LINEAR), np.float32)
        x, y = (np.arange(count, dtype=np.float32) * cell + np.float32((cell - 1) / 2) for count in self.grid)
        self._x, self._y = np.meshgrid(x - np.float32((self.width - 1) / 2), y - np.float32((self.height - 1) / 2))
        self._time = self._carry_frames()
        self._phases = np.random.default_rng([seed, 57]).uniform(0, 2 * math.pi, 6)

    def places(self, count: int) -> Flow:
        step = self._step.scaled(self._gone(count))
        move, along = self._move, self._along(count / self._more)
        near = _FAR + (_NEAR - _FAR) * self._depth
        sideways = np.float32(_SIDEWAYS * self.width * along)
        shake_x, shake_y = self._shaken(count)
        shift_x = step.x * self.width - sideways * (move.pan + move.truck * near) + shake_x
        shift_y = step.y * self.width + sideways * (move.tilt + move.pedestal * near) + shake_y
        forward = 1 - move.dolly * along * (0.15 + 0.85 * self._depth)
        nearer = np.float32(math.exp(step.grow) * (1 + move.zoom * along)) / forward
        x, y = (self._x - shift_x) / nearer, (self._y - shift_y) / nearer
        cosine, sine = math.cos(-step.turn), math.sin(-step.turn)
        return np.dstack([x * cosine - y * sine + np.float32((self.width - 1) / 2),
                          x * sine + y * cosine + np.float32((self.height - 1) / 2)]).astype(np.float32)

    def grown(self, cells: Map, part: int = 1) -> Map:
        """Values of the grid for every pixel of the frame, or of one `part` times smaller (1, 2 or 4)."""
        columns, rows = (count * self.cell // part for count in self.grid)
        sized = cv2.resize(cells, (columns, rows), interpolation=cv2.INTER_LINEAR)
        return np.ascontiguousarray(sized[: self.height // part, : self.width // part], np.float32)

    def _carry_frames(self) -> float:
        """The time constant in frames: shorter where the camera would come too far."""
        step = self._step
        grow = step.grow / (_REACH_GROW if step.grow > 0 else -_REACH_SHRINK)
        speed = max(abs(step.x) / _REACH, abs(step.y) / _REACH, grow, abs(step.turn) / 0.12, 1e-6)
        return min(_CARRY_S * self._fps, 1 / speed)

    def _gone(self, count: int) -> float:
        """Steps of the source's last speed that are gone after `count` frames."""
        return self._time * (1 - math.exp(-count / max(self._time, 1e-3)))

    def _along(self, share: float) -> float:
        """0 to 1, from rest, with a steady end, so that a clip can be extended again."""
        ramp = share * share / (2 * _BEGIN) if share < _BEGIN else share - _BEGIN / 2
        return ramp / (1 - _BEGIN / 2)

    def _shaken(self, count: int) -> tuple[float, float]:
        if not self._move.shake:
            return 0.0, 0.0
        turn = 2 * math.pi * count / self._fps * 0.35
        ramp = min(count / self._fps, 1.0) * self._move.shake * 0.02 * self.width
        swing = np.sin(turn * np.array([1.3, 2.9, 5.3, 1.7, 3.1, 4.7]) + self._phases) - np.sin(self._phases)
        swing = swing / np.array([1, 2, 3, 1, 2, 3])
        return float(swing[:3].sum()) * ramp, float(swing[3:].sum()) * ramp


def _held(move: Move) -> Move:
    zoom, dolly = (way * _OUTWARD if way < 0 else way for way in (move.zoom, move.dolly))
    return replace(move, zoom=zoom, dolly=dolly)
