"""What the gallery can be narrowed to: each filter with its usual choices, and its words once it is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from studio.domain.account import LOCAL_ACCOUNT, Service
from studio.domain.asset import COLOURS
from studio.domain.collection import Facets, TagCount
from studio.domain.kinds import MediaKind
from studio.domain.query import AssetQuery
from studio.ui.gallery.label_colours import colour_words
from studio.ui.images.captions import kind_words, today
from studio.ui.widgets.job_words import number_words, operation_words

MOST_VALUES = 60
_NONE = AssetQuery()


def _tr(text: str) -> str:
    return QCoreApplication.translate("GalleryFilters", text)


class Filter(StrEnum):
    """In the order in which they are offered."""

    KIND = "kind"
    DATE = "date"
    OPERATION = "operation"
    ACCOUNT = "account"
    STAR = "star"
    TAG = "tag"
    MODEL = "model"
    COLOUR = "colour"
    SIZE = "size"
    LENGTH = "length"
    COST = "cost"
    FILE = "file"


FIELDS: dict[Filter, tuple[str, ...]] = {
    Filter.KIND: ("kind",), Filter.DATE: ("since", "until"), Filter.OPERATION: ("operation",), Filter.ACCOUNT: ("account",),
    Filter.STAR: ("starred",), Filter.TAG: ("tags",), Filter.MODEL: ("model",), Filter.COLOUR: ("colour",),
    Filter.SIZE: ("min_side", "max_side"), Filter.LENGTH: ("min_duration_s", "max_duration_s"),
    Filter.COST: ("min_credits", "max_credits"), Filter.FILE: ("missing",),
}
"""The fields of AssetQuery that belong to each."""
RANGES = frozenset({Filter.DATE, Filter.SIZE, Filter.LENGTH, Filter.COST})
"""Those that also take any two values."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A usual value of a filter, by the fields that it sets."""

    words: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Known:
    """The values that occur in the library."""

    facets: Facets = field(default_factory=Facets)
    tags: Sequence[TagCount] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


def title_of_filter(one: Filter) -> str:
    return {
        Filter.KIND: _tr("Kind"), Filter.DATE: _tr("Date"), Filter.OPERATION: _tr("Operation"),
        Filter.ACCOUNT: _tr("Account"), Filter.STAR: _tr("Star"), Filter.TAG: _tr("Tags"),
        Filter.MODEL: _tr("Model"), Filter.COLOUR: _tr("Colour"), Filter.SIZE: _tr("Resolution"),
        Filter.LENGTH: _tr("Length"), Filter.COST: _tr("Cost"), Filter.FILE: _tr("File"),
    }[one]


def is_set(query: AssetQuery, one: Filter) -> bool:
    return any(getattr(query, name) != getattr(_NONE, name) for name in FIELDS[one])


def without(query: AssetQuery, *which: Filter) -> AssetQuery:
    """The query with these filters taken off; with none named, all of them. Words and collection stay."""
    values = {name: getattr(_NONE, name) for one in (which or tuple(Filter)) for name in FIELDS[one]}
    return replace(query, **values)


def with_choice(query: AssetQuery, one: Filter, values: Mapping[str, object]) -> AssetQuery:
    """The query with another value of this filter."""
    return replace(without(query, one), **values)  # type: ignore[arg-type]  # fields of AssetQuery by name


def choices(one: Filter, known: Known) -> list[Choice]:
    """The usual values, as they stand in the filter's menu."""
    if one is Filter.KIND:
        return [Choice(kind_words(kind), {"kind": kind}) for kind in MediaKind]
    if one is Filter.DATE:
        return _dates()
    if one is Filter.COLOUR:
        return [Choice(colour_words(colour), {"colour": colour}) for colour in COLOURS]
    if one in (Filter.OPERATION, Filter.ACCOUNT, Filter.MODEL):
        return _occurring(one, known)
    if one is Filter.TAG:
        most = sorted(known.tags, key=lambda tag: -tag.count)[:MOST_VALUES]
        return [Choice(tag.tag, {"tags": (tag.tag,)}) for tag in sorted(most, key=lambda tag: tag.tag.casefold())]
    return {
        Filter.STAR: [Choice(_tr("Starred"), {"starred": True}), Choice(_tr("Not starred"), {"starred": False})],
        Filter.SIZE: _sizes(),
        Filter.LENGTH: _lengths(),
        Filter.COST: _costs(),
        Filter.FILE: [Choice(_tr("Missing"), {"missing": True}), Choice(_tr("In its place"), {"missing": False})],
    }[one]


def _occurring(one: Filter, known: Known) -> list[Choice]:
    if one is Filter.OPERATION:
        return [Choice(operation_words(name, known.titles), {"operation": name}) for name in known.facets.operations]
    if one is Filter.ACCOUNT:
        return [Choice(account_words(name), {"account": name}) for name in known.facets.accounts]
    return [Choice(name, {"model": name}) for name in known.facets.models[:MOST_VALUES]]


def account_words(name: str) -> str:
    return Service.LOCAL.display_name if name == LOCAL_ACCOUNT else name


def day_start(day: date) -> datetime:
    """Midnight at the beginning of a local day, in UTC."""
    return datetime.combine(day, time()).astimezone().astimezone(UTC)


def _dates() -> list[Choice]:
    now = today()

    def since(day: date) -> dict[str, object]:
        return {"since": day_start(day)}

    yesterday = now - timedelta(days=1)
    return [
        Choice(_tr("Today"), since(now)),
        Choice(_tr("Yesterday"), {"since": day_start(yesterday), "until": day_start(now)}),
        Choice(_tr("Last 7 days"), since(now - timedelta(days=6))),
        Choice(_tr("Last 30 days"), since(now - timedelta(days=29))),
        Choice(_tr("This year"), since(now.replace(month=1, day=1))),
        Choice(_tr("Last year"), {"since": day_start(date(now.year - 1, 1, 1)), "until": day_start(date(now.year, 1, 1))}),
    ]


def _sizes() -> list[Choice]:
    return [
        Choice(_tr("Under 720 pixels"), {"max_side": 719}),
        Choice(_tr("HD: 720 and more"), {"min_side": 720}),
        Choice(_tr("Full HD: 1080 and more"), {"min_side": 1080}),
        Choice(_tr("4K: 2160 and more"), {"min_side": 2160}),
    ]


def _lengths() -> list[Choice]:
    return [
        Choice(_tr("Under 5 seconds"), {"max_duration_s": 4.999}),
        Choice(_tr("5 to 15 seconds"), {"min_duration_s": 5.0, "max_duration_s": 15.0}),
        Choice(_tr("15 to 60 seconds"), {"min_duration_s": 15.0, "max_duration_s": 60.0}),
        Choice(_tr("Over a minute"), {"min_duration_s": 60.0}),
    ]


def _costs() -> list[Choice]:
    return [
        Choice(_tr("Free"), {"max_credits": 0.0}),
        Choice(_tr("Up to 10 credits"), {"min_credits": 0.001, "max_credits": 10.0}),
        Choice(_tr("10 to 100 credits"), {"min_credits": 10.0, "max_credits": 100.0}),
        Choice(_tr("Over 100 credits"), {"min_credits": 100.0}),
    ]


def words_of(query: AssetQuery, one: Filter, known: Known) -> str:
    """What the filter is set to; empty if it is not."""
    if not is_set(query, one):
        return ""
    if one is Filter.TAG:
        return ", ".join(query.tags)
    if one in (Filter.OPERATION, Filter.ACCOUNT, Filter.MODEL):
        return {Filter.OPERATION: operation_words(query.operation or "", known.titles),
                Filter.ACCOUNT: account_words(query.account or ""), Filter.MODEL: query.model or ""}[one]
    values = {name: getattr(query, name) for name in FIELDS[one] if getattr(query, name) is not None}
    usual = next((choice.words for choice in choices(one, known) if dict(choice.values) == values), None)
    return usual or _range_words(one, *(getattr(query, name) for name in FIELDS[one]))


def _range_words(one: Filter, least: object, most: object) -> str:
    def say(value: object, *, is_end: bool = False) -> str:
        if isinstance(value, datetime):
            day = (value - timedelta(microseconds=1) if is_end else value).astimezone().date()
            return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)
        unit = {Filter.LENGTH: " s", Filter.SIZE: " px"}.get(one, "")
        return f"{number_words(value)}{unit}" if isinstance(value, int | float) else ""

    if least is None:
        return _tr("up to {0}").format(say(most, is_end=True))
    if most is None:
        return _tr("from {0}").format(say(least))
    return _tr("{0} to {1}").format(say(least), say(most, is_end=True))
