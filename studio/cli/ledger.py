"""`studio ledger`: what jobs were thought to cost, what was charged, what was given back, and what nobody said."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import Document, moment
from studio.cli.options import Json
from studio.cli.session import DONE, run
from studio.cli.terminal import Terminal
from studio.domain.ledger import EntryKind, Grouping, LedgerEntry, LedgerQuery, Spending

if TYPE_CHECKING:
    from studio.app.core import Core

app = typer.Typer(no_args_is_help=True, help="What jobs cost: every line that was ever written, sums over them, a CSV file.")
Account = Annotated[str | None, typer.Option("--account", metavar="NAME", help="Only this account.")]
Operation = Annotated[str | None, typer.Option("--operation", metavar="OPERATION", help="Only this operation.")]
Since = Annotated[datetime | None, typer.Option(
    "--since", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="From this day on, in this computer's time zone.")]
Until = Annotated[datetime | None, typer.Option(
    "--until", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Up to and with this day.")]


def _query(account: str | None, operation: str | None, since: datetime | None, until: datetime | None) -> LedgerQuery:
    begin = None if since is None else since.astimezone()
    end = None if until is None else (until + timedelta(days=1)).astimezone()
    return LedgerQuery(account=account, operation=operation, since=begin, until=end)


@app.command("list")
def list_entries(
    account: Account = None,
    operation: Operation = None,
    job: Annotated[str | None, typer.Option("--job", metavar="ID", help="Only this job.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 100,
    before: Annotated[int | None, typer.Option("--before", metavar="N", help="Go on after the line of this number.")] = None,
    as_json: Json = False,
) -> None:
    """List the lines of the ledger, the newest first."""
    terminal = Terminal(as_json)
    query = _query(account, operation, since, until)
    wanted = LedgerQuery(query.account, query.operation, job, query.since, query.until, limit, before)

    async def work(core: Core) -> int:
        entries = await core.costs.entries(wanted)
        terminal.document({"entries": [_of_entry(entry) for entry in entries]})
        rows = [(f"{one.at.astimezone():%Y-%m-%d %H:%M}", one.kind.value, _amount(one), one.account, one.operation,
                 one.job_id, one.label or "") for one in entries]
        terminal.table(("when", "kind", "credits", "account", "operation", "job", "label"), rows, "Nothing in the ledger.")
        return DONE

    run(terminal, work)


@app.command()
def totals(
    by: Annotated[Grouping, typer.Option("--by", help="What sums are made by.")] = Grouping.DAY,
    account: Account = None,
    operation: Operation = None,
    since: Since = None,
    until: Until = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write them too: .csv, or .json.")] = None,
    as_json: Json = False,
) -> None:
    """Sum up by day, week, month, account, operation or label."""
    terminal = Terminal(as_json)
    query = _query(account, operation, since, until)

    async def work(core: Core) -> int:
        from studio.app.costs import sums_document  # not loaded to print the help

        groups = await core.costs.sums(by, query)
        whole = await core.costs.sums(None, query)
        total = whole[0] if whole else Spending("")
        if to is not None:
            path = to.expanduser().absolute()
            await core.costs.export_sums(path, by, query)
            terminal.aside(str(path))
        terminal.document(sums_document(by, groups, total))
        rows = [_row(one, one.key or "–") for one in groups]
        names = (by.value, "jobs", "estimated", "charged", "given back", "spent", "not said")
        terminal.table(names, [*rows, _row(total, "all")] if rows else [], "Nothing in the ledger.")
        return DONE

    run(terminal, work)


@app.command()
def export(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The CSV file; one that is there is replaced.")],
    account: Account = None,
    operation: Operation = None,
    since: Since = None,
    until: Until = None,
    as_json: Json = False,
) -> None:
    """Write the lines of the ledger into a CSV file."""
    terminal = Terminal(as_json)
    query, path = _query(account, operation, since, until), to.expanduser().absolute()

    async def work(core: Core) -> int:
        count = await core.costs.export(path, query)
        terminal.document({"path": str(path), "entries": count})
        terminal.line(str(path))
        return DONE

    run(terminal, work)


def _of_entry(entry: LedgerEntry) -> Document:
    return {"seq": entry.seq, "job": entry.job_id, "account": entry.account, "operation": entry.operation,
            "label": entry.label, "at": moment(entry.at), "kind": entry.kind.value, "credits": entry.amount}


def _amount(entry: LedgerEntry) -> str:
    if entry.amount is None:
        return "?"
    return f"{entry.amount:g}" + ("?" if entry.kind is EntryKind.UNKNOWN else "")


def _row(sums: Spending, name: str) -> tuple[str, ...]:
    numbers = (sums.estimated, sums.charged, sums.refunded, sums.spent)
    return (name, str(sums.jobs), *(f"{number:g}" for number in numbers), str(sums.doubtful))
