"""Asks for a name in a small box: of a collection, of a saved search."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from studio.domain.collection import LONGEST_TITLE
from studio.ui.gallery.popover import Popover
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label


class NamePopover(Popover):
    """`named` (text) when the person takes it; nothing for an empty one."""

    named = Signal(str)

    def __init__(self, parent: QWidget, title: str, verb: str, text: str = "") -> None:
        super().__init__(parent, "namePopover", title)
        self.edit = QLineEdit(text)
        self.edit.setObjectName("nameEdit")
        self.edit.setAccessibleName(title)
        self.edit.setMaxLength(LONGEST_TITLE)
        self.edit.setMinimumWidth(240)
        self.edit.selectAll()
        self.edit.returnPressed.connect(self._take)
        self._take_button = push(verb, "nameTake", "primary")
        self._take_button.clicked.connect(self._take)
        self._take_button.setEnabled(bool(text.strip()))
        self.edit.textChanged.connect(lambda now: self._take_button.setEnabled(bool(now.strip())))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self._take_button)
        self.column.addWidget(label(title, "strong"))
        self.column.addLayout(row)
        self.edit.setFocus()

    def _take(self) -> None:
        text = self.edit.text().strip()
        if text:
            self.named.emit(text)
            self.close()
