"""Below a prompt that leaves something to chance: what will be sent, out of how many, and a dice for another draw."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.domain.wildcards import MOST_COUNTED, expand, has_wildcards, missing_lists, variants
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import counted, label, restyle, shortened

_MOST_SHOWN = 4
"""Draws of several jobs; all of them are seen in the dialog for more at once."""
_LINE_LENGTH = 120
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
        self._count = 1
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

    def set_count(self, count: int) -> None:
        """So many are sent at once: each draws its own words, and all of them are shown."""
        if count != self._count:
            self._count = count
            self._tell()

    @property
    def drawing(self) -> int:
        """What the draws begin with: the first with this number, the next with one more."""
        return self._seed

    @property
    def lists(self) -> Mapping[str, Sequence[str]]:
        return self._lists

    def set_text(self, text: str) -> None:
        """The prompt as it is written."""
        if text != self._text:
            self._text = text
            self._tell()

    def drawn(self, number: int = 0) -> str:
        """The prompt to send, of several the one with this number: what the preview shows."""
        return expand(self._text, self._lists, self._seed + number)

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
            ways = variants(self._text, self._lists)
            more = self.tr("more than {n}") if ways >= MOST_COUNTED else "{n}"
            self._tell_draws(ways, more.format(n=f"{ways:,}"))
        restyle(self._words, "role", "warn" if missing else "label")

    def _tell_draws(self, ways: int, spelt: str) -> None:
        if ways == 1 or self._count == 1:
            said = self.tr("Sends, one of {count}: {words}") if ways > 1 else self.tr("Sends: {words}")
            self._words.setText(said.format(count=spelt, words=self.drawn()))
            return
        shown = [shortened(f"{n + 1}. {self.drawn(n)}", _LINE_LENGTH) for n in range(min(self._count, _MOST_SHOWN))]
        if self._count > _MOST_SHOWN:
            shown.append(counted(self._count - _MOST_SHOWN, self.tr("and 1 more"), self.tr("and {n} more")))
        heading = self.tr("Sends {n}, each one of {count}:").format(n=self._count, count=spelt)
        self._words.setText("\n".join([heading, *shown]))
