"""The bars of a day as Qt draws them, made on the core's thread: the window draws a day with a call for each colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainterPath

from studio.ui.history.timeline_layout import BAR, LANE, Placed
from studio.ui.widgets.job_words import state_token

ROUNDED = 150
"""Of so many bars of a colour each gets round corners; more are too narrow to have any."""
_RADIUS = 3.0


@dataclass(frozen=True, slots=True)
class DayShapes:
    """The bars of a day, where they stand, and what is drawn of them: pixels from midnight and from the first line.

    `waits`: from when a job was made until the service had it. `paths` and `rects`: by the token of their colour.
    """

    width: int = 1  # pixels that 24 hours have in it
    placed: Sequence[Placed] = ()
    waits: Sequence[QLineF] = ()
    paths: Mapping[str, QPainterPath] = field(default_factory=dict)
    rects: Mapping[str, Sequence[QRectF]] = field(default_factory=dict)


def shapes_of(width: int, placed: Sequence[Placed]) -> DayShapes:
    """What is drawn of these bars, placed for that width."""
    waits: list[QLineF] = []
    boxes: dict[str, list[QRectF]] = {}
    for one in placed:
        y = one.lane * LANE
        if one.start - one.left > 1:
            waits.append(QLineF(one.left, y + BAR / 2, one.start, y + BAR / 2))
        boxes.setdefault(state_token(one.bar.state), []).append(QRectF(one.start, y, one.right - one.start, BAR))
    paths: dict[str, QPainterPath] = {}
    for token, rects in boxes.items():
        if len(rects) <= ROUNDED:
            path = paths[token] = QPainterPath()
            for rect in rects:
                path.addRoundedRect(rect, _RADIUS, _RADIUS)
    return DayShapes(width, placed, waits, paths, {token: rects for token, rects in boxes.items() if token not in paths})
