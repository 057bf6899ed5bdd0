"""The columns of the history's table, and what stands in them."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QCoreApplication

from studio.domain.job import Job
from studio.ui.history.words import time_words
from studio.ui.images.captions import full_moment_words, moment_words
from studio.ui.widgets.job_words import credit_words, state_words
from studio.ui.widgets.words import tip


class Column(IntEnum):
    SENT = 0
    PICTURE = 1
    TITLE = 2
    OPERATION = 3
    ACCOUNT = 4
    STATE = 5
    CREDITS = 6
    TIME = 7


def _tr(text: str) -> str:
    return QCoreApplication.translate("HistoryColumns", text)


def headings() -> tuple[str, ...]:
    """The names of the columns."""
    return (_tr("Sent"), "", _tr("Prompt or label"), _tr("Operation"), _tr("Account"), _tr("State"), _tr("Credits"),
            _tr("Time"))


def cell_words(job: Job, column: Column, operation: str, account: str) -> str:
    """`operation` and `account` are the job's own, by their titles."""
    match column:
        case Column.SENT:
            return moment_words(job.created_at)
        case Column.TITLE:
            return job.title
        case Column.OPERATION:
            return operation
        case Column.ACCOUNT:
            return account
        case Column.STATE:
            return state_words(job)
        case Column.CREDITS:
            return credit_words(job)
        case Column.TIME:
            return time_words(job)
        case Column.PICTURE:
            return ""


def cell_tip(job: Job, column: Column, operation: str, account: str) -> str | None:
    """What a cell says when the mouse rests on it: all of what may be cut, and more."""
    if column in (Column.OPERATION, Column.ACCOUNT):
        return operation if column is Column.OPERATION else account
    if column is Column.SENT:
        return full_moment_words(job.created_at)
    if column is Column.TITLE:
        return tip(job.what)
    if column is Column.STATE and job.error is not None:
        return tip(job.error.message)
    return None
