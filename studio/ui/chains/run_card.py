"""One run of a chain as one item of the queue: its title, a mark a step, where it stands, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from studio.domain.chain_run import ChainRun, RunState
from studio.ui.chains.words import glyph_of, run_words, step_state, step_title, stopped_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets import icons
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.job_words import state_name
from studio.ui.widgets.words import ElidedLabel, label

_ICON, _HEIGHT = 16, 32


class StepMark(QAbstractButton):
    """The icon of a step over a line in the colour of its state; a press shows its job."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self.setObjectName(f"runStep_{number + 1}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._glyph = "spark"
        self._token = ""
        self._share = 0.0
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(40, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(10, _HEIGHT)

    def show_step(self, run: ChainRun, step: int) -> None:
        """As the run says of this step now."""
        job = run.job_of(step)
        self._glyph = glyph_of(run.chain.steps[step].operation)
        self._token = step_state(run, step)
        self._share = (job.progress or 0.0) if job is not None and self._token == "run" else 1.0  # noqa: S105  # a colour
        state = self.tr("waiting") if job is None else state_name(job.state)
        words = f"{step + 1}. {step_title(run.chain.steps[step])}: {state}"
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setEnabled(job is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or (self.underMouse() and self.isEnabled()):
            painter.setPen(QPen(QColor(tokens.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.surface3))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), tokens.radius_small, tokens.radius_small)
        colour = getattr(tokens, self._token) if self._token else tokens.faint
        icon = icons.pixmap(self._glyph, colour if self._token in ("bad", "warn") else tokens.text if self._token
                            else tokens.faint, _ICON, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - _ICON) // 2, 4, icon)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(4, self.height() - 8, self.width() - 8, 3)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        if self._token:
            bar.setWidth(max(4.0, bar.width() * self._share))
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(bar, 1.5, 1.5)


class RunCard(QFrame):
    """`wanted(name)` for pause, resume, retry and cancel; `job_wanted(id)` for the job of a step."""

    wanted = Signal(str)
    job_wanted = Signal(str)

    def __init__(self, theme: Theme, run: ChainRun) -> None:
        super().__init__()
        self.setObjectName("runCard")
        self.setProperty("surface", "box")
        self._theme = theme
        self.run = run
        self._title = ElidedLabel(run.chain.title, "strong")
        self._words = ElidedLabel("", "label")
        self._words.setObjectName("runWords")
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("runError")
        self.pause_button = tool("pause", self.tr("Hold: no further step is begun"), "runPause", theme)
        self.resume_button = tool("play", self.tr("Go on"), "runResume", theme)
        self.retry_button = tool("retry", self.tr("Retry at this step; what is done stays"), "runRetry", theme)
        self.cancel_button = tool("close", self.tr("Cancel the run; what is done stays"), "runCancel", theme)
        for button, name in ((self.pause_button, "pause"), (self.resume_button, "resume"), (self.retry_button, "retry"),
                             (self.cancel_button, "cancel")):
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
        self.marks = [StepMark(theme, number) for number in range(len(run.chain.steps))]
        for number, mark in enumerate(self.marks):
            mark.clicked.connect(lambda _=False, number=number: self._show_job(number))
        self._lay_out()
        self.show_run(run)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._title, 1)
        for button in (self.retry_button, self.pause_button, self.resume_button, self.cancel_button):
            head.addWidget(button)
        marks = QHBoxLayout()
        marks.setSpacing(2)
        for mark in self.marks:
            marks.addWidget(mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 6, 8)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._words)
        column.addLayout(marks)
        column.addWidget(self._error)

    def show_run(self, run: ChainRun) -> None:
        """As it stands now."""
        self.run = run
        going = run.state is RunState.RUNNING
        words = run_words(run)
        self._words.setText(words)
        self.setAccessibleName(f"{run.chain.title}: {words}")
        self.retry_button.setVisible(run.needs_person)
        self.pause_button.setVisible(going and not run.paused)
        self.resume_button.setVisible(going and run.paused)
        error = stopped_words(run)
        self._error.setText(error)
        self._error.setVisible(bool(error))
        for number, mark in enumerate(self.marks):
            mark.show_step(run, number)

    def _show_job(self, step: int) -> None:
        job = self.run.job_of(step)
        if job is not None:
            self.job_wanted.emit(job.id)
