"""Tags of what is selected: those it has, to take away; any other to give, with those in use offered while typing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QCompleter, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.collection import LONGEST_TAG, TagCount
from studio.ui.gallery.popover import Popover
from studio.ui.widgets.words import counted, label

MOST_SHOWN = 40


class TagPopover(Popover):
    """`tagged` (tags to add, tags to remove) at each change."""

    tagged = Signal(object, object)

    def __init__(self, parent: QWidget, assets: Sequence[Asset], count: int, known: Sequence[TagCount]) -> None:
        title = counted(count, self.tr("Tags of 1 asset"), self.tr("Tags of {n} assets"))
        super().__init__(parent, "tagPopover", title)
        self.column.addWidget(label(title, "strong"))
        self.edit = QLineEdit()
        self.edit.setObjectName("tagEdit")
        self.edit.setAccessibleName(self.tr("New tag"))
        self.edit.setPlaceholderText(self.tr("Add a tag, Enter"))
        self.edit.setMaxLength(LONGEST_TAG)
        self.edit.setMinimumWidth(240)
        completer = QCompleter([tag.tag for tag in known], self.edit)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.edit.setCompleter(completer)
        self.edit.returnPressed.connect(self._add)
        self.column.addWidget(self.edit)
        self._boxes: dict[str, QCheckBox] = {}
        inner = QWidget()
        self._rows = QVBoxLayout(inner)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.setFixedHeight(200)
        self.column.addWidget(scroll)
        for tag in self._shown(assets, known):
            share = sum(tag in asset.tags for asset in assets)
            self._put(tag, Qt.CheckState.Unchecked if not share else
                      Qt.CheckState.Checked if share == len(assets) else Qt.CheckState.PartiallyChecked)
        self.edit.setFocus()

    @staticmethod
    def _shown(assets: Sequence[Asset], known: Sequence[TagCount]) -> list[str]:
        """Those that are given, then those most in use."""
        given = sorted({tag for asset in assets for tag in asset.tags}, key=str.casefold)
        usual = [tag.tag for tag in sorted(known, key=lambda tag: -tag.count) if tag.tag not in given]
        return [*given, *usual][:MOST_SHOWN]

    def _put(self, tag: str, state: Qt.CheckState) -> None:
        box = QCheckBox(tag.replace("&", "&&"))
        box.setObjectName("tagBox")
        box.setAccessibleName(tag)
        box.setCheckState(state)
        box.clicked.connect(lambda on, tag=tag: self.tagged.emit([tag] if on else [], [] if on else [tag]))
        self._boxes[tag.casefold()] = box
        self._rows.insertWidget(self._rows.count() - 1, box)

    def _add(self) -> None:
        tag = " ".join(self.edit.text().split())
        if not tag:
            self.close()
            return
        self.edit.clear()
        known = self._boxes.get(tag.casefold())
        if known is None:
            self._put(tag, Qt.CheckState.Checked)
        else:
            known.setCheckState(Qt.CheckState.Checked)
        self.tagged.emit([tag], [])
