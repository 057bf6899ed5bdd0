"""The page Create: the viewer in the middle, composer and queue as docks beside it; the welcome in its place at first."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.event import JobChanged
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge
from studio.ui.composer import intake
from studio.ui.composer.composer import Composer
from studio.ui.composer.slot import Slot
from studio.ui.queue.panel import QueuePanel
from studio.ui.scene.stage import SceneStage
from studio.ui.session import Session
from studio.ui.shell.docks import make_dock
from studio.ui.shell.drop_zones import Zone
from studio.ui.theme.theme import Theme
from studio.ui.viewer.filmstrip import Filmstrip
from studio.ui.viewer.viewer import Viewer

if TYPE_CHECKING:
    from studio.ui.shell.welcome import Welcome

_LAYOUT_VERSION = 1
COMPOSER_WIDTH, QUEUE_WIDTH = 376, 320
_KIND_ICONS = {MediaKind.VIDEO: "video", MediaKind.AUDIO: "audio"}


class CreatePage(QStackedWidget):
    """`panels_changed()` when a dock was shown or hidden, `key_wanted(service)` from a door of the welcome."""

    panels_changed = Signal()
    key_wanted = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme, session: Session) -> None:
        super().__init__()
        self.setObjectName("createPage")
        self._session = session
        self._theme = theme
        self._sized = False
        self.composer = Composer(bridge, theme, session)
        self.queue = QueuePanel(bridge, theme)
        self.viewer = Viewer(bridge, theme)
        self.filmstrip = Filmstrip(bridge, theme)
        self.welcome: Welcome | None = None
        self.scene = SceneStage(bridge, theme, session, self.composer)
        self._desk = QMainWindow()
        self._desk.setWindowFlags(Qt.WindowType.Widget)
        self._desk.setDockNestingEnabled(True)
        self._desk.setAnimated(not theme.reduced_motion)
        self._desk.setCentralWidget(self.scene.around(self._middle()))
        self.composer_dock = make_dock("composerDock", self.tr("Compose"), self.composer, theme)
        self.queue_dock = make_dock("queueDock", self.tr("Queue"), self.queue, theme, extra=self.queue.counts)
        self.scene.stand_beside(self._desk, self.queue_dock)
        self._keep_soon = QTimer(self)
        self._keep_soon.setSingleShot(True)
        self._keep_soon.setInterval(400)
        self._keep_soon.timeout.connect(self.keep_layout)
        self._desk.installEventFilter(self)
        self._place_docks()
        self._restore_layout()
        for dock in (self.composer_dock, self.queue_dock):
            dock.visibilityChanged.connect(self._dock_changed)
            dock.topLevelChanged.connect(self._dock_changed)
            dock.dockLocationChanged.connect(self._dock_changed)
        self.addWidget(self._desk)
        self.currentChanged.connect(lambda _: self._size_once())
        self.filmstrip.chosen.connect(self.viewer.show_asset)
        self.viewer.stepRequested.connect(self.filmstrip.step)
        self.viewer.useAsReference.connect(self.use_asset)
        self.viewer.useFrame.connect(self.use_frame)
        self.viewer.usePrompt.connect(self.use_prompt)
        self.viewer.reuse.connect(self.load)
        self.viewer.openAsset.connect(self.show_asset)
        self.queue.reuse_wanted.connect(self.reuse)
        self.queue.edit_wanted.connect(self.edit_waiting)
        self.composer.submitted.connect(self._submitted)
        self.composer.asset_wanted.connect(self.show_asset)

    def _middle(self) -> QWidget:
        middle = QWidget()
        middle.setMinimumWidth(280)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(self.viewer, 1)
        strip = QVBoxLayout()
        strip.setContentsMargins(10, 0, 10, 0)  # its ring of selection stands out 6 px: the pictures begin at 16
        strip.addWidget(self.filmstrip)
        column.addLayout(strip)
        return middle

    def _place_docks(self) -> None:
        self._desk.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.composer_dock)
        self._desk.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.queue_dock)
        self._size_docks()

    def _size_docks(self) -> None:
        # a dock that is hidden would be shown by it, and a floating one has a size of its own
        placed = [
            (dock, width) for dock, width in zip(self.docks(), self._kept_widths(), strict=True)
            if not self._stands_apart(dock)
        ]
        docks, widths = [dock for dock, _ in placed], [width for _, width in placed]
        self._desk.resizeDocks(docks, widths, Qt.Orientation.Horizontal)

    def _kept_widths(self) -> tuple[int, int]:
        """The panels' widths as the person left them. A layout is restored before the window has its size, and Qt squeezes
        the panels into what there is then: so their widths are kept beside it."""
        kept = self._session.get("panel_widths")
        if isinstance(kept, list) and len(kept) == 2 and all(isinstance(one, int) and 0 < one < 4000 for one in kept):
            return kept[0], kept[1]
        return COMPOSER_WIDTH, QUEUE_WIDTH

    # what is shown

    def show_first(self, first: FirstScreen) -> None:
        """Fill from the first screen; the welcome when nothing has been made yet."""
        self.queue.show_first(first)
        self.filmstrip.show_first(first)
        if first.assets:
            self.viewer.show_asset(first.assets[0])
        if not (first.jobs or first.assets):
            self._greet()

    def _greet(self) -> None:
        from studio.ui.shell.welcome import Welcome  # most starts do without it

        self.welcome = Welcome(self._theme)
        self.welcome.start_wanted.connect(self.start)
        self.welcome.key_wanted.connect(self.key_wanted)
        self.addWidget(self.welcome)
        self.setCurrentWidget(self.welcome)

    def is_welcoming(self) -> bool:
        """Whether the three doors of a first start are shown."""
        return self.welcome is not None and self.currentWidget() is self.welcome

    def start(self) -> None:
        """Leave the welcome and put the cursor into the prompt."""
        self.setCurrentWidget(self._desk)
        self.composer_dock.show()
        self.composer.prompt.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_asset(self, asset: Asset) -> None:
        """Show an asset in the viewer."""
        self.setCurrentWidget(self._desk)
        self.scene.show_viewer()
        self.viewer.show_asset(asset)
        self.filmstrip.select(asset.id)

    def reuse(self, job: Job) -> None:
        """Put an earlier job's input into the composer, to be changed or sent again."""
        self.load(job.request)

    def load(self, request: JobRequest) -> None:
        """Put what made something into the composer, to be changed or sent again."""
        self.start()
        self.composer.load(request)

    def compare(self, assets: Sequence[Asset]) -> None:
        """Show the first two against each other."""
        if len(assets) >= 2:
            self.setCurrentWidget(self._desk)
            self.scene.show_viewer()
            self.viewer.compare(assets[0], assets[1])

    def edit_waiting(self, job: Job) -> None:
        """Change a job that waits; what stands in the composer comes back afterwards."""
        self.start()
        self.composer.sending.edit(job)

    def use_prompt(self, words: str) -> None:
        """Put a prompt in the place of the one that stands there; one step of undo brings that back."""
        self.start()
        self.composer.prompt.replace_text(words)

    def use_asset(self, asset: Asset) -> None:
        """Put an asset beside the next prompt: a picture as the frame to start from, others where they fit."""
        self.start()
        if asset.kind is MediaKind.IMAGE and self.scene.take(asset):
            return
        if asset.kind is MediaKind.IMAGE:
            self.composer.use_as_start(intake.Brought(path=asset.path))
        else:
            self.composer.tray.take([intake.Brought(path=asset.path)])

    def use_frame(self, frame: QImage) -> None:
        """Start the next video from a frame of one."""
        self.start()
        self.composer.use_as_start(intake.Brought(image=frame))

    def _submitted(self, job: Job) -> None:
        self.queue.take([JobChanged(job, is_new=True)])  # at once, and not with the core's next events
        self.queue.select(job.id)
        if self.viewer.asset is None:
            self.viewer.show_job(job)

    # panels

    def docks(self) -> Sequence[QDockWidget]:
        return (self.composer_dock, self.queue_dock)

    def reset_panels(self) -> None:
        """Both panels back where they were at the very start."""
        self._session.keep("panel_widths", None)
        for dock in self.docks():
            dock.setFloating(False)
            dock.show()
        self._place_docks()
        self.scene.reset_dock()

    def keep_layout(self) -> None:
        """Remember where the panels are, and how wide; a window too small for them squeezes them, which nobody meant."""
        state = base64.b64encode(bytes(self._desk.saveState(_LAYOUT_VERSION).data())).decode("ascii")
        self._session.keep("panels", state)
        before, squeezed = self._kept_widths(), self._is_squeezed(self._desk.width())
        widths = [
            old if self._stands_apart(dock) or not self._sized or (squeezed and dock.width() < old) else dock.width()
            for dock, old in zip(self.docks(), before, strict=True)
        ]
        self._session.keep("panel_widths", widths)

    def _is_squeezed(self, width: int) -> bool:
        """Whether a page of that width has no room for the panels as wide as the person left them."""
        middle = self._desk.centralWidget()
        least = max(middle.minimumWidth(), middle.minimumSizeHint().width()) if middle is not None else 0
        wanted = zip(self.docks(), self._kept_widths(), strict=True)
        return sum(wide for dock, wide in wanted if not self._stands_apart(dock)) + least > width

    @staticmethod
    def _stands_apart(dock: QDockWidget) -> bool:
        """Whether a panel takes no room beside the others: it is hidden, or has a window of its own."""
        return dock.isHidden() or dock.isFloating()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before, now = event.oldSize().width(), event.size().width()
        if self._sized and 0 < before < now and self._is_squeezed(before):
            QTimer.singleShot(0, self, self._size_docks)  # they do not take their room back by themselves

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease and watched is self._desk:
            self._keep_soon.start()  # a border between panels may have been dragged: nothing else tells of it
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._size_once()

    def _size_once(self) -> None:
        """Docks take their width only once they stand in a window."""
        if not self._sized and self._desk.isVisible():
            self._sized = True
            self._size_docks()

    def _restore_layout(self) -> None:
        kept = self._session.get("panels")
        if isinstance(kept, str):
            try:
                state = base64.b64decode(kept, validate=True)
            except ValueError:
                return  # a damaged layout: the panels stay where they are
            self._desk.restoreState(QByteArray(state), _LAYOUT_VERSION)

    def _dock_changed(self) -> None:
        self._keep_soon.start()
        self.panels_changed.emit()

    # drops

    def drop_zones(self, window: QWidget) -> list[Zone]:
        """The zones of this page in the pixels of `window`: each reference slot, over the whole height of the composer."""
        slots = self.composer.tray.slots()
        if not slots:
            return []
        if self.composer.isVisibleTo(window):
            area = QRect(self.composer.mapTo(window, QPoint(0, 0)), self.composer.size())
        else:
            area = QRect(0, 52, window.width() // 3, window.height() - 52)
        columns = min(3, len(slots))
        rows = -(-len(slots) // columns)
        height = area.height() // rows
        zones = []
        for index, slot in enumerate(slots):
            row, column = divmod(index, columns)
            width = area.width() // min(columns, len(slots) - row * columns)  # the last row has all of the width too
            box = QRect(area.left() + column * width, area.top() + row * height, width, height)
            zones.append(Zone(slot.title, box, self._taker(slot), slot.help.removesuffix("."), _icon_of(slot)))
        return [*zones, *self.scene.drop_zones(window)]

    def _taker(self, slot: Slot) -> Callable[[QMimeData], object]:
        def take(mime: QMimeData) -> None:
            if self.is_welcoming():
                self.start()
            self.composer.tray.take_mime(mime, slot if slot in self.composer.tray.slots() else None)

        return take


def _icon_of(slot: Slot) -> str:
    """The icon of what a slot takes, by the first kind."""
    return _KIND_ICONS.get(slot.accepts[0], "image") if slot.accepts else "image"
