"""The jobs as a table: pages fetched as they are scrolled to, single rows brought up to date by the core's events.

The view asks by row and column; what a job's result looks like is fetched when its row is painted for the first time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from studio.domain.asset import Asset
from studio.domain.errors import StudioError
from studio.domain.event import AssetAdded, AssetChanged, JobChanged
from studio.domain.job import Job
from studio.domain.query import JobQuery
from studio.domain.state import JobState
from studio.ui.bridge import Bridge, in_words
from studio.ui.history.words import time_words
from studio.ui.images.captions import full_moment_words, moment_words
from studio.ui.widgets.job_words import credit_words, operation_words, state_words

if TYPE_CHECKING:
    from studio.app.core import Core

PAGE = 100
JOB_ROLE = Qt.ItemDataRole.UserRole + 1
ASSET_ROLE = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Column(IntEnum):
    SENT = 0
    PICTURE = 1
    TITLE = 2
    OPERATION = 3
    ACCOUNT = 4
    STATE = 5
    CREDITS = 6
    TIME = 7


class HistoryModel(QAbstractTableModel):
    """Newest first. `answered` after each page, `failed` (words) when the store could not be read."""

    answered = Signal()
    failed = Signal(str)

    def __init__(self, bridge: Bridge, parent: QObject | None = None, *, page: int = PAGE) -> None:
        super().__init__(parent)
        self._bridge, self._page = bridge, page
        self._asked = 0
        self.search = ""
        self.state: JobState | None = None
        self.jobs: list[Job] = []
        self._rows: dict[str, int] = {}
        self._assets: dict[str, Asset | None] = {}
        self._wanted: list[str] = []
        self.complete = False
        self._loading = False
        self._titles: Mapping[str, str] = {}
        self._accounts: Mapping[str, str] = {}
        self._fetch_assets = QTimer(self, singleShot=True, interval=15)
        self._fetch_assets.timeout.connect(self._ask_assets)
        self._again = QTimer(self, singleShot=True, interval=50)
        self._again.timeout.connect(self._look_again)
        bridge.jobsChanged.connect(self._jobs_changed)
        bridge.assetsChanged.connect(self._assets_changed)
        bridge.storeChanged.connect(self._again.start)

    # -- questions ----------------

    def ask(self, search: str, state: JobState | None) -> None:
        """Show what matches; the rows change when the answer is there. The newest question wins."""
        self.search, self.state = search.strip(), state
        self._asked += 1
        self._fetch(None)

    def show(self, jobs: Sequence[Job]) -> None:
        """Fill with what is known before the core is ready."""
        self._replace(list(jobs))
        self.complete = False

    def set_names(self, titles: Mapping[str, str], accounts: Mapping[str, str]) -> None:
        """Titles of operations and accounts by id and name."""
        self._titles, self._accounts = titles, accounts
        self._repaint_all()

    def job_at(self, row: int) -> Job | None:
        return self.jobs[row] if 0 <= row < len(self.jobs) else None

    def row_of(self, job_id: str) -> int | None:
        return self._rows.get(job_id)

    def asset_of(self, job: Job) -> Asset | None:
        """Its first result; asked for in the background if it is not known yet."""
        if not job.asset_ids:
            return None
        asset_id = job.asset_ids[0]
        if asset_id not in self._assets:
            self._assets[asset_id] = None
            self._wanted.append(asset_id)
            self._fetch_assets.start()
        return self._assets[asset_id]

    def operation_title(self, job: Job) -> str:
        return operation_words(job.request.operation, self._titles)

    def account_title(self, job: Job) -> str:
        return self._accounts.get(job.request.account, job.request.account)

    # -- answers ----------------

    def _query(self, before: str | None) -> JobQuery:
        return JobQuery(state=self.state, search=self.search or None, limit=self._page, before=before)

    def _fetch(self, before: str | None) -> None:
        self._loading = True
        asked, query = self._asked, self._query(before)

        async def answer(core: Core) -> tuple[int, bool, list[Job]]:
            return asked, before is None, await core.jobs(query)

        self._bridge.run(answer, self._page_arrived, self._refused)

    def _page_arrived(self, answer: tuple[int, bool, list[Job]]) -> None:
        asked, is_first, jobs = answer
        if asked != self._asked:
            return
        self._loading = False
        if is_first:
            self._replace(jobs)
        else:
            fresh = [job for job in jobs if job.id not in self._rows]
            self.complete = len(jobs) < self._page
            if fresh:
                self.beginInsertRows(QModelIndex(), len(self.jobs), len(self.jobs) + len(fresh) - 1)
                self.jobs += fresh
                self._count_rows()
                self.endInsertRows()
        self.answered.emit()

    def _refused(self, error: BaseException) -> None:
        self._loading = False
        self.failed.emit(in_words(error))

    def _replace(self, jobs: list[Job]) -> None:
        self.beginResetModel()
        self.jobs = jobs
        self.complete = len(jobs) < self._page
        self._count_rows()
        self.endResetModel()

    def _count_rows(self) -> None:
        self._rows = {job.id: row for row, job in enumerate(self.jobs)}

    def _ask_assets(self) -> None:
        wanted, self._wanted = self._wanted, []
        self._bridge.run(lambda core: _assets(core, wanted), self._assets_arrived)

    def _assets_arrived(self, assets: list[Asset]) -> None:
        for asset in assets:
            self._assets[asset.id] = asset
        self._repaint_all()

    def _repaint_all(self) -> None:
        if self.jobs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.jobs) - 1, len(Column) - 1))

    # -- events of the core ----------------

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        unknown = False
        for change in changes:
            row = self._rows.get(change.job.id)
            if row is not None:
                self.jobs[row] = change.job
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))
            elif self.search or self.state is not None:
                unknown = True
            elif not self.jobs or change.job.id > self.jobs[-1].id or self.complete:
                self._insert(change.job)
        if unknown or (self.state is not None and changes):
            self._again.start()

    def _insert(self, job: Job) -> None:
        row = next((row for row, known in enumerate(self.jobs) if known.id < job.id), len(self.jobs))
        self.beginInsertRows(QModelIndex(), row, row)
        self.jobs.insert(row, job)
        self._count_rows()
        self.endInsertRows()

    def _assets_changed(self, changes: list[AssetAdded | AssetChanged]) -> None:
        for change in changes:
            if change.asset.id in self._assets:
                self._assets[change.asset.id] = change.asset
                row = self._rows.get(change.asset.job_id or "")
                if row is not None:
                    self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    def _look_again(self) -> None:
        """Another process wrote, or only the store can say what matches: bring the first page up to date."""
        asked, query = self._asked, self._query(None)

        async def answer(core: Core) -> tuple[int, list[Job]]:
            return asked, await core.jobs(query)

        self._bridge.run(answer, self._compare, self._refused)

    def _compare(self, answer: tuple[int, list[Job]]) -> None:
        asked, page = answer
        if asked != self._asked:
            return
        ids = {job.id for job in page}
        oldest = page[-1].id if len(page) == self._page else ""
        for row in range(len(self.jobs) - 1, -1, -1):
            if self.jobs[row].id >= oldest and self.jobs[row].id not in ids:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.jobs[row]
                self._count_rows()
                self.endRemoveRows()
        for job in page:
            known = self._rows.get(job.id)
            if known is None:
                self._insert(job)
            elif self.jobs[known] != job:
                self.jobs[known] = job
                self.dataChanged.emit(self.index(known, 0), self.index(known, len(Column) - 1))
        self.answered.emit()

    # -- QAbstractTableModel ----------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.jobs)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and bool(self.jobs) and not self.complete and not self._loading and self._bridge.is_ready

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._fetch(self.jobs[-1].id)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section in (Column.CREDITS, Column.TIME)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        names = (self.tr("Sent"), "", self.tr("Prompt or label"), self.tr("Operation"), self.tr("Account"), self.tr("State"),
                 self.tr("Credits"), self.tr("Time"))
        return names[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        job = self.job_at(index.row()) if index.isValid() else None
        if job is None:
            return None
        if role == JOB_ROLE:
            return job
        if role == ASSET_ROLE:
            return self.asset_of(job)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(job, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(job, Column(index.column()))
        return None

    def _words(self, job: Job, column: Column) -> str:
        match column:
            case Column.SENT:
                return moment_words(job.created_at)
            case Column.TITLE:
                return job.request.label or job.prompt or self.operation_title(job)
            case Column.OPERATION:
                return self.operation_title(job)
            case Column.ACCOUNT:
                return self.account_title(job)
            case Column.STATE:
                return state_words(job)
            case Column.CREDITS:
                return credit_words(job)
            case Column.TIME:
                return time_words(job)
            case Column.PICTURE:
                return ""

    def _tip(self, job: Job, column: Column) -> str | None:
        if column is Column.SENT:
            return full_moment_words(job.created_at)
        if column is Column.TITLE:
            return job.prompt or None
        if column is Column.STATE and job.error is not None:
            return job.error.message
        return None


async def _assets(core: Core, ids: Sequence[str]) -> list[Asset]:
    """Those that still exist."""
    found = []
    for asset_id in ids:
        try:
            found.append(await core.asset(asset_id))
        except (StudioError, KeyError):
            continue  # it was deleted for good: the row keeps its words
    return found
