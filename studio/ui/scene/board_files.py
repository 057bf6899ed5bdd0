"""Boards as files: saved and opened by dialogs that do not block, in the board's folder unless the person goes elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.domain.scene_board import SceneBoard
from studio.domain.scene_board_file import SUFFIX
from studio.ui.bridge import Bridge, plain_words
from studio.ui.scene.state import BoardState

if TYPE_CHECKING:
    from studio.app.core import Core


class BoardFiles(QObject):
    """`said(words)` after a save; `failed(words)` when something cannot be read or written."""

    said = Signal(str)
    failed = Signal(str)

    def __init__(self, bridge: Bridge, state: BoardState, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge, self._state, self._parent = bridge, state, parent
        self.dialog: QFileDialog | None = None

    def ask_open(self) -> None:
        """Let the person choose a board; what stands on this one can be had back by undo."""
        self._with_folder(lambda folder: self._show(self.tr("Open a board"), folder, saving=False))

    def ask_save(self) -> None:
        """Let the person choose where to."""
        self._with_folder(lambda folder: self._show(self.tr("Save the board"), folder, saving=True))

    def open(self, path: Path) -> None:
        """Read a board and put it in the place of this one."""
        self._bridge.run(lambda core: core.scenes.open(path), self._opened, self._refused)

    def save(self, path: Path) -> None:
        """Write this board; the name gets the board's ending where it has none."""
        target = path if path.name.endswith(".json") else path.with_name(path.name + SUFFIX)
        board = self._state.board
        self._bridge.run(lambda core: core.scenes.save(board, target), self._saved, self._refused)

    def _with_folder(self, then: object) -> None:
        async def folder(core: Core) -> Path:
            import asyncio  # on the core's thread, where it is loaded

            return await asyncio.to_thread(core.scenes.make_folder)

        self._bridge.run(folder, then, self._refused)  # type: ignore[arg-type]  # a slot that takes the folder

    def _show(self, words: str, folder: Path, *, saving: bool) -> None:
        dialog = QFileDialog(self._parent, words, str(folder))
        dialog.setObjectName("sceneFileDialog")
        dialog.setNameFilters([self.tr("Scene boards ({pattern})").format(pattern=f"*{SUFFIX}"), self.tr("All files (*)")])
        if saving:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: (self.save if saving else self.open)(Path(name)))
        self.dialog = dialog
        dialog.open()

    def _opened(self, board: SceneBoard) -> None:
        self._state.renew(board)

    def _saved(self, path: Path) -> None:
        self.said.emit(self.tr("Saved as {name}").format(name=path.name))

    def _refused(self, error: BaseException) -> None:
        self.failed.emit(plain_words(error))
