"""`studio chains`: steps that are run one after the other as one item."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.chain_documents import of_chain, of_estimate, of_run, step_rows
from studio.cli.options import AccountName, Json, Timeout
from studio.cli.session import DONE, FAILED, run
from studio.cli.terminal import Terminal
from studio.cli.values import read_document, read_input, split
from studio.domain.chain_check import Asked
from studio.domain.chain_run import ChainRun, RunState
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation
from studio.domain.state import JobState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.app.core import Core

app = typer.Typer(no_args_is_help=True, help="Chains: several steps as one item, each with what the steps before it made.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="As `studio chains list` shows it, or its title.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="As `studio chains runs` shows it.")]
_NO_TEXT = frozenset({ParameterKind.INTEGER, ParameterKind.NUMBER, ParameterKind.SWITCH, ParameterKind.SEED,
                      ParameterKind.GROUP, ParameterKind.TEXT_LIST, ParameterKind.MEDIA_LIST})


@app.command("list")
def list_chains(as_json: Json = False) -> None:
    """List the chains: those that come with Studio first."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        chains = await core.chains.list()
        terminal.document({"chains": [of_chain(chain) for chain in chains]})
        rows = [(chain.id, chain.title, " → ".join(step.name for step in chain.steps)) for chain in chains]
        terminal.table(("name", "title", "steps"), rows, "No chains.")
        return DONE

    run(terminal, work)


@app.command()
def show(name: Name, account: AccountName = None, as_json: Json = False) -> None:
    """Show a chain: its steps, what it asks for, and what it is thought to cost on an account."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        chain = await core.chains.get(name)
        where = account or core.default_account()
        asked = core.chains.questions(chain, where)
        estimate = await core.chains.estimate(chain, where)
        terminal.document({**of_chain(chain, asked), "account": where, "estimate": of_estimate(estimate)})
        terminal.line(f"{chain.id}  {chain.title}")
        if chain.description:
            terminal.line(chain.description)
        for number, step in enumerate(chain.steps, 1):
            terminal.line(f"  {number}. {step.name}  {step.operation}")
        for one in asked:
            needed = "needed" if one.parameter.required else f"usually {one.parameter.default}" \
                if one.parameter.default is not None else "optional"
            terminal.line(f"  -p {one.question.name}=…  {one.parameter.label} ({needed})")
        terminal.line(cost_words(of_estimate(estimate)))
        return DONE

    run(terminal, work)


def cost_words(estimate: dict[str, object]) -> str:
    """What a run is thought to cost, in a line."""
    if estimate["total"] is not None:
        return "Free." if estimate["total"] == 0 else f"Thought to cost {estimate['total']:g} credits."
    return f"Thought to cost {estimate['known']:g} credits, and {estimate['unknown']} steps whose cost is not known."


@app.command("run")
def run_chain(
    name: Name,
    account: AccountName = None,
    parameter: Annotated[list[str] | None, typer.Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="One answer; @FILE is a local file, @@ a leading @.",
    )] = None,
    document: Annotated[str | None, typer.Option("--input", metavar="JSON", help="The answers as one JSON object.")] = None,
    until_end: Annotated[bool, typer.Option("--wait", help="Wait until the run has ended.")] = False,
    timeout: Timeout = None,
    as_json: Json = False,
) -> None:
    """Start a chain. It goes on by itself in every Studio that is open; without one, at the next start or with --wait."""
    terminal = Terminal(as_json)
    try:
        pairs, given = split(parameter or []), read_document(document)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None

    async def work(core: Core) -> int:
        where = account or core.default_account()
        chain = await core.chains.get(name)
        answers = await read_input(core, _as_operation(core.chains.questions(chain, where)), pairs, given)
        estimate = await core.chains.estimate(chain, where, answers)
        terminal.aside(f"studio: {cost_words(of_estimate(estimate))}")
        if estimate.warning:
            terminal.aside(f"studio: {estimate.warning}")
        began = await core.chains.start(chain, where, answers)
        if not until_end:
            job = began.current_job
            if job is not None:
                await core.wait_sent(job.id, timeout)
            return await _print(core, terminal, await core.chains.run(began.id))
        return await _wait(core, terminal, began.id, timeout)

    run(terminal, work, follow_jobs=True)


def _as_operation(asked: Sequence[Asked]) -> Operation:
    """The questions as if they were an operation's fields: so that answers are read as any input is."""
    fields = {one.question.name: {"type": "number" if one.parameter.kind in _NO_TEXT else "string"} for one in asked}
    return Operation("chain", "Chain", MediaKind.VIDEO, tuple(one.parameter for one in asked), {"properties": fields})


async def _wait(core: Core, terminal: Terminal, run_id: str, timeout_s: float | None) -> int:
    found = await core.chains.wait(run_id, timeout_s)
    code = await _print(core, terminal, found)
    if found.state is RunState.RUNNING and not found.needs_person:
        terminal.aside(f"studio: the time is over, the run goes on. `studio chains wait {run_id}` waits on.")
    return DONE if found.state is RunState.DONE else code or FAILED


async def _print(core: Core, terminal: Terminal, found: ChainRun) -> int:
    """The document for programs; for people the steps, and the results or what went wrong."""
    terminal.document(await of_run(core, found))
    terminal.line(f"{found.id}  {found.chain.title}  {found.state}{' (held)' if found.paused else ''}")
    for row in step_rows(found):
        terminal.line(f"  {row}")
    job = found.current_job
    if found.state is RunState.DONE and job is not None:
        for asset_id in job.asset_ids:
            terminal.line(str((await core.asset(asset_id)).path))
    stopped = found.stopped_by
    if stopped is not None:
        terminal.aside(f"studio: {stopped.message} {stopped.advice}".strip())
    if found.needs_person and job is not None and job.state is JobState.UNKNOWN:
        terminal.aside(f"studio: {job.id} was sent and no answer came: if it arrived, a retry may cost twice.")
    if found.needs_person or found.state is RunState.CANCELLED:
        terminal.aside(f"studio: `studio chains retry {found.id}` goes on at that step; what is done stays.")
    return FAILED if found.needs_person or found.state is RunState.CANCELLED else DONE


@app.command("wait")
def wait_for(run_id: RunId, timeout: Timeout = None, as_json: Json = False) -> None:
    """Wait until a run has ended, working on it meanwhile."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        return await _wait(core, terminal, run_id, timeout)

    run(terminal, work, follow_jobs=True)


@app.command()
def runs(
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List the runs of chains, the newest first."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.chains.runs(limit)
        if as_json:
            terminal.document({"runs": [await of_run(core, one) for one in found]})
        rows = [(one.id, one.chain.title, one.state.value, f"{one.current + 1}/{len(one.chain.steps)}",
                 one.step.name, f"{one.created_at.astimezone():%Y-%m-%d %H:%M}") for one in found]
        terminal.table(("run", "chain", "state", "step", "", "began"), rows, "No chain was run.")
        return DONE

    run(terminal, work)


@app.command()
def retry(
    run_id: RunId, until_end: Annotated[bool, typer.Option("--wait", help="Wait until the run has ended.")] = False,
    timeout: Timeout = None, as_json: Json = False,
) -> None:
    """Go on with a run at the step that failed or was cancelled. Steps that are done are not run again."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.chains.retry(run_id)
        if until_end:
            return await _wait(core, terminal, run_id, timeout)
        job = found.current_job
        if job is not None:
            await core.wait_sent(job.id, timeout)
        return await _print(core, terminal, await core.chains.run(run_id))

    run(terminal, work, follow_jobs=True)


@app.command()
def cancel(run_id: RunId, as_json: Json = False) -> None:
    """Stop a run, and the job it stands at, at the service too where that is possible. What is done stays."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.chains.cancel(run_id)
        await _print(core, terminal, found)
        return DONE if found.state is RunState.CANCELLED else FAILED

    run(terminal, work)


@app.command()
def pause(run_id: RunId, as_json: Json = False) -> None:
    """Hold a run: no further step is begun until `studio chains resume RUN`. What was sent goes on."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        return await _print(core, terminal, await core.chains.pause(run_id))

    run(terminal, work)


@app.command()
def resume(run_id: RunId, as_json: Json = False) -> None:
    """Let a held run go on."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        return await _print(core, terminal, await core.chains.resume(run_id))

    run(terminal, work, follow_jobs=True)


@app.command("import")
def import_chain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A chain that was exported.")], as_json: Json = False,
) -> None:
    """Keep the chain of a file."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        chain = await core.chains.import_file(file)
        terminal.document(of_chain(chain))
        terminal.line(f"Kept as {chain.id}.")
        return DONE

    run(terminal, work)


@app.command()
def export(
    name: Name, to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The file, or a folder.")],
    as_json: Json = False,
) -> None:
    """Write a chain to a file, without accounts, keys or paths of this computer: those are asked for instead."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        path = await core.chains.export(name, to)
        terminal.document({"path": str(path.absolute())})
        terminal.line(str(path))
        return DONE

    run(terminal, work)


@app.command("save")
def save_chain(
    asset: Annotated[str, typer.Argument(metavar="ASSET", help="As `studio assets list` shows it.")],
    title: Annotated[str | None, typer.Option("--title", help="What to call it.")] = None, as_json: Json = False,
) -> None:
    """Keep the steps that made an asset as a chain: words and media from outside are asked for at each run."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.chains.of_asset(asset)
        chain = await core.chains.save(found.changed(id="", title=title or found.title))
        terminal.document(of_chain(chain))
        terminal.line(f"Kept as {chain.id}: {' → '.join(step.name for step in chain.steps)}.")
        return DONE

    run(terminal, work)


@app.command()
def remove(name: Name, as_json: Json = False) -> None:
    """Remove a chain of your own. Runs go on with the copy that they began with."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        chain = await core.chains.get(name)
        await core.chains.remove(chain.id)
        terminal.document({"removed": chain.id})
        terminal.line(f"Removed {chain.id}.")
        return DONE

    run(terminal, work)
