"""Makes the prompt better in its place: by a job like any other, with the difference shown and one step of undo."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from studio.domain.asset import Asset
from studio.domain.event import JobChanged
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.domain.word_changes import Change, word_changes
from studio.ui.bridge import Bridge, in_words
from studio.ui.composer.prompt_box import PromptBox
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.job_words import error_words
from studio.ui.widgets.words import label, restyle


class Enhancer(QFrame):
    """Below the prompt while it works, and afterwards with what changed. Hidden otherwise.

    The words come in as one step of undo; what was typed meanwhile is never overwritten: then they wait for a press.
    """

    sent = Signal(object)  # the job

    def __init__(self, bridge: Bridge, theme: Theme, box: PromptBox) -> None:
        super().__init__()
        self.setObjectName("enhancer")
        self.setProperty("surface", "box")
        self._bridge = bridge
        self._theme = theme
        self._box = box
        self._job: str | None = None
        self._before = ""
        self._after = ""
        self._says = label("", "label", wrap=True)
        self._says.setObjectName("enhancerSays")
        self._diff = QLabel()
        self._diff.setObjectName("enhancerDiff")
        self._diff.setTextFormat(Qt.TextFormat.RichText)
        self._diff.setWordWrap(True)
        self._use = push(self.tr("Use it"), "enhancerUse")
        self._back = push(self.tr("Undo"), "enhancerUndo")
        self._done = push(self.tr("Done"), "enhancerDone", "ghost")
        self._use.clicked.connect(self._put)
        self._back.clicked.connect(self._take_back)
        self._done.clicked.connect(self.dismiss)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._use, self._back, self._done):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self._says)
        column.addWidget(self._diff)
        column.addLayout(buttons)
        self.hide()
        bridge.jobsChanged.connect(self._jobs_changed)
        box.changed.connect(self._words_changed)
        theme.changed.connect(self._show_diff)

    @property
    def working(self) -> bool:
        return self._job is not None

    def start(self, operation: str, account: str, words: str) -> None:
        """Send the job that makes `words` better."""
        if self.working:
            return
        self._before, self._after = words, ""
        self._job = ""
        self._tell(self.tr("Enhancing your prompt…"))
        request = JobRequest(operation, account, {"prompt": words.strip()})
        self._bridge.run(lambda core: core.submit(request), self._submitted, self._failed)

    def dismiss(self) -> None:
        """Away with it; a job that is under way goes on, and its prompt lies in the gallery."""
        self._job = None
        self.hide()

    def _submitted(self, job: Job) -> None:
        if self._job == "":
            self._job = job.id
        self.sent.emit(job)

    def _failed(self, error: BaseException) -> None:
        self._job = None
        self._tell(in_words(error), wrong=True)

    def _jobs_changed(self, changes: Sequence[JobChanged]) -> None:
        job = next((change.job for change in reversed(changes) if change.job.id == self._job), None)
        if job is None:
            return
        if job.state is JobState.DONE and job.asset_ids:
            self._bridge.run(lambda core: core.asset(job.asset_ids[0]), self._arrived, self._failed)
            self._job = None
        elif job.is_terminal or job.state is JobState.UNKNOWN:
            self._job = None
            self._tell(error_words(job) or self.tr("The prompt was not enhanced."), wrong=True)

    def _arrived(self, asset: Asset) -> None:
        self._after = asset.prompt
        if self._box.text() == self._before:
            self._put()
        else:
            self._tell(self.tr("The enhanced prompt is here. You have typed meanwhile, so yours was left alone."))

    def _put(self) -> None:
        self._box.replace_text(self._after)
        same = self._after.strip() == self._before.strip()
        self._tell(self.tr("There was nothing to add.") if same else self._enhanced())

    def _enhanced(self) -> str:
        return self.tr("Enhanced. Ctrl+Z brings your words back.")

    def _words_changed(self) -> None:
        """Undone and redone by keys it says the same as by its buttons."""
        if self.isHidden() or self.working or not self._after or self._after.strip() == self._before.strip():
            return
        if self._box.text() == self._after:
            self._tell(self._enhanced())
        elif self._box.text() == self._before:
            self._tell(self.tr("Your words are back."))

    def _take_back(self) -> None:
        self._box.replace_text(self._before)
        self.dismiss()

    def _tell(self, words: str, *, wrong: bool = False) -> None:
        self._says.setText(words)
        restyle(self._says, "role", "error" if wrong else "label")
        put = bool(self._after) and self._box.text() == self._after
        self._use.setVisible(bool(self._after) and not put)
        self._back.setVisible(put and self._after != self._before)
        self._done.setText(self.tr("Leave it") if self._job is not None else self.tr("Done"))
        self._show_diff()
        self.show()

    def _show_diff(self) -> None:
        """What was added in the accent colour, what went struck through. Colour is not all that tells: one is underlined."""
        tokens = self._theme.current
        looks = {
            Change.SAME: f"color:{tokens.dim}",
            Change.ADDED: f"color:{tokens.text}; text-decoration:underline",
            Change.REMOVED: f"color:{tokens.dim}; text-decoration:line-through",
        }
        runs = word_changes(self._before, self._after) if self._after else []
        html = "".join(f'<span style="{looks[change]}">{escape(text)}</span>' for change, text in runs)
        self._diff.setText(html.replace("\n", "<br>"))
        self._diff.setVisible(bool(runs))
