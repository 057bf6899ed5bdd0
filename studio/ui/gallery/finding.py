"""Where an asset stands in a long list, found without counting: between two marks, then in one page.

Both run on the core's loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from studio.domain.asset import Asset
from studio.domain.query import AssetQuery

if TYPE_CHECKING:
    from studio.app.core import Core

IDS_PAGE = 1000


class Found(NamedTuple):
    """Neighbours, the looked-for asset among them, and the position of the first."""

    start: int
    assets: list[Asset]


async def find(core: Core, query: AssetQuery, marks: Sequence[tuple[int, str]], asset: Asset) -> Found | None:
    """The page around `asset` in the answer to `query`; None where it is not there. `query.limit` is the page's length,
    more than there are rows between two marks; `marks` (position, id) are in order."""
    key = (asset.created_at, asset.id)
    low, high = 0, len(marks)
    while low < high:  # the first mark that is older than the asset
        middle = (low + high) // 2
        there = await core.asset(marks[middle][1])
        if (there.created_at, there.id) > key:
            low = middle + 1
        else:
            high = middle
    start, before = (0, None) if low == 0 else (marks[low - 1][0] + 1, marks[low - 1][1])
    page = await core.assets(replace(query, before=before, offset=0))
    return Found(start, page) if any(one.id == asset.id for one in page) else None


async def ids_of(core: Core, query: AssetQuery, count: int) -> list[str]:
    """The identifiers of `count` assets of the answer, from the one after `query.before` and `query.offset` on."""
    ids: list[str] = []
    while len(ids) < count:
        page = await core.assets(replace(query, limit=min(IDS_PAGE, count - len(ids))))
        if not page:
            break
        ids += [asset.id for asset in page]
        query = replace(query, before=page[-1].id, offset=0)
    return ids
