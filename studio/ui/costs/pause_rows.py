"""Which accounts and single jobs the person holds back, each with the button that lets them go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.domain.pause import Pause
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel, counted

MOST = 3
"""So many accounts have a line of their own; more share one."""


class PauseRows(QWidget):
    """`resumed(pauses)`: these shall be taken back. Hidden while there is nothing to say; a pause of all is said elsewhere.
    """

    resumed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pauseRows")
        self._lines = [_Line(number) for number in range(MOST + 1)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for line in self._lines:
            column.addWidget(line)
            line.button.clicked.connect(partial(self._resume, line))
        self.hide()

    def show_pauses(self, pauses: Collection[Pause], titles: Mapping[str, str], *, waiting: Collection[str]) -> None:
        """`titles`: of accounts by name. `waiting`: ids of jobs that are in the queue: a pause of others says nothing."""
        accounts = sorted((pause for pause in pauses if pause.scope == "account"), key=lambda pause: pause.name)
        jobs = [pause for pause in pauses if pause.scope == "job" and pause.name in waiting]
        said: list[tuple[str, str, list[Pause]]] = []
        if len(accounts) <= MOST:
            said = [(self.tr("{account} is held: nothing of this account is sent.").format(
                account=titles.get(one.name, one.name)), self.tr("Resume"), [one]) for one in accounts]
        else:
            names = ", ".join(titles.get(one.name, one.name) for one in accounts)
            words = self.tr("{n} accounts are held: {names}.").format(n=len(accounts), names=names)
            said = [(words, self.tr("Resume all of them"), accounts)]
        if jobs:
            words = counted(len(jobs), self.tr("1 job is held by itself."), self.tr("{n} jobs are held, each by itself."))
            said.append((words, self.tr("Resume"), jobs))
        for number, line in enumerate(self._lines):
            if number < len(said):
                line.say(*said[number])
            line.setVisible(number < len(said))
        self.setVisible(bool(said))

    def _resume(self, line: _Line, _: bool = False) -> None:
        line.button.setEnabled(False)
        self.resumed.emit(line.pauses)

    def words(self) -> list[str]:
        """What stands there."""
        return [line.words.text() for line in self._lines if not line.isHidden()]

    def buttons(self) -> list[QPushButton]:
        """Those of the lines that are shown."""
        return [line.button for line in self._lines if not line.isHidden()]


class _Line(QWidget):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.pauses: list[Pause] = []
        self.words = ElidedLabel("")
        self.words.setObjectName(f"heldAccountWords{number}")
        self.button = push("", f"resumeHeld{number}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)

    def say(self, words: str, verb: str, pauses: list[Pause]) -> None:
        self.pauses = pauses
        self.words.setText(words)
        self.button.setText(verb)
        self.button.setAccessibleName(f"{verb}: {words}")
        self.button.setEnabled(True)
