"""The times that costs are shown for: since when, which days and months there are, and how they are called."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication

from studio.domain.ledger import Grouping
from studio.ui.images.captions import short_day_words

DAYS_30, DAYS_90, MONTHS_12, ALL = "30 days", "90 days", "12 months", "all"


def _midnight() -> datetime:
    return datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)


def since_of(period: object) -> datetime | None:
    today = _midnight()
    if period == MONTHS_12:
        return today.replace(year=today.year - 1, month=today.month, day=1)
    return today - timedelta(days=29 if period == DAYS_30 else 89) if period in (DAYS_30, DAYS_90) else None


def day_keys(count: int) -> list[str]:
    today = _midnight().date()
    return [(today - timedelta(days=back)).isoformat() for back in range(count - 1, -1, -1)]


def month_keys(first: str | None, period: object) -> list[str]:
    """From the first month with an entry, or from twelve months ago, up to this one."""
    today = _midnight().date()
    now = today.year * 12 + today.month - 1
    begin = now - 11
    if period == ALL and first is not None:
        begin = min(begin, int(first[:4]) * 12 + int(first[5:7]) - 1)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(begin, now + 1)]


def day_title(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def month_title(key: str) -> str:
    return f"{date(int(key[:4]), int(key[5:7]), 1):%B %Y}"


def week_title(key: str) -> str:
    """A week by its Monday."""
    return QCoreApplication.translate("Costs", "Week of {day}").format(day=day_title(date.fromisoformat(key)))


def title_of(key: str, by: Grouping) -> str:
    """A day, week or month as people read it."""
    if by is Grouping.MONTH:
        return month_title(key)
    return week_title(key) if by is Grouping.WEEK else day_title(date.fromisoformat(key))


def short_title(key: str, by: Grouping) -> str:
    """The same under a bar: 21 Nov, or Nov 2026."""
    if by is Grouping.MONTH:
        return f"{date(int(key[:4]), int(key[5:7]), 1):%b %Y}"
    return short_day_words(date.fromisoformat(key))
