"""Below a prompt that leaves something to chance: what will be sent, out of how many, and a dice for another draw."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.domain.wildcards import MOST_COUNTED, expand, has_wildcards, missing_lists, variants
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import label, restyle

_chance = random.SystemRandom()


class WildcardPreview(QWidget):
    """`drawn_anew()` when the dice was pressed. Hidden while the prompt is sent as it is written."""

    drawn_anew = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("wildcardPreview")
        self._lists: Mapping[str, Sequence[str]] = {}
        self._text = ""
        self._seed = _chance.getrandbits(31)
        self._words = label("", "label", wrap=True)
        self._words.setObjectName("wildcardWords")
        dice = tool("dice", self.tr("Draw again"), "wildcardDice", theme)
        dice.clicked.connect(self.draw)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self._words, 1)
        line.addWidget(dice, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def set_lists(self, lists: Mapping[str, Sequence[str]]) -> None:
        """What `__name__` is drawn from."""
        self._lists = lists
        self._tell()

    @property
    def lists(self) -> Mapping[str, Sequence[str]]:
        return self._lists

    def set_text(self, text: str) -> None:
        """The prompt as it is written."""
        if text != self._text:
            self._text = text
            self._tell()

    def drawn(self) -> str:
        """The prompt to send: what the preview shows."""
        return expand(self._text, self._lists, self._seed)

    def words(self) -> str:
        """What the preview says; empty while it is hidden."""
        return self._words.text() if has_wildcards(self._text) else ""

    def draw(self) -> None:
        """Another one of the prompts that it may become: also after each one that was sent."""
        before = self.drawn()
        for _ in range(16):  # chance may draw the same words again
            self._seed = _chance.getrandbits(31)
            if self.drawn() != before:
                break
        self._tell()
        self.drawn_anew.emit()

    def _tell(self) -> None:
        shown = has_wildcards(self._text)
        self.setVisible(shown)
        if not shown:
            return
        missing = missing_lists(self._text, self._lists)
        if missing:
            words = self.tr("There is no list {names}. Open the prompt book to make one.")
            self._words.setText(words.format(names=", ".join(f"“{name}”" for name in missing)))
        else:
            count = variants(self._text, self._lists)
            more = self.tr("more than {n}") if count >= MOST_COUNTED else "{n}"
            said = self.tr("Sends, one of {count}: {words}") if count > 1 else self.tr("Sends: {words}")
            self._words.setText(said.format(count=more.format(n=f"{count:,}"), words=self.drawn()))
        restyle(self._words, "role", "warn" if missing else "label")
