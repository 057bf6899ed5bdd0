"""What filters ask for, as tokens of the full-text index, beside the words of an asset: migration v0006 writes them.

A token begins with three private-use letters, so that no word that a person types is one, or the beginning of one. Numbers
stand in it by the step that they reach, so that a range is a handful of tokens; its two ends are checked on the row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from studio.domain.query import AssetQuery
from studio.store.search import match_words

MARK = "\ue000"
_P = MARK * 3
_NEVER = f'"{_P}z"'
SIDES = (256, 512, 720, 1080, 1440, 2160, 4320)
DURATIONS = (2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
CREDITS = (1, 5, 10, 20, 50, 100, 200, 500, 1000)

_COLUMNS = {"w": "min(assets.width, assets.height)", "d": "assets.duration_s", "p": "assets.credits"}
SLOTS = 1024
"""Places of one millisecond."""


def place_of(milliseconds: int) -> int:
    """The first place of a moment, given in milliseconds since 1970: the key of the gallery's order and of the index."""
    return milliseconds * SLOTS


def tag_mark(tag: int) -> str:
    """What the column `marks` holds for a tag, by its number in the table."""
    return f"t{tag}"


def collection_mark(collection: int) -> str:
    return f"g{collection}"


def is_narrow(query: AssetQuery) -> bool:
    """Whether the query asks for more than kind, trash, job and time, which have indexes of their own."""
    plain = AssetQuery(kind=query.kind, job_id=query.job_id, deleted=query.deleted, limit=query.limit, before=query.before,
                       since=query.since, until=query.until, offset=query.offset)
    return replace(query, search=query.search if match_words(query.search) else None) != plain


def match_of_query(
    query: AssetQuery, tags: Sequence[int], collection: int | None, is_rare: Callable[[str], bool] = lambda _word: False
) -> str:
    """An FTS5 expression for everything in the query that the index knows; `tags` and `collection` by their numbers.

    `is_rare` says of one word's expression whether few rows have it.
    """
    wanted = [] if collection is None else [_token("g", str(collection))]
    wanted += [_token("t", str(tag)) for tag in tags]
    wanted += [] if query.colour is None else [_token("c", query.colour)]
    wanted += [_token("x")] if query.missing else []
    wanted += [_token("s")] if query.starred else []
    for code, value in (("m", query.model), ("a", query.account), ("o", query.operation)):
        wanted += [] if value is None else [_token(code, _hex(value))]
    asked = [one for one in _ranges(query) if one[2] is not None or one[3] is not None]
    ranges = [_range(*one) for one in asked]
    words = match_words(query.search)
    rare = [word for word in words if is_rare(word)] if wanted or ranges else []
    kind = [] if query.kind is None else [_token("k", query.kind.value)]
    wanted = [*rare, *wanted, *kind, *(word for word in words if word not in rare), *ranges]
    wanted.append(_token("q", "trashed" if query.deleted else "kept"))
    unwanted = [_token(code) for code, value in (("s", query.starred), ("x", query.missing)) if value is False]
    return all_of(wanted) if not unwanted else f"({all_of(wanted)}) NOT ({' OR '.join(unwanted)})"


def all_of(wanted: Sequence[str]) -> str:
    """All of these, the rare ones first: a frequent one is looked at only where the rarer ones agree.

    FTS5 moves every member of an AND forward at each step, and takes nested ANDs as one. It does not look into a NOT.
    """
    found = wanted[0]
    for one in wanted[1:]:
        found = f"({found} AND {one}) NOT {_NEVER}"
    return found


def rest_of_query(query: AssetQuery) -> tuple[list[str], list[object]]:
    """Conditions on the row, with their values, for what the index knows by steps only."""
    conditions, values = [], list[object]()
    for code, steps, low, high in _ranges(query):
        column = _COLUMNS[code]
        if low is not None and low not in (0, *steps):
            conditions.append(f"{column} >= ?")
            values.append(low)
        if high is not None:
            conditions.append(f"{column} <= ?")
            values.append(high)
    return conditions, values


def _ranges(query: AssetQuery) -> tuple[tuple[str, Sequence[int], float | None, float | None], ...]:
    """Each code with its steps, and what the query asks of it."""
    return (("w", SIDES, query.min_side, query.max_side), ("d", DURATIONS, query.min_duration_s, query.max_duration_s),
            ("p", CREDITS, query.min_credits, query.max_credits))


def _range(code: str, steps: Sequence[int], low: float | None, high: float | None) -> str:
    first = 0 if low is None else _reached(steps, low)
    last = len(steps) if high is None else _reached(steps, high)
    tokens = [_token(code, str(step)) for step in range(first, last + 1)]
    return f"({' OR '.join(tokens)})" if tokens else f"({_token(code, 'none')})"


def _reached(steps: Sequence[int], value: float) -> int:
    return sum(value >= step for step in steps)


def _token(code: str, value: str = "") -> str:
    return f'"{_P}{code}{value.replace(chr(34), "")}"'


def _hex(text: str) -> str:
    return text.encode("utf-8", "replace").hex()
