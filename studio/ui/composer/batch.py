"""More than one job at once: how many results Generate makes, and the door to a matrix, a folder, many prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from studio.domain.ledger import Estimate
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.job import Job, JobRequest

MOST_AT_ONCE = 50
"""Results with one press; more go through the batch, where they are seen before."""


class CountBox(QSpinBox):
    """How many results, each with another seed: "× 4"."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("countBox")
        self.setAccessibleName(self.tr("Results"))
        self.setAccessibleDescription(self.tr("How many results to make, each with another seed"))
        self.setToolTip(self.tr("Results: each with another seed"))
        self.setRange(1, MOST_AT_ONCE)
        self.setPrefix("× ")
        self.setFixedSize(72, theme.current.primary)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class BatchControls(QWidget):
    """Beside Generate. `counted(n)` when another number is wanted, `more_wanted` for what needs choosing."""

    counted = Signal(int)
    more_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.count = CountBox(theme)
        self.count.valueChanged.connect(self.counted)
        self.more = tool("grid", self.tr("More at once: a matrix, a folder, many prompts"), "moreAtOnce", theme)
        self.more.setFixedSize(40, theme.current.primary)
        self.more.clicked.connect(self.more_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.count)
        row.addWidget(self.more)


def times(estimate: Estimate | None, count: int) -> Estimate | None:
    """What `count` jobs are thought to cost, of which one costs `estimate`."""
    if estimate is None or count == 1 or estimate.amount is None:
        return estimate

    def all_of(one: float | None) -> float | None:
        return None if one is None else one * count

    return replace(estimate, amount=all_of(estimate.amount), low=all_of(estimate.low), high=all_of(estimate.high))


async def submit_many(
    core: Core, request: JobRequest, count: int, lists: Mapping[str, Sequence[str]] | None = None, drawing: int | None = None
) -> Job:
    """The first of `count` jobs; the others are heard of like those of another window. `lists`, `drawing`: see Batch."""
    from studio.domain.batch import Batch

    return (await core.queue.submit_batch(Batch(request, count, lists=lists, drawing=drawing)))[0]
