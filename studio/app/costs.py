"""The ledger as the person asks for it: entries, sums, a file for a spreadsheet; and what an account's budget leaves."""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from studio.domain.account import Budget
from studio.domain.errors import LocalError
from studio.domain.ledger import Grouping, LedgerEntry, LedgerQuery, SendingTerms, Spending, Standing
from studio.store.ledger import SqlLedger

COLUMNS = ("moment", "day", "job", "account", "operation", "label", "kind", "credits")
_PAGE = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a cell."""


class Costs:
    """What was paid, and for what."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger

    async def entries(self, query: LedgerQuery) -> list[LedgerEntry]:
        """A page of the ledger, newest first."""
        return list(await self._ledger.entries(query))

    async def sums(self, grouping: Grouping | None, query: LedgerQuery) -> list[Spending]:
        """Sums over the entries that `query` means, by group."""
        return list(await self._ledger.sums(grouping, query))

    async def standing(self, account: str, budget: Budget) -> Standing:
        """What an account has spent today and this month, and what is reserved for jobs on their way."""
        return await self._ledger.standing(account, SendingTerms.at(datetime.now(UTC), budget))

    async def export(self, to: Path, query: LedgerQuery) -> int:
        """Write the entries as CSV (RFC 4180, UTF-8 with a mark that spreadsheets know it by), newest first; how many. A
        file that is there is replaced when the new one is complete. Raises LocalError."""
        part = to.with_name(f"{to.name}.{os.getpid()}.part")
        try:
            count = 0
            await asyncio.to_thread(_begin, part)
            async for page in self._pages(query):
                await asyncio.to_thread(_append, part, page)
                count += len(page)
            await asyncio.to_thread(os.replace, part, to)
        except OSError as error:
            await asyncio.to_thread(part.unlink, missing_ok=True)
            words = f"{to} cannot be written: {error.strerror or error}."
            raise LocalError(words, advice="Choose another folder, or make room.") from error
        return count

    async def _pages(self, query: LedgerQuery) -> AsyncIterator[Sequence[LedgerEntry]]:
        page = await self._ledger.entries(replace(query, limit=_PAGE))
        while page:
            yield page
            page = await self._ledger.entries(replace(query, limit=_PAGE, before=page[-1].seq))


def _begin(part: Path) -> None:
    with part.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerow(COLUMNS)


def _append(part: Path, entries: Sequence[LedgerEntry]) -> None:
    with part.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(_row(entry) for entry in entries)


def _row(entry: LedgerEntry) -> tuple[str, ...]:
    here = entry.at.astimezone()
    amount = "" if entry.amount is None else f"{entry.amount:.6f}".rstrip("0").rstrip(".")
    words = (_cell(entry.account), entry.operation, _cell(entry.label or ""))
    return (entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), f"{here:%Y-%m-%d}", entry.job_id, *words,
            entry.kind.value, amount)


def _cell(text: str) -> str:
    """A person's own words, so that no spreadsheet runs them."""
    return f"'{text}" if text.startswith(_FORMULA) else text
