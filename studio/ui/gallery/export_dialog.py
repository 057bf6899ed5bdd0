"""Export: where to, as a folder or a zip, under which names, and with how much of what made the files inside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.errors import InputError
from studio.library.export_names import FIELDS, NUMBER, Names, check_template
from studio.ui.bridge import Bridge, plain_words
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import ElidedLabel, counted, label

if TYPE_CHECKING:
    import concurrent.futures

    from studio.app.core import Core

TEMPLATES = ("{name}", "{date} {prompt} {seed}", "{operation}/{date} {name}", "{number} {prompt}")
"""The first is what stands there at first; the others are in the tip."""


class ExportDialog(QDialog):
    """Shown with `open()`. `exported` (paths) once they are written; `example` is one of the assets."""

    exported = Signal(object)

    _heard = Signal(int, int)

    def __init__(self, bridge: Bridge, ids: Sequence[str], example: Asset | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setFixedWidth(520)
        self._bridge, self._ids, self._example = bridge, list(ids), example
        self._future: concurrent.futures.Future[list[Path]] | None = None
        title = counted(len(ids), self.tr("Export 1 file"), self.tr("Export {n} files"))
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addWidget(label(title, "heading"))
        self._add_target(column)
        self._add_names(column)
        self._add_metadata(column)
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("exportError")
        self._error.hide()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress"))
        self._progress.hide()
        column.addWidget(self._error)
        column.addWidget(self._progress)
        column.addSpacing(8)
        column.addLayout(self._buttons())
        self._heard.connect(self._show_progress)
        self.finished.connect(self._end)
        self._show_example()
        self.template.setFocus()

    # -- what is asked ----------------

    def _add_target(self, column: QVBoxLayout) -> None:
        usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation) or str(Path.home())
        self.shape = Segments(((False, self.tr("Folder")), (True, self.tr("Zip file"))), name=self.tr("As"))
        self.shape.setObjectName("exportShape")
        self.shape.chosen.connect(lambda _: self._show_example())
        self.to = QLineEdit(usual)
        self.to.setObjectName("exportTo")
        self.to.setAccessibleName(self.tr("Folder to export to"))
        self.to.textChanged.connect(lambda _: self._forget_error())
        browse = push(self.tr("Browse…"), "exportBrowse")
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.to, 1)
        row.addWidget(browse)
        column.addWidget(self.shape)
        column.addWidget(label(self.tr("Where to"), "label", buddy=self.to))
        column.addLayout(row)

    def _add_names(self, column: QVBoxLayout) -> None:
        self.template = QLineEdit(TEMPLATES[0])
        self.template.setObjectName("exportTemplate")
        self.template.setAccessibleName(self.tr("Names"))
        fields = ", ".join(f"{{{name}}}" for name in (*FIELDS, NUMBER))
        self.template.setToolTip(self.tr("Fields: {0}\nExamples: {1}\nA slash makes a folder.").format(
            fields, "   ".join(TEMPLATES[1:])))
        self.template.textChanged.connect(lambda _: self._show_example())
        self._shown = ElidedLabel("", "label", Qt.TextElideMode.ElideMiddle)
        self._shown.setObjectName("exportExample")
        column.addWidget(label(self.tr("Names, out of fields in braces"), "label", buddy=self.template))
        column.addWidget(self.template)
        column.addWidget(self._shown)

    def _add_metadata(self, column: QVBoxLayout) -> None:
        choices = (("kept", self.tr("As they are")), ("recipe", self.tr("With recipe")), ("stripped", self.tr("Nothing")))
        self.metadata = Segments(choices, name=self.tr("Metadata"))
        self.metadata.setObjectName("exportMetadata")
        self.metadata.chosen.connect(lambda _: self._explain())
        self._meaning = label("", "dim", wrap=True)
        column.addWidget(label(self.tr("What made them, inside the files"), "label"))
        column.addWidget(self.metadata)
        column.addWidget(self._meaning)
        self.sign = QCheckBox(self.tr("Sign with content credentials (C2PA)"))
        self.sign.setObjectName("exportSign")
        self.sign.setToolTip(self.tr("By the certificate that stands in Settings, under Files"))
        self.sign.toggled.connect(lambda _: self._forget_error())
        column.addWidget(self.sign)
        self._explain()

    def _explain(self) -> None:
        self._meaning.setText({
            "kept": self.tr("Copies, byte for byte."),
            "recipe": self.tr("Prompt, settings and seed are written into each copy, or beside it where its format has no "
                              "room. Never a key, never a path of this computer."),
            "stripped": self.tr("No prompt, no settings, no trace of the service: only what is needed to show it."),
        }[str(self.metadata.value())])

    def _buttons(self) -> QHBoxLayout:
        self._cancel = push(self.tr("Cancel"), "exportCancel")
        self._cancel.clicked.connect(self.reject)
        self._go = push(self.tr("Export"), "exportGo", "primary")
        self._go.setDefault(True)
        self._go.clicked.connect(self.start)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self._cancel)
        row.addWidget(self._go)
        return row

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Export to"), self.to.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.to.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # -- what is shown ----------------

    @property
    def example(self) -> str:
        """The name that one of the files will get."""
        return self._shown.text()

    def _show_example(self) -> None:
        self._forget_error()
        try:
            check_template(self.template.text())
        except InputError as error:
            self._shown.setText("")
            self._say(error)
            self._go.setEnabled(False)
            return
        self._go.setEnabled(self._future is None)
        if self._example is not None:
            name = Names(self.template.text()).of(self._example, 1, self._example.path.suffix)
            self._shown.setText(self.tr("For example: {0}").format(name))

    def _say(self, error: BaseException) -> None:
        self._error.setText(plain_words(error))
        self._error.show()

    def _forget_error(self) -> None:
        self._error.hide()

    def _show_progress(self, done: int, total: int) -> None:
        self._progress.setRange(0, max(1, total))
        self._progress.setValue(done)

    # -- the work ----------------

    def start(self) -> None:
        """Write the files. The dialog stays until they are there; Cancel stops it, and whole files stay."""
        template, to, packed = self.template.text(), Path(self.to.text()).expanduser(), self.shape.value() is True
        metadata, ids, heard, sign = str(self.metadata.value()), self._ids, self._heard.emit, self.sign.isChecked()
        self._forget_error()
        self._go.setEnabled(False)
        self._progress.setRange(0, 0)
        self._progress.show()

        async def work(core: Core) -> list[Path]:
            from studio.library.credentials import signing_files
            from studio.library.export import ExportPlan  # brings the containers' writers: on the core's thread

            settings = core.preferences
            files = signing_files(settings.signing_certificate, settings.signing_key) if sign else None
            return await core.gallery.export(ids, ExportPlan(template, to, packed, metadata, files), heard)

        self._future = self._bridge.run(work, self._written, self._refused)

    def _written(self, paths: list[Path]) -> None:
        self._future = None
        self.exported.emit(paths)
        self.accept()

    def _refused(self, error: BaseException) -> None:
        self._future = None
        self._progress.hide()
        self._go.setEnabled(True)
        self._say(error)

    def _end(self) -> None:
        if self._future is not None:
            self._future.cancel()
        self.deleteLater()
