"""`studio submit` and `studio jobs`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli import history, queue
from studio.cli.batch import Count, Folder, Matrix, Prompts, read_batch, submit_batch
from studio.cli.documents import of_job
from studio.cli.following import print_job, sent, wait
from studio.cli.options import AccountName, Json, Timeout
from studio.cli.queue import JobId
from studio.cli.session import DONE, run
from studio.cli.terminal import Terminal
from studio.cli.values import read_document, read_input, split
from studio.domain.errors import UnknownOperationError
from studio.domain.history import HistoryOrder
from studio.domain.job import JobRequest
from studio.domain.state import JobState

if TYPE_CHECKING:
    from studio.app.core import Core

app = typer.Typer(no_args_is_help=True, help="The jobs: every one that was ever sent, and what became of it.")
_TITLE_LENGTH = 48


def submit(
    operation: Annotated[str, typer.Argument(metavar="OPERATION", help="Such as video.generate; see `studio operations`.")],
    account: AccountName = None,
    parameter: Annotated[list[str] | None, typer.Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="One field of the input; @FILE is a local file, @@ a leading @.",
    )] = None,
    document: Annotated[str | None, typer.Option("--input", metavar="JSON", help="The input as one JSON object.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="A name of your own for the job.")] = None,
    count: Count = 1,
    matrix: Matrix = None,
    folder: Folder = None,
    prompts: Prompts = None,
    until_end: Annotated[bool, typer.Option("--wait", help="Wait until the job has ended.")] = False,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Send a job; without --wait it returns once the job is sent, or queued with the reason.

    With --count, --matrix, --folder or --prompts these are many jobs, under one label.
    """
    terminal = Terminal(as_json)
    many = count > 1 or bool(matrix) or folder is not None or prompts is not None
    try:
        pairs, given = split(parameter or []), read_document(document)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None

    async def work(core: Core) -> int:
        name = account or core.default_account()
        known = next((found for found in core.operations(name) if found.id == operation), None)
        if known is None:
            raise UnknownOperationError(f"The account {name} has no operation {operation}.", field="operation")
        values = await read_input(core, known, pairs, given)
        request = JobRequest(operation, name, values, label)
        if many:
            batch = await read_batch(core, terminal, known, request, count, matrix or [], folder, prompts)
            return await submit_batch(core, terminal, batch, until_end, timeout)
        job = await core.submit(request)
        return await (wait(core, terminal, job, timeout) if until_end else sent(core, terminal, job, timeout))

    run(terminal, work, follow_jobs=True)


@app.command("list")
def list_jobs(
    state: history.State = None,
    search: history.Search = None,
    operation: history.Operation = None,
    account: history.Account = None,
    label: history.Label = None,
    kind: history.Kind = None,
    since: history.Since = None,
    until: history.Until = None,
    min_credits: history.MinCredits = None,
    max_credits: history.MaxCredits = None,
    order: history.Order = HistoryOrder.NEWEST,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 100,
    as_json: Json = False,
) -> None:
    """List jobs, the newest first."""
    terminal = Terminal(as_json)
    query = history.query_of(state=state, search=search, operation=operation, account=account, label=label, kind=kind,
                             since=since, until=until, min_credits=min_credits, max_credits=max_credits, order=order)

    async def work(core: Core) -> int:
        jobs = await core.history.list(query, limit)
        if as_json:
            terminal.document({"jobs": [await of_job(core, job) for job in jobs]})
        rows = [(job.id, job.request.operation, job.state.value, f"{job.created_at.astimezone():%Y-%m-%d %H:%M}",
                 " ".join(job.title.split())[:_TITLE_LENGTH]) for job in jobs]
        terminal.table(("id", "operation", "state", "created", "what"), rows, "No jobs.")
        return DONE

    run(terminal, work)


@app.command()
def show(
    job_id: JobId,
    raw: Annotated[bool, typer.Option("--raw", help="What was sent and answered word for word, without secrets.")] = False,
    as_json: Json = False,
) -> None:
    """Show one job and its life so far."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        if raw:
            said = history.of_raw(job_id, await core.history.raw(job_id))
            terminal.document(said)
            terminal.line(json.dumps(said, indent=2, ensure_ascii=False, default=str))
            return DONE
        await print_job(core, terminal, await core.job(job_id))
        for entry in await core.timeline(job_id):
            terminal.line(f"  {entry.at.astimezone():%Y-%m-%d %H:%M:%S}  {entry.state:<12} {entry.note}".rstrip())
        return DONE

    run(terminal, work)


@app.command("wait")
def wait_for(job_id: JobId, timeout: Timeout = None, as_json: Json = False) -> None:
    """Wait until a job has ended."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        return await wait(core, terminal, await core.job(job_id), timeout)

    run(terminal, work, follow_jobs=True)


@app.command()
def retry(job_id: JobId, as_json: Json = False) -> None:
    """Go on with a failed job; send one with an unknown outcome again, under the same key."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        if (await core.job(job_id)).state is JobState.UNKNOWN:
            terminal.aside("studio: it is sent again. If the first request arrived after all, it may run, and cost, twice.")
        return await sent(core, terminal, await core.retry(job_id))

    run(terminal, work, follow_jobs=True)


@app.command()
def approve(job_id: JobId, as_json: Json = False) -> None:
    """Send a job that its account's budget holds back."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        return await sent(core, terminal, await core.approve(job_id))

    run(terminal, work, follow_jobs=True)


app.command("export")(history.export)
app.command("cancel")(queue.cancel)
app.command("pause")(queue.pause)
app.command("resume")(queue.resume)
app.command("move")(queue.move)
app.command("edit")(queue.edit)
app.command("duplicate")(queue.duplicate)
app.command("label")(queue.label)
app.command("labels")(queue.labels)
app.command("check")(queue.check)
