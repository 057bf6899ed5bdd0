"""The jobs as a table with random access: the first page comes at once, then how many there are and where each page begins;
other pages are fetched when their rows are looked at. The core's events keep rows up to date.

The view asks by row and column; what a job's result looks like is fetched when its row is painted for the first time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from studio.domain.asset import Asset
from studio.domain.history import PAGE, HistoryOutline, HistoryPage, HistoryQuery, Key
from studio.domain.job import Job
from studio.ui.bridge import Bridge, in_words
from studio.ui.history.page_fetcher import PageFetcher
from studio.ui.history.reading import Fresh, read_anew
from studio.ui.history.results import Results
from studio.ui.history.row_words import Column, cell_tip, cell_words, headings
from studio.ui.history.rows import HistoryRows
from studio.ui.widgets.job_words import operation_words

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import JobChanged

__all__ = ["ASSET_ROLE", "JOB_ROLE", "Column", "HistoryModel"]

JOB_ROLE = Qt.ItemDataRole.UserRole + 1
ASSET_ROLE = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SOON_MS, _LATEST_MS, _REST = 50, 2000, 4
"""What changed is read anew so soon; where that takes long, after a rest of so many times that long."""
_MOST_ON_TOP = PAGE


class HistoryModel(QAbstractTableModel):
    """`answered` after each answer, `failed` (words) when the store could not be read, `restored` (row by job id) after a
    reset that brought the same question up to date: with it the view finds its place again. `watched`: gives the ids of the
    jobs that the view would keep its place by."""

    answered = Signal()
    failed = Signal(str)
    restored = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._asked = 0
        self.query = HistoryQuery()
        self.rows = HistoryRows()
        self.is_counted = False
        self.watched: Sequence[str] = ()
        self._counting = self._count_again = self._is_stale = False
        self._is_shown = True
        self._read_s = 0.0
        self._titles: Mapping[str, str] = {}
        self._accounts: Mapping[str, str] = {}
        self._results = Results(bridge, self)
        self._results.known.connect(self._results_known)
        self._pages = PageFetcher(bridge, self)
        self._pages.arrived.connect(self._page_arrived)
        self._pages.failed.connect(self._refused)
        self._again = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._again.timeout.connect(self.refresh)
        bridge.jobsChanged.connect(self._jobs_changed)
        bridge.storeChanged.connect(self.refresh_soon)

    # -- questions ----------------

    def ask(self, query: HistoryQuery) -> None:
        """Show what matches; the rows change when the answer is there. The newest question wins."""
        self.query = query
        self._asked += 1
        asked = self._asked

        async def answer(core: Core) -> tuple[int, HistoryPage]:
            return asked, await core.history.page(query)

        self._bridge.run(answer, self._first_arrived, self._refused)

    def show(self, jobs: Sequence[Job]) -> None:
        """Fill with what is known before the core is ready."""
        self.beginResetModel()
        self._start(jobs[:PAGE])
        self.is_counted = False
        self.endResetModel()

    def set_names(self, titles: Mapping[str, str], accounts: Mapping[str, str]) -> None:
        """Titles of operations and accounts by id and name."""
        if (titles, accounts) != (self._titles, self._accounts):
            self._titles, self._accounts = titles, accounts
            self._repaint(0, len(self.rows) - 1)

    def job_at(self, row: int) -> Job | None:
        """The job of a row; None: its page is asked for."""
        job = self.rows.at(row)
        if job is None and 0 <= row < len(self.rows):
            page = self.rows.page_of(row)
            if page is not None and not self.rows.has(page):
                self._pages.want(page)
        return job

    def row_of(self, job_id: str) -> int | None:
        return self.rows.row_of(job_id)

    def asset_of(self, job: Job) -> Asset | None:
        """Its first result; asked for in the background if it is not known yet."""
        return self._results.first_of(job)

    def operation_title(self, job: Job) -> str:
        return operation_words(job.request.operation, self._titles)

    def account_title(self, job: Job) -> str:
        return self._accounts.get(job.request.account, job.request.account)

    # -- the first page, and how many there are ----------------

    def _start(self, jobs: Sequence[Job]) -> None:
        self.rows.clear()
        self.rows.put(0, jobs)
        self._know(len(jobs), ())

    def _know(self, total: int, marks: Sequence[Key]) -> None:
        self.rows.count(total, marks)
        self._pages.begin(self.query, marks)

    def _first_arrived(self, answer: tuple[int, HistoryPage]) -> None:
        asked, page = answer
        if asked != self._asked:
            return
        self.beginResetModel()
        self._start(page.jobs)
        self.is_counted = len(page.jobs) < PAGE
        self.endResetModel()
        self.answered.emit()
        if not self.is_counted:
            self._count()

    def _count(self) -> None:
        """Never twice at the same time, however fast somebody types."""
        if self._counting:
            self._count_again = True
            return
        self._counting, self._count_again = True, False
        asked, query = self._asked, self.query

        async def answer(core: Core) -> tuple[int, HistoryOutline]:
            return asked, await core.history.outline(query)

        self._bridge.run(answer, self._counted, self._not_counted)

    def _counted(self, answer: tuple[int, HistoryOutline]) -> None:
        asked, outline = answer
        self._counting = False
        if asked != self._asked or self._count_again:
            self._count()
            return
        before, more = len(self.rows), outline.total + len(self.rows.head) - len(self.rows)
        if more > 0:
            self.beginInsertRows(QModelIndex(), before, before + more - 1)
            self._know(outline.total, outline.marks)
            self.endInsertRows()
        else:
            self._know(len(self.rows) - len(self.rows.head), outline.marks)
        self.is_counted = True
        self.answered.emit()

    def _not_counted(self, error: BaseException) -> None:
        self._counting = False
        self._refused(error)

    def _refused(self, error: BaseException) -> None:
        self.failed.emit(in_words(error))

    # -- pages ----------------

    def _page_arrived(self, page: int, jobs: Sequence[Job]) -> None:
        self.rows.put(page, jobs)
        self._repaint(*self.rows.rows_of(page))
        self.answered.emit()

    # -- the same question again ----------------

    def refresh_soon(self) -> None:
        """Something changed that only the store can answer for."""
        if not self._again.isActive():
            self._again.start(min(_LATEST_MS, max(_SOON_MS, round(self._read_s * _REST * 1000))))

    def set_shown(self, shown: bool) -> None:
        """What nobody sees is not read anew before it is seen again."""
        self._is_shown = shown
        if shown and self._is_stale:
            self.refresh()

    def refresh(self) -> None:
        """Bring the same question up to date; the view keeps its place."""
        self._is_stale = not self._is_shown
        if self._is_stale:
            return
        asked, query, near = self._asked, self.query, list(self.watched)
        begun, top = time.monotonic(), self.row_of(near[0]) if near else 0

        async def answer(core: Core) -> tuple[int, float, Fresh]:
            return asked, begun, await read_anew(core, query, near, top or 0)

        self._bridge.run(answer, self._take_fresh, self._refused)

    def _take_fresh(self, answer: tuple[int, float, Fresh]) -> None:
        asked, begun, fresh = answer
        self._read_s = time.monotonic() - begun
        if asked != self._asked:
            return
        outline, rows = fresh.outline, self.rows
        self.is_counted = True
        is_same = not rows.head and len(rows) == outline.total and rows.marks in ((), outline.marks)
        if not is_same:
            self.beginResetModel()
            self._start(())
        self._know(outline.total, outline.marks)
        for page, found in fresh.pages.items():
            rows.put(page, found.jobs)
        if is_same:
            self._repaint(0, len(rows) - 1)
        else:
            self.endResetModel()
            self.restored.emit(outline.places)
        self.answered.emit()

    # -- events of the core ----------------

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        is_plain = self.query == HistoryQuery()
        unsure = False
        for change in sorted(changes, key=lambda one: (one.job.created_at, one.job.id)):
            row = self.rows.replace(change.job)
            if row is not None:
                self._repaint(row, row)
                unsure = unsure or not is_plain
            elif is_plain and self._is_newest(change.job):
                self.beginInsertRows(QModelIndex(), 0, 0)
                self.rows.head.insert(0, change.job)
                self.endInsertRows()
            else:
                unsure = unsure or change.is_new or not is_plain
        if unsure or len(self.rows.head) > _MOST_ON_TOP:
            self.refresh_soon()

    def _is_newest(self, job: Job) -> bool:
        first = self.rows.at(0)
        return len(self.rows) == 0 or (first is not None and (job.created_at, job.id) > (first.created_at, first.id))

    def _results_known(self, job_ids: object) -> None:
        for job_id in job_ids if isinstance(job_ids, set) else ():
            row = self.row_of(job_id)
            if row is not None:
                self._repaint(row, row)

    def _repaint(self, first: int, last: int) -> None:
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    # -- QAbstractTableModel ----------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return headings()[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        job = self.job_at(index.row()) if index.isValid() else None
        if job is None:
            return None
        if role == JOB_ROLE:
            return job
        if role == ASSET_ROLE:
            return self.asset_of(job)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(job, Column(index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(words for column in Column if (words := self.words(job, column)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell_tip(job, Column(index.column()), self.operation_title(job), self.account_title(job))
        return None

    def words(self, job: Job, column: Column) -> str:
        """What stands in a cell."""
        return cell_words(job, column, self.operation_title(job), self.account_title(job))
