"""What can be done with assets from any view: open outside, show in the folder, export, move to the trash and back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.ui.bridge import Bridge
from studio.ui.widgets.words import counted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from studio.app.core import Core


def open_outside(path: Path) -> bool:
    """Hand the file to the program that the system keeps for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> bool:
    """Open the file manager with the file marked where it can do that, else its folder."""
    if sys.platform == "win32":
        # explorer wants "/select," and the path in one word that QProcess must not quote
        import subprocess  # imported here: nothing else in the window needs it

        return subprocess.Popen(f'explorer /select,"{path}"') is not None
    if sys.platform == "darwin":
        from PySide6.QtCore import QProcess

        return QProcess.startDetached("open", ["-R", str(path)])[0]
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


class AssetActions(QObject):
    """`trashing` (ids) just before files are moved, so that who holds one open lets go; `trashed` (ids) once they are in the
    trash; `exported` (paths) once they are written."""

    trashing = Signal(object)
    trashed = Signal(object)
    restored = Signal(object)
    exported = Signal(object)

    def __init__(self, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window
        self._dialog: QFileDialog | None = None

    def copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def trash(self, ids: Sequence[str]) -> None:
        """Move to the trash; `trashed` follows. Views hear of it by the core's events."""
        wanted = list(ids)

        async def work(core: Core) -> list[str]:
            await core.delete(wanted)
            return wanted

        self.trashing.emit(wanted)
        self._bridge.run(work, self.trashed.emit)

    def restore(self, ids: Sequence[str]) -> None:
        wanted = list(ids)

        async def work(core: Core) -> list[str]:
            await core.restore(wanted)
            return wanted

        self._bridge.run(work, self.restored.emit)

    def export(self, ids: Sequence[str]) -> None:
        """Ask for a folder and copy the files there. The dialog is opened, not executed: nothing waits for it."""
        wanted = list(ids)
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self._window, counted(len(wanted), self.tr("Export 1 file to"), self.tr("Export {n} files to")))
        dialog.setObjectName("exportDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self.export_to(wanted, Path(folder)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def export_to(self, ids: Sequence[str], folder: Path) -> None:
        wanted = list(ids)
        self._bridge.run(lambda core: core.export(wanted, folder), self.exported.emit)


def is_usable_as_reference(asset: Asset) -> bool:
    """Pictures, clips and sounds can stand beside a prompt; a prompt cannot."""
    return asset.kind.value in ("image", "video", "audio")
