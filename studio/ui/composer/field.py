"""What every field of a form is: a label, a control, a place for its error and one for a remark."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.domain.operation import Parameter
from studio.ui.widgets.words import label, restyle


class Field(QWidget):
    """A field says its value (None: not given), takes one, and shows its own error. Subclasses put their control in with
    `_take`. `name` is the parameter's, with that of the group before it where it lies in one."""

    changed = Signal()

    def __init__(self, parameter: Parameter, name: str = "") -> None:
        super().__init__()
        self.parameter = parameter
        self.name = name or parameter.name
        self._caption = label(parameter.label, "label")
        self._note: QLabel | None = None  # most fields never need these two, and each label costs a form half a millisecond
        self._error: QLabel | None = None
        self._head = QHBoxLayout()
        self._head.setContentsMargins(0, 0, 0, 0)
        self._head.setSpacing(4)
        self._head.addWidget(self._caption)
        self._head.addStretch()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addLayout(self._head)
        self.control: QWidget = self
        self.setToolTip(parameter.help)

    @property
    def is_wide(self) -> bool:
        """Whether the field wants a row of its own."""
        return False

    def value(self) -> object:
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        raise NotImplementedError

    def reset(self) -> None:
        self.set_value(self.parameter.default)

    def set_error(self, words: str) -> None:
        """Say what is wrong beside the field; empty takes it away."""
        if self._error is None and words:
            self._error = self._line("error", "error")
            self._column.addWidget(self._error)
        _say(self._error, words)
        restyle(self.control, "wrong", bool(words))

    def set_note(self, words: str) -> None:
        """Say what else happened because of this field; empty takes it away."""
        if self._note is None and words:
            self._note = self._line("label", "note")
            self._column.insertWidget(self._column.count() - (self._error is not None), self._note)
        _say(self._note, words)

    def hide_caption(self) -> None:
        """For where the name stands beside the field already."""
        self._caption.hide()

    def take_focus(self) -> None:
        """Put the cursor here. No focus proxy does it: Tab would turn back at a field that stands for its control."""
        self.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def narrow(self, parameter: Parameter) -> bool:
        """Take other limits in place, keeping the value. False where a control has to be made anew for them."""
        return False

    def _take(self, control: QWidget, row: QWidget | None = None) -> None:
        control.setObjectName(f"param_{self.name}")
        control.setAccessibleName(self.parameter.label)
        control.setAccessibleDescription(self.parameter.help)
        self.control = control
        self._caption.setBuddy(control)
        self._column.insertWidget(1, row or control)

    def _line(self, role: str, name: str) -> QLabel:
        line = label("", role, wrap=True)
        line.setObjectName(f"{name}_{self.name}")
        line.hide()
        return line

    def _tell(self) -> None:
        self.set_error("")
        self.changed.emit()


def _say(line: QLabel | None, words: str) -> None:
    if line is not None:
        line.setText(words)
        line.setVisible(bool(words))


def spelt(value: object) -> str:
    """A value of the contract as a person reads it: "zoom_in" becomes "Zoom in", "4k" becomes "4K"."""
    text = str(value)
    known = {
        "m": QCoreApplication.translate("Field", "Male"),
        "f": QCoreApplication.translate("Field", "Female"),
    }
    if text in known:
        return known[text]
    if text.endswith("k") and text[:-1].isdigit():
        return text.upper()
    return text if any(c.isdigit() for c in text) else text.replace("_", " ").capitalize()
