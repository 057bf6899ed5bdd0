"""What goes into files: the recipe into new results, and the certificate that signs exported copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from studio.settings.preferences import Preferences
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog


class FileSettings(QWidget):
    """`chosen(values)` at each change: fields of Preferences by name."""

    chosen = Signal(object)

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._dialog: QFileDialog | None = None
        self.embed = QCheckBox(self.tr("Write the recipe into new results: PNG, JPEG, WebP, MP4 and MP3"))
        self.embed.setObjectName("embedRecipes")
        self.embed.setToolTip(self.tr("Pictures and sound stay as the service sent them; only the file gets a note. Off: "
                                      "files stay byte for byte, and exported copies can carry the recipe."))
        self.embed.setChecked(preferences.embed_recipes)
        self.embed.toggled.connect(lambda on: self.chosen.emit({"embed_recipes": on}))
        self.certificate = self._file(self.tr("Certificate"), "signing_certificate", preferences.signing_certificate)
        self.key = self._file(self.tr("Its key"), "signing_key", preferences.signing_key)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.embed)
        column.addSpacing(8)
        words = self.tr("Content credentials (C2PA): exported copies can be signed with a certificate of yours, as PEM "
                        "files. The key stays where it lies. Needs Studio's extra c2pa.")
        column.addWidget(label(words, "label", wrap=True))
        column.addWidget(self.certificate)
        column.addWidget(self.key)

    def _file(self, title: str, field: str, path: str) -> QWidget:
        row = QWidget()
        shown = ElidedLabel(path or self.tr("None"), mode=Qt.TextElideMode.ElideMiddle)
        shown.setObjectName(field)
        shown.setToolTip(path)
        choose, forget = push(self.tr("Choose…"), f"{field}_choose"), push(self.tr("Forget"), f"{field}_none")
        choose.setAccessibleName(self.tr("Choose: {0}").format(title))
        forget.setAccessibleName(self.tr("Forget: {0}").format(title))
        forget.setEnabled(bool(path))

        def keep(chosen: str) -> None:
            shown.setText(chosen or self.tr("None"))
            shown.setToolTip(chosen)
            forget.setEnabled(bool(chosen))
            self.chosen.emit({field: chosen})

        choose.clicked.connect(lambda: self._browse(title, keep))
        forget.clicked.connect(lambda: keep(""))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        caption = label(title, "label")
        caption.setFixedWidth(80)
        line.addWidget(caption)
        line.addWidget(shown, 1)
        line.addWidget(choose)
        line.addWidget(forget)
        return row

    def _browse(self, title: str, keep: Callable[[str], None]) -> None:
        """Ask for a file, beside the window's other work."""
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self.window(), title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("PEM files (*.pem *.crt *.cer *.key);;All files (*)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(keep)
        self._dialog = dialog
        dialog.open()
