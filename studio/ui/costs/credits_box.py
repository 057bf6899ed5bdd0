"""A field for an amount of credits that may be left out."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox

from studio.ui.widgets.job_words import number_words

_MOST = 1e9
_UNSET = -1.0
"""Below 0, as 0 is an amount: nothing that costs anything."""


class CreditsBox(QDoubleSpinBox):
    """An amount from 0 on, with at most two decimals; below that it reads `unset` and its `amount` is None."""

    def __init__(self, name: str, words: str, unset: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setLocale(QLocale(QLocale.Language.English))  # as `number_words` writes it
        self.setDecimals(2)
        self.setRange(_UNSET, _MOST)
        self.setSpecialValueText(unset)
        self.setGroupSeparatorShown(True)
        self.lineEdit().setTextMargins(11, 0, 0, 0)
        self.setFixedHeight(32)
        self.set_amount(None)

    def amount(self) -> float | None:
        return None if self.value() < 0 else self.value()

    def set_amount(self, amount: float | None) -> None:
        self.setValue(_UNSET if amount is None else amount)

    def textFromValue(self, val: float) -> str:
        return number_words(round(val, 2))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a wheel scrolls the page
