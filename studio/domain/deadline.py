"""Until when a service keeps a result, as far as its answer says it: in words of its own, or in the addresses, which are
signed for a time. Loaded when asked for: most jobs never need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

_NAMES = frozenset({"expires_at", "expiresAt", "expires"})
_BEGUN, _LASTS = ("x-amz-date", "x-goog-date"), ("x-amz-expires", "x-goog-expires")
"""AWS Signature Version 4 and Google Cloud Storage V4: when it was signed (20260301T120000Z), and for how many seconds."""
_UNTIL = ("expires", "se", "exp")
"""Seconds since 1970 (CloudFront, older signatures) or a moment (Azure's shared access signatures)."""
_LEAST, _MOST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_DEEPEST = 6


def kept_until(output: Mapping[str, object] | None) -> datetime | None:
    """The earliest of the moments that an answer names; None where it names none."""
    return min(_moments(output or {}, 0), default=None)


def _moments(value: object, depth: int) -> Iterator[datetime]:
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, inside in value.items():
            if name in _NAMES and (moment := _moment(inside)) is not None:
                yield moment
            else:
                yield from _moments(inside, depth + 1)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from _moments(inside, depth + 1)
    elif isinstance(value, str) and value.startswith(("https:", "http:")) and (moment := signed_until(value)) is not None:
        yield moment


def signed_until(url: str) -> datetime | None:
    """Until when the signature of an address is good."""
    try:
        given = parse_qs(urlsplit(url).query, max_num_fields=100)
    except ValueError:
        return None
    query = {name.lower(): values[0] for name, values in given.items()}
    for begun, lasts in zip(_BEGUN, _LASTS, strict=True):
        seconds = query.get(lasts, "")
        moment = _moment(query.get(begun))
        if moment is not None and seconds.isdecimal() and len(seconds) < 9:
            return _sensible(moment + timedelta(seconds=int(seconds)))
    found = (_moment(query.get(name)) for name in _UNTIL)
    return next((moment for moment in found if moment is not None), None)


def _moment(value: object) -> datetime | None:
    """Of seconds or milliseconds since 1970, or ISO 8601."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 15:
        value = int(value)
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _sensible(datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC))
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return _sensible(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _sensible(moment: datetime) -> datetime | None:
    return moment if _LEAST < moment < _MOST else None
