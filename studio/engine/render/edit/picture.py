"""The picture while it is edited: its pixels, and its subject, sky and faces, found when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from studio.engine.render.cutout import Cutout, Face, cut_out, find_faces
from studio.engine.render.edit.sky_mask import sky_alpha
from studio.engine.render.face_ovals import face_ovals
from studio.engine.render.harmony import over
from studio.engine.render.matting import Bytes, Map


class NothingFoundError(Exception):
    """The step needs something that the picture does not show; the message says what, in words for the person."""


@dataclass(slots=True)
class Picture:
    """`rgb`: (rows, columns, 3) sRGB bytes. `alpha`: (rows, columns) bytes or None where it is opaque."""

    rgb: Bytes
    alpha: Bytes | None
    seed: int
    check: Callable[[], object]
    _subject: list[Cutout | None] = field(default_factory=list)
    _faces: list[tuple[Face, ...]] = field(default_factory=list)
    _sky: list[Map | None] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return int(self.rgb.shape[0])

    @property
    def columns(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def unit(self) -> float:
        """A thousandth of the short side, in pixels: sizes of strokes, grain and blur are given in it."""
        return min(self.rows, self.columns) / 1000

    def reframe(self, rgb: Bytes, alpha: Bytes | None) -> None:
        """New pixels in a new frame: what was found before lies elsewhere now."""
        self.rgb, self.alpha = np.ascontiguousarray(rgb), alpha
        self._subject, self._faces, self._sky = [], [], []

    def faces(self) -> tuple[Face, ...]:
        """Faces, the largest first; NothingFoundError where there are none."""
        if not self._faces:
            self._faces.append(find_faces(self.rgb))
        if not self._faces[0]:
            raise NothingFoundError("no face was found")
        return self._faces[0]

    def subject(self) -> Cutout:
        """The main subject; NothingFoundError where nothing stands out."""
        if not self._subject:
            self._subject.append(cut_out(self.rgb, self.alpha, check=self.check))
        if self._subject[0] is None:
            raise NothingFoundError("no subject stands out from the background")
        return self._subject[0]

    def sky(self) -> Map:
        """Where the sky is, 0 to 1; NothingFoundError where none is seen."""
        if not self._sky:
            self._sky.append(sky_alpha(self.rgb))
        if self._sky[0] is None:
            raise NothingFoundError("no sky was found")
        return self._sky[0]

    def region(self, name: str) -> Map | None:
        """How much each pixel belongs to a region, 0 to 1; None for the whole picture."""
        if name == "subject":
            return self.subject().alpha
        if name == "background":
            return np.asarray(1 - self.subject().alpha, np.float32)
        if name == "sky":
            return self.sky()
        return face_ovals(self.faces(), self.rows, self.columns, grow=1.15) if name == "faces" else None

    def put(self, changed: Bytes, region: str) -> None:
        """Take over new pixels, in one region only where one is named."""
        mask = self.region(region)
        self.rgb = changed if mask is None else over(self.rgb, changed, mask)
