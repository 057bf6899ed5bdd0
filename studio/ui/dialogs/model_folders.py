"""Folders with models of the person's own (diffusion, voices, recognizers), for the engine on this computer: added, listed
and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog


class ModelFolders(QWidget):
    """`chosen(folders)` at each change, with absolute paths as a tuple of texts."""

    chosen = Signal(object)

    def __init__(self, folders: tuple[str, ...]) -> None:
        super().__init__()
        self._folders = folders
        self._dialog: QFileDialog | None = None
        words = self.tr("Folders with models of your own: diffusion models (diffusers, safetensors) for Model, piper voices"
                        " for Voice, faster-whisper models for subtitles. Each kind needs Studio's extra: diffusion, piper,"
                        " whisper.")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        add = push(self.tr("Add folder…"), "addModelFolder")
        add.clicked.connect(self.browse)
        foot = QHBoxLayout()
        foot.addWidget(add)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(words, "label", wrap=True))
        column.addLayout(self._rows)
        column.addLayout(foot)
        self._show()

    @property
    def folders(self) -> tuple[str, ...]:
        return self._folders

    def browse(self) -> None:
        """Ask for a folder, beside the window's other work."""
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self.window(), self.tr("Choose a folder with models"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.add)
        self._dialog = dialog
        dialog.open()

    def add(self, folder: str) -> None:
        """One more, unless it is there."""
        if folder and folder not in self._folders:
            self._change((*self._folders, folder))

    def remove(self, folder: str) -> None:
        """Out of the list; nothing on the disk is touched."""
        self._change(tuple(one for one in self._folders if one != folder))

    def _change(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self._show()
        self.chosen.emit(folders)

    def _show(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.setParent(None)  # out of the order of Tab at once
                old.deleteLater()
        for folder in self._folders:
            self._rows.addWidget(self._row(folder))

    def _row(self, folder: str) -> QWidget:
        row = QWidget()
        path = ElidedLabel(folder, mode=Qt.TextElideMode.ElideMiddle)
        path.setToolTip(folder)
        remove = push(self.tr("Remove"), "removeModelFolder")
        remove.setAccessibleName(self.tr("Remove {folder} from the list").format(folder=folder))
        remove.clicked.connect(lambda: self.remove(folder))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(path, 1)
        line.addWidget(remove)
        return row
