"""The board's document with its history and what is selected: every view of the board looks here, and changes it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from studio.domain.errors import InputError
from studio.domain.scene_board import History, Layer, SceneBoard
from studio.domain.scene_board_file import as_object, of_object
from studio.ui.session import Session

KEPT_AS = "scene_board"


class BoardState(QObject):
    """`changed` after every edit, `selection_changed` when another photo is meant. The draft goes to the session at once."""

    changed = Signal()
    selection_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._sizes: dict[str, tuple[int, int]] = {}
        self._selected = ""
        self._history = History(self._draft())
        self.snaps = True

    def _draft(self) -> SceneBoard:
        """What was kept last; an empty board where that cannot be read (the session has set a damaged file aside)."""
        try:
            return of_object(self._session.get(KEPT_AS))
        except InputError:
            return SceneBoard()

    @property
    def board(self) -> SceneBoard:
        return self._history.now

    @property
    def selected(self) -> Layer | None:
        """The photo that keys and tools are about; None while none is."""
        return self.board.layer(self._selected)

    @property
    def can_undo(self) -> bool:
        return bool(self._history.past)

    @property
    def can_redo(self) -> bool:
        return bool(self._history.future)

    def select(self, layer_id: str) -> None:
        """Mean another photo; "" means none."""
        if layer_id != self._selected:
            self._selected = layer_id
            self.selection_changed.emit()

    def edit(self, board: SceneBoard, group: str = "") -> None:
        """Take another document as one step; steps of the same `group` in a row are one."""
        self._take(self._history.pushed(board, group))

    def change(self, change: Callable[[Layer], Layer], group: str = "") -> None:
        """Change the photo that is selected."""
        if self.selected is not None:
            self.edit(self.board.changed(self._selected, change), group)

    def end_group(self) -> None:
        """What is done next is a step of its own: the mouse was let go."""
        self._history = self._history.closed()

    def undo(self) -> None:
        self._take(self._history.undone())

    def redo(self) -> None:
        self._take(self._history.redone())

    def learn_size(self, uri: str, width: int, height: int) -> None:
        """A photo's size has become known: no step of the person's."""
        self._sizes[uri] = (width, height)
        self._take(self._history)

    def renew(self, board: SceneBoard) -> None:
        """Begin with another document: one that was opened, or an empty one. The step can be undone."""
        self._selected = ""
        self.edit(board)
        self.selection_changed.emit()

    def _take(self, history: History) -> None:
        before = self.board
        board = history.now
        for uri, (width, height) in self._sizes.items():
            board = board.sized(uri, width, height)
        self._history = replace(history, now=board) if board is not history.now else history
        if self.board == before:
            return
        if self._selected and self.selected is None:
            self._selected = self.board.layers[0].id if self.board.layers else ""
            self.selection_changed.emit()
        self._session.keep(KEPT_AS, as_object(self.board))
        self.changed.emit()
