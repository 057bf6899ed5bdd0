"""What every field of a form is: a label, a control, a place for its error and one for a remark."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

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
        self._note = label("", "label", wrap=True)
        self._note.setObjectName(f"note_{self.name}")
        self._note.hide()
        self._error = label("", "error", wrap=True)
        self._error.setObjectName(f"error_{self.name}")
        self._error.hide()
        self._head = QHBoxLayout()
        self._head.setContentsMargins(0, 0, 0, 0)
        self._head.setSpacing(4)
        self._head.addWidget(self._caption)
        self._head.addStretch()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addLayout(self._head)
        self._column.addWidget(self._note)
        self._column.addWidget(self._error)
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
        self._error.setText(words)
        self._error.setVisible(bool(words))
        restyle(self.control, "wrong", bool(words))

    def set_note(self, words: str) -> None:
        """Say what else happened because of this field; empty takes it away."""
        self._note.setText(words)
        self._note.setVisible(bool(words))

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

    def _tell(self) -> None:
        self.set_error("")
        self.changed.emit()


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
