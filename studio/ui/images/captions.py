"""Short words about media for people: durations, sizes, days, times. Local time, whole words, no codes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind


def _tr(text: str) -> str:
    return QCoreApplication.translate("Captions", text)


def duration_words(seconds: float | None) -> str:
    """0:05, 12:04, 1:02:09; empty if not known."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds_left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds_left:02}" if hours else f"{minutes}:{seconds_left:02}"


def clock_words(seconds: float) -> str:
    """Playing position with tenths: 0:03.8."""
    tenths = max(0, int(seconds * 10 + 0.5))
    minutes, rest = divmod(tenths, 600)
    return f"{minutes}:{rest // 10:02}.{rest % 10}"


def size_words(size: int) -> str:
    """15.2 MB, in thousands as file managers count."""
    value, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"


def today() -> date:
    return datetime.now().astimezone().date()


def day_words(day: date) -> str:
    """Today, Yesterday, then the date; the year only where it is another one."""
    now = today()
    if day == now:
        return _tr("Today")
    if day == now - timedelta(days=1):
        return _tr("Yesterday")
    pattern = "dddd, d MMMM" if day.year == now.year else "d MMMM yyyy"
    return QLocale().toString(QDate(day.year, day.month, day.day), pattern)


def moment_words(moment: datetime) -> str:
    """Today's moments by the clock, older ones by the day."""
    local = moment.astimezone()
    if local.date() == today():
        return f"{local:%H:%M}"
    if local.date() == today() - timedelta(days=1):
        return _tr("Yesterday")
    return short_day_words(local.date())


@lru_cache(maxsize=512)
def short_day_words(day: date) -> str:
    """21 Nov; the year only where it is another one."""
    pattern = "d MMM" if day.year == today().year else "d MMM yyyy"
    return QLocale().toString(QDate(day.year, day.month, day.day), pattern)


def full_moment_words(moment: datetime) -> str:
    local = moment.astimezone()
    return f"{day_words(local.date())}, {local:%H:%M}"


def kind_words(kind: MediaKind) -> str:
    return {
        MediaKind.IMAGE: _tr("Picture"),
        MediaKind.VIDEO: _tr("Video"),
        MediaKind.AUDIO: _tr("Audio"),
        MediaKind.PROMPT: _tr("Prompt"),
    }[kind]


def title_of(asset: Asset) -> str:
    """What the person knows it by: its prompt, else its file's name."""
    return asset.prompt.strip() or asset.path.name


def spoken(asset: Asset) -> str:
    """One line for a screen reader."""
    parts = [kind_words(asset.kind), title_of(asset), duration_words(asset.duration_s), full_moment_words(asset.created_at)]
    return ", ".join(part for part in parts if part)
