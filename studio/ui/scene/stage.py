"""Shows the board in the viewer's place while the composer's operation is the board's, and its layers above the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.ui.bridge import Bridge
from studio.ui.composer import intake
from studio.ui.composer.composer import Composer
from studio.ui.session import Session
from studio.ui.shell.docks import make_dock
from studio.ui.shell.drop_zones import Zone
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push

if TYPE_CHECKING:
    from studio.ui.scene.view import SceneView

OPERATION = "scene.compose"
_LIST_HEIGHT = 250


class SceneStage(QObject):
    """Belongs to the page Create. The board is made when it is first wanted: most starts do without it.

    `said(words)`, `failed(words)`: for the line on top of the window.
    """

    said = Signal(str)
    failed = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, session: Session, composer: Composer) -> None:
        super().__init__(composer)
        self._bridge, self._theme, self._session, self._composer = bridge, theme, session, composer
        self.view: SceneView | None = None
        self.dock: QDockWidget | None = None
        self._stack = QStackedWidget()
        self._viewer = QWidget()
        self._desk: QMainWindow | None = None
        self._beside: QDockWidget | None = None
        self.back = push(self.tr("Back to the scene board"), "backToSceneButton", "ghost")
        self.back.clicked.connect(self.show_board)
        self.back.hide()
        composer.changed.connect(self._follow)

    def around(self, viewer: QWidget) -> QWidget:
        """The page's middle, with `viewer` in it."""
        self._viewer = QWidget()
        column = QVBoxLayout(self._viewer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(viewer, 1)
        self._stack.addWidget(self._viewer)
        # when the page stands, dressed as it is to be
        self._stack.currentChanged.connect(lambda _: QTimer.singleShot(0, self, self._hold_width))
        return self._stack

    def _hold_width(self) -> None:
        """As wide as the page needs at least. Qt would ask again while a theme changes and all is undressed, and squeeze the
        panels beside it for good."""
        page = self._stack.currentWidget()
        if page is not None:
            self._stack.setMinimumWidth(max(page.minimumWidth(), page.minimumSizeHint().width()))

    def stand_beside(self, desk: QMainWindow, queue: QDockWidget) -> None:
        """Where the list of layers goes: above the queue."""
        self._desk, self._beside = desk, queue

    @property
    def is_wanted(self) -> bool:
        """Whether the composer's operation is the board's."""
        operation = self._composer.operation
        return operation is not None and operation.id == OPERATION

    @property
    def is_shown(self) -> bool:
        return self.view is not None and self._stack.currentWidget() is self.view

    def open(self) -> bool:
        """Choose the board's operation and show the board; False where the account does not offer it."""
        if not self._composer.picker.choose(OPERATION):
            self.failed.emit(self.tr("This account does not compose scenes. Choose another one."))
            return False
        self.show_board()
        if self.view is not None:
            self.view.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def drop_zones(self, window: QWidget) -> list[Zone]:
        """Where a drop puts photos on the board: all of it, in the pixels of `window`. None while it is not shown."""
        view = self.view
        if view is None or not self.is_shown or not view.isVisibleTo(window):
            return []
        box = QRect(view.mapTo(window, QPoint(0, 0)), view.size())
        words = self.tr("Put photos on the board")
        return [Zone(self.tr("Scene board"), box, self._composer.tray.take_mime, words, "image")]

    def show_board(self) -> None:
        """The board in the viewer's place."""
        if not self.is_wanted:
            return
        view = self._made()
        self._stack.setCurrentWidget(view)
        self.back.hide()
        view.enter()
        if self.dock is not None:
            self.dock.show()

    def show_viewer(self) -> None:
        """Something else is to be looked at; the board is one press away."""
        self._stack.setCurrentWidget(self._viewer)
        self.back.setVisible(self.is_wanted)

    def take(self, asset: Asset) -> bool:
        """Put an asset on the board, if the board is what the composer is about."""
        if not self.is_wanted:
            return False
        self.show_board()
        self._composer.tray.take([intake.Brought(path=asset.path)])
        return True

    def _follow(self) -> None:
        if self.is_wanted:
            if self.view is None or (not self.is_shown and self.back.isHidden()):
                self.show_board()
            return
        if self.view is not None:
            self._stack.setCurrentWidget(self._viewer)
            self.back.hide()
            if self.dock is not None:
                self.dock.hide()

    def _made(self) -> SceneView:
        if self.view is not None:
            return self.view
        from studio.ui.scene.view import SceneView  # with it come its dialogs and lists

        self.view = SceneView(self._bridge, self._theme, self._session, self._composer)
        self.view.said.connect(self.said)
        self.view.failed.connect(self.failed)
        self.view.asset_wanted.connect(self._go_on)
        self._stack.addWidget(self.view)
        if self._desk is not None and self._beside is not None:
            self.dock = make_dock("layersDock", self.tr("Layers"), self.view.layers, self._theme)
            self._place(self._desk, self._beside, self.dock)
        return self.view

    def _place(self, desk: QMainWindow, queue: QDockWidget, dock: QDockWidget) -> None:
        if not desk.restoreDockWidget(dock):
            self._put(desk, queue, dock)

    def _put(self, desk: QMainWindow, queue: QDockWidget, dock: QDockWidget) -> None:
        width = queue.width()
        desk.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        if not queue.isFloating() and not queue.isHidden():
            desk.splitDockWidget(dock, queue, Qt.Orientation.Vertical)
            desk.resizeDocks([dock, queue], [_LIST_HEIGHT, 2000], Qt.Orientation.Vertical)
            desk.resizeDocks([queue], [width], Qt.Orientation.Horizontal)

    def reset_dock(self) -> None:
        """The list of layers back above the queue."""
        if self.dock is None or self._desk is None or self._beside is None:
            return
        self.dock.setFloating(False)
        self._desk.removeDockWidget(self.dock)
        self._put(self._desk, self._beside, self.dock)
        self.dock.setVisible(self.is_shown)

    def _go_on(self, asset: Asset, operation: str) -> None:
        """What was composed becomes what another operation begins with."""
        if not self._composer.picker.choose(operation):
            self.failed.emit(self.tr("This account does not offer {operation}.").format(operation=operation))
            return
        self._composer.tray.set_values({})  # the photos are in the picture already
        self._composer.tray.take([intake.Brought(path=asset.path)])
