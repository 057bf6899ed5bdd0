"""A seed with dice and lock."""

from __future__ import annotations

import random

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.icons import icon


class SeedField(QWidget):
    """Unlocked, every job gets a new seed, shown here; locked, or typed by the person, it stays."""

    changed = Signal()

    def __init__(self, low: int, high: int, theme: Theme) -> None:
        super().__init__()
        self._low, self._high = low, high
        self._theme = theme
        self.locked = False
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(self.tr("Random"))
        self.edit.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,10}"), self))
        self.edit.setAcceptDrops(False)
        self.edit.setTextMargins(0, 0, 52, 0)
        self.edit.textEdited.connect(self._typed)
        self.dice = tool("dice", self.tr("Draw another seed"), "seedDice", theme)
        self.dice.clicked.connect(self._dice)
        self.lock = QToolButton()
        self.lock.setObjectName("seedLock")
        self.lock.setProperty("kind", "icon")
        self.lock.setCheckable(True)
        self.lock.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.lock.toggled.connect(self._lock)
        theme.changed.connect(self._draw_lock)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.edit)
        inside = QHBoxLayout(self.edit)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.setSpacing(0)
        inside.addStretch()
        inside.addWidget(self.dice)
        inside.addWidget(self.lock)
        self._draw_lock()

    def value(self) -> int | None:
        text = self.edit.text()
        return min(max(int(text), self._low), self._high) if text else None

    def set_value(self, value: int | None) -> None:
        self.edit.setText("" if value is None else str(value))

    def set_locked(self, locked: bool) -> None:
        self.lock.setChecked(locked)

    def roll(self) -> None:
        """Another seed by chance."""
        self.set_value(random.randint(self._low, self._high))

    def _dice(self) -> None:
        self.roll()
        self.changed.emit()

    def _typed(self) -> None:
        # who types a seed wants that one
        self.set_locked(bool(self.edit.text()))
        self.changed.emit()

    def _lock(self, locked: bool) -> None:
        self.locked = locked
        if locked and not self.edit.text():
            self.roll()
        self._draw_lock()
        self.changed.emit()

    def _draw_lock(self) -> None:
        tokens = self._theme.current
        self.lock.setIcon(icon("lock" if self.locked else "unlock", tokens.accent if self.locked else tokens.dim))
        words = self.tr("Keep this seed") if not self.locked else self.tr("Draw a new seed for every job")
        self.lock.setToolTip(words)
        self.lock.setAccessibleName(words)
