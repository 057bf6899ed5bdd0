"""What is to be seen of the queue: a field for words, the parts by state, and the label that was clicked; and the door to
what can be done with the queue as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from studio.ui.queue.order import JobFilter, Part
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import ElidedLabel, rule


class _Field(QLineEdit):
    """Escape clears it, Down goes on to the list."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Escape):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """`changed(filter)` when something else is to be seen, `menu_wanted` for the queue's own menu, `left` towards the list,
    `label_menu_wanted(label)` for what can be done with the label that is shown."""

    changed = Signal(object)
    menu_wanted = Signal()
    label_menu_wanted = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("queueFilter")
        self._label: str | None = None
        self.field = _Field()
        self.field.setObjectName("queueFilterField")
        self.field.setAccessibleName(self.tr("Filter the queue"))
        self.field.setPlaceholderText(self.tr("Filter by words"))
        self.field.setClearButtonEnabled(False)
        self.field.textChanged.connect(self._tell)
        self.field.left.connect(self.left)
        self.menu: QToolButton = tool("more", self.tr("Hold, let go on, cancel"), "queueMenu", theme)
        self.menu.clicked.connect(self.menu_wanted)
        self.parts = Segments(self._choices(), name=self.tr("Show"))
        self.parts.setObjectName("queueParts")
        self.parts.chosen.connect(self._tell)
        self._tag = self._label_row(theme)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.field, 1)
        top.addWidget(self.menu)
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 10, 16, 10)
        inside.setSpacing(8)
        inside.addLayout(top)
        inside.addWidget(self.parts)
        inside.addWidget(self._tag)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(inside)
        column.addWidget(rule())
        self.parts.share_width()

    def _choices(self) -> list[tuple[object, str]]:
        return [(Part.ALL, self.tr("All")), (Part.WAITING, self.tr("Waiting")), (Part.RUNNING, self.tr("Running")),
                (Part.DONE, self.tr("Done")), (Part.FAILED, self.tr("Failed"))]

    def _label_row(self, theme: Theme) -> QWidget:
        holder = QWidget()
        self._label_words = ElidedLabel("", "label")
        self._label_words.setObjectName("queueLabel")
        act = tool("more", self.tr("Do something with all jobs of this label"), "queueLabelMenu", theme)
        act.clicked.connect(lambda: self.label_menu_wanted.emit(self._label or ""))
        clear = tool("close", self.tr("Show all labels"), "queueLabelClear", theme, size=12)
        clear.clicked.connect(lambda: self.set_label(None))
        row = QHBoxLayout(holder)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._label_words, 1)
        row.addWidget(act)
        row.addWidget(clear)
        holder.hide()
        return holder

    def value(self) -> JobFilter:
        part = self.parts.value()
        return JobFilter(self.field.text(), part if isinstance(part, Part) else Part.ALL, self._label)

    def set_label(self, label: str | None) -> None:
        """Show only the jobs of this label; None: of all."""
        if label == self._label:
            return
        self._label = label
        self._label_words.setText("" if label is None else self.tr("Label: {label}").format(label=label))
        self._tag.setVisible(label is not None)
        self._tell()

    def reset(self) -> None:
        """Show everything."""
        self._label = None
        self._tag.hide()
        self.parts.set_value(Part.ALL)
        if self.field.text():
            self.field.clear()  # it tells
        else:
            self._tell()

    def show_counts(self, counts: Mapping[Part, int]) -> None:
        """How many jobs each part holds, said in the tips and to screen readers."""
        names = dict(self._choices())
        for part, button in zip(names, self.parts.buttons(), strict=True):
            count = counts.get(Part(str(part)), 0)
            words = self.tr("{part}: {n}").format(part=names[part], n=f"{count:,}")
            if button.toolTip() != words:
                button.setToolTip(words)
                button.setAccessibleDescription(words)

    def _tell(self, *_: object) -> None:
        self.changed.emit(self.value())
