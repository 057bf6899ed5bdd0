"""What can be done with assets from any view: open outside, show in the folder, copy, move to the
trash and back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.domain.errors import InputError, LocalError
from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge, in_words
from studio.ui.gallery.drag_out import AssetFiles, files_of

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.ui.gallery.export_dialog import ExportDialog
    from studio.ui.images.decoder import PictureDecoder
    from studio.ui.images.reading import Reading


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
        self._copying: AssetFiles | None = None
        self._reader: PictureDecoder | None = None

    def copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def copy_files(self, assets: Sequence[Asset]) -> None:
        """Files for other programs to paste; of a single picture its pixels too, of prompts their words."""
        data = files_of(assets)
        if data is None:
            return
        if len(assets) == 1 and assets[0].kind is MediaKind.IMAGE:
            self._copying = data
            decoder = self._decoder()
            decoder.decode(str(assets[0].path), None)
        QGuiApplication.clipboard().setMimeData(data)

    def _decoder(self) -> PictureDecoder:
        """Reads the picture in a thread; it is added to the clipboard if that still holds the same file by then."""
        if self._reader is None:
            from studio.ui.images.decoder import PictureDecoder

            self._reader = PictureDecoder(self)
            self._reader.decoded.connect(self._decoded)
        return self._reader

    def _decoded(self, reading: Reading, _whole: bool) -> None:  # a slot
        data, self._copying = self._copying, None
        clipboard = QGuiApplication.clipboard()
        if data is None or reading.image is None or clipboard.mimeData().urls() != data.urls():
            return
        both = QMimeData()
        both.setUrls(data.urls())
        both.setImageData(reading.image)
        clipboard.setMimeData(both)

    def trash(self, ids: Sequence[str], *, anyway: bool = False) -> None:
        """Move to the trash; `trashed` follows. Views hear of it by the core's events. What is protected is explained, and
        moved `anyway` where the person says so and nothing stands against it."""
        wanted = list(ids)

        async def work(core: Core) -> list[str]:
            await core.delete(wanted, anyway=anyway)
            return wanted

        self.trashing.emit(wanted)
        self._bridge.run(work, self.trashed.emit, partial(self._refused, wanted))

    def _refused(self, ids: list[str], error: BaseException) -> None:
        if not isinstance(error, InputError) or error.code not in ("in_use", "has_children"):
            self._bridge.problem.emit(in_words(error))
            if isinstance(error, LocalError):
                self._bridge.run(partial(_in_trash, ids), self._some_trashed)
            return
        from studio.ui.gallery.protected import ProtectedDialog  # not loaded at the start

        dialog = ProtectedDialog(error, self._window)
        dialog.confirmed.connect(lambda: self.trash(ids, anyway=True))
        dialog.open()

    def _some_trashed(self, ids: list[str]) -> None:
        """Not all of them went: those that did can be taken back like others."""
        if ids:
            self.trashed.emit(ids)

    def restore(self, ids: Sequence[str]) -> None:
        wanted = list(ids)

        async def work(core: Core) -> list[str]:
            await core.restore(wanted)
            return wanted

        self._bridge.run(work, self.restored.emit)

    def export(self, ids: Sequence[str], example: Asset | None = None) -> ExportDialog:
        """Ask where to and how, and write copies there; `exported` follows. `example` shows what names will look like."""
        from studio.ui.gallery.export_dialog import ExportDialog  # not loaded at the start

        dialog = ExportDialog(self._bridge, ids, example, self._window)
        dialog.exported.connect(self.exported)
        dialog.open()
        return dialog


def is_usable_as_reference(asset: Asset) -> bool:
    """Pictures, clips and sounds can stand beside a prompt; a prompt cannot."""
    return asset.kind.value in ("image", "video", "audio")


async def _in_trash(ids: Sequence[str], core: Core) -> list[str]:
    return [asset.id for asset in [await core.asset(asset_id) for asset_id in ids] if asset.deleted_at is not None]
