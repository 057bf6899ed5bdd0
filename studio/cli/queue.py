"""The queue from the command line: `studio jobs pause|resume|move|edit|duplicate|label|labels|cancel|check`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import Document, of_job
from studio.cli.following import print_job, sent
from studio.cli.options import Json
from studio.cli.session import DONE, FAILED, run
from studio.cli.terminal import Terminal
from studio.cli.values import read_document, read_input, split
from studio.domain.errors import UnknownOperationError
from studio.domain.job import Job, JobRequest
from studio.domain.pause import Pause
from studio.domain.query import JobQuery
from studio.domain.state import ACTIVE, JobState

if TYPE_CHECKING:
    from studio.app.core import Core

JobId = Annotated[str, typer.Argument(metavar="ID", help="As `studio jobs list` shows it.")]
JobIds = Annotated[list[str], typer.Argument(metavar="ID…", help="As `studio jobs list` shows them.")]
OfAccount = Annotated[str | None, typer.Option("--account", metavar="NAME", help="Only that account's queue.")]
OfJob = Annotated[str | None, typer.Option("--job", metavar="ID", help="Only that job.")]
_PAGE = 500
_LOOK_EVERY_S = 0.5


def _meant(account: str | None, job_id: str | None, everything: bool) -> Pause:
    if sum((account is not None, job_id is not None, everything)) > 1:
        raise typer.BadParameter("Only one of --account, --job and --all can be meant.")
    if account is not None:
        return Pause("account", account)
    return Pause("all") if job_id is None else Pause("job", job_id)


def _words(pause: Pause) -> str:
    return {"all": "The queue", "account": f"The queue of {pause.name}", "job": f"The job {pause.name}"}[pause.scope]


async def _print_pauses(core: Core, terminal: Terminal, held: bool) -> None:
    pauses = sorted(await core.queue.pauses(), key=lambda pause: (pause.scope, pause.name))
    terminal.document({"paused": held, "pauses": [{"scope": pause.scope, "name": pause.name} for pause in pauses]})


def pause(
    account: OfAccount = None, job_id: OfJob = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole queue, as without an option.")] = False,
    as_json: Json = False,
) -> None:
    """Hold the queue, that of an account, or one job: nothing of it is sent until `resume`. What was sent goes on."""
    terminal, meant = Terminal(as_json), _meant(account, job_id, everything)

    async def work(core: Core) -> int:
        if meant.scope == "account":
            core.account(meant.name)
        await core.queue.pause(meant.scope, meant.name)
        await _print_pauses(core, terminal, True)
        option = "" if meant.scope == "all" else f" --{meant.scope} {meant.name}"
        terminal.line(f"{_words(meant)} is held. `studio jobs resume{option}` lets it go on.")
        return DONE

    run(terminal, work)


def resume(
    account: OfAccount = None, job_id: OfJob = None,
    everything: Annotated[bool, typer.Option("--all", help="Whatever is held: the queue, accounts and jobs.")] = False,
    as_json: Json = False,
) -> None:
    """Work every unfinished job to its end, as far as its service can be reached. A queue that was held goes on.

    With --account, --job or --all only that is let go: an open window, or the next `studio jobs resume`, goes on with it.
    """
    terminal, meant = Terminal(as_json), _meant(account, job_id, everything)

    async def let_go(core: Core) -> int:
        for one in await core.queue.pauses() if everything else [meant]:
            await core.queue.resume(one.scope, one.name)
        await _print_pauses(core, terminal, False)
        terminal.line("Nothing is held any more." if everything else f"{_words(meant)} may go on.")
        return DONE

    async def work(core: Core) -> int:
        await core.resume_queue()
        jobs = await core.jobs(JobQuery(unfinished=True, limit=_PAGE))
        await core.start()
        await _until_nothing_moves(core, [job.id for job in jobs])
        ended = [await core.job(job.id) for job in jobs]
        await _print_jobs(core, terminal, ended)
        if not ended:
            terminal.line("No job is unfinished.")
        return DONE if all(job.state is JobState.DONE for job in ended) else FAILED

    run(terminal, let_go if everything or meant.scope != "all" else work)


async def _until_nothing_moves(core: Core, ids: list[str]) -> None:
    """Also those that another process follows: they end there, or wait for a reason."""
    while True:
        await core.idle()
        found = [await core.job(job_id) for job_id in ids]
        if not any(job.state in ACTIVE and job.waiting_for is None and job.error is None for job in found):
            return
        await asyncio.sleep(_LOOK_EVERY_S)


async def _print_jobs(core: Core, terminal: Terminal, jobs: Sequence[Job]) -> None:
    if terminal.as_json:
        terminal.document({"jobs": [await of_job(core, job) for job in jobs]})
        return
    for job in jobs:
        await print_job(core, terminal, job)


def move(
    job_ids: JobIds,
    before: Annotated[str | None, typer.Option("--before", metavar="ID", help="Before that waiting job.")] = None,
    first: Annotated[bool, typer.Option("--first", help="Before all others of its account.")] = False,
    last: Annotated[bool, typer.Option("--last", help="Behind all others of its account.")] = False,
    as_json: Json = False,
) -> None:
    """Put waiting jobs in another place of their account's queue, in the order in which they are named."""
    terminal = Terminal(as_json)
    if sum((before is not None, first, last)) != 1:
        raise typer.BadParameter("One of --before, --first and --last has to be given.")

    async def work(core: Core) -> int:
        account = (await core.job(job_ids[0])).request.account
        others = [job.id for job in await core.queue.waiting(account) if job.id not in job_ids]
        await core.queue.move(job_ids, (others[0] if others else None) if first else before)
        line = await core.queue.waiting(account)
        terminal.document({"account": account, "waiting": [job.id for job in line]})
        rows = [(f"{number}", job.id, " ".join(job.title.split())) for number, job in enumerate(line, 1)]
        terminal.table(("place", "id", "what"), rows, "No job waits.")
        return DONE

    run(terminal, work)


def edit(
    job_id: JobId,
    parameter: Annotated[list[str] | None, typer.Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="A field that is to have another value, as with `submit`.")] = None,
    without: Annotated[list[str] | None, typer.Option("--without", metavar="NAME", help="A field to leave out.")] = None,
    document: Annotated[str | None, typer.Option("--input", metavar="JSON", help="The whole input anew.")] = None,
    as_json: Json = False,
) -> None:
    """Change a job that still waits and that nothing was sent of; it keeps its place."""
    terminal = Terminal(as_json)
    try:
        pairs, given = split(parameter or []), None if document is None else read_document(document)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None

    async def work(core: Core) -> int:
        job = await core.job(job_id)
        request = job.request
        known = next((one for one in core.operations(request.account) if one.id == request.operation), None)
        if known is None:
            raise UnknownOperationError(f"The account {request.account} has no operation {request.operation}.")
        kept = {name: value for name, value in request.input.items() if name not in (without or [])} if given is None else {}
        values = {**kept, **await read_input(core, known, pairs, given or {})}
        changed = JobRequest(request.operation, request.account, values, request.label, request.chain_run)
        await print_job(core, terminal, await core.queue.edit(job_id, changed))
        return DONE

    run(terminal, work)


def duplicate(job_ids: JobIds, as_json: Json = False) -> None:
    """Send new jobs with the same inputs."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        made = await core.queue.duplicate(job_ids)
        if len(made) == 1:
            return await sent(core, terminal, made[0])
        await _print_jobs(core, terminal, [await core.wait_sent(job.id) for job in made])
        return DONE

    run(terminal, work, follow_jobs=True)


def label(
    job_ids: JobIds,
    words: Annotated[str | None, typer.Option("--label", metavar="LABEL", help="The label.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Take the label away.")] = False,
    as_json: Json = False,
) -> None:
    """Give jobs a label, so that they can be acted on together."""
    terminal = Terminal(as_json)
    if (words is None) != none:
        raise typer.BadParameter("Either --label or --none has to be given.")

    async def work(core: Core) -> int:
        await _print_jobs(core, terminal, await core.queue.set_label(job_ids, words))
        return DONE

    run(terminal, work)


def labels(as_json: Json = False) -> None:
    """List the labels with how their jobs stand, the one used last first."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        groups = await core.queue.labels()
        names = ("waiting", "running", "done", "failed", "cancelled")
        documents: list[Document] = [{"label": one.label, **{name: getattr(one, name) for name in names}} for one in groups]
        terminal.document({"labels": documents})
        rows = [(one.label, *(str(getattr(one, name)) for name in names)) for one in groups]
        terminal.table(("label", *names), rows, "No labels.")
        return DONE

    run(terminal, work)


def cancel(
    job_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="As `studio jobs list` shows it.")] = None,
    of_label: Annotated[str | None, typer.Option("--label", metavar="LABEL", help="All with that label.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that have not ended, running ones too.")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what was not sent yet; with --label, of those.")] = False,
    account: OfAccount = None, as_json: Json = False,
) -> None:
    """Cancel a job, or all of a label, an account or the queue; at the service too where that is possible."""
    terminal = Terminal(as_json)
    many = of_label is not None or everything or waiting
    if many == (job_id is not None) or (account is not None and not many):
        raise typer.BadParameter("Either a job's ID has to be given, or --label, --all or --waiting.")

    async def work(core: Core) -> int:
        if job_id is None:
            service = core.queue
            count = await (service.cancel_waiting if waiting else service.cancel_all)(account=account, label=of_label)
            terminal.document({"cancelled": count})
            terminal.line("One job was cancelled." if count == 1 else f"{count} jobs were cancelled.")
            return DONE
        job = await core.cancel(job_id)
        await print_job(core, terminal, job)
        for entry in (await core.timeline(job_id))[-1:]:
            terminal.aside(f"studio: {entry.note}")
        return DONE if job.state is JobState.CANCELLED else FAILED

    run(terminal, work)


def check(job_id: JobId, as_json: Json = False) -> None:
    """Ask the service once more about a job, whatever became of it here; a result that is there after all is fetched."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        job = await core.queue.check_again(job_id)
        if job.state is JobState.DOWNLOADING:
            job = await core.wait(job_id)
        await print_job(core, terminal, await core.job(job_id))
        for entry in (await core.timeline(job_id))[-1:]:
            terminal.aside(f"studio: {entry.note}" if entry.note else f"studio: It is {entry.state}.")
        return DONE

    run(terminal, work, follow_jobs=True)
