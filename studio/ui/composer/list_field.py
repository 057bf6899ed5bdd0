"""A list of short texts: one line each, with more as they are needed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.domain.operation import Parameter
from studio.ui.composer.field import Field
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool

_MOST = 64
_BETWEEN = re.compile(r"[,;\n\t]+")


class TextListField(Field):
    """Enter begins the next line; several texts pasted at once (with commas or line breaks) take a line each."""

    def __init__(self, parameter: Parameter, theme: Theme, name: str = "") -> None:
        super().__init__(parameter, name)
        self._theme = theme
        self._most = int(parameter.maximum) if parameter.maximum else _MOST
        self._rows: list[tuple[QWidget, QLineEdit]] = []
        box = QWidget()
        self._lines = QVBoxLayout(box)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(6)
        self._add = push(QCoreApplication.translate("Field", "Add"), f"add_{self.name}", "ghost")
        words = QCoreApplication.translate("Field", "Add to {field}").format(field=parameter.label)
        self._add.setAccessibleName(words)
        self._add.clicked.connect(self._next)
        self._head.addWidget(self._add)
        self._take(box)
        self.reset()

    @property
    def is_wide(self) -> bool:
        return True

    def value(self) -> object:
        texts = [edit.text().strip() for _, edit in self._rows]
        return [text for text in texts if text] or None

    def set_value(self, value: object) -> None:
        texts = [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []
        self._show(texts)

    def edits(self) -> list[QLineEdit]:
        """The lines, in their order."""
        return [edit for _, edit in self._rows]

    def _show(self, texts: Sequence[str]) -> None:
        while self._rows:
            self._drop_row(0)
        for text in texts or [""]:
            self._row().setText(text)
        self._number()

    def _row(self) -> QLineEdit:
        line, edit = QWidget(), QLineEdit()
        edit.setAcceptDrops(False)
        edit.setPlaceholderText(self.parameter.help)
        edit.textEdited.connect(lambda text: self._edited(edit, text))
        edit.returnPressed.connect(self._next)
        words = QCoreApplication.translate("Field", "Remove this line")
        remove = tool("close", words, f"remove_{self.name}", self._theme, size=12)
        remove.clicked.connect(lambda: self._remove(edit))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(edit, 1)
        row.addWidget(remove)
        self._rows.append((line, edit))
        self._lines.addWidget(line)
        return edit

    def _next(self) -> None:
        """Into the first empty line; a new one where there is none and one more is taken."""
        empty = next((edit for _, edit in self._rows if not edit.text().strip()), None)
        if empty is None and len(self._rows) < self._most:
            empty = self._row()
            self._number()
        if empty is not None:
            empty.setFocus(Qt.FocusReason.OtherFocusReason)

    def _edited(self, edit: QLineEdit, text: str) -> None:
        parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
        if len(parts) > 1:
            place = self.edits().index(edit)
            texts = [one.text() for one in self.edits()]
            texts[place : place + 1] = parts
            self._show(texts[: self._most])
            self._rows[-1][1].setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def _remove(self, edit: QLineEdit) -> None:
        place = self.edits().index(edit)
        if len(self._rows) == 1:
            edit.clear()
        else:
            self._drop_row(place)
            self._number()
        self._rows[min(place, len(self._rows) - 1)][1].setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def _drop_row(self, place: int) -> None:
        line, _ = self._rows.pop(place)
        self._lines.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _number(self) -> None:
        for place, (_, edit) in enumerate(self._rows, 1):
            edit.setObjectName(f"param_{self.name}_{place}")
            edit.setAccessibleName(f"{self.parameter.label} {place}")
        self._add.setEnabled(len(self._rows) < self._most)
        self.control.setFocusProxy(self._rows[0][1])
