"""A question before something that cannot be taken back: what will happen, what stays, and two buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label


class ConfirmDialog(QDialog):
    """`confirmed()` when the person says so. Cancel has the focus and Enter; shown with `open()`."""

    confirmed = Signal()

    def __init__(self, heading: str, words: str, verb: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("confirmDialog")
        self.setWindowTitle(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(400)
        cancel = push(self.tr("Cancel"), "confirmCancel")
        cancel.setDefault(True)
        cancel.clicked.connect(self.reject)
        yes = push(verb, "confirmYes", "danger")
        yes.clicked.connect(self._say_yes)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(yes)
        self.words = label(words, "dim", wrap=True)
        self.words.setObjectName("confirmWords")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addWidget(label(heading, "heading", wrap=True))
        column.addWidget(self.words)
        column.addSpacing(12)
        column.addLayout(buttons)
        cancel.setFocus()

    def _say_yes(self) -> None:
        self.confirmed.emit()
        self.accept()
