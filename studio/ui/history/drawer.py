"""Fills the panel at the right: the job that was chosen, its steps and costs, its further results, and what was sent and
answered word for word when that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.domain.event import JobChanged
from studio.domain.history import RawExchange
from studio.domain.job import Job, TimelineEntry
from studio.domain.ledger import LedgerEntry
from studio.ui.bridge import Bridge
from studio.ui.history.details import JobDetails
from studio.ui.history.model import HistoryModel
from studio.ui.history.result_strip import MOST
from studio.ui.history.results import read_assets

if TYPE_CHECKING:
    from studio.app.core import Core


@dataclass(frozen=True, slots=True)
class Known:
    """What is read of one job."""

    job: Job
    steps: Sequence[TimelineEntry]
    costs: Sequence[LedgerEntry]
    assets: Sequence[Asset]


class Drawer(QObject):
    """`details` and the line beside it are shown while a job is chosen."""

    def __init__(self, bridge: Bridge, model: HistoryModel, details: JobDetails, edge: QWidget) -> None:
        super().__init__(details)
        self._bridge, self._model, self._details, self._edge = bridge, model, details, edge
        self._wanted = ""
        details.rawWanted.connect(self._ask_raw)
        model.dataChanged.connect(lambda *_: self._refresh())
        bridge.jobsChanged.connect(self._jobs_changed)

    def choose(self, job: Job | None) -> None:
        """Show this job."""
        if job is None:
            return
        self._wanted = job.id
        self._details.show_job(job, self._model.asset_of(job))
        self._details.show()
        self._edge.show()
        self._read(job.id)

    def choose_by_id(self, job_id: str) -> None:
        """The same for one that may be in no row here."""
        self._wanted = job_id
        self.with_job(job_id, lambda job: self.choose(job) if self._wanted == job_id else None)

    def close(self) -> None:
        """Show none."""
        self._wanted = ""
        self._details.hide()
        self._edge.hide()

    def with_job(self, job_id: str, then: Callable[[Job], object]) -> None:
        """`then(job)` once it is read."""
        row = self._model.row_of(job_id)
        job = None if row is None else self._model.job_at(row)
        if job is not None:
            then(job)
        else:
            self._bridge.run(lambda core: core.job(job_id), then)

    def with_result(self, job: Job, then: Callable[[Asset], object]) -> None:
        """`then(asset)` with its main result, if it has one that still exists."""
        asset = self._model.asset_of(job)
        if asset is not None:
            then(asset)
        elif job.asset_ids:
            wanted = job.asset_ids[:1]
            self._bridge.run(lambda core: read_assets(core, wanted), lambda found: [then(one) for one in found])

    def _read(self, job_id: str) -> None:
        async def known(core: Core) -> Known:
            job = await core.job(job_id)
            assets = await read_assets(core, job.asset_ids[: MOST + 1])
            return Known(job, await core.timeline(job_id), await core.job_costs(job_id), assets)

        self._bridge.run(known, self._arrived)

    def _arrived(self, known: Known) -> None:
        shown = self._details.job
        if shown is None or shown.id != known.job.id or self._wanted != shown.id:
            return
        self._details.show_job(known.job, known.assets[0] if known.assets else None)
        self._details.timeline.show_entries(known.steps)
        self._details.show_ledger(known.costs)
        self._details.results.show_assets(known.assets[1:])

    def _ask_raw(self, job: Job) -> None:
        async def read(core: Core) -> tuple[str, RawExchange]:
            return job.id, await core.history.raw(job.id)

        self._bridge.run(read, self._raw_arrived)

    def _raw_arrived(self, answer: tuple[str, RawExchange]) -> None:
        job_id, exchange = answer
        if self._details.job is not None and self._details.job.id == job_id:
            self._details.raw.show_exchange(exchange)

    def _refresh(self) -> None:
        """Its row says something else by now."""
        shown = self._details.job
        if shown is None or not self._details.isVisible():
            return
        row = self._model.row_of(shown.id)
        job = None if row is None else self._model.job_at(row)
        if job is not None and (job != shown or self._model.asset_of(job) is not None):
            self._details.show_job(job, self._model.asset_of(job))

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        shown = self._details.job
        if shown is None or not self._wanted:
            return
        if any(change.job.id == shown.id for change in changes):
            self._read(shown.id)
            if self._details.raw_button.isChecked():
                self._ask_raw(shown)
