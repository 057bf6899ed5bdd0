"""The viewer: shows one asset or one job inline, whatever its kind, and says in words when there is nothing to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from studio.domain.asset import Asset
from studio.domain.job import Job
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.gallery.actions import AssetActions
from studio.ui.images.captions import title_of
from studio.ui.theme.theme import Theme
from studio.ui.viewer import keys
from studio.ui.viewer.comparing import Comparing
from studio.ui.viewer.drag_source import DragSource
from studio.ui.viewer.full_screen import FullScreenSwitch
from studio.ui.viewer.menu import viewer_menu
from studio.ui.viewer.playback import Playback
from studio.ui.viewer.side import Side
from studio.ui.viewer.stage import Stage
from studio.ui.viewer.states import States, copy_text

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import AssetAdded, AssetChanged, JobChanged
    from studio.ui.chains.continuing import Offer


class Viewer(QWidget):
    """`show_asset`, `show_job`, `compare`, `clear`. `stepRequested` (-1 or 1) by Page Up and Page Down, and by the arrows on
    a picture. `reuse` (JobRequest) and `openAsset` (asset) come from the panel on how it was made.

    `frames_shown` counts the frames of the clip that reached the view; `last_frame()` is the one that stands there.
    """

    stepRequested = Signal(int)  # noqa: N815  # Qt's spelling
    useAsReference = Signal(object)  # noqa: N815
    useFrame = Signal(object)  # noqa: N815
    usePrompt = Signal(str)  # noqa: N815
    showInGallery = Signal(object)  # noqa: N815
    reuse = Signal(object)
    openAsset = Signal(object)  # noqa: N815
    changed = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewer")
        self.setAccessibleName(self.tr("Viewer"))
        self._bridge, self._theme = bridge, theme
        self._asset: Asset | None = None
        self._job: Job | None = None
        self.offer: Offer | None = None  # what can follow an asset, once the window is whole
        self.actions_of = AssetActions(bridge, self)
        self.stage = Stage(theme, self)
        self.message, self.picture, self.video = self.stage.message, self.stage.picture, self.stage.video
        self.playback = Playback(bridge, self.stage, self)
        self.player = self.playback.player
        self.comparing = Comparing(self.stage, theme, self)
        self.states = States(self.stage, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.stage, 1)
        self.side = Side(bridge, theme, self.stage.beside, self)
        self._full = FullScreenSwitch(self.stage, row, theme, self)
        self._connect()
        self.clear()

    def _connect(self) -> None:
        DragSource(self.picture, lambda _: self._asset if self.picture.is_fitted else None)  # else it moves the picture
        DragSource(self.video, lambda _: self._asset)
        self.playback.changed.connect(self.changed)
        self.playback.failed.connect(self._cannot_play)
        self.comparing.changed.connect(self.changed)
        self.comparing.ended.connect(self.show_asset)
        stage = self.stage
        self.picture.failed.connect(self.states.cannot_show)
        self.picture.shown.connect(self.changed)
        stage.comparePressed.connect(self.comparing.choose)
        stage.usePressed.connect(lambda: self.useAsReference.emit(self._asset))
        stage.more_button.clicked.connect(lambda: self.open_menu(stage.more_button.mapToGlobal(QPoint(0, 0))))
        stage.full_button.clicked.connect(lambda: self.set_full_screen(not self.is_full_screen))
        stage.recipe_button.toggled.connect(self.side.set_open)
        self.changed.connect(self._show_buttons)
        self.changed.connect(self._follow)
        self.states.retryPressed.connect(self._retry_job)
        self.side.reuse.connect(self.reuse)
        self.side.openAsset.connect(self.openAsset)
        self.side.said.connect(stage.say)
        self.side.closed.connect(lambda: stage.recipe_button.setChecked(False))
        self._bridge.jobsChanged.connect(self._jobs_changed)
        self._bridge.assetsChanged.connect(self._assets_changed)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._end)

    # -- what is shown ----------------

    @property
    def asset(self) -> Asset | None:
        return self._asset

    @property
    def job(self) -> Job | None:
        """The job that is shown while it has no result."""
        return self._job

    @property
    def frames_shown(self) -> int:
        return self.playback.frames_shown

    @property
    def failure(self) -> str:
        """Why the asset could not be shown; empty if it could."""
        return self.states.failure

    def last_frame(self) -> QImage | None:
        """The frame of the clip that stands in the view; None before the first."""
        return self.video.frame

    def show_asset(self, asset: Asset) -> None:
        """Show this asset from its beginning. Whatever played before is stopped and let go."""
        if self.comparing.takes(asset):
            self.playback.release()
            return
        self._reset()
        self._asset = asset
        self.states.follow(asset.path)
        stage = self.stage
        if asset.kind is MediaKind.IMAGE:
            stage.picture_bar.say("")
            stage.show_view(self.picture, stage.picture_bar)
            self.picture.setAccessibleName(asset.prompt or asset.path.name)
            self.picture.show_picture(asset.path, asset.thumbnail, asset.width, asset.height)
        elif asset.kind is MediaKind.PROMPT:
            self._show_prompt(asset)
        else:
            self.playback.show(asset)
        self.changed.emit()

    def _show_prompt(self, asset: Asset) -> None:
        prompt = self.stage.prompt
        if not prompt.is_connected:
            prompt.is_connected = True
            prompt.copyPressed.connect(copy_text)
            prompt.usePressed.connect(lambda used: self.usePrompt.emit(used.prompt))
        self.stage.show_view(prompt, self.stage.no_bar)
        prompt.show_asset(asset)

    def compare(self, first: Asset, second: Asset) -> None:
        """Show two pictures (or the posters of clips) against each other."""
        self._reset()
        self._asset = first
        self.comparing.show(first, second)

    def show_job(self, job: Job) -> None:
        """Show what a job does, or why it has no result; its result follows by itself when it is there."""
        if self._job is None or self._job.id != job.id:
            self._reset()
        self._job = job
        self.states.say_job(job)
        if job.state is JobState.DONE and job.asset_ids:
            first = job.asset_ids[0]
            self._bridge.run(lambda core: _result(core, job.id, first), self._result_arrived)
        self.changed.emit()

    def clear(self) -> None:
        """Nothing to show."""
        self._reset()
        self.states.say_empty()
        self.changed.emit()

    def release(self) -> None:
        """Let go of the file (Windows locks a playing one). Should it stay where it is after all, it can be played again."""
        self.playback.let_go()
        self.picture.let_go()

    def release_if_shown(self, ids: Sequence[str]) -> None:
        """The same, if it is one of these that are about to be moved to the trash."""
        if self._asset is not None and self._asset.id in ids:
            self.release()

    def _reset(self) -> None:
        self.playback.release()
        self.picture.clear()
        self.stage.say("")
        self.comparing.clear()
        self._asset = self._job = None
        self.states.follow(None)

    def _end(self) -> None:
        """The program ends: nothing may still play or decode while the window is torn down."""
        self.playback.release()
        self.picture.clear()
        self.comparing.clear()

    # -- around it ----------------

    def open_menu(self, at: QPoint) -> QMenu | None:
        """What can be done with what is shown, at a point of the screen; None while nothing is."""
        menu = viewer_menu(self)
        if menu is not None:
            menu.popup(at)
        return menu

    def _show_buttons(self) -> None:
        for button in (self.stage.more_button, self.stage.full_button, self.stage.recipe_button):
            button.setVisible(self._asset is not None)

    def _follow(self) -> None:
        self.comparing.follow(self._asset)
        self.side.show(self._asset, self.comparing.assets)

    @property
    def is_full_screen(self) -> bool:
        return self._full.is_on

    def set_full_screen(self, wanted: bool) -> None:
        """Show the stage on a screen of its own, or bring it back."""
        if not wanted:
            self._full.leave()
        elif self._asset is not None:
            self._full.show(title_of(self._asset), lambda event: keys.pressed(self, event))

    def leave(self) -> None:
        """One step back: out of the full screen, else out of a comparison."""
        if self.is_full_screen:
            self.set_full_screen(False)
        else:
            self.comparing.leave()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.open_menu(event.globalPos()) is not None:
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if keys.pressed(self, event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self.is_full_screen:
            self.playback.pause()

    def _retry_job(self) -> None:
        if self._job is not None:
            job_id = self._job.id
            self._bridge.run(lambda core: core.retry(job_id))

    def _cannot_play(self, reason: str) -> None:
        self.states.cannot_play(reason)
        self.changed.emit()

    def toggle_play(self) -> None:
        """Play or pause; from the beginning after the end."""
        self.playback.toggle()

    # -- events of the core ----------------

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        shown = self._job
        for change in changes:
            if shown is not None and change.job.id == shown.id:
                self.show_job(change.job)

    def _result_arrived(self, answer: tuple[str, Asset]) -> None:
        job_id, asset = answer
        if self._job is not None and self._job.id == job_id:
            self.show_asset(asset)

    def _assets_changed(self, changes: list[AssetAdded | AssetChanged]) -> None:
        for change in changes:
            if self._asset is None or change.asset.id != self._asset.id:
                continue
            if change.asset.deleted_at is not None:
                self.clear()
            elif change.asset.path != self._asset.path:
                self.show_asset(change.asset)
            else:
                self._asset = change.asset
                if change.asset.kind is MediaKind.VIDEO:
                    self.video.show_poster(change.asset.thumbnail)
                self._follow()


async def _result(core: Core, job_id: str, asset_id: str) -> tuple[str, Asset]:
    return job_id, await core.asset(asset_id)

