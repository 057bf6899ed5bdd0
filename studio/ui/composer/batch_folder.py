"""A folder whose files become one job each. The files are copied into the library as they are read, some at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.errors import InputError
from studio.domain.operation import Parameter
from studio.ui.bridge import Bridge, in_words
from studio.ui.composer.batch_values import media_in
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel, counted, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from studio.app.core import Core

MOST_FILES = 500
_AT_A_TIME = 8


@dataclass(frozen=True, slots=True)
class _Taken:
    """Addresses of the library's own copies, with the names of the files; and the names of those that are no media."""

    files: Sequence[tuple[str, str]]
    refused: Sequence[str]


class FolderSource(QWidget):
    """`changed` when other files are to be used."""

    changed = Signal()

    def __init__(self, bridge: Bridge, slots: Sequence[Parameter]) -> None:
        super().__init__()
        self._bridge = bridge
        self._slots = list(slots)
        self._dialog: QFileDialog | None = None
        self._folder: Path | None = None
        self._waiting: list[Path] = []
        self._round = 0
        self.files: list[tuple[str, str]] = []
        self.refused: list[str] = []
        choose = push(self.tr("Choose a folder…"), "batchChooseFolder")
        choose.clicked.connect(self.browse)
        self._name = ElidedLabel("", "", Qt.TextElideMode.ElideMiddle)
        self._name.setObjectName("batchFolder")
        self.slot_box = QComboBox()
        self.slot_box.setObjectName("batchSlot")
        self.slot_box.setAccessibleName(self.tr("Each file is used as"))
        self.slot_box.addItems([slot.label for slot in slots])
        self.slot_box.currentIndexChanged.connect(lambda _: self._read_again())
        self._status = label(self.tr("One job is made of each file."), "label", wrap=True)
        self._status.setObjectName("batchFolderStatus")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(choose)
        top.addWidget(self._name, 1)
        use = QHBoxLayout()
        use.setSpacing(12)
        use.addWidget(label(self.tr("Each file is used as"), "label", buddy=self.slot_box))
        use.addWidget(self.slot_box)
        use.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(use)
        column.addWidget(self._status)
        column.addStretch(1)

    @property
    def slot(self) -> Parameter:
        return self._slots[max(0, self.slot_box.currentIndex())]

    @property
    def is_reading(self) -> bool:
        return bool(self._waiting)

    def browse(self) -> None:
        """Ask for a folder, beside the window's other work."""
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self.window(), self.tr("Choose a folder of files"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.read(Path(name)))
        self._dialog = dialog
        dialog.open()

    def read(self, folder: Path) -> None:
        """Take the files of a folder that fit the place they are for."""
        self._folder = folder
        self._round += 1
        self._name.setText(str(folder))
        self.files, self.refused, self._waiting = [], [], []
        kinds, number = self.slot.accepts, self._round

        async def listing(_: Core) -> list[Path]:
            import asyncio  # on the core's thread, where it is loaded

            return await asyncio.to_thread(media_in, folder, kinds)

        self._bridge.run(listing, partial(self._listed, number), self._not_listed)

    def _read_again(self) -> None:
        if self._folder is not None:
            self.read(self._folder)

    def _listed(self, number: int, found: list[Path]) -> None:
        if number != self._round:
            return
        self._waiting = found[:MOST_FILES]
        if not found:
            self._status.setText(self.tr("There is no file in it that fits there."))
            self.changed.emit()
            return
        self._next(number)

    def _not_listed(self, error: BaseException) -> None:
        words = error.strerror if isinstance(error, OSError) and error.strerror else in_words(error)
        self._status.setText(self.tr("The folder could not be read: {words}").format(words=words))

    def _next(self, number: int) -> None:
        some = self._waiting[:_AT_A_TIME]

        async def take(core: Core) -> _Taken:
            files, refused = [], []
            for path in some:
                try:
                    files.append((await core.attach(path), path.name))
                except InputError:
                    refused.append(path.name)  # said below the list
            return _Taken(files, refused)

        self._bridge.run(take, partial(self._took, number), partial(self._stopped, number))

    def _took(self, number: int, taken: _Taken) -> None:
        if number != self._round:
            return
        del self._waiting[:_AT_A_TIME]
        self.files += taken.files
        self.refused += taken.refused
        if self._waiting:
            words = self.tr("{n} files read, {more} to go…")
            self._status.setText(words.format(n=len(self.files), more=len(self._waiting)))
            self._next(number)
            return
        words = counted(len(self.files), self.tr("1 file"), self.tr("{n} files"))
        if self.refused:
            left = counted(len(self.refused), self.tr("1 cannot be read"), self.tr("{n} cannot be read"))
            words = f"{words} · {left}: {', '.join(self.refused[:3])}{'…' if len(self.refused) > 3 else ''}"
        self._status.setText(words)
        self.changed.emit()

    def _stopped(self, number: int, error: BaseException) -> None:
        if number == self._round:
            self._waiting = []
            self._status.setText(in_words(error))
            self.changed.emit()
