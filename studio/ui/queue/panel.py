"""The queue: every job with its state, and below it what the selected one says and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListView, QMenu, QStackedLayout, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job
from studio.ui.bridge import Bridge
from studio.ui.images.loader import ImageLoader
from studio.ui.queue.actions import actions_for
from studio.ui.queue.delegate import QueueDelegate
from studio.ui.queue.details import JobDetails
from studio.ui.queue.model import JobRole, QueueModel
from studio.ui.queue.view import QueueView
from studio.ui.queue.words import is_running, summary
from studio.ui.theme.theme import Theme
from studio.ui.widgets.job_words import error_words
from studio.ui.widgets.words import FittingLabel, label

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import AssetAdded, AssetChanged, JobChanged

_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}


class QueuePanel(QWidget):
    """`asset_wanted(asset)` to show a result, `reuse_wanted(job)` to load a job's input into the composer."""

    asset_wanted = Signal(object)
    reuse_wanted = Signal(object)
    copied = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("queuePanel")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(240)
        self._bridge = bridge
        self._theme = theme
        self._pictures: dict[str, Path | None] = {}
        self._loader = ImageLoader(self, limit_bytes=8 * 1024 * 1024)
        self.model = QueueModel(self)
        self.counts = FittingLabel("label")  # the dock's bar shows it beside its name
        self.counts.setObjectName("queueCounts")
        self.view = self._make_view()
        self.details = JobDetails(theme)
        self.details.hide()
        self.details.wanted.connect(self._do_selected)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._lay_out()
        theme.changed.connect(self.view.viewport().update)
        self._loader.loaded.connect(self._picture_loaded)
        bridge.jobsChanged.connect(self.take)
        bridge.assetsChanged.connect(self._assets_changed)
        bridge.storeChanged.connect(self.refresh)
        bridge.ready.connect(self.refresh)
        if bridge.is_ready:
            self.refresh()

    def _make_view(self) -> QueueView:
        view = QueueView()
        view.setObjectName("queueView")
        view.setAccessibleName(self.tr("Queue"))
        view.setModel(self.model)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setItemDelegate(QueueDelegate(self._theme, self._loader, self._picture_of, view))
        view.customContextMenuRequested.connect(self._open_menu)
        view.doubleClicked.connect(lambda index: self._do("show", index.data(JobRole)))
        view.pressed_key.connect(self._do_selected)
        view.selectionModel().currentChanged.connect(lambda *_: self._show_details())
        return view

    def _lay_out(self) -> None:
        empty = label(
            self.tr("Nothing is queued. Jobs appear here as soon as you press Generate."), "dim", wrap=True
        )
        empty.setObjectName("queueEmpty")
        empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        empty.setContentsMargins(24, 32, 24, 24)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._stack, 1)
        column.addWidget(self.details)
        self._count()

    # what is shown

    def show_first(self, first: FirstScreen) -> None:
        """Fill from the first screen, before the core is there."""
        by_job = {asset.job_id: asset for asset in reversed(first.assets) if asset.job_id}
        self._pictures.update({job_id: asset.thumbnail for job_id, asset in by_job.items() if asset.thumbnail})
        self.model.set_jobs(first.jobs)
        self._count()

    def refresh(self) -> None:
        """Read the jobs anew: at the start, and when another process wrote to the store."""
        self._bridge.run(_jobs_and_titles, self._answered)

    def take(self, changes: Iterable[JobChanged]) -> None:
        self.model.take(changes)
        self._count()
        self._show_details()

    def select(self, job_id: str) -> bool:
        """Select a job and bring it into view; False if it is not among the newest."""
        row = self.model.row_of(job_id)
        if row < 0:
            return False
        index = self.model.index(row)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)
        return True

    def current(self) -> Job | None:
        job = self.view.currentIndex().data(JobRole)
        return job if isinstance(job, Job) else None

    def _answered(self, answer: tuple[list[Job], dict[str, str]]) -> None:
        jobs, titles = answer
        self.model.set_titles(titles)
        self._show_jobs(jobs)

    def _show_jobs(self, jobs: list[Job]) -> None:
        current = self.current()
        self.model.set_jobs(jobs)
        if current is not None:
            self.select(current.id)
        self._count()

    def _count(self) -> None:
        jobs = self.model.jobs()
        self.counts.set_texts(summary(jobs))
        self._stack.setCurrentIndex(0 if jobs else 1)
        if any(is_running(job) for job in jobs):
            self._clock.start()
        else:
            self._clock.stop()

    def _tick(self) -> None:
        if not self.model.tick():
            self._clock.stop()

    def _show_details(self) -> None:
        job = self.current()
        self.details.setVisible(job is not None)
        if job is not None:
            self.details.show_job(job, self.model.operation_title(job))

    # pictures

    def _picture_of(self, job: Job) -> Path | None:
        if job.id in self._pictures:
            return self._pictures[job.id]
        if job.asset_ids and self._bridge.is_ready:
            self._pictures[job.id] = None  # asked for once
            self._bridge.run(lambda core: core.asset(job.asset_ids[0]), self._picture_known, lambda _: None)
        return _reference_picture(job)

    def _assets_changed(self, changes: Iterable[AssetAdded | AssetChanged]) -> None:
        """A thumbnail may be made only after its job is done: it shows as soon as it is there."""
        for change in changes:
            self._picture_known(change.asset)

    def _picture_known(self, asset: Asset) -> None:
        if asset.job_id is not None and asset.thumbnail is not None:
            self._pictures[asset.job_id] = asset.thumbnail
            self._picture_loaded(asset.job_id)

    def _picture_loaded(self, job_id: object) -> None:
        row = self.model.row_of(str(job_id))
        if row >= 0:
            self.view.update(self.model.index(row))

    # what can be done

    def _open_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        job = (index if index.isValid() else QModelIndex()).data(JobRole)
        if not isinstance(job, Job):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in actions_for(job):
            menu.addAction(action.words).triggered.connect(lambda _=False, name=action.name: self._do(name, job))
        menu.popup(self.view.viewport().mapToGlobal(at))

    def _do_selected(self, name: str) -> None:
        job = self.current()
        if job is not None:
            self._do(name, job)

    def _do(self, name: str, job: object) -> None:
        if not isinstance(job, Job) or name not in {action.name for action in actions_for(job)}:
            return
        if name == "cancel":
            self._bridge.run(lambda core: core.cancel(job.id))
        elif name == "retry":
            self._bridge.run(lambda core: core.retry(job.id))
        elif name == "approve":
            self._bridge.run(lambda core: core.approve(job.id))
        elif name == "give_up":
            self._bridge.run(lambda core: core.give_up(job.id))
        elif name == "show":
            self._bridge.run(lambda core: core.asset(job.asset_ids[0]), self.asset_wanted.emit)
        elif name == "reuse":
            self.reuse_wanted.emit(job)
        else:
            self._copy({"copy_error": error_words(job), "copy_remote_id": job.remote_id or "", "copy_id": job.id}[name])

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(text)


async def _jobs_and_titles(core: Core) -> tuple[list[Job], dict[str, str]]:
    from studio.domain.query import JobQuery

    jobs = await core.jobs(JobQuery(limit=100))
    return jobs, {operation.id: operation.title for operation in core.operations()}


def _reference_picture(job: Job) -> Path | None:
    """The first picture that was given to a job, as long as it has none of its own."""
    for value in job.request.input.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one.startswith("file:"):
                path = Path(QUrl(one).toLocalFile())
                if path.suffix.lower() in _PICTURES:
                    return path
    return None
