"""`studio accounts`, `studio credits` and `studio operations`."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import Document, of_account, of_balance, of_operation
from studio.cli.options import AccountName, Json
from studio.cli.session import DONE, run
from studio.cli.terminal import Terminal
from studio.domain.account import Account, Balance, HostKind, MediaHost, Secret, Service
from studio.domain.errors import LocalError, NotFoundError

if TYPE_CHECKING:
    from studio.app.core import Core

app = typer.Typer(no_args_is_help=True, help="Accounts at the services. Keys live in the system's keyring.")
_KEPT = frozenset({"keyring", "environment"})


class RemoteService(StrEnum):
    """Services that an account can be added for."""

    CANNON_STUDIO = "cannon-studio"
    CANVAS_LABS = "canvas-labs"


async def _described(core: Core, account: Account) -> Document:
    source = (await core.key_source(account.name)).value
    return of_account(account, source if source in _KEPT else None)


@app.command("list")
def list_accounts(as_json: Json = False) -> None:
    """List the accounts; local is this computer and always there."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = [await _described(core, account) for account in core.accounts()]
        default = core.default_account()
        terminal.document({"accounts": [{**account, "default": account["name"] == default} for account in found]})
        rows = [tuple(str(account[name] or "–") for name in ("name", "service", "base_url", "key")) for account in found]
        terminal.table(("name", "service", "address", "key from"), rows, "")
        return DONE

    run(terminal, work)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A name of your own.")],
    service: Annotated[RemoteService, typer.Option("--service", help="Whose contract it speaks.")],
    base_url: Annotated[str, typer.Option("--base-url", help="Another address than the official one.")] = "",
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from standard input.")] = False,
    media_host: Annotated[
        HostKind | None, typer.Option("--media-host", help="How files of this computer get to the service.")
    ] = None,
    bucket: Annotated[str, typer.Option("--bucket", help="Name of the S3-compatible bucket.")] = "",
    endpoint: Annotated[str, typer.Option("--endpoint", help="The bucket's https address, if it is not Amazon's.")] = "",
    region: Annotated[str, typer.Option("--region", help="The bucket's region.")] = "",
    prefix: Annotated[str, typer.Option("--prefix", help="A folder in the bucket.")] = "",
    as_json: Json = False,
) -> None:
    """Store an account; the same name again replaces. Nothing is asked of the service: `test` does that.

    Limits, colour and media host of an account that is there stay where no --media-host is given. A bucket's key and secret
    are given with `studio accounts secret`.
    """
    terminal = Terminal(as_json)
    if media_host is not HostKind.BUCKET and (bucket or endpoint or region or prefix):
        raise typer.BadParameter("--bucket, --endpoint, --region and --prefix belong to --media-host bucket.")
    key = _read_key() if key_stdin else None
    host = None if media_host is None else MediaHost(media_host, endpoint, bucket, region, prefix)

    async def work(core: Core) -> int:
        account = _with_fields_of(core, Account(name, Service(service.value), base_url), host)
        warning = await core.add_account(account, key)
        stored = core.account(name)
        document = await _described(core, stored)
        terminal.document({**document, "media_host": stored.media_host.kind.value, "warning": warning})
        terminal.line(f"{stored.name}: {stored.service.display_name} at {stored.base_url}")
        if warning:
            terminal.aside(f"studio: {warning}")
        return DONE

    run(terminal, work)


def _with_fields_of(core: Core, account: Account, host: MediaHost | None) -> Account:
    """`account` with what the one of its name has beside name and address; `host` where one is given."""
    try:
        known = core.account(account.name)
    except NotFoundError:
        known = account
    kept = replace(known, name=account.name, service=account.service, base_url=account.base_url)
    return kept if host is None else replace(kept, media_host=host)


@app.command("secret")
def keep_secret(
    name: Annotated[str, typer.Argument(help="The account.")],
    purpose: Annotated[Secret, typer.Argument(help="Which secret.")],
    stdin: Annotated[bool, typer.Option("--stdin", help="Read it from standard input.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Remove it from the keyring.")] = False,
    as_json: Json = False,
) -> None:
    """Keep a secret of an account in the system's keyring: those of its bucket, or the one that signs its events."""
    terminal = Terminal(as_json)
    if stdin is forget:
        raise typer.BadParameter("Say either --stdin or --forget; a secret is never an argument.")
    value = _read_key() if stdin else None

    async def work(core: Core) -> int:
        warning = await core.set_secret(name, purpose, value)
        if warning:
            raise LocalError(warning, advice="Unlock the keyring and do it again.", code="secret_not_kept")
        terminal.document({"account": name, "purpose": purpose.value, "kept": not forget})
        terminal.line(f"{name}: {purpose.value} is {'removed' if forget else 'kept in the keyring'}.")
        return DONE

    run(terminal, work)


@app.command("budget")
def set_budget(
    name: Annotated[str, typer.Argument(help="The account.")],
    ask_above: Annotated[float | None, typer.Option(
        "--ask-above", min=-1, metavar="CREDITS", help="A job above it waits for `studio jobs approve`; -1: never.")] = None,
    per_day: Annotated[float | None, typer.Option(
        "--per-day", min=-1, metavar="CREDITS", help="Nothing is sent beyond it on one day; -1: no limit.")] = None,
    per_month: Annotated[float | None, typer.Option(
        "--per-month", min=-1, metavar="CREDITS", help="The same for a month; -1: no limit.")] = None,
    as_json: Json = False,
) -> None:
    """Set what an account may spend; without an option only show it, with what is spent and reserved."""
    terminal = Terminal(as_json)
    given = {"ask_above": ask_above, "per_day": per_day, "per_month": per_month}

    async def work(core: Core) -> int:
        account = core.account(name)
        wanted = {key: None if value < 0 else value for key, value in given.items() if value is not None}
        if wanted:
            account = await core.update_account(replace(account, budget=replace(account.budget, **wanted)))
        standing, budget = await core.standing(account.name), account.budget
        terminal.document({
            "account": account.name, "ask_above": budget.ask_above, "per_day": budget.per_day, "per_month": budget.per_month,
            "today": standing.today, "this_month": standing.this_month, "reserved": standing.reserved,
        })
        asked = "never" if budget.ask_above is None else f"above {budget.ask_above:g} credits"
        terminal.line(f"{account.name}: asks {asked} for one job")
        for words, spent, most in (("today", standing.today, budget.per_day),
                                   ("this month", standing.this_month, budget.per_month)):
            terminal.line(f"{words}: {spent:g} of {'no limit' if most is None else f'{most:g} credits'}")
        terminal.line(f"reserved for jobs on their way: {standing.reserved:g}")
        return DONE

    run(terminal, work)


def _read_key() -> str:
    try:
        return sys.stdin.readline().strip()
    except UnicodeDecodeError:
        raise typer.BadParameter("What came on standard input is no key.") from None


def _say(terminal: Terminal, balance: Balance) -> None:
    left = "no limit" if balance.unlimited else "not said" if balance.remaining is None else f"{balance.remaining:g}"
    used = "" if balance.used_this_month is None else f", {balance.used_this_month:g} used this month"
    plan = f", plan {balance.plan}" if balance.plan else ""
    terminal.line(f"credits: {left}{used}{plan}")


@app.command("test")
def ask(name: Annotated[str, typer.Argument(help="The account.")], as_json: Json = False) -> None:
    """Ask the service whether it knows the key."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        balance = await core.balance(name)
        terminal.document({"ok": True, **of_balance(name, balance)})
        terminal.line(f"{name}: the service answers and knows the key.")
        _say(terminal, balance)
        return DONE

    run(terminal, work)


@app.command()
def remove(name: Annotated[str, typer.Argument(help="The account.")], as_json: Json = False) -> None:
    """Forget an account and its key. Its jobs and what they made stay."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        await core.remove_account(name)
        terminal.document({"removed": name})
        terminal.line(f"{name} is removed.")
        return DONE

    run(terminal, work)


def show_credits(account: AccountName = None, as_json: Json = False) -> None:
    """Ask a service for the credits that are left."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        name = account or core.default_account()
        balance = await core.balance(name)
        terminal.document(of_balance(name, balance))
        _say(terminal, balance)
        return DONE

    run(terminal, work)


def list_operations(
    account: AccountName = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask the service itself first what it can do.")] = False,
    as_json: Json = False,
) -> None:
    """List what an account's service can do, with the JSON Schema of each input. Works offline and without a key."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        problem = await core.refresh_operations(account) if refresh and account else None
        if problem:
            terminal.aside(f"studio: {problem}")
        found = core.operations(account)
        terminal.document({"operations": [of_operation(operation) for operation in found]})
        rows = [(o.id, o.title, o.kind.value, ", ".join(p.name for p in o.parameters if p.required)) for o in found]
        terminal.table(("operation", "", "makes", "needs"), rows, "No operations.")
        return DONE

    run(terminal, work)
