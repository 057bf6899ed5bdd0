"""Which operation: groups as tabs (Image, Video, …), and a list where a group has several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QListView, QVBoxLayout, QWidget

from studio.domain.kinds import MediaKind
from studio.ui.widgets.segments import Segments

if TYPE_CHECKING:
    from studio.domain.operation import Operation

_ORDER = (MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.PROMPT)
_FIRST = "video.generate"


class OperationPicker(QWidget):
    """`chosen(operation)` when another one is picked. The list holds all of them; those of other groups are hidden in it."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._operations: list[Operation] = []
        self._tabs = Segments([], name=self.tr("Kind of result"))
        self._tabs.setObjectName("operationGroups")
        self._tabs.chosen.connect(self._group_chosen)
        self.box = QComboBox()
        self.box.setObjectName("operationBox")
        self.box.setAccessibleName(self.tr("Operation"))
        self.box.currentIndexChanged.connect(self._index_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._tabs)
        column.addWidget(self.box)
        self.box.hide()
        self._tabs.hide()

    def current(self) -> Operation | None:
        index = self.box.currentIndex()
        return self._operations[index] if 0 <= index < len(self._operations) else None

    def set_operations(self, operations: Sequence[Operation], wanted: str | None) -> None:
        """Show what an account offers; `wanted` is chosen if it is there. Emits `chosen`."""
        kinds = {kind: place for place, kind in enumerate(_ORDER)}
        self._operations = sorted(operations, key=lambda operation: kinds[operation.kind])
        self.box.blockSignals(True)
        self.box.clear()
        for operation in self._operations:
            self.box.addItem(operation.title, operation.id)
        self.box.blockSignals(False)
        words = self._words()
        present = [kind for kind in _ORDER if any(operation.kind is kind for operation in self._operations)]
        self._tabs.set_choices([(kind, words[kind]) for kind in present])
        self._tabs.setVisible(bool(present))
        if not self.choose(wanted) and not self.choose(_FIRST) and self._operations:
            self.choose(self._operations[0].id)

    def choose(self, operation_id: str | None) -> bool:
        """Choose by id; False if this account has no such operation."""
        index = self.box.findData(operation_id) if operation_id else -1
        if index < 0:
            return False
        self.box.blockSignals(True)
        self.box.setCurrentIndex(index)
        self.box.blockSignals(False)
        self._index_changed()
        return True

    def _words(self) -> dict[MediaKind, str]:
        return {
            MediaKind.IMAGE: self.tr("Image"),
            MediaKind.VIDEO: self.tr("Video"),
            MediaKind.AUDIO: self.tr("Audio"),
            MediaKind.PROMPT: self.tr("Prompt"),
        }

    def _group_chosen(self, kind: object) -> None:
        first = next((operation for operation in self._operations if operation.kind is kind), None)
        if first is not None:
            self.choose(first.id)

    def _index_changed(self) -> None:
        operation = self.current()
        if operation is None:
            return
        self._tabs.set_value(operation.kind)
        view = self.box.view()
        count = 0
        for row, other in enumerate(self._operations):
            same = other.kind is operation.kind
            count += same
            if isinstance(view, QListView):
                view.setRowHidden(row, not same)
        self.box.setVisible(count > 1)
        self.chosen.emit(operation)
