"""Which operation: groups as tabs (Image, Video, …), and a list where a group has several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListView, QVBoxLayout, QWidget

from studio.ui.composer.operation_groups import Group, group_of
from studio.ui.widgets.segments import Segments

if TYPE_CHECKING:
    from studio.domain.operation import Operation

_FIRST = "video.generate"


class OperationPicker(QWidget):
    """`chosen(operation)` when another one is picked. The list holds all of them; those of other groups are hidden in it.

    A tab leads to the operation that was last picked under it.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._offered: list[Operation] = []
        self._operations: list[Operation] = []
        self._last: dict[Group, str] = {}
        self._favourites: tuple[str, ...] = ()
        self._tabs = Segments([], name=self.tr("Kind of result"))
        self._tabs.setObjectName("operationGroups")
        self._tabs.chosen.connect(self._group_chosen)
        self.box = QComboBox()
        self.box.setObjectName("operationBox")
        self.box.setAccessibleName(self.tr("Operation"))
        # not as wide as the longest name: the composer may be narrower than that
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(16)
        self.box.currentIndexChanged.connect(self._index_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._tabs)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self.box, 1)
        column.addLayout(self._row)
        self.box.hide()
        self._tabs.hide()

    def current(self) -> Operation | None:
        index = self.box.currentIndex()
        return self._operations[index] if 0 <= index < len(self._operations) else None

    def operations(self) -> list[Operation]:
        """All that the account offers."""
        return list(self._operations)

    def set_operations(self, operations: Sequence[Operation], wanted: str | None) -> None:
        """Show what an account offers; `wanted` is chosen if it is there. Emits `chosen`."""
        self._offered = list(operations)
        self._fill()
        words = self._words()
        groups = {_group(operation) for operation in self._operations}
        present = [group for group in Group if group in groups]
        self._tabs.set_choices([(group, words[group]) for group in present])
        self._tabs.setVisible(bool(present))
        if not self.choose(wanted) and not self.choose(_FIRST) and self._operations:
            self.choose(self._operations[0].id)

    def _fill(self) -> None:
        """The list anew: by group, favourites first, else as the service offers them."""
        places = {group: place for place, group in enumerate(Group)}
        self._operations = sorted(self._offered, key=lambda one: (places[_group(one)], one.id not in self._favourites))
        self.box.blockSignals(True)
        self.box.clear()
        for operation in self._operations:
            starred = self.tr("{operation}  (favourite)").format(operation=operation.title)
            self.box.addItem(starred if operation.id in self._favourites else operation.title, operation.id)
        self.box.blockSignals(False)

    def set_favourites(self, favourites: Sequence[str]) -> None:
        """Ids of operations that stand first among their like. What is chosen stays chosen; `chosen` is not emitted."""
        if tuple(favourites) == self._favourites:
            return
        self._favourites = tuple(favourites)
        current = self.current()
        self._fill()
        if current is not None:
            self.blockSignals(True)
            self.choose(current.id)
            self.blockSignals(False)

    def add_tool(self, widget: QWidget) -> None:
        """A button beside the list."""
        self._row.addWidget(widget)

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

    def _words(self) -> dict[Group, str]:
        return {
            Group.IMAGE: self.tr("Image"),
            Group.VIDEO: self.tr("Video"),
            Group.AUDIO: self.tr("Audio"),
            Group.PROMPT: self.tr("Prompt"),
            Group.FINISH: self.tr("Finish"),
        }

    def _group_chosen(self, group: object) -> None:
        inside = [operation.id for operation in self._operations if _group(operation) is group]
        last = next((self._last[one] for one in Group if one is group and one in self._last), None)
        if inside:
            self.choose(last if last in inside else inside[0])

    def _index_changed(self) -> None:
        operation = self.current()
        if operation is None:
            return
        group = _group(operation)
        self._last[group] = operation.id
        self._tabs.set_value(group)
        view = self.box.view()
        groups = [_group(other) for other in self._operations]
        for row, other in enumerate(groups):
            if isinstance(view, QListView):
                view.setRowHidden(row, other is not group)
        # also beside a group of one, where another has several: nothing jumps from tab to tab
        self.box.setVisible(len(groups) > len(set(groups)))
        self.chosen.emit(operation)


def _group(operation: Operation) -> Group:
    return group_of(operation.id, operation.kind)
