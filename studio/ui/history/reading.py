"""What the history asks the core for. These run on the core's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.history import PAGE, HistoryFacets, HistoryOutline, HistoryPage, HistoryQuery

if TYPE_CHECKING:
    from studio.app.core import Core

Names = tuple[dict[str, str], dict[str, str]]
"""Titles of operations by id, and of accounts by name."""


async def read_names(core: Core) -> Names:
    accounts = {account.name: account.title for account in core.accounts()}
    return {operation.id: operation.title for operation in core.operations()}, accounts


async def read_facets(core: Core) -> tuple[HistoryFacets, Names]:
    """What there is to choose from in the filters."""
    return await core.history.facets(), await read_names(core)


@dataclass(frozen=True, slots=True)
class Fresh:
    """An outline read anew, with the pages that are looked at and the first one."""

    outline: HistoryOutline
    pages: Mapping[int, HistoryPage]


async def read_anew(core: Core, query: HistoryQuery, near: Sequence[str], top: int) -> Fresh:
    """The same question again. `near`: jobs by which the view keeps its place, that of its top first; `top`: in which row it
    is, should that job be gone."""
    outline = await core.history.outline(query, near)
    rows = {outline.places.get(name, top) for name in near[:1]} | {0}
    wanted = {page for row in rows for page in (row // PAGE, row // PAGE + 1) if page < len(outline.marks)}
    return Fresh(outline, {page: await core.history.page(query, outline.marks[page]) for page in sorted(wanted)})
