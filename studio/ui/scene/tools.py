"""The tools over the board: undo, cut-out, mirror, align, snap, the frame's ratio, and what is done with the whole board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from studio.domain.scene_board import RATIOS, Layer
from studio.domain.scene_geometry import ALIGNMENTS, aligned
from studio.ui.scene.brush import Brush
from studio.ui.scene.state import BoardState
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import follow_icon, push, tool
from studio.ui.widgets.folding_row import FoldingRow


class BoardTools(QWidget):
    """What concerns the document as a file or as a picture is wanted of the view: `add_wanted`, `new_wanted` and so on."""

    add_wanted = Signal()
    new_wanted = Signal()
    open_wanted = Signal()
    save_wanted = Signal()
    flat_wanted = Signal(str)  # the operation that is to take the flat picture

    def __init__(self, state: BoardState, brush: Brush, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("sceneTools")
        self._state, self._brush = state, brush
        self.undo = tool("undo", self.tr("Undo (Ctrl+Z on the board)"), "sceneUndo", theme)
        self.redo = tool("redo", self.tr("Redo (Ctrl+Shift+Z on the board)"), "sceneRedo", theme)
        self.cut_out = _switch(self.tr("Cut-out"), "sceneCutOut", self.tr("Leave the photo's background out"))
        self.refine = _switch(self.tr("Refine"), "sceneRefine", self.tr("Paint what the cut-out keeps or leaves out"))
        self.mirror = push(self.tr("Mirror"), "sceneMirror", "ghost")
        self.mirror.setToolTip(self.tr("Turn the photo left to right (M)"))
        self.align = push(self.tr("Align"), "sceneAlign", "ghost")
        self.snap = _switch(self.tr("Snap"), "sceneSnap", self.tr("Snap to the frame and to other photos (Alt: not now)"))
        self.ratio = push("16:9", "sceneRatio", "ghost")
        self.board_menu = push(self.tr("Board"), "sceneBoardMenu", "ghost")
        for button in (self.align, self.ratio, self.board_menu):
            button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            follow_icon(button, "chevron-down", theme, size=12)
        self._lay_out()
        self._fill_menus()
        self.undo.clicked.connect(state.undo)
        self.redo.clicked.connect(state.redo)
        self.cut_out.clicked.connect(lambda on: self._change(lambda layer: replace(layer, cut_out=on)))
        self.refine.clicked.connect(brush.set_on)
        self.mirror.clicked.connect(lambda: self._change(lambda layer: replace(layer, mirrored=not layer.mirrored)))
        self.snap.clicked.connect(self._set_snaps)
        state.changed.connect(self._show)
        state.selection_changed.connect(self._show)
        brush.changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        work = (self.cut_out, self.refine, self.mirror, self.align, self.snap)
        row.addWidget(FoldingRow((self.undo, self.redo), (self.ratio, self.board_menu), work))

    def _fill_menus(self) -> None:
        names = {
            "left": self.tr("Left"), "centre": self.tr("Centre"), "right": self.tr("Right"),
            "top": self.tr("Top"), "middle": self.tr("Middle"), "bottom": self.tr("Bottom"),
        }
        menu = QMenu(self.align)
        for to in ALIGNMENTS:
            if to == "top":
                menu.addSeparator()
            menu.addAction(names[to]).triggered.connect(lambda _=False, to=to: self.align_to(to))
        self.align.setMenu(menu)
        ratios, group = QMenu(self.ratio), QActionGroup(self.ratio)
        for ratio in RATIOS:
            action = ratios.addAction(ratio)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _=False, ratio=ratio: self.set_ratio(ratio))
        self.ratio.setMenu(ratios)
        self.ratio.setToolTip(self.tr("Frame of the board and its flat picture. A service's result has its own."))
        board = QMenu(self.board_menu)
        _entry(board, self.tr("Add photos…"), "sceneAdd", self.add_wanted.emit)
        board.addSeparator()
        _entry(board, self.tr("New board"), "sceneNew", self.new_wanted.emit)
        _entry(board, self.tr("Open a board…"), "sceneOpen", self.open_wanted.emit)
        _entry(board, self.tr("Save the board…"), "sceneSave", self.save_wanted.emit)
        board.addSeparator()
        flat = board.addMenu(self.tr("Use the flat picture"))
        flat.setObjectName("sceneFlatMenu")
        _entry(flat, self.tr("Edit it"), "sceneFlatEdit", lambda: self.flat_wanted.emit("image.edit"))
        _entry(flat, self.tr("Make a video of it"), "sceneFlatVideo", lambda: self.flat_wanted.emit("video.generate"))
        self.board_menu.setMenu(board)

    def open_board_menu(self) -> None:
        """Show what can be done with the whole board, under its button."""
        menu = self.board_menu.menu()
        if menu is not None:
            menu.popup(self.board_menu.mapToGlobal(QPoint(0, self.board_menu.height())))

    def align_to(self, to: str) -> None:
        """Put the selected photo at an edge or in the middle of the frame; `to` is one of ALIGNMENTS."""
        frame = self._state.board.frame
        self._change(lambda layer: aligned(layer, to, frame))

    def set_ratio(self, ratio: str) -> None:
        self._state.edit(self._state.board.in_ratio(ratio))

    def _change(self, change: Callable[[Layer], Layer]) -> None:
        self._state.change(change)
        self._state.end_group()

    def _set_snaps(self, on: bool) -> None:
        self._state.snaps = on

    def _show(self) -> None:
        state, layer = self._state, self._state.selected
        self.undo.setEnabled(state.can_undo)
        self.redo.setEnabled(state.can_redo)
        for button in (self.cut_out, self.mirror, self.align):
            button.setEnabled(layer is not None)
        self.refine.setEnabled(bool(state.board.layers))
        self.cut_out.setChecked(layer is not None and layer.cut_out)
        self.refine.setChecked(self._brush.on)
        self.snap.setChecked(state.snaps)
        self.ratio.setText(state.board.ratio)
        self.ratio.setAccessibleName(self.tr("Frame: {ratio}").format(ratio=state.board.ratio))
        menu = self.ratio.menu()
        for action in menu.actions() if menu is not None else ():
            action.setChecked(action.text() == state.board.ratio)


def _switch(text: str, name: str, hint: str) -> QPushButton:
    button = push(text, name, "ghost")
    button.setCheckable(True)
    button.setToolTip(hint)
    return button


def _entry(menu: QMenu, text: str, name: str, do: Callable[[], object]) -> None:
    action = menu.addAction(text)
    action.setObjectName(name)
    action.triggered.connect(lambda: do())
