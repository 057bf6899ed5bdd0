"""The command line: `run(arguments, programs)` parses, calls one use case, prints, and gives the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import studio
from studio.cli import accounts, assets, chains, collections, jobs, ledger
from studio.cli.doctor import doctor
from studio.cli.documents import of_usage
from studio.cli.options import Json
from studio.cli.programs import EngineRequest, Programs
from studio.cli.session import DONE, FAILED, USAGE, bug
from studio.cli.terminal import Terminal, reader_gone
from studio.settings.paths import Paths

app = typer.Typer(
    name="studio", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Make pictures, video, audio and prompts with media-generation services, and own what comes out.\n\n"
         "Without a command: the window.",
)
app.command("submit")(jobs.submit)
app.add_typer(jobs.app, name="jobs")
app.add_typer(chains.app, name="chains")
app.add_typer(assets.app, name="assets")
app.add_typer(collections.app, name="collections")
app.add_typer(accounts.app, name="accounts")
app.add_typer(ledger.app, name="ledger")
app.command("operations")(accounts.list_operations)
app.command("credits")(accounts.show_credits)
app.command("doctor")(doctor)

# typer brings its own copy of click or uses the installed one, by version: what both call ClickException is asked for here.
_CommandLineError: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"studio {studio.__version__}\n")
        raise typer.Exit(DONE)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    return None


@app.command()
def tour(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where pictures and media go.")] = Path("tour"),
    as_json: Json = False,
) -> None:
    """Run the main job in the real window and save a picture of each step."""
    # The tour prints its one document itself, with and without --json.
    raise typer.Exit(_programs(context).tour(out))


@app.command()
def engine(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    home: Annotated[Path | None, typer.Option("--home", metavar="DIR", help="The data folder.")] = None,
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from standard input.")] = False,
    faults: Annotated[Path | None, typer.Option("--faults", metavar="FILE", help="A JSON list of fault drills.")] = None,
    plan: Annotated[str | None, typer.Option("--plan", metavar="starter|pro", help="Play a paid service.")] = None,
    credits: Annotated[int | None, typer.Option("--credits", min=0, help="What the paid account starts with.")] = None,  # noqa: A002  # the option's name
    models: Annotated[list[Path] | None, typer.Option(
        "--models", metavar="DIR",
        help="A folder with models of your own (diffusion, voices, recognizers); may be repeated.")] = None,
    executor: Annotated[str | None, typer.Option(
        "--executor", metavar="dask://HOST:PORT",
        help="Render on the workers of an existing Dask cluster instead of in processes of this computer. They need this "
             "program, and the data folder under the same path (a shared folder): media, results, progress and cancel "
             "travel through its files. Needs the extra “dask”.")] = None,
    webhook_url: Annotated[str | None, typer.Option(
        "--webhook-url", metavar="URL",
        help="Where events of the Canvas Labs contract go; Cannon Studio's name theirs in each request.")] = None,
    webhook_secret_stdin: Annotated[bool, typer.Option(
        "--webhook-secret-stdin",
        help="Read the secret that signs events (whsec_…) from standard input, after the key where both are read; else it "
             "is made from the key.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="End the engine of this data folder.")] = False,
    detached: Annotated[bool, typer.Option("--detached", hidden=True)] = False,
    as_json: Json = False,
) -> None:
    """Serve both contracts on this computer. First line on standard output: its URL and key, as JSON."""
    folder = home or Paths.from_environment().data
    if plan not in (None, "starter", "pro"):
        raise typer.BadParameter("--plan is starter or pro.")
    if executor is not None and not executor.startswith("dask://"):
        raise typer.BadParameter("--executor is dask://HOST:PORT.")
    if stop:
        stopped = _programs(context).stop_engine(folder)
        terminal = Terminal(as_json)
        terminal.document({"stopped": stopped})
        terminal.line("The engine has ended." if stopped else "No engine runs for this data folder.")
        raise typer.Exit(DONE if stopped else FAILED)
    request = EngineRequest(folder, port, key_stdin, faults, plan, credits, detached, tuple(models or ()), executor,
                            webhook_url, webhook_secret_stdin)
    raise typer.Exit(_programs(context).engine(request))


def _programs(context: typer.Context) -> Programs:
    programs = context.obj
    if not isinstance(programs, Programs):
        raise typer.BadParameter("This needs the whole program: start it as `studio`.")
    return programs


def run(arguments: Sequence[str], programs: Programs | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 failed, 2 usage. With --json a usage error is a document too."""
    command = typer.main.get_command(app)
    try:
        code = command.main(args=list(arguments), prog_name="studio", standalone_mode=False, obj=programs)
    except _CommandLineError as error:
        words = error.format_message() if hasattr(error, "format_message") else str(error)
        Terminal("--json" in arguments).document(of_usage(words))
        sys.stderr.write(f"studio: {words}\nTry `studio --help`.\n")
        return USAGE
    except BrokenPipeError:
        return reader_gone()
    except Exception as error:  # noqa: BLE001  the border to the person
        return bug(Terminal("--json" in arguments), error)
    try:
        sys.stdout.flush()  # here, where a reader that has gone can still be told from a failure
    except BrokenPipeError:
        reader_gone()
    return code if isinstance(code, int) else DONE
