"""The panel at the right of the history: one job whole, with every step, its cost, its error and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.asset import Asset
from studio.domain.job import Job
from studio.domain.ledger import LedgerEntry
from studio.domain.state import JobState
from studio.ui.costs.words import ledger_words
from studio.ui.history.raw_view import RawView
from studio.ui.history.result_strip import ResultStrip
from studio.ui.history.steps import StepsView
from studio.ui.images.labels import AssetLabel
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.job_words import cost_of, cost_sentence, credit_words, number_words
from studio.ui.widgets.side_panel import panel_body, panel_head
from studio.ui.widgets.words import ElidedLabel, label, rule

WIDTH, WIDE = 360, 480
"""The panel is wider while something is read word for word in it."""


class JobDetails(QFrame):
    """The buttons' wishes go out as signals; the page carries them out. `rawWanted(job)` when its request and answers are
    to be seen word for word: `raw.show_exchange`."""

    runAgain = Signal(object)  # noqa: N815  # Qt's spelling
    changeRequested = Signal(object)  # noqa: N815
    rawWanted = Signal(object)  # noqa: N815
    retryRequested = Signal(object)  # noqa: N815
    galleryRequested = Signal(object)  # noqa: N815
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyDetails")
        self.setAccessibleName(self.tr("Job"))
        self.setProperty("surface", "panel")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._job: Job | None = None
        self._asset: Asset | None = None
        self._title = ElidedLabel("", "strong")
        self.picture = AssetLabel(theme)
        self.timeline = StepsView(theme)
        self.results = ResultStrip(theme)
        self.raw = RawView(theme)
        self.raw.hide()
        self._build()

    # -- assembly ----------------

    def _build(self) -> None:
        scroll, rows = panel_body(self._theme)
        self._scroll = scroll
        rows.addWidget(self.picture)
        rows.addWidget(self.results)
        self.results.pressed.connect(self.galleryRequested)
        rows.addLayout(self._buttons())
        rows.addWidget(self._error_box())
        self._prompt = label("", wrap=True)
        self._prompt.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        rows.addWidget(self._prompt)
        rows.addLayout(self._part(self.tr("Timeline"), self.timeline))
        self._cost = label("")
        self._cost.setObjectName("detailsCost")
        self._ledger = label("", "label", wrap=True)
        self._ledger.setObjectName("detailsLedger")
        self._ledger.hide()
        cost = self._part(self.tr("Cost"), self._cost)
        cost.addWidget(self._ledger)
        rows.addLayout(cost)
        rows.addWidget(self._remote_line())
        self.raw_button = push("", "showRaw")
        self.raw_button.setCheckable(True)
        self.raw_button.toggled.connect(self._show_raw)
        rows.addWidget(self.raw_button)
        rows.addWidget(self.raw)
        rows.addStretch(1)
        self._name_raw()
        head, close = panel_head(self._title, self.tr("Close"), "historyDetailsClose", self._theme)
        close.clicked.connect(self.closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(rule())
        column.addWidget(scroll, 1)

    def _buttons(self) -> QHBoxLayout:
        self._again = push(self.tr("Run again"), "runAgainButton", "primary")
        self._again.clicked.connect(lambda: self.runAgain.emit(self._job))
        self._again.setToolTip(self.tr("Send the same again, as it was, with its seed untouched"))
        self._change = push(self.tr("Change"), "changeButton")
        self._change.setToolTip(self.tr("Put it into the composer, to be changed and sent anew"))
        self._change.clicked.connect(lambda: self.changeRequested.emit(self._job))
        self._retry = push(self.tr("Retry"), "retryButton")
        self._retry.clicked.connect(lambda: self.retryRequested.emit(self._job))
        self._show = push(self.tr("Show in gallery"), "showInGalleryButton")
        self._show.clicked.connect(lambda: self.galleryRequested.emit(self._asset))
        row = QHBoxLayout()
        row.setSpacing(self._theme.current.sm)
        for button in (self._again, self._change, self._retry, self._show):
            row.addWidget(button, 1)
        return row

    def _error_box(self) -> QFrame:
        tokens = self._theme.current
        self._error = QFrame()
        self._error.setObjectName("historyError")
        self._error.setProperty("surface", "box")
        self._happened = label("", wrap=True)
        self._happened.setObjectName("errorHappened")
        self._charged = label("", "dim", wrap=True)
        self._advice = label("", "dim", wrap=True)
        copy = push(self.tr("Copy"), "copyErrorButton", "ghost")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.error_text()))
        column = QVBoxLayout(self._error)
        column.setContentsMargins(tokens.md, tokens.md, tokens.md, tokens.sm)
        column.setSpacing(tokens.xs)
        head = QHBoxLayout()
        head.addWidget(label(self.tr("What happened"), "error"), 1)
        head.addWidget(copy)
        column.addLayout(head)
        for words in (self._happened, self._charged, self._advice):
            column.addWidget(words)
        return self._error

    @staticmethod
    def _part(name: str, content: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(label(name, "label"))
        column.addWidget(content)
        return column

    def _remote_line(self) -> QWidget:
        self._remote_row = QWidget()
        self._remote = ElidedLabel("", "label", Qt.TextElideMode.ElideMiddle)
        self._remote.setObjectName("remoteId")
        copy = tool("copy", self.tr("Copy the service's id"), "copyRemoteButton", self._theme)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._job.remote_id or "" if self._job else ""))
        row = QHBoxLayout(self._remote_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._remote, 1)
        row.addWidget(copy)
        return self._remote_row

    # -- what is shown ----------------

    @property
    def job(self) -> Job | None:
        return self._job

    def show_job(self, job: Job, asset: Asset | None) -> None:
        """Fill the panel. The timeline comes by itself, with `timeline.show_entries`."""
        if self._job is None or self._job.id != job.id:
            self.timeline.show_entries(())
            self.show_ledger(())
            self.results.show_assets(())
            self.raw.clear()
            if self.raw_button.isChecked():
                self.rawWanted.emit(job)
        self._job, self._asset = job, asset
        self._title.setText(job.title)
        self._prompt.setText(job.prompt)
        self._prompt.setVisible((bool(job.prompt) and job.prompt != self._title.text()) or len(job.prompt) > 40)
        self.picture.setVisible(asset is not None)
        self.picture.show_asset(asset)
        self._show.setVisible(asset is not None)
        self._retry.setVisible(job.state in (JobState.FAILED, JobState.UNKNOWN))
        self._cost.setText(self._cost_words(job))
        self._remote_row.setVisible(job.remote_id is not None)
        self._remote.setText(self.tr("Id at the service: {0}").format(job.remote_id))
        self._show_error(job)

    def _show_raw(self, shown: bool) -> None:
        self.raw.setVisible(shown)
        self.setFixedWidth(WIDE if shown else WIDTH)
        self._name_raw()
        if shown and self._job is not None:
            self.rawWanted.emit(self._job)
            QTimer.singleShot(0, self._bring_raw_into_sight)

    def _bring_raw_into_sight(self) -> None:
        self._scroll.verticalScrollBar().setValue(self.raw_button.y() - self._theme.current.lg)

    def _name_raw(self) -> None:
        words = self.tr("Hide request and answers") if self.raw_button.isChecked() else self.tr("Request and answers")
        self.raw_button.setText(words)
        self.raw_button.setAccessibleName(words)

    def show_ledger(self, entries: Sequence[LedgerEntry]) -> None:
        """The job's lines of the ledger; nothing where there are none, or where all was free."""
        paid = any(entry.amount != 0 for entry in entries)
        self._ledger.setText(ledger_words(entries) if paid else "")
        self._ledger.setVisible(paid)

    def _cost_words(self, job: Job) -> str:
        estimated, charged = job.credits.estimated, job.credits.charged
        if job.request.account == LOCAL_ACCOUNT:
            return self.tr("Free, on this computer")
        if estimated is not None and charged is not None:
            return self.tr("Estimated {0} · charged {1}").format(number_words(estimated), number_words(charged))
        if job.error is not None and job.state is JobState.FAILED:
            return cost_sentence(cost_of(job))
        words = credit_words(job)
        return self.tr("Not known yet") if words == "–" else words

    def _show_error(self, job: Job) -> None:
        error = job.error
        self._error.setVisible(error is not None)
        if error is not None:
            self._happened.setText(error.message)
            self._charged.setText(cost_sentence(cost_of(job)))
            self._advice.setText(error.advice)
            self._advice.setVisible(bool(error.advice))

    def error_text(self) -> str:
        """The whole error as text, with its code and ids, to send to somebody."""
        job = self._job
        if job is None or job.error is None:
            return ""
        error = job.error
        lines = [error.message, cost_sentence(cost_of(job)), error.advice, f"{error.kind}/{error.code}", f"job {job.id}"]
        if job.remote_id:
            lines.append(f"id at the service {job.remote_id}")
        return "\n".join(line for line in lines if line)
