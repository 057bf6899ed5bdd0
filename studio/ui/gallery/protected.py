"""Why something cannot go into the trash just like that: what it is needed for, and whether it may go all the same."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.errors import InputError
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label


class ProtectedDialog(QDialog):
    """Shown with `open()`. `confirmed` if the person wants it all the same; a job's input never goes."""

    confirmed = Signal()

    def __init__(self, error: InputError, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("protectedDialog")
        self.setWindowTitle(self.tr("Still needed"))
        self.setFixedWidth(440)
        self.finished.connect(self.deleteLater)
        for_job = error.code == "in_use"
        heading = self.tr("A job still needs this") if for_job else self.tr("Other assets were made from this")
        self.words = label(error.message, "dim", wrap=True)
        self.words.setObjectName("protectedWords")
        more = (
            self.tr("Wait until the job has ended, or cancel it first.") if for_job
            else self.tr("They stay, but where they came from can no longer be looked at. It can be taken back with Undo.")
        )
        keep = push(self.tr("Keep it"), "protectedKeep", "" if not for_job else "primary")
        keep.setDefault(True)
        keep.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(keep)
        if not for_job:
            anyway = push(self.tr("Move to trash anyway"), "protectedAnyway", "danger")
            anyway.clicked.connect(self._say_yes)
            buttons.addWidget(anyway)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addWidget(label(heading, "heading", wrap=True))
        column.addWidget(self.words)
        column.addWidget(label(more, wrap=True))
        column.addSpacing(12)
        column.addLayout(buttons)
        keep.setFocus()

    def _say_yes(self) -> None:
        self.confirmed.emit()
        self.accept()
