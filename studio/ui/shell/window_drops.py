"""What happens when something is dragged over the window: which zones show, and what a drop does that is for no slot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from studio.domain.job import Job
from studio.ui.bridge import Bridge, plain_words
from studio.ui.composer import intake
from studio.ui.gallery.drag_out import assets_in
from studio.ui.shell.bringing import bring_each
from studio.ui.shell.drop_zones import DropZones, Zone
from studio.ui.theme.theme import Theme
from studio.ui.widgets.words import counted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from studio.app.core import Core
    from studio.domain.reference import Recalled
    from studio.ui.window import MainWindow

LEAST_WIDTH = 120
"""Pixels that the gallery's zone needs beside the page's own; with less it lies under them."""
MOST_LOOKED_AT = 8
"""Of many dragged files so many are looked at for settings."""


class WindowDrops(QObject):
    """`imported` (words) and `refused` (words) once the dropped files are in the gallery, or are not, and once settings were
    brought back, or were not.

    Whether a dragged file was made here is looked for while it is dragged; a zone for its settings comes up then.
    `page_zones` gives the zones of the page that is shown; `top` is how far down the page begins.
    """

    imported = Signal(str)
    refused = Signal(str)

    def __init__(
        self, window: MainWindow, bridge: Bridge, theme: Theme, top: Callable[[], int], page_zones: Callable[[], list[Zone]]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._top = top
        self._page_zones = page_zones
        self.zones = DropZones(window, theme)
        self._drags = 0
        self._made_here: list[Path] = []
        self.file_dialog: QFileDialog | None = None

    def enter(self, event: QDragEnterEvent) -> None:
        if assets_in(event.mimeData()) and not self._page_zones():
            return  # out of the gallery, which has places of its own for them
        if intake.may_hold_media(event.mimeData()):
            self._drags += 1
            self._made_here = []
            self.zones.open_with(self.all_zones())
            event.acceptProposedAction()
            files = intake.local_files(event.mimeData())[:MOST_LOOKED_AT]
            if files:
                self._bridge.run(partial(_made_here, files), partial(self._known, self._drags), lambda _: None)

    def _known(self, drag: int, files: list[Path]) -> None:
        """The answer about the files of a drag, which may have ended or left by now."""
        if files and drag == self._drags and self.zones.isVisible():
            self._made_here = files
            self.zones.change_to(self.all_zones())

    def leave(self) -> None:
        # also sent when the drag goes over to the zones, which lie on this window
        QTimer.singleShot(50, self.zones.close_if_left)

    def drop(self, event: QDropEvent) -> None:
        # a drop so quick that the zones never saw the mouse
        self.zones.take(event.mimeData(), event.position().toPoint())
        event.acceptProposedAction()

    def all_zones(self) -> list[Zone]:
        """Those of the page, and the gallery's over the rest of the window."""
        width, height, top = self._window.width(), self._window.height(), self._top()
        rest = QRect(0, top, width, height - top)
        zones = self._page_zones()
        if zones:
            left = max(zone.box.right() for zone in zones) + 1
            rest.setLeft(left if left < width - LEAST_WIDTH else 0)
        if self._made_here:
            upper = QRect(rest.left(), rest.top(), rest.width(), rest.height() // 2)
            rest.setTop(upper.bottom() + 1)
            words = self.tr("Operation, words and references as they were")
            path = self._made_here[0]
            zones.append(Zone(self.tr("Restore its settings"), upper, lambda _: self.restore(path), words, "restore"))
        words = self.tr("Keep a copy, to use it later")
        return [*zones, Zone(self.tr("Add to gallery"), rest, self._import, words, "grid")]

    def browse_settings(self) -> None:
        """The zone for settings without a drag: a file dialog; its file's settings come back."""
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self._window, self.tr("Choose a file that was made here"), str(self._bridge.paths.media))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.restore(Path(name)))
        self.file_dialog = dialog
        dialog.open()

    def restore(self, path: Path) -> None:
        """Bring back the settings that made a file of ours, and say what could not be brought back."""

        async def ask(core: Core) -> Recalled:
            return await core.references.recalled(path)

        self._bridge.run(ask, self._restore, lambda error: self.refused.emit(plain_words(error)))

    def _restore(self, found: Recalled) -> None:
        self._window.reuse(Job.new(found.request))
        if found.lost:
            self.refused.emit(self.tr("Not all could be brought back.") + " " + " ".join(found.lost))
        else:
            self.imported.emit(self.tr("The settings of “{name}” are back.").format(name=found.asset.path.name))

    def _import(self, mime: QMimeData) -> None:
        gallery, files = self._window.gallery, [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if gallery is not None and gallery.isVisible() and files:
            gallery.bringing.bring(files)  # whole folders too, with progress and a report
            return
        things = intake.read(mime)
        if things:
            self._bridge.run(partial(bring_each, things), self._imported)
        else:
            self.refused.emit(self.tr("There is no picture, video or sound in what was dropped."))

    def _imported(self, outcome: tuple[int, list[str]]) -> None:
        count, refused = outcome
        if count:
            one, many = self.tr("1 file was added to the gallery."), self.tr("{n} files were added to the gallery.")
            self.imported.emit(counted(count, one, many))
        if refused:
            self.refused.emit(" ".join(refused))


async def _made_here(files: list[Path], core: Core) -> list[Path]:
    return await core.references.made_here(files)
