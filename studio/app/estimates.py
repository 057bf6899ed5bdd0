"""What a job is thought to cost before it is sent, from what is known and nothing else: this computer is free, an engine
has a rate card, a service publishes some figures, and the ledger holds what this account was charged for the same settings
before.
"""

from __future__ import annotations

import asyncio
import logging
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from studio.domain.account import Service
from studio.domain.errors import StudioError
from studio.domain.job import JobRequest
from studio.domain.ledger import FREE, Estimate, EstimateSource
from studio.domain.operation import Operation
from studio.jobs.ports import Provider
from studio.providers.provider import ServiceProvider
from studio.providers.rates import RateCard, published, seconds_of, with_defaults
from studio.store.ledger import SqlLedger

log = logging.getLogger(__name__)

# What the services' own words name as setting a price, beside the length. Of two jobs that differ in one of them neither
# says what the other costs; a seed, a style or a prompt changes nothing.
PRICED = frozenset({
    "model", "resolution", "target_resolution", "quality", "audio", "upscale_factor", "target_fps", "provider", "n", "count",
    "num_images", "size",
})
NEWEST = 5
"""So many of the newest matching jobs say what the next one costs."""
CARD_KEPT_S = 300.0
CARD_RETRIED_S = 30.0
CARD_LIMIT_S = 2.0


class Estimates:
    """All of it on the core's loop. `provider_of` gives the provider of an account, or raises NotFoundError."""

    def __init__(self, ledger: SqlLedger, provider_of: Callable[[str], Provider]) -> None:
        self._ledger = ledger
        self._provider_of = provider_of
        self._cards: dict[str, tuple[float, RateCard | None]] = {}

    async def of(self, request: JobRequest) -> Estimate:
        """What this job is thought to cost. Raises NotFoundError for an account that is not there, and nothing else of the
        outside: what cannot be asked just now is not known."""
        provider = self._provider_of(request.account)
        account = provider.account
        if account.service is Service.LOCAL:
            return FREE
        operation = next((known for known in provider.operations() if known.id == request.operation), None)
        if operation is None:
            return Estimate()
        values = with_defaults(operation, request.input)
        card = await self._card(provider)
        amount = None if card is None else card.price(account.service, operation.id, values)
        if amount is not None:
            return FREE if amount == 0 else Estimate(amount, EstimateSource.RATE_CARD)
        earlier = await self._earlier(account.name, operation, values)
        if earlier.source is EstimateSource.EARLIER:
            return earlier
        known_price = published(account.service, operation.id, values)
        return earlier if known_price is None else Estimate(known_price, EstimateSource.PUBLISHED)

    async def _card(self, provider: Provider) -> RateCard | None:
        if not isinstance(provider, ServiceProvider):
            return None
        address = provider.account.base_url
        until, card = self._cards.get(address, (0.0, None))
        if time.monotonic() < until:
            return card
        try:
            async with asyncio.timeout(CARD_LIMIT_S):
                card = await provider.rates()
            kept = CARD_KEPT_S
        except (StudioError, TimeoutError) as error:
            log.info("no rate card of %s: %s", provider.account.name, error or "no answer in time")
            card, kept = None, CARD_RETRIED_S
        self._cards[address] = (time.monotonic() + kept, card)
        return card

    async def _earlier(self, account: str, operation: Operation, values: Mapping[str, object]) -> Estimate:
        wanted, size = _settings(values), size_of(values)
        same: list[tuple[float | None, float]] = []
        for given, charged in await self._ledger.earlier(account, operation.id):
            before = with_defaults(operation, given)
            if _settings(before) == wanted:
                same.append((size_of(before), charged))
        return from_earlier(same, size)


def _settings(values: Mapping[str, object]) -> dict[str, object]:
    return {name: values[name] for name in sorted(PRICED & values.keys())}


def size_of(values: Mapping[str, object]) -> float | None:
    """What a price grows with: seconds, or the letters of a text that is spoken."""
    seconds = seconds_of(values)
    text = values.get("text")
    return float(len(text)) if seconds is None and isinstance(text, str) and text else seconds


def from_earlier(same: Sequence[tuple[float | None, float]], size: float | None) -> Estimate:
    """From jobs of the same settings, the newest first, as (size, charged): those of the same size say it themselves, the
    others in proportion."""
    exact = [charged for one, charged in same if one == size][:NEWEST]
    if exact:
        return Estimate(statistics.median_low(exact), EstimateSource.EARLIER, len(exact), min(exact), max(exact))
    if size is None:
        return Estimate()
    scaled = [(charged / one, charged) for one, charged in same if one][:NEWEST]
    if not scaled:
        return Estimate()
    amount = statistics.median(rate for rate, _ in scaled) * size
    if all(charged == int(charged) for _, charged in scaled):
        amount = float(math.ceil(round(amount, 6)))  # this service charges whole credits
    return Estimate(round(amount, 2), EstimateSource.SCALED, len(scaled))
