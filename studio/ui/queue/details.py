"""What the selected job says in full, and its buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.queue.actions import actions_for
from studio.ui.queue.words import cost_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.job_words import error_words, state_words, wait_sentence
from studio.ui.widgets.words import ElidedLabel, label, restyle, rule


class JobDetails(QFrame):
    """`wanted(name)` when a button is pressed. The message of an error stands here whole and can be selected."""

    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("queueDetails")
        self._shown: list[str] = []
        self._title = ElidedLabel("", "strong")
        self._line = ElidedLabel("", "label")
        self._message = label("", "error", wrap=True)
        self._message.setObjectName("queueMessage")
        self._message.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 12, 16, 16)
        inside.setSpacing(6)
        for widget in (self._title, self._line, self._message):
            inside.addWidget(widget)
        inside.addSpacing(4)
        inside.addLayout(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(rule())
        column.addLayout(inside)

    def show_job(self, job: Job, operation: str) -> None:
        """Everything about `job`, with its operation's title; the buttons are made anew only when other ones are wanted."""
        self._title.setText(job.title.replace("\n", " "))
        # a failed job's state says already whether it cost anything
        parts = [operation, state_words(job), "" if job.state is JobState.FAILED else cost_words(job)]
        self._line.setText(" · ".join(part for part in parts if part))
        words = error_words(job) if job.state in (JobState.FAILED, JobState.UNKNOWN) or not job.is_terminal else ""
        role = "error" if job.state is JobState.FAILED else "warn"
        if not words:
            words, role = wait_sentence(job), "label"
        self._message.setText(words)
        self._message.setVisible(bool(words))
        restyle(self._message, "role", role)
        actions = [action for action in actions_for(job) if action.is_main]
        if [action.name + action.words for action in actions] != self._shown:
            self._shown = [action.name + action.words for action in actions]
            self._clear()
            for action in actions:
                self._buttons.addWidget(self._button(action.words, action.name))
            self._buttons.addStretch()

    def _button(self, words: str, name: str) -> QPushButton:
        button = push(words, f"queueAction_{name}")
        button.clicked.connect(lambda: self.wanted.emit(name))
        return button

    def _clear(self) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
