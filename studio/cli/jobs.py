"""`studio submit` and `studio jobs`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import of_job
from studio.cli.following import print_job, sent, wait
from studio.cli.options import AccountName, Json, Timeout
from studio.cli.session import DONE, FAILED, run
from studio.cli.terminal import Terminal
from studio.cli.values import read_document, read_input, split
from studio.domain.errors import UnknownOperationError
from studio.domain.job import JobRequest
from studio.domain.query import JobQuery
from studio.domain.state import ACTIVE, JobState

if TYPE_CHECKING:
    from studio.app.core import Core

app = typer.Typer(no_args_is_help=True, help="The jobs: every one that was ever sent, and what became of it.")
JobId = Annotated[str, typer.Argument(metavar="ID", help="As `studio jobs list` shows it.")]
_TITLE_LENGTH = 48
_PAGE = 500
_LOOK_EVERY_S = 0.5


def submit(
    operation: Annotated[str, typer.Argument(metavar="OPERATION", help="Such as video.generate; see `studio operations`.")],
    account: AccountName = None,
    parameter: Annotated[list[str] | None, typer.Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="One field of the input; @FILE is a local file, @@ a leading @.",
    )] = None,
    document: Annotated[str | None, typer.Option("--input", metavar="JSON", help="The input as one JSON object.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="A name of your own for the job.")] = None,
    until_end: Annotated[bool, typer.Option("--wait", help="Wait until the job has ended.")] = False,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Send a job; without --wait it returns once the job is sent, or queued with the reason."""
    terminal = Terminal(as_json)
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
        job = await core.submit(JobRequest(operation, name, values, label))
        return await (wait(core, terminal, job, timeout) if until_end else sent(core, terminal, job, timeout))

    run(terminal, work, follow_jobs=True)


@app.command("list")
def list_jobs(
    state: Annotated[JobState | None, typer.Option("--state", help="Only jobs in this state.")] = None,
    search: Annotated[str | None, typer.Option("--search", help="Words of prompt, label, operation, account or id.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 100,
    as_json: Json = False,
) -> None:
    """List jobs, the newest first."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        jobs = await core.jobs(JobQuery(state=state, search=search, limit=limit))
        if as_json:
            terminal.document({"jobs": [await of_job(core, job) for job in jobs]})
        rows = [(job.id, job.request.operation, job.state.value, f"{job.created_at.astimezone():%Y-%m-%d %H:%M}",
                 " ".join(job.title.split())[:_TITLE_LENGTH]) for job in jobs]
        terminal.table(("id", "operation", "state", "created", "what"), rows, "No jobs.")
        return DONE

    run(terminal, work)


@app.command()
def show(job_id: JobId, as_json: Json = False) -> None:
    """Show one job and its life so far."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
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
def cancel(job_id: JobId, as_json: Json = False) -> None:
    """Cancel a job, at the service too where that is possible."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        job = await core.cancel(job_id)
        await print_job(core, terminal, job)
        for entry in (await core.timeline(job_id))[-1:]:
            terminal.aside(f"studio: {entry.note}")
        return DONE if job.state is JobState.CANCELLED else FAILED

    run(terminal, work)


@app.command()
def approve(job_id: JobId, as_json: Json = False) -> None:
    """Send a job that its account's budget holds back."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        return await sent(core, terminal, await core.approve(job_id))

    run(terminal, work, follow_jobs=True)


@app.command()
def pause(as_json: Json = False) -> None:
    """Hold the queue: nothing is sent until `studio jobs resume`. What was sent goes on."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        await core.pause_queue()
        terminal.document({"paused": True})
        terminal.line("The queue is held. `studio jobs resume` lets it go on.")
        return DONE

    run(terminal, work)


@app.command()
def resume(as_json: Json = False) -> None:
    """Work every unfinished job to its end, as far as its service can be reached. A queue that was held goes on."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        await core.resume_queue()
        jobs = await core.jobs(JobQuery(unfinished=True, limit=_PAGE))
        await core.start()
        await _until_nothing_moves(core, [job.id for job in jobs])
        ended = [await core.job(job.id) for job in jobs]
        if as_json:
            terminal.document({"jobs": [await of_job(core, job) for job in ended]})
        else:
            for job in ended:
                await print_job(core, terminal, job)
        if not ended:
            terminal.line("No job is unfinished.")
        return DONE if all(job.state is JobState.DONE for job in ended) else FAILED

    run(terminal, work)


async def _until_nothing_moves(core: Core, ids: list[str]) -> None:
    """Also those that another process follows: they end there, or wait for a reason."""
    while True:
        await core.idle()
        found = [await core.job(job_id) for job_id in ids]
        if not any(job.state in ACTIVE and job.waiting_for is None and job.error is None for job in found):
            return
        await asyncio.sleep(_LOOK_EVERY_S)
