"""What the parts of an account's page have in common: a heading, labelled rows, one message."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from studio.ui.widgets.words import label, restyle


class Section(QFrame):
    """A box with a heading. `say` puts a message under what is in it: role label, ok, warn or error."""

    def __init__(self, heading: str, name: str) -> None:
        super().__init__()
        self.setProperty("surface", "box")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 16)
        self.column.setSpacing(6)
        self.heading = QHBoxLayout()
        self.heading.setSpacing(8)
        self.heading.addWidget(label(heading, "strong"))
        self.heading.addStretch(1)
        self.column.addLayout(self.heading)
        self.message = label("", "label", wrap=True)
        self.message.setObjectName(f"{name}Message")
        self.message.hide()

    def add_row(self, words: str, widget: QWidget) -> QLabel:
        """A control under its label."""
        caption = label(words, "label", buddy=widget)
        self.column.addSpacing(4)
        self.column.addWidget(caption)
        self.column.addWidget(widget)
        return caption

    def add_pair(self, first: tuple[str, QWidget], second: tuple[str, QWidget]) -> QWidget:
        """Two short controls side by side."""
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(12)
        for words, widget in (first, second):
            column = QVBoxLayout()
            column.setSpacing(6)
            column.addWidget(label(words, "label", buddy=widget))
            column.addWidget(widget)
            row.addLayout(column, 1)
        self.column.addWidget(both)
        return both

    def end(self) -> None:
        """After the last row: the message stands below them."""
        self.column.addWidget(self.message)

    def say(self, words: str, role: str = "label") -> None:
        self.message.setText(words)
        self.message.setVisible(bool(words))
        restyle(self.message, "role", role)


def named(widget: QWidget, name: str, words: str) -> None:
    """Object name and accessible name of a control."""
    widget.setObjectName(name)
    widget.setAccessibleName(words)


def count_box(name: str, words: str, unset: str, most: int) -> QSpinBox:
    """A number from 1 to `most`; 0 reads `unset`."""
    box = QSpinBox()
    named(box, name, words)
    box.setRange(0, most)
    box.setSpecialValueText(unset)
    box.lineEdit().setTextMargins(11, 0, 0, 0)
    box.setFixedHeight(32)
    box.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]  # a wheel scrolls the page
    return box
