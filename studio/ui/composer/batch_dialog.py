"""Many jobs at once: a matrix over two parameters, a folder of files, one prompt a line. What will be made, and what it is
thought to cost, is seen before anything is sent."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListView,
    QPlainTextEdit,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.batch import MOST_JOBS, Batch
from studio.domain.errors import InputError
from studio.domain.job import Job, JobRequest
from studio.domain.ledger import Estimate
from studio.domain.operation import Operation
from studio.ui.bridge import Bridge, in_words
from studio.ui.composer.batch_axis import AxisEditor
from studio.ui.composer.batch_folder import FolderSource
from studio.ui.composer.batch_values import can_vary, lines_of, prompts_of
from studio.ui.costs.words import estimate_short, estimate_tip
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.viewport import own_viewport
from studio.ui.widgets.words import ElidedLabel, counted, label

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.prompt_book import PromptBook

MATRIX, FOLDER, PROMPTS = "matrix", "folder", "prompts"
_SOON_MS = 200


@dataclass(frozen=True, slots=True)
class _Outlook:
    lines: list[str]
    estimate: Estimate


_NOTHING = _Outlook([], Estimate())


class BatchDialog(QDialog):
    """`submitted(first job)` once all of them stand in the queue. Shown with `open()`."""

    submitted = Signal(object)

    def __init__(
        self, bridge: Bridge, theme: Theme, operation: Operation, request: JobRequest, parent: QWidget, *,
        lists: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._lists, self._drawing = lists, random.SystemRandom().getrandbits(31)  # sent as it is seen
        self.setObjectName("batchDialog")
        self.setWindowTitle(self.tr("More at once"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 640)
        self._bridge, self._theme = bridge, theme
        self._operation, self._request = operation, request
        self._asked: Batch | None = None
        self._ready: Batch | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._look)
        self._make_sources()
        self._make_outlook()
        self._lay_out()
        self._changed()

    def _make_sources(self) -> None:
        counting = self._operation.narrowed(self._request.input)
        varied = [parameter for parameter in counting if can_vary(parameter)]
        self.axes = (AxisEditor(varied, self.tr("Vary"), "firstAxis"), AxisEditor(varied, self.tr("and"), "secondAxis"))
        slots = [parameter for parameter in counting if parameter.is_media]
        self.folder = FolderSource(self._bridge, slots) if slots else None
        self.prompts = QPlainTextEdit()
        self.prompts.setObjectName("batchPrompts")
        self.prompts.setAccessibleName(self.tr("Prompts, one a line"))
        self.prompts.setPlaceholderText(self.tr("One prompt a line"))
        self.prompts.setTabChangesFocus(True)
        words = self._request.input.get("prompt", self._request.input.get("text"))
        self._has_prompt = any(self._operation.parameter(name) is not None for name in ("prompt", "text"))
        self.prompts.setPlainText(words if isinstance(words, str) else "")
        choices: list[tuple[object, str]] = [(MATRIX, self.tr("Matrix"))]
        choices += [(FOLDER, self.tr("Folder"))] if self.folder is not None else []
        choices += [(PROMPTS, self.tr("Prompts"))] if self._has_prompt else []
        self.ways = Segments(choices, name=self.tr("What is varied"))
        self.ways.setObjectName("batchWays")
        self.ways.chosen.connect(self.show_way)
        self.count = QSpinBox()
        self.count.setObjectName("batchCount")
        self.count.setAccessibleName(self.tr("Results of each"))
        self.count.setRange(1, MOST_JOBS)
        self.count.setPrefix("× ")
        self.count.setFixedWidth(96)
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for axis in self.axes:
            axis.changed.connect(self._changed)
        if self.folder is not None:
            self.folder.changed.connect(self._changed)
        self.prompts.textChanged.connect(self._changed)
        self.count.valueChanged.connect(self._changed)

    def _make_outlook(self) -> None:
        self._total = label("", "strong")
        self._total.setObjectName("batchTotal")
        self._price = label("", "label")
        self._price.setObjectName("batchPrice")
        self._lines = QStringListModel(self)
        self.list = QListView()
        own_viewport(self.list)
        self.list.setObjectName("batchList")
        self.list.setAccessibleName(self.tr("The jobs that will be made"))
        self.list.setModel(self._lines)
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(2)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("batchError")
        self._error.hide()
        self.send = push(self.tr("Generate"), "batchSend", "primary")
        self.send.clicked.connect(self.submit)

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        matrix = QWidget()
        inside = QVBoxLayout(matrix)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        for axis in self.axes:
            inside.addWidget(axis)
        inside.addStretch(1)
        for page in (matrix, self.folder or QWidget(), self.prompts):
            self._pages.addWidget(page)
        title = ElidedLabel(self._about(), "dim")
        each = QHBoxLayout()
        each.setSpacing(12)
        each.addWidget(label(self.tr("Results of each, with different seeds"), "label", buddy=self.count))
        each.addWidget(self.count)
        each.addStretch(1)
        sums = QHBoxLayout()
        sums.addWidget(self._total, 1)
        sums.addWidget(self._price)
        cancel = push(self.tr("Cancel"), "batchCancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(label(self.tr("More at once"), "heading"))
        column.addWidget(title)
        column.addWidget(self.ways)
        column.addWidget(self._pages, 2)
        column.addLayout(each)
        column.addLayout(sums)
        column.addWidget(self.list, 3)
        column.addWidget(self._error)
        column.addLayout(buttons)

    def _about(self) -> str:
        words = self._request.input.get("prompt", self._request.input.get("text"))
        about = " ".join(words.split()) if isinstance(words, str) else ""
        return " · ".join(part for part in (self._operation.title, about) if part)

    # what is wanted

    def show_way(self, way: object) -> None:
        """Show one of the three ways: "matrix", "folder" or "prompts"."""
        self.ways.set_value(way)
        self._pages.setCurrentIndex({MATRIX: 0, FOLDER: 1, PROMPTS: 2}[str(way)])
        self._changed()

    def take_book(self, book: PromptBook) -> None:
        """The book whose lists wildcards in the words are drawn from, where it was not known when this was made."""
        self._lists = book.lists
        self._changed()

    def batch(self) -> Batch | None:
        """What is chosen now, None where nothing is yet. Raises InputError for what cannot be read."""
        way = self.ways.value()
        each = Batch(self._request, self.count.value(), lists=self._lists, drawing=self._drawing)
        if way == FOLDER and self.folder is not None:
            if not self.folder.files:
                return None
            files = tuple(address for address, _ in self.folder.files)
            return replace(each, files=files, slot=self.folder.slot.name)
        if way == PROMPTS:
            prompts = prompts_of(self.prompts.toPlainText())
            return replace(each, prompts=prompts) if prompts else None
        axes = tuple(axis for editor in self.axes if (axis := editor.axis()) is not None)
        return replace(each, axes=axes)

    def _changed(self) -> None:
        self._ready = None
        self.send.setEnabled(False)
        self._soon.start()

    def _look(self) -> None:
        try:
            batch = self._asked = self.batch()
        except InputError as error:
            self._asked = None
            self._show(_NOTHING, error.message)
            return
        if batch is None:
            self._show(_NOTHING, "")
            return
        if batch.size > MOST_JOBS:
            words = self.tr("That would be {n} jobs; at most {most} go at once.")
            self._show(_NOTHING, words.format(n=f"{batch.size:,}", most=MOST_JOBS))
            return
        operation = self._operation
        names = dict(self.folder.files) if self.folder is not None else {}

        async def look(core: Core) -> _Outlook:
            requests = await core.queue.expand(batch)
            return _Outlook(lines_of(batch, requests, operation, names), await core.queue.batch_estimate(batch))

        self._bridge.run(look, partial(self._seen, batch), partial(self._refused, batch))

    def _seen(self, batch: Batch, outlook: _Outlook) -> None:
        if batch is self._asked:
            self._ready = batch
            self._show(outlook, "")

    def _refused(self, batch: Batch, error: BaseException) -> None:
        if batch is self._asked:
            self._show(_NOTHING, in_words(error))

    def _show(self, outlook: _Outlook, error: str) -> None:
        many = len(outlook.lines)
        self._lines.setStringList(outlook.lines)
        self._total.setText(counted(many, self.tr("1 job"), self.tr("{n} jobs")) if many else "")
        self._price.setText(self._price_words(outlook.estimate) if many else "")
        self._price.setToolTip(estimate_tip(outlook.estimate))
        self._error.setText(error)
        self._error.setVisible(bool(error))
        self.send.setText(self.tr("Generate {n}").format(n=f"{many:,}") if many > 1 else self.tr("Generate"))
        self.send.setAccessibleName(self.send.text())
        self.send.setEnabled(self._ready is not None)

    def _price_words(self, estimate: Estimate) -> str:
        if estimate.amount is None:
            return self.tr("Price not known before it is sent")
        return estimate_short(estimate) or self.tr("Free")

    # sending

    def submit(self) -> None:
        """Put all of it into the queue, or nothing."""
        batch = self._ready
        if batch is None:
            return
        self._ready = None
        self.send.setEnabled(False)
        self._bridge.run(lambda core: core.queue.submit_batch(batch), self._sent, self._not_sent)

    def _sent(self, jobs: list[Job]) -> None:
        if jobs:
            self.submitted.emit(jobs[0])
        self.accept()

    def _not_sent(self, error: BaseException) -> None:
        self._error.setText(in_words(error))
        self._error.show()
        self._changed()
