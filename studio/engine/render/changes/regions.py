"""Where the subject, the sky and the faces are, followed through a clip: looked for now and then, carried along by the flow
in between, so that no outline jumps from frame to frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.changes.flow import Flow, Map, grown, pulled
from studio.engine.render.cutout import Face, cut_out, find_faces
from studio.engine.render.edit.sky_mask import sky_alpha
from studio.engine.render.face_ovals import face_ovals
from studio.engine.render.motion.depth import guided_filter

Bytes = NDArray[np.uint8]

_SIDE = 320
_FOLLOW = 0.12        # how much of the way towards the newest look is gone in a frame
_ALIKE = 0.5          # a look that overlaps less than this with what is known shows something else
_FIRM = 1.04          # an outline that is moved again and again grows soft: it is drawn together by as much in each frame
NAMES = {"subject": "subject", "background": "subject", "sky": "sky", "faces": "faces"}
MISSING = {"subject": "no subject stands out from the background", "sky": "no sky was found", "faces": "no face was found"}


class _Followed:
    """One region as a small map of 0 to 1: `shown` is in use, `goal` the newest look, both carried along."""

    def __init__(self, look: Callable[[Bytes], Map | None]) -> None:
        self._look = look
        self.shown: Map | None = None
        self._goal: Map | None = None

    def carry(self, flow: Flow) -> None:
        if self.shown is None or self._goal is None:
            return
        fitted = grown(flow, self.shown.shape[1], self.shown.shape[0])
        self._goal = _firm(pulled(self._goal, fitted))
        moved = pulled(self.shown, fitted)
        self.shown = _firm(np.asarray(moved + _FOLLOW * (self._goal - moved), np.float32))

    def still(self) -> _Followed:
        held = _Followed(self._look)
        held.shown = self.shown
        return held

    def look(self, rgb: Bytes, *, anew: bool) -> None:
        found = self._look(rgb)
        factor = min(1.0, _SIDE / max(rgb.shape[:2]))
        size = max(round(rgb.shape[1] * factor), 1), max(round(rgb.shape[0] * factor), 1)
        if anew or self.shown is None or self._goal is None:
            nothing = np.zeros((size[1], size[0]), np.float32)
            self.shown = nothing if found is None else _sized(found, size)
            self._goal = self.shown
            return
        if found is None:
            return  # turned away, hidden: what is known goes on along the flow
        seen = _sized(found, size)
        if _overlap(seen, self._goal) < _ALIKE:  # something else caught the eye: what was meant goes on along the flow
            return
        self._goal = seen


class Regions:
    """The regions `names` ("subject", "background", "sky", "faces") of a clip, frame after frame."""

    def __init__(self, names: Iterable[str], every: int, check: Callable[[], object]) -> None:
        looks: dict[str, Callable[[Bytes], Map | None]] = {
            "subject": lambda rgb: _subject(rgb, check), "sky": sky_alpha, "faces": self._look_for_faces,
        }
        self._every = max(every, 1)
        self._faces: tuple[Face, ...] = ()
        self._newest: tuple[Face, ...] = ()
        self._followed = {name: _Followed(looks[name]) for name in dict.fromkeys(NAMES[name] for name in names if name)}

    @property
    def wanted(self) -> bool:
        return bool(self._followed)

    def follow(self, rgb: Bytes, index: int, flow: Flow | None) -> None:
        """The next frame. `flow` leads to the frame before; None begins anew (the first frame, another shot)."""
        for one in self._followed.values():
            if flow is not None:
                one.carry(flow)
            if flow is None or index % self._every == 0:
                one.look(rgb, anew=flow is None)
        self._faces = self._newest if flow is None else _towards(self._faces, self._newest)

    def mask(self, name: str, rgb: Bytes) -> Map:
        """How much each pixel of the frame belongs to a region, its edges fitted to the frame's own."""
        small = self._followed[NAMES[name]].shown
        rows, columns = rgb.shape[:2]
        if small is None:
            return np.zeros((rows, columns), np.float32)
        wide = np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
        if NAMES[name] != "faces" and min(rows, columns) >= 32:
            grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)
            wide = guided_filter(grey, wide, max(max(rows, columns) // 160, 2), 4e-4)
        wide = np.asarray(np.clip(wide, 0, 1), np.float32)
        return np.asarray(1 - wide, np.float32) if name == "background" else wide

    def found(self, name: str) -> bool:
        """Whether there is anything of it in the frame."""
        shown = self._followed[NAMES[name]].shown
        return shown is not None and float(shown.max(initial=0.0)) > 0.3

    def snapshot(self) -> Regions:
        """The regions as they are in this frame, for a stage that holds frames back."""
        held = Regions((), self._every, lambda: None)
        held._faces = self._faces
        held._followed = {name: one.still() for name, one in self._followed.items()}
        return held

    @property
    def faces(self) -> tuple[Face, ...]:
        """Boxes of the faces as they are followed, the largest first."""
        return self._faces

    def follows(self, name: str) -> bool:
        return NAMES[name] in self._followed

    def _look_for_faces(self, rgb: Bytes) -> Map | None:
        faces = find_faces(rgb)
        if not faces:
            return None
        self._newest = faces
        return face_ovals(faces, rgb.shape[0], rgb.shape[1], grow=1.15)


def _subject(rgb: Bytes, check: Callable[[], object]) -> Map | None:
    found = cut_out(rgb, None, check=check)
    return None if found is None else found.alpha


def _sized(found: Map, size: tuple[int, int]) -> Map:
    return np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_AREA), np.float32)


def _firm(values: Map) -> Map:
    return np.asarray(np.clip((values - 0.5) * np.float32(_FIRM) + 0.5, 0, 1), np.float32)


def _overlap(one: Map, other: Map) -> float:
    return float(np.minimum(one, other).sum() / max(float(np.maximum(one, other).sum()), 1e-6))


def _towards(faces: tuple[Face, ...], newest: tuple[Face, ...]) -> tuple[Face, ...]:
    """Boxes that go towards the nearest of the newest ones, a part of the way in each frame."""
    if len(faces) != len(newest):
        return newest

    def near(face: Face) -> Face:
        goal = min(newest, key=lambda one: abs(one.left - face.left) + abs(one.top - face.top))
        pairs = ((face.left, goal.left), (face.top, goal.top), (face.width, goal.width), (face.height, goal.height))
        return Face(goal.kind, *(old + _FOLLOW * (new - old) for old, new in pairs))

    return tuple(near(face) for face in faces)
