"""The ledger as the person asks for it: entries, sums, a file for a spreadsheet; and what an account's budget leaves."""

from __future__ import annotations

import asyncio
import csv
import json
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from studio.app.spreadsheet import cell
from studio.domain.account import Budget
from studio.domain.errors import LocalError
from studio.domain.ledger import Grouping, LedgerEntry, LedgerQuery, SendingTerms, Spending, Standing
from studio.store.ledger import SqlLedger

COLUMNS = ("moment", "day", "job", "account", "operation", "label", "kind", "credits")
_PAGE = 1000


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

    async def export_sums(self, to: Path, grouping: Grouping, query: LedgerQuery) -> int:
        """Write the sums by group into a file: JSON with the keys of `studio ledger totals --json` where its name ends so,
        else CSV; how many groups. Raises LocalError."""
        groups, total = await self.sums(grouping, query), await self.sums(None, query)
        whole = total[0] if total else Spending("")
        try:
            await asyncio.to_thread(_write_sums, to, grouping, groups, whole)
        except OSError as error:
            words = f"{to} cannot be written: {error.strerror or error}."
            raise LocalError(words, advice="Choose another folder, or make room.") from error
        return len(groups)

    async def _pages(self, query: LedgerQuery) -> AsyncIterator[Sequence[LedgerEntry]]:
        page = await self._ledger.entries(replace(query, limit=_PAGE))
        while page:
            yield page
            page = await self._ledger.entries(replace(query, limit=_PAGE, before=page[-1].seq))


def sums_document(grouping: Grouping, groups: Sequence[Spending], total: Spending) -> dict[str, object]:
    """What `studio ledger totals --json` prints."""
    return {"by": grouping.value, "totals": [_of_sums(one) for one in groups], "total": _of_sums(total)}


def _of_sums(sums: Spending) -> dict[str, object]:
    return {"key": sums.key, "jobs": sums.jobs, "estimated": sums.estimated, "charged": sums.charged,
            "refunded": sums.refunded, "spent": sums.spent, "unknown": {"jobs": sums.doubtful, "estimated": sums.doubted}}


def _write_sums(to: Path, grouping: Grouping, groups: Sequence[Spending], total: Spending) -> None:
    part = to.with_name(f"{to.name}.{os.getpid()}.part")
    try:
        if to.suffix.lower() == ".json":
            part.write_text(json.dumps(sums_document(grouping, groups, total), indent=2) + "\n", encoding="utf-8")
        else:
            with part.open("w", encoding="utf-8-sig", newline="") as stream:
                rows = csv.writer(stream)
                rows.writerow((grouping.value, "jobs", "estimated", "charged", "refunded", "spent", "unknown_jobs",
                               "unknown_estimated"))
                for one in groups:
                    numbers = (one.estimated, one.charged, one.refunded, one.spent)
                    rows.writerow((cell(one.key), one.jobs, *(_plain(number) for number in numbers), one.doubtful,
                                   _plain(one.doubted)))
        os.replace(part, to)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _plain(amount: float) -> str:
    return f"{amount:.6f}".rstrip("0").rstrip(".")


def _begin(part: Path) -> None:
    with part.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerow(COLUMNS)


def _append(part: Path, entries: Sequence[LedgerEntry]) -> None:
    with part.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(_row(entry) for entry in entries)


def _row(entry: LedgerEntry) -> tuple[str, ...]:
    here = entry.at.astimezone()
    amount = "" if entry.amount is None else _plain(entry.amount)
    words = (cell(entry.account), entry.operation, cell(entry.label or ""))
    return (entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), f"{here:%Y-%m-%d}", entry.job_id, *words,
            entry.kind.value, amount)
