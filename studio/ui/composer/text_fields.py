"""Fields for words: a line, several lines, words with suggestions, an object written as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QPlainTextEdit

from studio.domain.operation import Parameter
from studio.ui.composer.field import Field, spelt
from studio.ui.widgets.buttons import push

_SHORT = 100  # characters


class TextField(Field):
    """One line, or several where the parameter is multiline; suggestions for those stand in a menu beside the label."""

    def __init__(self, parameter: Parameter, name: str = "") -> None:
        super().__init__(parameter, name)
        self._edit: QLineEdit | QPlainTextEdit
        if parameter.multiline:
            self._edit = QPlainTextEdit()
            self._edit.setFixedHeight(64)
            self._edit.setTabChangesFocus(True)
            if parameter.suggestions:
                self._offer(parameter.suggestions)
        else:
            self._edit = QLineEdit()
        self._edit.setPlaceholderText(parameter.help)
        # files dropped over the form go to the reference tray, not into a field as text
        self._edit.setAcceptDrops(False)
        self._take(self._edit)
        self._limit()
        self.reset()
        self._edit.textChanged.connect(self._tell)

    @property
    def is_wide(self) -> bool:
        return True

    def value(self) -> object:
        text = self._edit.toPlainText() if isinstance(self._edit, QPlainTextEdit) else self._edit.text()
        return text if text.strip() else None

    def set_value(self, value: object) -> None:
        text = value if isinstance(value, str) else ""
        if isinstance(self._edit, QPlainTextEdit):
            self._edit.setPlainText(text)
        else:
            self._edit.setText(text)

    def narrow(self, parameter: Parameter) -> bool:
        if parameter.choices or parameter.kind is not self.parameter.kind:
            return False
        self.parameter = parameter
        self._limit()
        return True

    def _limit(self) -> None:
        # what is written already is never cut: the check before sending says that it is too long
        if isinstance(self._edit, QLineEdit) and self.parameter.maximum:
            self._edit.setMaxLength(max(int(self.parameter.maximum), len(self._edit.text())))

    def _offer(self, suggestions: Sequence[object]) -> None:
        ideas = push(QCoreApplication.translate("Field", "Ideas"), f"ideas_{self.name}", "ghost")
        words = QCoreApplication.translate("Field", "Ideas for {field}")
        ideas.setAccessibleName(words.format(field=self.parameter.label))
        menu = QMenu(ideas)
        for suggestion in suggestions:
            menu.addAction(spelt(suggestion)).triggered.connect(lambda _=False, text=suggestion: self.set_value(text))
        ideas.setMenu(menu)
        self._head.addWidget(ideas)


class StructureField(TextField):
    """An object written as JSON, for operations of discovery that no control is made for."""

    def value(self) -> object:
        text = super().value()
        if not isinstance(text, str):
            return None
        try:
            return json.loads(text)
        except ValueError:
            return text

    def set_value(self, value: object) -> None:
        super().set_value(value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False))


class SuggestionField(Field):
    """Words that are known to be taken, to be picked from a list; any other words may be typed."""

    def __init__(self, parameter: Parameter, named: Sequence[tuple[str, str]], name: str = "") -> None:
        """`named`: values with what the person reads for them."""
        super().__init__(parameter, name)
        self._titles = dict(named)
        self._box = QComboBox()
        self._box.setEditable(True)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]  # a wheel scrolls the form
        self._box.setAcceptDrops(False)
        for value, title in named:
            self._box.addItem(title, value)
        self._take(self._box)
        edit = self._box.lineEdit()
        if edit is not None:
            optional = QCoreApplication.translate("Field", "Auto")
            edit.setPlaceholderText(QCoreApplication.translate("Field", "Needed") if parameter.required else optional)
            edit.setAcceptDrops(False)
            edit.setClearButtonEnabled(False)
            edit.setObjectName(f"text_{self.name}")
            edit.setAccessibleName(parameter.label)
            if parameter.maximum:
                edit.setMaxLength(int(parameter.maximum))
        self.reset()
        self._box.editTextChanged.connect(self._tell)

    @property
    def is_wide(self) -> bool:
        # the model decides about the fields below it, so it does not stand among the short ones
        return self.parameter.name == "model" or (self.parameter.maximum or 0) > _SHORT

    def value(self) -> object:
        text = self._box.currentText().strip()
        if not text:
            return None
        return next((value for value, title in self._titles.items() if title.casefold() == text.casefold()), text)

    def set_value(self, value: object) -> None:
        text = value if isinstance(value, str) else ""
        self._box.setCurrentIndex(self._box.findData(text) if text else -1)
        self._box.setEditText(self._titles.get(text, text))
