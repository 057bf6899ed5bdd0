"""Files and folders on their way into the library, and the library compared with its files: with progress, a way to stop,
and a report of what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.domain.errors import LocalError
from studio.domain.library_work import ImportResult, RescanResult
from studio.ui.bridge import Bridge, plain_words
from studio.ui.widgets.words import counted

if TYPE_CHECKING:
    import concurrent.futures

    from studio.app.core import Core

MOST_TOLD = 8


class StoppedError(LocalError):
    """The person stopped the work."""

    kind = "stopped"


class Bringing(QObject):
    """One work at a time. `began` (words), `progressed` (done, of how many), `ended` (words of the report, details);
    `has_failed` says whether the last one came to nothing."""

    began = Signal(str)
    progressed = Signal(int, int)
    ended = Signal(str, object)

    _heard = Signal(int, int)

    def __init__(self, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge, self._window = bridge, window
        self._stop = False
        self.has_failed = False
        self._next: list[Path] = []  # brought while there is work: they come after it
        self._before = ImportResult()
        self._future: concurrent.futures.Future[Any] | None = None
        self._heard.connect(self.progressed)

    @property
    def busy(self) -> bool:
        return self._future is not None

    # -- import ----------------

    def choose_files(self) -> None:
        """Ask for files; the dialog is opened, not executed."""
        self._ask(QFileDialog.FileMode.ExistingFiles, self.tr("Import files"))

    def choose_folder(self) -> None:
        self._ask(QFileDialog.FileMode.Directory, self.tr("Import a folder"))

    def _ask(self, mode: QFileDialog.FileMode, title: str) -> None:
        dialog = QFileDialog(self._window, title)
        dialog.setObjectName("importDialog")
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(lambda names: self.bring([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def bring(self, paths: Sequence[Path]) -> None:
        """Copy files, and what is in folders, into the library. What is brought meanwhile comes next, with one report."""
        if self.busy:
            self._next.extend(paths)
            return
        wanted, tell = list(paths), self._tell

        async def work(core: Core) -> ImportResult:
            return await core.gallery.import_paths(wanted, tell)

        self._begin(self.tr("Importing…"), work, self._imported)

    def _imported(self, last: ImportResult) -> None:
        before, self._before = self._before, ImportResult()
        result = ImportResult(before.assets + last.assets, before.known + last.known, before.refused + last.refused)
        if self._next and not self._stop:
            self._before = result
            self._go_on()
            return
        words = counted(len(result.assets), self.tr("1 file imported"), self.tr("{n} files imported"))
        if result.known:
            words += ", " + counted(len(result.known), self.tr("1 was here already"), self.tr("{n} were here already"))
        if result.refused:
            words += ", " + counted(len(result.refused), self.tr("1 was refused"), self.tr("{n} were refused"))
        details = [why if path.name in why else f"{path.name}: {why}" for path, why in result.refused[:MOST_TOLD]]
        if len(result.refused) > MOST_TOLD:
            details.append(self.tr("… and {0} more").format(len(result.refused) - MOST_TOLD))
        self._end(words + ".", details)

    # -- rescan ----------------

    def rescan(self) -> None:
        """Compare the library with its files."""
        tell = self._tell

        async def work(core: Core) -> RescanResult:
            return await core.gallery.rescan(tell)

        self._begin(self.tr("Comparing the library with its files…"), work, self._rescanned)

    def _rescanned(self, result: RescanResult) -> None:
        parts = [
            counted(number, one, many) for number, one, many in (
                (result.missing, self.tr("1 file is missing"), self.tr("{n} files are missing")),
                (result.moved, self.tr("1 was found elsewhere"), self.tr("{n} were found elsewhere")),
                (result.changed, self.tr("1 has changed"), self.tr("{n} have changed")),
                (result.found_again, self.tr("1 is back"), self.tr("{n} are back")),
                (result.new_files, self.tr("1 is not in the library"), self.tr("{n} are not in the library")),
            ) if number
        ]
        words = ", ".join(parts) if parts else self.tr("Every file is in its place")
        details = [self.tr("Nothing was deleted. “Filter: File, Missing” shows what is missing.")] if result.missing else []
        self._end(f"{words}.", details)

    # -- the work ----------------

    def stop(self) -> None:
        """End the work; what was done stays."""
        self._stop = True

    def _begin(self, words: str, work: Callable[[Core], Any], done: Callable[[Any], object]) -> None:
        if self.busy:
            return
        self._stop = self.has_failed = False
        self.began.emit(words)
        self._future = self._bridge.run(work, done, self._failed)

    def _tell(self, done: int, total: int) -> None:
        """On the core's thread."""
        if self._stop:
            raise StoppedError("The import was stopped.", advice="What came in until then is in the gallery.")
        self._heard.emit(done, total)

    def _go_on(self) -> None:
        """With what was brought meanwhile."""
        self._future = None
        brought, self._next = self._next, []
        self.bring(brought)

    def _failed(self, error: BaseException) -> None:
        self._before = ImportResult()
        if isinstance(error, StoppedError):
            self._end(self.tr("Stopped. What was done until then stays."), [])
        else:
            self.has_failed = True
            self._end(plain_words(error), [])

    def _end(self, words: str, details: Sequence[str]) -> None:
        self._future = None
        waiting, self._next = self._next, []
        self.ended.emit(words, list(details))
        if waiting and not (self._stop or self.has_failed):
            self.bring(waiting)  # it came during a rescan
