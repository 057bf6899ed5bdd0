"""The search and command field: typed words search the gallery; a command is run by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QCompleter, QHBoxLayout, QLabel, QLineEdit, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.widgets.icons import pixmap
from studio.ui.widgets.words import label


class Command(NamedTuple):
    """`words` are what is typed and shown ("Theme: dark"), `run` does it."""

    words: str
    run: Callable[[], object]


class CommandField(QLineEdit):
    """Enter runs the command that was chosen or typed in full, else `searched(text)`."""

    searched = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("commandField")
        self.setPlaceholderText(self.tr("Search or run a command"))
        self.setAccessibleName(self.tr("Search or run a command"))
        self.setAcceptDrops(False)
        self.setMinimumWidth(160)
        self.setMaximumWidth(420)
        self._theme = theme
        self._before: QWidget | None = None
        self._commands: dict[str, Command] = {}
        self._words = QStringListModel(self)
        completer = QCompleter(self._words, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(10)
        # queued: the line edit writes the words into itself at the same signal, and they are to be gone afterwards
        completer.activated.connect(self._chosen, Qt.ConnectionType.QueuedConnection)
        self.setCompleter(completer)
        popup = completer.popup()
        if popup is not None:
            popup.setObjectName("commandPopup")
        self._icon = QLabel()
        self._icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextMargins(22, 0, 60, 0)
        self._draw()
        theme.changed.connect(self._draw)
        hint = label(self.tr("Ctrl K"))
        hint.setObjectName("keyHint")
        hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(lambda text: hint.setVisible(not text))
        inside = QHBoxLayout(self)
        inside.setContentsMargins(10, 0, 8, 0)
        inside.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        inside.addStretch()
        inside.addWidget(hint, 0, Qt.AlignmentFlag.AlignVCenter)
        self.returnPressed.connect(self._entered)

    def enter(self) -> None:
        """Take the keyboard; Escape and a command that was run give it back to where it was."""
        before = QApplication.focusWidget()
        if before is not self:
            self._before = before
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _give_back(self) -> None:
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.clearFocus()

    def set_commands(self, commands: Sequence[Command]) -> None:
        self._commands = {command.words.lower(): command for command in commands}
        self._words.setStringList([command.words for command in commands])

    def run_command(self, words: str) -> bool:
        """Run a command by its words, also where the colon is left out ("theme dark"). False if there is none."""
        plain = words.strip().lower()
        command = self._commands.get(plain)
        if command is None:
            command = next((c for key, c in self._commands.items() if key.replace(":", "") == plain), None)
        if command is None:
            return False
        self.clear()
        self._give_back()
        command.run()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self._give_back()
            return
        super().keyPressEvent(event)

    def _chosen(self, words: str) -> None:
        self.run_command(words)

    def _entered(self) -> None:
        words = self.text().strip()
        popup = self.completer().popup()
        if popup is not None and popup.isVisible() and popup.currentIndex().isValid():
            return  # the completer's own `activated` follows
        if words and not self.run_command(words):
            self.searched.emit(words)

    def _draw(self) -> None:
        self._icon.setPixmap(pixmap("search", self._theme.current.dim, 16, self.devicePixelRatioF()))
