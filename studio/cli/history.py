"""What `studio jobs list` and `studio jobs export` narrow by, and the raw request and answers of a job."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import Document, moment
from studio.cli.options import Json
from studio.cli.session import DONE, run
from studio.cli.terminal import Terminal
from studio.domain.history import HistoryOrder, HistoryQuery, RawExchange
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState

if TYPE_CHECKING:
    from studio.app.core import Core

State = Annotated[JobState | None, typer.Option("--state", help="Only jobs in this state.")]
Search = Annotated[str | None, typer.Option("--search", help="Words of prompt, label, operation, account or id.")]
Operation = Annotated[str | None, typer.Option("--operation", metavar="OPERATION", help="Only this operation.")]
Account = Annotated[str | None, typer.Option("--account", metavar="NAME", help="Only this account.")]
Label = Annotated[str | None, typer.Option("--label", metavar="LABEL", help="Only jobs with exactly this label.")]
Kind = Annotated[MediaKind | None, typer.Option("--kind", help="Only jobs that make this.")]
Since = Annotated[datetime | None, typer.Option(
    "--since", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="From this day on, in this computer's time zone.")]
Until = Annotated[datetime | None, typer.Option(
    "--until", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Up to and with this day.")]
MinCredits = Annotated[float | None, typer.Option("--min-credits", min=0.0, metavar="N", help="That cost so much or more.")]
MaxCredits = Annotated[float | None, typer.Option("--max-credits", min=0.0, metavar="N", help="That cost so much or less.")]
Order = Annotated[HistoryOrder, typer.Option("--order", help="What they are sorted by.")]


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"


def query_of(
    *, state: JobState | None = None, search: str | None = None, operation: str | None = None, account: str | None = None,
    label: str | None = None, kind: MediaKind | None = None, since: datetime | None = None, until: datetime | None = None,
    min_credits: float | None = None, max_credits: float | None = None, order: HistoryOrder = HistoryOrder.NEWEST,
) -> HistoryQuery:
    """What the options mean. Days are those of this computer's time zone, the last one counted."""
    return HistoryQuery(
        search=search, states=() if state is None else (state,), operations=() if operation is None else (operation,),
        kind=kind, account=account, label=label, since=None if since is None else since.astimezone(),
        until=None if until is None else (until + timedelta(days=1)).astimezone(), min_credits=min_credits,
        max_credits=max_credits, order=order,
    )


def export(
    form: Annotated[Format, typer.Option("--format", help="A table for spreadsheets, or all of it.")],
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The file; one that is there is replaced.")],
    state: State = None,
    search: Search = None,
    operation: Operation = None,
    account: Account = None,
    label: Label = None,
    kind: Kind = None,
    since: Since = None,
    until: Until = None,
    min_credits: MinCredits = None,
    max_credits: MaxCredits = None,
    order: Order = HistoryOrder.NEWEST,
    as_json: Json = False,
) -> None:
    """Write every job that matches into a file: CSV, or JSON with the keys of `jobs list --json`."""
    terminal = Terminal(as_json)
    query = query_of(state=state, search=search, operation=operation, account=account, label=label, kind=kind, since=since,
                     until=until, min_credits=min_credits, max_credits=max_credits, order=order)
    path = to.expanduser().absolute()

    async def work(core: Core) -> int:
        from studio.app.history_export import Form

        count = await core.history.export(path, Form(form.value), query)
        terminal.document({"path": str(path), "jobs": count})
        terminal.line(str(path))
        return DONE

    run(terminal, work)


def of_raw(job_id: str, raw: RawExchange) -> Document:
    """What was sent and answered, without secrets."""
    return {"id": job_id, "request": dict(raw.request),
            "answers": [{"at": moment(answer.at), "body": dict(answer.body)} for answer in raw.answers]}
