"""One field of a step: where its value comes from, and the value or the question itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.domain.chain import START, Question, Reference, question_of, reference_of
from studio.domain.errors import InputError
from studio.domain.operation import Parameter, ParameterKind
from studio.ui.composer.fields import make_field
from studio.ui.theme.theme import Theme
from studio.ui.widgets.words import label

_NOT, _FIXED, _ASK, _KEPT = "not", "fixed", "ask", "kept"


def _tr(text: str) -> str:
    return QCoreApplication.translate("ChainEditor", text)


class InputRow(QWidget):
    """`changed()` when the person changes it. `value()` as it stands in the step, None: not given."""

    changed = Signal()

    def __init__(self, parameter: Parameter, value: object, sources: Sequence[Reference], theme: Theme) -> None:
        super().__init__()
        self.parameter = parameter
        self._given = value
        self.source = QComboBox()
        self.source.setObjectName(f"source_{parameter.name}")
        self.source.setAccessibleName(_tr("{field}: where it comes from").format(field=parameter.label))
        self._question = QLineEdit()
        self._question.setObjectName(f"question_{parameter.name}")
        self._question.setAccessibleName(_tr("{field}: what is asked").format(field=parameter.label))
        self._question.setPlaceholderText(_tr("What is asked: {field}").format(field=parameter.label))
        self._field = None if parameter.is_media or parameter.kind is ParameterKind.GROUP else make_field(parameter, theme)
        if self._field is not None:
            self._field.hide_caption()
        self._error = label("", "error", wrap=True)
        self._error.setObjectName(f"inputError_{parameter.name}")
        self._error.hide()
        self._offer(sources)
        self._lay_out()
        self._show(value)
        self.source.currentIndexChanged.connect(self._source_changed)
        self._question.textEdited.connect(lambda _: self.changed.emit())
        if self._field is not None:
            self._field.changed.connect(self.changed)

    def _offer(self, sources: Sequence[Reference]) -> None:
        if not self.parameter.required:
            self.source.addItem(_tr("Not given"), _NOT)
        if self._field is not None:
            self.source.addItem(_tr("This value"), _FIXED)
        self.source.addItem(_tr("Asked at the start"), _ASK)
        for reference in sources:
            words = _tr("As asked: {name}") if reference.step == START else _tr("From {name}")
            name = str(reference.output) if reference.step == START else reference.step
            self.source.addItem(words.format(name=name), reference)

    def _lay_out(self) -> None:
        name = label(self.parameter.label, "label", buddy=self.source)
        name.setToolTip(self.parameter.help)
        head = QHBoxLayout()
        head.setSpacing(12)
        name.setFixedWidth(132)
        head.addWidget(name)
        head.addWidget(self.source, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        for widget in (self._question, self._field, self._error):
            if widget is not None:
                inset = QHBoxLayout()
                inset.setContentsMargins(144, 0, 0, 0)
                inset.addWidget(widget)
                column.addLayout(inset)

    def _show(self, value: object) -> None:
        try:
            reference, question = reference_of(value), question_of(value, self.parameter.name)
        except InputError:
            reference = question = None
        if reference is not None:
            index = self._index_of(reference)
            if index < 0:
                words = _tr("From {name}").format(name=reference.step)
                self.source.addItem(f"{words} ({reference.output})" if reference.output is not None else words, reference)
                index = self.source.count() - 1
            self.source.setCurrentIndex(index)
        elif question is not None:
            self.source.setCurrentIndex(self.source.findData(_ASK))
            self._question.setText(question.label)
        elif value is None:
            self.source.setCurrentIndex(max(0, self.source.findData(_NOT)))
        elif self._field is not None and not isinstance(value, dict):
            self.source.setCurrentIndex(self.source.findData(_FIXED))
            self._field.set_value(value)
        else:
            self.source.addItem(_tr("As it is: {value}").format(value=_short(value)), _KEPT)
            self.source.setCurrentIndex(self.source.count() - 1)
        self._show_parts()

    def _index_of(self, reference: Reference) -> int:
        return next((row for row in range(self.source.count()) if self.source.itemData(row) == reference), -1)

    def _source_changed(self) -> None:
        self._show_parts()
        self.set_error("")
        self.changed.emit()

    def _show_parts(self) -> None:
        chosen = self.source.currentData()
        self._question.setVisible(chosen == _ASK)
        if self._field is not None:
            self._field.setVisible(chosen == _FIXED)

    def value(self) -> object:
        chosen = self.source.currentData()
        if isinstance(chosen, Reference):
            return chosen.plain()
        if chosen == _ASK:
            before = self._known_question()
            label_words = self._question.text().strip() or self.parameter.label
            return Question(before.name, label_words, before.help, before.default, before.required).plain()
        if chosen == _FIXED:
            return self._field.value() if self._field is not None else None
        return self._given if chosen == _KEPT else None

    def _known_question(self) -> Question:
        try:
            found = question_of(self._given, self.parameter.name)
        except InputError:
            found = None
        default = self._given if found is None and isinstance(self._given, str | int | float | bool) else None
        return found or Question(self.parameter.name, default=default)

    def set_error(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))
        if words:
            self.source.setFocus(Qt.FocusReason.OtherFocusReason)


def _short(value: object) -> str:
    if isinstance(value, list | tuple):
        parts = [reference_of(part) for part in value]
        return ", ".join(part.step if part is not None else "…" for part in parts)
    return "{…}" if isinstance(value, dict) else str(value)[:40]
