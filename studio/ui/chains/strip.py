"""The runs of chains that are not over, on top of the queue: one item each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.chain_run import ChainRun, RunState
from studio.ui.bridge import Bridge
from studio.ui.chains.run_card import RunCard
from studio.ui.theme.theme import Theme
from studio.ui.widgets.words import counted, label

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import JobChanged

MOST_SHOWN = 3
_SHOWN = frozenset({RunState.RUNNING, RunState.FAILED})
_SOON_MS = 300


class RunsStrip(QWidget):
    """Hidden while no run is under way. `job_wanted(id)` for the job of a step."""

    job_wanted = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("runsStrip")
        self.setAccessibleName(self.tr("Chains under way"))
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bridge, self._theme = bridge, theme
        self._runs: dict[str, ChainRun] = {}
        self._cards: dict[str, RunCard] = {}
        self._more = label("", "label")
        self._more.setObjectName("moreRuns")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 8, 16, 4)
        self._column.setSpacing(8)
        self._column.addWidget(self._more)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self.hide()
        bridge.chainsChanged.connect(self.take)
        bridge.jobsChanged.connect(self._jobs_changed)
        bridge.storeChanged.connect(self._soon.start)
        bridge.ready.connect(self.refresh)
        if bridge.is_ready:
            self.refresh()

    def refresh(self) -> None:
        """Read the runs anew."""
        async def ask(core: Core) -> Sequence[ChainRun]:
            return [run for run in await core.chains.runs() if run.state in _SHOWN]

        self._bridge.run(ask, self._answered)

    def _answered(self, runs: Sequence[ChainRun]) -> None:
        self._runs = {run.id: run for run in runs}
        self._show()

    def take(self, runs: Iterable[ChainRun]) -> None:
        """These runs have changed."""
        for run in runs:
            known = self._runs.get(run.id)
            if known is not None and known.revision > run.revision:
                continue
            self._runs.pop(run.id, None)
            if run.state in _SHOWN:
                self._runs[run.id] = run
        self._show()

    def _jobs_changed(self, changes: Iterable[JobChanged]) -> None:
        """The progress of the step that a run stands at."""
        changed = False
        for change in changes:
            run = self._runs.get(change.job.chain_run or "")
            if run is None:
                continue
            jobs = tuple(replace(one, job=change.job) if one.job.id == change.job.id else one for one in run.jobs)
            self._runs[run.id] = run.changed(jobs=jobs)
            changed = True
        if changed:
            self._show()

    def _show(self) -> None:
        newest = sorted(self._runs.values(), key=_rank, reverse=True)
        shown = newest[:MOST_SHOWN]
        wanted = {run.id for run in shown}
        for run_id in [one for one in self._cards if one not in wanted]:
            card = self._cards.pop(run_id)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, run in enumerate(shown):
            if run.id not in self._cards:
                self._cards[run.id] = self._make_card(run)
                self._column.insertWidget(place, self._cards[run.id])
            else:
                self._cards[run.id].show_run(run)
        more = len(newest) - len(shown)
        self._more.setText(counted(more, self.tr("and 1 more chain"), self.tr("and {n} more chains")))
        self._more.setVisible(more > 0)
        self.setVisible(bool(shown))

    def _make_card(self, run: ChainRun) -> RunCard:
        card = RunCard(self._theme, run)
        card.wanted.connect(lambda name, run_id=run.id: self._do(name, run_id))
        card.job_wanted.connect(self.job_wanted)
        return card

    def cards(self) -> list[RunCard]:
        """Those that are shown."""
        return [card for run_id in self._runs if (card := self._cards.get(run_id)) is not None]

    def _do(self, name: str, run_id: str) -> None:
        if name == "pause":
            self._bridge.run(lambda core: core.chains.pause(run_id))
        elif name == "resume":
            self._bridge.run(lambda core: core.chains.resume(run_id))
        elif name == "retry":
            self._bridge.run(lambda core: core.chains.retry(run_id))
        else:
            self._bridge.run(lambda core: core.chains.cancel(run_id))


def _rank(run: ChainRun) -> tuple[bool, datetime, str]:
    """Those under way before those that failed, the newest of each first."""
    return run.state is RunState.RUNNING, run.created_at, run.id
