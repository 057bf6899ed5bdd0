"""What is filtered as a file: asks where it shall go, shows how far it is, and can be stopped."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.domain.history import HistoryQuery
from studio.ui.bridge import Bridge, plain_words
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel, counted, rule

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from studio.app.core import Core

CSV, JSON = "csv", "json"


class ExportBar(QFrame):
    """Hidden while nothing is written. `said(words)` when it is done, or could not be; one at a time."""

    said = Signal(str)
    _reported = Signal(int, int)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyExport")
        self._bridge = bridge
        self._query = HistoryQuery()
        self._running: Future[int] | None = None
        self.dialog: QFileDialog | None = None
        self.words = ElidedLabel("", "dim")
        self.words.setObjectName("historyExportWords")
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.progress.setAccessibleName(self.tr("Export"))
        self.progress.setFixedWidth(220)
        self.stop_button = push(self.tr("Stop"), "historyExportStop")
        self.stop_button.clicked.connect(self.stop)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.progress)
        row.addWidget(self.stop_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(rule())
        whole.addLayout(row)
        self._reported.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        self.hide()

    @property
    def is_running(self) -> bool:
        return self._running is not None

    def choose_file(self, query: HistoryQuery) -> None:
        """Ask where the jobs of `query` shall go, and as what; it does not stop anything else."""
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        self._query = query
        dialog = QFileDialog(self.window(), self.tr("Export jobs"))
        dialog.setObjectName("historyExportDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Table for spreadsheets (*.csv)"), self.tr("All of it, as JSON (*.json)")])
        dialog.filterSelected.connect(lambda words: dialog.setDefaultSuffix(JSON if JSON in words else CSV))
        dialog.setDefaultSuffix(CSV)
        dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        dialog.selectFile(f"studio-jobs-{datetime.now().astimezone():%Y-%m-%d}")
        dialog.fileSelected.connect(lambda name: self.start(Path(name), self._query))
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def start(self, to: Path, query: HistoryQuery) -> None:
        """Write them: JSON into a file that ends so, else CSV."""
        if self._running is not None:
            return
        report = self._reported.emit

        async def write(core: Core) -> int:
            from studio.app.history_export import Form

            form = Form.JSON if to.suffix.lower() == f".{JSON}" else Form.CSV
            return await core.history.export(to, form, query, report)

        self.words.setText(self.tr("Writing {file}").format(file=to.name))
        self.progress.setMaximum(0)
        self.show()
        self._running = self._bridge.run(write, partial(self._written, to), self._not_written)

    def stop(self) -> None:
        """Nothing is left of the file."""
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            self.hide()
            self.said.emit(self.tr("The export was stopped; no file was written."))

    def _show_progress(self, done: int, of: int) -> None:
        if self._running is not None:
            self.progress.setMaximum(1000)
            self.progress.setValue(round(done * 1000 / max(1, of)))
            self.words.setText(self.tr("{done} of {all} jobs written").format(done=f"{done:,}", all=f"{of:,}"))

    def _written(self, to: Path, count: int) -> None:
        self._running = None
        self.hide()
        jobs = counted(count, self.tr("{n} job was written"), self.tr("{n} jobs were written"))
        self.said.emit(self.tr("{jobs} to {file}.").format(jobs=jobs, file=to))

    def _not_written(self, error: BaseException) -> None:
        self._running = None
        self.hide()
        self.said.emit(plain_words(error))
