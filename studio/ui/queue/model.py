"""The queue's rows. Jobs are kept by id; a change touches its own row, and the view is never built anew because of it."""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.queue.filter_texts import FilterTexts
from studio.ui.queue.order import JobFilter, Key, is_waiting, row_key
from studio.ui.queue.words import is_running, spoken_words
from studio.ui.widgets.job_words import operation_words
from studio.ui.widgets.words import tip

if TYPE_CHECKING:
    from studio.domain.event import JobChanged

JobRole = Qt.ItemDataRole.UserRole + 1
LeftRole = Qt.ItemDataRole.UserRole + 2
"""Seconds left, falling between two answers of the service, or None."""
OperationRole = Qt.ItemDataRole.UserRole + 3
"""The operation's title."""
PausedRole = Qt.ItemDataRole.UserRole + 4
"""Whether the person holds the job, its account or the whole queue."""
NextRole = Qt.ItemDataRole.UserRole + 5
"""Whether it is the next that its account sends."""
MOST_ENDED = 200
"""Ended jobs at most; older ones are in History. Unfinished ones are all here."""
_MANY = 24
"""From so many changed rows on they are repainted with one signal."""

Index = QModelIndex | QPersistentModelIndex
_STATE_OF = attrgetter("state")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows: the job, seconds left, its operation's title, whether the person holds it, and whether it is the
    next that its account sends."""

    job: Job
    left_s: float | None
    operation: str
    is_paused: bool
    is_next: bool


class QueueModel(QAbstractListModel):
    """`label_given(job_id, words)` when a label was typed into a row. Estimates fall by themselves: `tick` repaints them."""

    label_given = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}
        self._keys: dict[str, Key] = {}
        self._all: list[Key] = []  # in the order of the rows, shown or not
        self._shown: list[Key] = []
        self._ended: list[Key] = []
        self._titles: Mapping[str, str] = {}
        self._texts = FilterTexts(self._jobs, self.operation_title, self)
        self._estimates: dict[str, tuple[float, float]] = {}  # job id: seconds left, at which monotonic time
        self._filter = JobFilter()
        self._is_paused: Callable[[Job], bool] = lambda job: False
        self._lines: defaultdict[str, list[Key]] = defaultdict(list)  # account: its waiting jobs, in order
        self._next: dict[str, str] = {}  # account: the first of them
        self._placed: dict[str, float] = {}  # job id: where the person put it, until the core has heard of that

    # what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        job = self._jobs[self._shown[index.row()][-1]]
        ask = _ANSWERS.get(role)
        return None if ask is None else ask(self, job)

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = plain | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled if is_waiting(index.data(JobRole)) else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        job = index.data(JobRole)
        if role != Qt.ItemDataRole.EditRole or not isinstance(job, Job):
            return False
        if str(value).strip() != (job.request.label or ""):
            self.label_given.emit(job.id, str(value).strip())
        return False  # nothing changes here: the core's own event brings the label

    # what is asked of it

    def jobs(self) -> list[Job]:
        """The shown ones, in their order."""
        return [self._jobs[key[-1]] for key in self._shown]

    def all_jobs(self) -> Collection[Job]:
        """Every job that is known, shown or not."""
        return self._jobs.values()

    def states(self) -> Mapping[JobState, int]:
        """How many jobs are in each state, counted anew each time."""
        return Counter(map(_STATE_OF, self._jobs.values()))

    def row(self, number: int) -> Row:
        """All that a row shows."""
        job = self._jobs[self._shown[number][-1]]
        left = self.left_s(job)
        seconds = None if left is None else round(left)
        return Row(job, seconds, self.operation_title(job), self.is_paused(job), self.is_next(job))

    def job(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def row_of(self, job_id: str) -> int:
        """The row of a job, or -1 where it is not known or not shown."""
        key = self._keys.get(job_id)
        if key is None:
            return -1
        row = bisect_left(self._shown, key)
        return row if row < len(self._shown) and self._shown[row] == key else -1

    def operation_title(self, job: Job) -> str:
        return operation_words(job.request.operation, self._titles)

    def left_s(self, job: Job) -> float | None:
        estimate = self._estimates.get(job.id)
        if estimate is None:
            return None
        return max(0.0, estimate[0] - (time.monotonic() - estimate[1]))

    def is_paused(self, job: Job) -> bool:
        return self._is_paused(job)

    def is_next(self, job: Job) -> bool:
        return self._next.get(job.request.account) == job.id

    def spoken(self, job: Job) -> str:
        return spoken_words(job, self.operation_title(job), self.left_s(job), paused=self.is_paused(job))

    # what changes it

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Titles of operations by id."""
        if titles == self._titles:
            return
        self._titles = titles
        self._texts.clear()
        self.repaint_all()

    def set_paused(self, is_paused: Callable[[Job], bool]) -> None:
        """Which jobs the person holds."""
        self._is_paused = is_paused
        self.repaint_all()

    def set_filter(self, wanted: JobFilter) -> None:
        """Show the jobs that `wanted` accepts."""
        if wanted == self._filter:
            return
        self._filter = wanted
        self.beginResetModel()
        self._shown = self._texts.chosen(wanted, self._all)
        self.endResetModel()

    def known(self) -> frozenset[str]:
        """The ids of all jobs that are known."""
        return frozenset(self._jobs)

    def set_jobs(self, jobs: Iterable[Job], known: Collection[str] | None = None) -> None:
        """Know these and only these; rows that stay the same are not touched. `known`: what was known when these were asked
        for, so that a job which came in between stays."""
        self.take_jobs(self.keep_only(jobs, known))

    def keep_only(self, jobs: Iterable[Job], known: Collection[str] | None = None) -> list[Job]:
        """Forget all others, and give those of `jobs` that are to be taken as they are new or newer. See `set_jobs`."""
        wanted = {job.id: job for job in jobs}
        for job_id in [one for one in self._jobs if one not in wanted and (known is None or one in known)]:
            self._forget(job_id)
        return [job for job in wanted.values() if _is_newer(self._jobs.get(job.id), job)]

    def take(self, changes: Iterable[JobChanged]) -> None:
        """What the core said changed: rows are updated, new ones come in at their place."""
        self.take_jobs(list({change.job.id: change.job for change in changes}.values()))

    def take_jobs(self, jobs: Sequence[Job]) -> None:
        """The same, of jobs that are different ones."""
        known = self._jobs
        self._take([job for job in jobs if job.id not in known or job.revision >= known[job.id].revision])

    def place(self, job_id: str, position: float) -> None:
        """Put a waiting job to another place at once. It stays there, whatever is heard meanwhile, until `let_places_go`."""
        job = self._jobs.get(job_id)
        if job is not None and is_waiting(job):
            self._placed[job_id] = position
            self._take([job])

    def let_places_go(self) -> None:
        """From now on jobs stand where the core says."""
        self._placed.clear()

    def tick(self) -> bool:
        """Repaint what runs. False when nothing does, and the clock may stop."""
        running = [job_id for job_id, job in self._jobs.items() if is_running(job)]
        self._repaint([row for row in map(self.row_of, running) if row >= 0], [LeftRole])
        return bool(running)

    def repaint_all(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    # how

    def _take(self, jobs: Sequence[Job]) -> None:
        changed: list[str] = []
        new: list[Key] = []
        for job in map(self._in_place, jobs):
            before, key = self._keys.get(job.id), row_key(job)
            was_shown = before is not None and self.row_of(job.id) >= 0
            self._keep(job, key)
            if was_shown and before is not None:
                if self._texts.accepts(self._filter, job):
                    self._move(before, key)
                    changed.append(job.id)
                else:
                    self._remove(before)
            elif self._texts.accepts(self._filter, job):
                new.append(key)
        self._insert(sorted(new))
        self._trim()
        self._texts.prepare_soon()
        self._find_next()
        self._repaint(sorted(row for row in map(self.row_of, changed) if row >= 0))

    def _in_place(self, job: Job) -> Job:
        position = self._placed.get(job.id) if self._placed else None
        return job if position is None else job.changed(position=position)

    def _keep(self, job: Job, key: Key) -> None:
        known = self._jobs.get(job.id)
        if known is None or known.request != job.request:
            self._texts.forget(job.id)
        before = self._keys.get(job.id)
        if before is not None and known is not None:
            self._leave(known, before)
        insort(self._all, key)
        if job.is_terminal:
            insort(self._ended, key)
        elif is_waiting(job):
            insort(self._lines[job.request.account], key)
        self._jobs[job.id], self._keys[job.id] = job, key
        if job.eta_s is None or not is_running(job):
            self._estimates.pop(job.id, None)
        elif known is None or known.eta_s != job.eta_s or job.id not in self._estimates:
            self._estimates[job.id] = (job.eta_s, time.monotonic())

    def _leave(self, job: Job, key: Key) -> None:
        """Out of those that ended, or of its account's line."""
        del self._all[bisect_left(self._all, key)]
        line = self._ended if job.is_terminal else self._lines[job.request.account] if is_waiting(job) else None
        if line is not None:
            del line[bisect_left(line, key)]

    def _move(self, before: Key, key: Key) -> None:
        if before == key:
            return
        row, to = bisect_left(self._shown, before), bisect_left(self._shown, key)
        if to in (row, row + 1):
            self._shown[row] = key
            return
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), to)
        del self._shown[row]
        self._shown.insert(to if to < row else to - 1, key)
        self.endMoveRows()

    def _remove(self, key: Key) -> None:
        row = bisect_left(self._shown, key)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._shown[row]
        self.endRemoveRows()

    def _insert(self, keys: Sequence[Key]) -> None:
        """Neighbours come in together, so that a batch of hundreds is a few insertions."""
        runs: defaultdict[int, list[Key]] = defaultdict(list)
        for key in keys:
            runs[bisect_left(self._shown, key)].append(key)
        for row, run in sorted(runs.items(), reverse=True):
            self.beginInsertRows(QModelIndex(), row, row + len(run) - 1)
            self._shown[row:row] = run
            self.endInsertRows()

    def _trim(self) -> None:
        while len(self._ended) > MOST_ENDED:
            self._forget(self._ended[-1][-1])

    def _forget(self, job_id: str) -> None:
        if self.row_of(job_id) >= 0:
            self._remove(self._keys[job_id])
        key, job = self._keys.pop(job_id), self._jobs.pop(job_id)
        self._leave(job, key)
        self._texts.forget(job_id)
        self._estimates.pop(job_id, None)

    def _find_next(self) -> None:
        before, self._next = self._next, {account: line[0][-1] for account, line in self._lines.items() if line}
        other = set(before.values()) ^ set(self._next.values())
        self._repaint(sorted(row for row in map(self.row_of, other) if row >= 0))

    def _repaint(self, rows: Sequence[int], roles: Sequence[int] = ()) -> None:
        if len(rows) > _MANY:
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]), list(roles))
            return
        for row in rows:
            index = self.index(row)
            self.dataChanged.emit(index, index, list(roles))


def _is_newer(known: Job | None, job: Job) -> bool:
    if known is None or job.revision > known.revision:
        return True
    return job.revision == known.revision and (known.position, known.request.label) != (job.position, job.request.label)


_ANSWERS: Mapping[int, Callable[[QueueModel, Job], object]] = {
    Qt.ItemDataRole.DisplayRole: lambda model, job: job.title,
    Qt.ItemDataRole.ToolTipRole: lambda model, job: tip(job.title),
    Qt.ItemDataRole.EditRole: lambda model, job: job.request.label or "",
    Qt.ItemDataRole.AccessibleTextRole: QueueModel.spoken,
    JobRole: lambda model, job: job,
    LeftRole: QueueModel.left_s,
    OperationRole: QueueModel.operation_title,
    PausedRole: QueueModel.is_paused,
    NextRole: QueueModel.is_next,
}
