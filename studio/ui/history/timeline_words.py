"""What a bar of the timeline says of its job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale

from studio.domain.history import JobBar
from studio.ui.images.captions import day_words, duration_words, today
from studio.ui.widgets.job_words import operation_words, state_name


def bar_words(bar: JobBar, titles: Mapping[str, str]) -> str:
    """Generate Video · Spring campaign · Done · 14:02:11 – 14:02:53 (0:42)."""
    start = (bar.sent or bar.created).astimezone()
    times = f"{start:%H:%M:%S}"
    if bar.ended is not None:
        times += f" – {bar.ended.astimezone():%H:%M:%S} ({duration_words((bar.ended - start).total_seconds())})"
    parts = (operation_words(bar.operation, titles), bar.label or "", state_name(bar.state), times)
    return " · ".join(part for part in parts if part)


def short_day_words(day: date) -> str:
    """Today, Yesterday, Thu 19 Nov; the year where it is another one."""
    if today() - day <= timedelta(days=1):
        return day_words(day)
    pattern = "ddd d MMM" if day.year == today().year else "d MMM yyyy"
    return QLocale().toString(QDate(day.year, day.month, day.day), pattern)
