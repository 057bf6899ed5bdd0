"""What the history says where there are no rows, and how many there are."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton

from studio.domain.history import HistoryQuery
from studio.ui.images.message import MessageView
from studio.ui.widgets.words import counted


def _tr(text: str) -> str:
    return QCoreApplication.translate("HistoryPage", text)


def say_why_empty(
    message: MessageView, query: HistoryQuery, failure: str, make: QPushButton, clear: QPushButton, again: QPushButton
) -> None:
    """It could not be read, nothing matches, or nothing was sent yet; with the button that helps."""
    if failure:
        message.say("alert", _tr("The history could not be read"), failure, (again,))
    elif not query.is_open:
        words = _tr("No job is like that. Try fewer or shorter words, or let more pass.")
        message.say("search", _tr("No job matches"), words, (clear,))
    else:
        words = _tr("Every job you send is kept here for good: what was asked, what it cost and what came out.")
        message.say("clock", _tr("Nothing was sent yet"), words, (make,))


def count_words(count: int, *, is_all: bool) -> str:
    """246 jobs; 100+ jobs while they are being counted."""
    if not count:
        return ""
    return counted(count, _tr("{n} job"), _tr("{n} jobs")) if is_all else _tr("{n}+ jobs").format(n=f"{count:,}")
