"""What was sent to a service and what it answered, word for word but for secrets: to be read and copied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from studio.ui.images.captions import short_day_words, size_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label

if TYPE_CHECKING:
    from studio.domain.history import RawExchange

MOST_LETTERS = 60_000
"""So much of an answer is laid out; Copy takes all of it."""
REQUEST, ANSWERS = "request", "answers"


class RawView(QWidget):
    """Request or answers, one at a time. Of several answers one is chosen, the last one first."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyRaw")
        self._theme = theme
        self._exchange: RawExchange | None = None
        self._text = ""
        self.parts = Segments(((REQUEST, self.tr("Request")), (ANSWERS, self.tr("Answers"))), name=self.tr("Word for word"))
        self.parts.setObjectName("historyRawParts")
        self.parts.chosen.connect(lambda _: self._show())
        self.answers = QComboBox()
        self.answers.setObjectName("historyAnswer")
        self.answers.setAccessibleName(self.tr("Answer"))
        self.answers.activated.connect(lambda _: self._show())
        self.copy_button = push(self.tr("Copy"), "copyRaw")
        self.copy_button.clicked.connect(self.copy)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setObjectName("historyRawText")
        self.text.setAccessibleName(self.tr("Word for word"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setMinimumHeight(320)
        self.text.setUndoRedoEnabled(False)
        self._note = label(self.tr("Keys, tokens and what stands behind the ? of addresses are hidden."), "label", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(theme.current.sm)
        row.addWidget(self.answers, 1)
        row.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current.sm)
        column.addWidget(self.parts)
        column.addLayout(row)
        column.addWidget(self.text, 1)
        column.addWidget(self._note)
        self._show()

    def clear(self) -> None:
        """Nothing is known yet."""
        self._exchange = None
        self.answers.clear()
        self._show()

    def show_exchange(self, exchange: RawExchange) -> None:
        """Of the job that is shown."""
        self._exchange = exchange
        self.answers.clear()
        for number in range(len(exchange.answers), 0, -1):
            at = exchange.answers[number - 1].at.astimezone()
            moment = f"{short_day_words(at.date())}, {at:%H:%M:%S}"
            self.answers.addItem(self.tr("Answer {n} · {at}").format(n=number, at=moment), number - 1)
        self._show()

    def copy(self) -> None:
        """All that is shown, and what was too long to be."""
        QGuiApplication.clipboard().setText(self._text)

    def _show(self) -> None:
        wanted = self.parts.value()
        exchange = self._exchange
        self._text = ""
        if exchange is not None and wanted == REQUEST:
            self._text = pretty(exchange.request)
        elif exchange is not None and exchange.answers:
            self._text = pretty(exchange.answers[int(self.answers.currentData() or 0)].body)
        self.answers.setVisible(wanted == ANSWERS and exchange is not None and bool(exchange.answers))
        self.copy_button.setEnabled(bool(self._text))
        shown = self._text[:MOST_LETTERS]
        if len(shown) < len(self._text):
            shown += "\n" + self.tr("… {size} in all; Copy takes all of it.").format(size=size_words(len(self._text)))
        if not shown and exchange is not None:
            shown = self.tr("The service has not answered yet.")
        self.text.setPlainText(shown)


def pretty(value: Mapping[str, object]) -> str:
    """JSON for people: indented, letters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
