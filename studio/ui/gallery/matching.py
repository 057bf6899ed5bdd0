"""Whether an asset belongs to what a question asks for, as far as the asset itself says it."""

from __future__ import annotations

from studio.domain.asset import Asset
from studio.domain.query import AssetQuery


def may_match(query: AssetQuery, asset: Asset) -> bool:
    """False if the asset surely does not belong to it. Words and collections are the store's to judge."""
    return (
        (asset.deleted_at is not None) == query.deleted
        and _is_one(query, asset)
        and _is_marked(query, asset)
        and _is_within(query, asset)
    )


def is_judged_here(query: AssetQuery) -> bool:
    """Whether `may_match` says all there is to say of this question."""
    return not query.search and query.collection is None


def is_plain(query: AssetQuery) -> bool:
    """Whether nothing but a kind is asked for, or nothing at all."""
    return query == AssetQuery(kind=query.kind)


def _is_one(query: AssetQuery, asset: Asset) -> bool:
    pairs: tuple[tuple[object, object], ...] = (
        (query.kind, asset.kind), (query.job_id, asset.job_id), (query.operation, asset.operation),
        (query.account, asset.account), (query.model, asset.model), (query.colour, asset.colour),
    )
    return all(wanted is None or wanted == known for wanted, known in pairs)


def _is_marked(query: AssetQuery, asset: Asset) -> bool:
    known = {tag.casefold() for tag in asset.tags}
    return (
        (query.starred is None or query.starred == asset.starred)
        and (query.missing is None or query.missing == (asset.missing_since is not None))
        and all(tag.casefold() in known for tag in query.tags)
    )


def _is_within(query: AssetQuery, asset: Asset) -> bool:
    side = min(asset.width, asset.height) if asset.width and asset.height else None
    return (
        (query.since is None or asset.created_at >= query.since)
        and (query.until is None or asset.created_at < query.until)
        and _between(side, query.min_side, query.max_side)
        and _between(asset.duration_s, query.min_duration_s, query.max_duration_s)
        and _between(asset.credits, query.min_credits, query.max_credits)
    )


def _between(value: float | None, least: float | None, most: float | None) -> bool:
    if value is None:
        return least is None and most is None
    return (least is None or value >= least) and (most is None or value <= most)
