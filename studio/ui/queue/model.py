"""The queue's rows: jobs, newest first. A change of one job touches one row; nothing moves because a state changed."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.domain.job import Job
from studio.ui.queue.words import is_running
from studio.ui.widgets.job_words import operation_words, state_words

if TYPE_CHECKING:
    from studio.domain.event import JobChanged

JobRole = Qt.ItemDataRole.UserRole + 1
LeftRole = Qt.ItemDataRole.UserRole + 2
"""Seconds left, falling between two answers of the service, or None."""
OperationRole = Qt.ItemDataRole.UserRole + 3
"""The operation's title."""
MOST = 200
"""Rows at most; older jobs are in History."""

Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """Ids sort by time, so that the newest job stands on top. Estimates fall by themselves: `tick` repaints those rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: list[str] = []  # newest first
        self._jobs: dict[str, Job] = {}
        self._titles: Mapping[str, str] = {}
        self._estimates: dict[str, tuple[float, float]] = {}  # job id: seconds left, at which monotonic time

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        job = self._jobs[self._ids[index.row()]]
        if role == JobRole:
            return job
        if role == LeftRole:
            return self.left_s(job)
        if role == OperationRole:
            return self.operation_title(job)
        if role == Qt.ItemDataRole.DisplayRole:
            return job.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return job.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{job.title}, {self.operation_title(job)}, {state_words(job)}"
        return None

    def jobs(self) -> list[Job]:
        return [self._jobs[job_id] for job_id in self._ids]

    def job(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def row_of(self, job_id: str) -> int:
        """The row of a job, or -1."""
        if job_id not in self._jobs:
            return -1
        return self._ids.index(job_id)

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Titles of operations by id."""
        self._titles = titles
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def operation_title(self, job: Job) -> str:
        return operation_words(job.request.operation, self._titles)

    def left_s(self, job: Job) -> float | None:
        estimate = self._estimates.get(job.id)
        if estimate is None:
            return None
        return max(0.0, estimate[0] - (time.monotonic() - estimate[1]))

    def set_jobs(self, jobs: Iterable[Job]) -> None:
        """Show these and only these."""
        newest = sorted(jobs, key=lambda job: job.id, reverse=True)[:MOST]
        self.beginResetModel()
        self._jobs = {job.id: job for job in newest}
        self._ids = [job.id for job in newest]
        self._estimates.clear()
        for job in newest:
            self._estimate(job)
        self.endResetModel()

    def take(self, changes: Iterable[JobChanged]) -> None:
        """What the core said changed: rows are updated, new ones come in at their place."""
        for change in changes:
            job = change.job
            known = self._jobs.get(job.id)
            if known is None:
                self._insert(job)
            elif job.revision >= known.revision:
                self._jobs[job.id] = job
                self._estimate(job)
                index = self.index(self._ids.index(job.id))
                self.dataChanged.emit(index, index)

    def tick(self) -> bool:
        """Repaint what runs down by itself. False when nothing does, and the clock may stop."""
        rows = [row for row, job_id in enumerate(self._ids) if job_id in self._estimates]
        for row in rows:
            index = self.index(row)
            self.dataChanged.emit(index, index, [LeftRole])
        return bool(rows)

    def _insert(self, job: Job) -> None:
        row = len(self._ids) - bisect_left(self._ids[::-1], job.id)
        if row >= MOST:
            return
        self.beginInsertRows(QModelIndex(), row, row)
        self._ids.insert(row, job.id)
        self._jobs[job.id] = job
        self._estimate(job)
        self.endInsertRows()
        if len(self._ids) > MOST:
            last = len(self._ids) - 1
            self.beginRemoveRows(QModelIndex(), last, last)
            gone = self._ids.pop()
            del self._jobs[gone]
            self._estimates.pop(gone, None)
            self.endRemoveRows()

    def _estimate(self, job: Job) -> None:
        if job.eta_s is None or not is_running(job):
            self._estimates.pop(job.id, None)
        else:
            self._estimates[job.id] = (job.eta_s, time.monotonic())
