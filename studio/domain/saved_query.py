"""A query about assets as plain values, to be kept and shown: by allow-list, without what belongs to one page of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from studio.domain.kinds import MediaKind
from studio.domain.query import AssetQuery

_OF_A_PAGE = frozenset({"limit", "before", "offset"})
_MOMENTS = frozenset({"since", "until"})
_KINDS = frozenset(kind.value for kind in MediaKind)
_TEXTS = frozenset({"search", "job_id", "operation", "account", "model", "colour", "collection"})
_SWITCHES = frozenset({"deleted", "starred", "missing"})
_NUMBERS = frozenset({"min_side", "max_side", "min_duration_s", "max_duration_s", "min_credits", "max_credits"})


def as_plain(query: AssetQuery) -> dict[str, object]:
    """What differs from a query for everything; moments in ISO 8601."""
    said: dict[str, object] = {}
    for field in fields(AssetQuery):
        value = getattr(query, field.name)
        if field.name in _OF_A_PAGE or value == field.default:
            continue
        if isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, tuple):
            value = list(value)
        said[field.name] = value.value if isinstance(value, MediaKind) else value
    return said


def from_plain(said: Mapping[str, object]) -> AssetQuery:
    """The query again; what is not known here, or is of another type, is left out."""
    known: dict[str, object] = {}
    for name, value in said.items():
        if (
            (name in _TEXTS and isinstance(value, str))
            or (name in _SWITCHES and isinstance(value, bool))
            or (name in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool))
        ):
            known[name] = value
        elif name in _MOMENTS and isinstance(value, str):
            known[name] = _moment(value)
        elif name == "tags" and isinstance(value, list | tuple):
            known[name] = tuple(tag for tag in value if isinstance(tag, str))
        elif name == "kind" and value in _KINDS:
            known[name] = MediaKind(str(value))
    return AssetQuery(**known)  # type: ignore[arg-type]  # names and types were looked at


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
