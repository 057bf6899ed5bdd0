"""The viewer: shows one asset or one job inline, whatever its kind, and says in words when there is nothing to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHideEvent, QImage, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.job import Job
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.gallery.actions import AssetActions, open_outside
from studio.ui.images.message import MessageView
from studio.ui.images.reading import ReadProblem
from studio.ui.theme.theme import Theme
from studio.ui.viewer.bars import FailureBar, PictureBar
from studio.ui.viewer.canvas import Canvas
from studio.ui.viewer.menu import viewer_menu
from studio.ui.viewer.messages import Message, empty_message, job_message, problem_words
from studio.ui.viewer.picture import PictureView
from studio.ui.viewer.player import Player
from studio.ui.viewer.prompt import PromptView
from studio.ui.viewer.transport import Transport
from studio.ui.viewer.video import VideoView
from studio.ui.widgets.buttons import push, tool

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import AssetAdded, AssetChanged, JobChanged
    from studio.ui.chains.continuing import Offer

SEEK_S = 1.0
NO_FRAME_S = 1.5
"""A clip that has played so long without one frame cannot be shown by Qt here."""


class _MessageCanvas(Canvas):
    """Words on the canvas, with no picture under them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.view = MessageView(theme, self)
        layout = QStackedLayout(self)
        layout.addWidget(self.view)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.begin().end()


class Viewer(QWidget):
    """`show_asset`, `show_job`, `clear`. `stepRequested` (-1 or 1) by Page Up and Page Down, and by the arrows on a picture.

    `frames_shown` counts the frames of the clip that reached the view; `last_frame()` is the one that stands there.
    """

    stepRequested = Signal(int)  # noqa: N815  # Qt's spelling
    useAsReference = Signal(object)  # noqa: N815
    useFrame = Signal(object)  # noqa: N815
    usePrompt = Signal(str)  # noqa: N815
    showInGallery = Signal(object)  # noqa: N815
    changed = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewer")
        self.setAccessibleName(self.tr("Viewer"))
        self._bridge, self._theme = bridge, theme
        self._asset: Asset | None = None
        self._job: Job | None = None
        self._failure = ""
        self.frames_shown = 0
        self.offer: Offer | None = None  # what can follow an asset, once the window is whole
        self.player = Player(self)
        self.actions_of = AssetActions(bridge, self)
        self.message = _MessageCanvas(theme)
        self.picture = PictureView(theme)
        self.video = VideoView(theme)
        self.prompt = PromptView(theme)
        self.transport = Transport(theme)
        self.picture_bar = PictureBar(theme)
        self.failure_bar = FailureBar()
        self._outside = push(self.tr("Open outside"), "openOutsideButton")
        self.more_button = tool("more", self.tr("More"), "viewerMoreButton", theme)
        self._retry = push(self.tr("Retry"), "viewerRetryButton", "primary")
        self._copy_error = push(self.tr("Copy the error"), "viewerCopyError")
        self._build()
        self._connect()
        self.clear()

    def _build(self) -> None:
        tokens = self._theme.current
        self._views = QStackedWidget(self)
        for view in (self.message, self.picture, self.video, self.prompt):
            self._views.addWidget(view)
        self._bars = QStackedWidget(self)
        self._bars.setFixedHeight(36)  # always there, so that nothing jumps between a picture and a clip
        self._no_bar = QWidget()
        for bar in (self._no_bar, self.picture_bar, self.transport, self.failure_bar):
            self._bars.addWidget(bar)
        keeps = self.more_button.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # nothing jumps when a picture comes
        self.more_button.setSizePolicy(keeps)
        below = QHBoxLayout()
        below.setSpacing(tokens.sm)
        below.addWidget(self._bars, 1)
        below.addWidget(self.more_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.lg, tokens.lg, tokens.lg, tokens.sm)
        column.setSpacing(tokens.sm)
        column.addWidget(self._views, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        player, transport = self.player, self.transport
        player.frame.connect(self._frame_arrived)
        player.moved.connect(self._moved)
        player.lengthKnown.connect(transport.set_length)
        player.playing.connect(self._playing_changed)
        player.failed.connect(self._cannot_play)
        player.ended.connect(self._ended)
        player.silent.connect(self._say_silent)
        transport.playPressed.connect(self.toggle_play)
        transport.seeked.connect(self._seek)
        transport.loopChanged.connect(player.set_loop)
        transport.muteChanged.connect(player.set_muted)
        transport.speedChanged.connect(player.set_speed)
        self.video.pressed.connect(self.toggle_play)
        self.picture.failed.connect(self._cannot_show)
        self.picture.zoomChanged.connect(self.picture_bar.show_zoom)
        self.picture.shown.connect(self.changed)
        self.picture_bar.fitPressed.connect(self.picture.fit)
        self.picture_bar.actualPressed.connect(self.picture.actual_size)
        self.picture_bar.zoomPressed.connect(self.picture.zoom_by)
        self.picture_bar.usePressed.connect(lambda: self.useAsReference.emit(self._asset))
        self.more_button.clicked.connect(lambda: self.open_menu(self.more_button.mapToGlobal(QPoint(0, 0))))
        self.changed.connect(self._show_more)
        self.prompt.copyPressed.connect(_copy)
        self.prompt.usePressed.connect(lambda asset: self.usePrompt.emit(asset.prompt))
        self._outside.clicked.connect(self._open_outside)
        self.failure_bar.outsidePressed.connect(self._open_outside)
        self._retry.clicked.connect(self._retry_job)
        self._copy_error.clicked.connect(lambda: _copy(self.message.view.words))
        self._bridge.jobsChanged.connect(self._jobs_changed)
        self._bridge.assetsChanged.connect(self._assets_changed)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(player.release)  # nothing may still play while the window is torn down

    # -- what is shown ----------------

    @property
    def asset(self) -> Asset | None:
        return self._asset

    @property
    def job(self) -> Job | None:
        """The job that is shown while it has no result."""
        return self._job

    def last_frame(self) -> QImage | None:
        """The frame of the clip that stands in the view; None before the first."""
        return self.video.frame

    def show_asset(self, asset: Asset) -> None:
        """Show this asset from its beginning. Whatever played before is stopped and let go."""
        self._reset()
        self._asset = asset
        if asset.kind is MediaKind.IMAGE:
            self._show(self.picture, self.picture_bar)
            self.picture.setAccessibleName(asset.prompt or asset.path.name)
            self.picture.show_picture(asset.path, asset.thumbnail, asset.width, asset.height)
        elif asset.kind is MediaKind.PROMPT:
            self._show(self.prompt, self._no_bar)
            self.prompt.show_asset(asset)
        else:
            self._show(self.video, self.transport)
            self.video.show_asset(asset)
            self.transport.set_length(asset.duration_s or 0)
            self.player.load(asset.path)
        self.changed.emit()

    def show_job(self, job: Job) -> None:
        """Show what a job does, or why it has no result; its result follows by itself when it is there."""
        if self._job is None or self._job.id != job.id:
            self._reset()
        self._job = job
        self._say(job_message(job), (self._retry, self._copy_error) if job.state is JobState.FAILED else ())
        if job.state is JobState.DONE and job.asset_ids:
            first = job.asset_ids[0]
            self._bridge.run(lambda core: _result(core, job.id, first), self._result_arrived)
        self.changed.emit()

    def clear(self) -> None:
        """Nothing to show."""
        self._reset()
        self._say(empty_message())
        self.changed.emit()

    def release(self) -> None:
        """Let go of the file (Windows locks a playing one). Should it stay where it is after all, it can be played again."""
        if self._asset is not None:
            self.player.load(self._asset.path)

    def release_if_shown(self, ids: Sequence[str]) -> None:
        """The same, if it is one of these that are about to be moved to the trash."""
        if self._asset is not None and self._asset.id in ids:
            self.release()

    def open_menu(self, at: QPoint) -> QMenu | None:
        """What can be done with what is shown, at a point of the screen; None while nothing is."""
        menu = viewer_menu(self)
        if menu is not None:
            menu.popup(at)
        return menu

    def _show_more(self) -> None:
        self.more_button.setVisible(self._asset is not None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.open_menu(event.globalPos()) is not None:
            event.accept()

    def _reset(self) -> None:
        self.player.release()
        self.picture.clear()
        self.video.clear()
        self._asset = self._job = None
        self._failure = ""
        self.frames_shown = 0
        self.transport.set_playing(False)
        self.transport.set_position(0)
        self.transport.setEnabled(True)

    def _show(self, view: QWidget, bar: QWidget) -> None:
        self._views.setCurrentWidget(view)
        self._bars.setCurrentWidget(bar)

    # -- words ----------------

    def _say(self, message: Message, buttons: tuple[QPushButton, ...] = ()) -> None:
        self.message.view.say(
            message.icon, message.heading, message.words, buttons, progress=message.progress, busy=message.busy
        )
        self._show(self.message, self._no_bar)

    def _cannot_show(self, problem: ReadProblem) -> None:
        self._failure = problem_words(problem)
        if self.picture.has_picture:
            self.picture_bar.say(self._failure)  # the thumbnail stays in sight
            return
        buttons = () if problem is ReadProblem.MISSING else (self._outside,)
        self._say(Message("alert", self.tr("This picture cannot be shown"), self._failure), buttons)

    def _cannot_play(self, reason: str) -> None:
        """The poster stays; in the transport's place stands why nothing plays, and a way out."""
        self._failure = reason
        self.player.release()
        self.transport.set_playing(False)
        self.video.set_sign(False)
        words = self.tr("This cannot be played here. {0} Another program may play it.").format(_sentence(reason))
        self.failure_bar.say(words)
        self._bars.setCurrentWidget(self.failure_bar)
        self.changed.emit()

    @property
    def failure(self) -> str:
        """Why the asset could not be shown; empty if it could."""
        return self._failure

    def _say_silent(self) -> None:
        self.transport.set_silent()

    def _open_outside(self) -> None:
        if self._asset is not None:
            open_outside(self._asset.path)

    def _retry_job(self) -> None:
        if self._job is not None:
            job_id = self._job.id
            self._bridge.run(lambda core: core.retry(job_id))

    # -- playing ----------------

    def toggle_play(self) -> None:
        """Play or pause; from the beginning after the end."""
        if self._asset is not None and self._asset.kind in (MediaKind.VIDEO, MediaKind.AUDIO) and not self._failure:
            self.player.toggle()

    def _frame_arrived(self, image: QImage) -> None:
        self.frames_shown += 1
        self.video.show_frame(image)
        if self.frames_shown == 1:
            self.changed.emit()

    def _playing_changed(self, playing: bool) -> None:
        self.transport.set_playing(playing)
        self.video.set_sign(not playing and self.frames_shown == 0)

    def _moved(self, seconds: float) -> None:
        if self._asset is None:
            return
        self.transport.set_position(seconds)
        if seconds > NO_FRAME_S and self.frames_shown == 0 and self._asset.kind is MediaKind.VIDEO:
            self._cannot_play(self.tr("Its video format is not one that plays here."))

    def _ended(self) -> None:
        self.transport.set_playing(False)
        if self.frames_shown == 0 and self._asset is not None and self._asset.kind is MediaKind.VIDEO:
            self._cannot_play(self.tr("It holds no picture that plays here."))

    def _seek(self, seconds: float) -> None:
        self.video.set_sign(False)
        self.player.seek(seconds)

    # -- keyboard ----------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.stepRequested.emit(-1 if key == Qt.Key.Key_PageUp else 1)
        elif self._bars.currentWidget() is self.transport and self._transport_key(key):
            event.accept()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._bars.currentWidget() is not self.transport:
            self.stepRequested.emit(-1 if key == Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)

    def _transport_key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Space, Qt.Key.Key_K):
            self.toggle_play()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            here = self.transport.slider.value() / 1000
            self.transport.slider.setValue(round((here + (SEEK_S if key == Qt.Key.Key_Right else -SEEK_S)) * 1000))
        elif key == Qt.Key.Key_L:
            self.transport.loop_button.toggle()
        elif key == Qt.Key.Key_M:
            self.transport.mute_button.click()  # does nothing where there is no sound device
        else:
            return False
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.player.pause()

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
            if self._asset is not None and change.asset.id == self._asset.id:
                if change.asset.deleted_at is not None:
                    self.clear()
                elif change.asset.path != self._asset.path:
                    self.show_asset(change.asset)
                else:
                    self._asset = change.asset
                    if change.asset.kind is MediaKind.VIDEO:
                        self.video.show_poster(change.asset.thumbnail)


async def _result(core: Core, job_id: str, asset_id: str) -> tuple[str, Asset]:
    return job_id, await core.asset(asset_id)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _sentence(words: str) -> str:
    words = words.strip()
    return words if not words or words[-1] in ".!?" else f"{words}."
