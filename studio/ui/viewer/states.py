"""What stands in the viewer where there is nothing to see: a job's state, why a file cannot be shown or played, and the
buttons that help."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.gallery.actions import open_outside
from studio.ui.images.reading import ReadProblem
from studio.ui.viewer.messages import Message, empty_message, job_message, problem_words
from studio.ui.viewer.stage import Stage
from studio.ui.widgets.buttons import push


class States(QObject):
    """`retryPressed` under a failed job. `failure`: why the asset could not be shown; empty if it could."""

    retryPressed = Signal()  # noqa: N815  # Qt's spelling

    def __init__(self, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._path: Path | None = None
        self.failure = ""
        self._outside = push(self.tr("Open outside"), "openOutsideButton")
        self._retry = push(self.tr("Retry"), "viewerRetryButton", "primary")
        self._copy_error = push(self.tr("Copy the error"), "viewerCopyError")
        self._outside.clicked.connect(self._open_outside)
        stage.outsidePressed.connect(self._open_outside)
        self._retry.clicked.connect(self.retryPressed)
        self._copy_error.clicked.connect(lambda: copy_text(stage.message.view.words))

    def follow(self, path: Path | None) -> None:
        """The file that is shown from now on; nothing is wrong with it so far."""
        self._path = path
        self.failure = ""

    def say_empty(self) -> None:
        self._say(empty_message())

    def say_job(self, job: Job) -> None:
        self._say(job_message(job), (self._retry, self._copy_error) if job.state is JobState.FAILED else ())

    def cannot_show(self, problem: ReadProblem | str) -> None:
        """A picture that cannot be read: its thumbnail stays in sight where there is one."""
        self.failure = problem_words(problem) if isinstance(problem, ReadProblem) else problem
        if self._stage.picture.has_picture:
            self._stage.picture_bar.say(self.failure)
            return
        buttons = () if problem is ReadProblem.MISSING else (self._outside,)
        self._say(Message("alert", self.tr("This picture cannot be shown"), self.failure), buttons)

    def cannot_play(self, reason: str) -> None:
        """The poster stays; in the transport's place stands why nothing plays, and a way out."""
        self.failure = reason
        advice = self.tr("Another program may play it.")
        words = self.tr("This cannot be played here. {0}").format(_sentence(reason))
        self._stage.failure_bar.say(words if advice in words else f"{words} {advice}")
        self._stage.bars.setCurrentWidget(self._stage.failure_bar)

    def _say(self, message: Message, buttons: tuple[QPushButton, ...] = ()) -> None:
        self._stage.message.view.say(
            message.icon, message.heading, message.words, buttons, progress=message.progress, busy=message.busy
        )
        self._stage.show_view(self._stage.message, self._stage.no_bar)

    def _open_outside(self) -> None:
        if self._path is not None:
            open_outside(self._path)


def copy_text(text: str) -> None:
    """To the clipboard."""
    QGuiApplication.clipboard().setText(text)


def _sentence(words: str) -> str:
    words = words.strip()
    return words if not words or words[-1] in ".!?" else f"{words}."
