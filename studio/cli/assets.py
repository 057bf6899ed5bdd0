"""`studio assets`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli import asset_marks
from studio.cli.asset_filters import with_filters
from studio.cli.asset_marks import AssetIds
from studio.cli.documents import Document, of_asset
from studio.cli.options import Json
from studio.cli.session import DONE, run
from studio.cli.terminal import Terminal
from studio.domain.asset import Asset
from studio.domain.query import AssetQuery

if TYPE_CHECKING:
    from studio.app.core import Core

app = typer.Typer(no_args_is_help=True, help="The library: what jobs made and what was brought in.")
for _command in (asset_marks.tag, asset_marks.star, asset_marks.colour, asset_marks.lineage, asset_marks.rescan):
    app.command()(_command)
_PROMPT_LENGTH = 48


@app.command("list")
@with_filters
def list_assets(
    query: AssetQuery,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 200,
    before: Annotated[str | None, typer.Option("--before", metavar="ID", help="Go on behind this asset.")] = None,
    as_json: Json = False,
) -> None:
    """List assets, the newest first. All options that choose must hold."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.assets(replace(query, limit=limit, before=before))
        terminal.document({"assets": [of_asset(asset) for asset in found]})
        rows = [(a.id, a.kind.value, " ".join(a.prompt.split())[:_PROMPT_LENGTH], str(a.path)) for a in found]
        terminal.table(("id", "kind", "prompt", "file"), rows, "No assets.")
        return DONE

    run(terminal, work)


@app.command()
def show(asset_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """Show one asset and the recipe that made it."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        document = of_asset(await core.asset(asset_id))
        terminal.document(document)
        for name, value in document.items():
            terminal.line(f"{name:<12} {'' if value is None else value}")
        return DONE

    run(terminal, work)


@app.command("import")
def import_files(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Pictures, videos and sounds, or folders with them.")],
    as_json: Json = False,
) -> None:
    """Copy files into the library; the originals stay where they are. A file that is named must be media; of a folder's
    files those that are none are told of."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found: list[Asset] = []
        refused: list[Document] = []
        for path in (given.expanduser() for given in paths):
            if not path.is_dir():
                found.append(await core.import_file(path))
                continue
            brought = await core.gallery.import_paths([path])
            found += [*brought.assets, *brought.known]
            refused += [{"path": str(file), "message": words} for file, words in brought.refused]
        terminal.document({"assets": [of_asset(asset) for asset in found], "refused": refused})
        for asset in found:
            terminal.line(f"{asset.id}  {asset.path}")
        for one in refused:
            terminal.aside(f"studio: {one['message']}")
        return DONE

    run(terminal, work)


@app.command()
def export(
    ids: AssetIds,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to copy to.")],
    name: Annotated[str | None, typer.Option(
        "--name", metavar="TEMPLATE", help="How files are called, such as “{date} {prompt} {seed}”.")] = None,
    as_zip: Annotated[bool, typer.Option("--zip", help="One zip instead of single files; --to may name it.")] = False,
    metadata: Annotated[str | None, typer.Option(
        "--metadata", metavar="kept|recipe|stripped",
        help="As the service sent them, with their recipe inside, or without anything private.")] = None,
    sign: Annotated[bool, typer.Option(
        "--sign", help="With content credentials (C2PA), signed with the certificate that the settings name.")] = False,
    as_json: Json = False,
) -> None:
    """Copy assets into a folder, byte for byte if nothing else is said."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        if name is None and metadata is None and not as_zip and not sign:
            paths = await core.export(list(ids), to.expanduser())
        else:
            from studio.library.credentials import signing_files
            from studio.library.export import DEFAULT_TEMPLATE, ExportPlan

            files = signing_files(core.preferences.signing_certificate, core.preferences.signing_key) if sign else None
            plan = ExportPlan(name or DEFAULT_TEMPLATE, to.expanduser(), as_zip, metadata or "kept", files)
            paths = await core.gallery.export(ids, plan)
        terminal.document({"paths": [str(path.absolute()) for path in paths]})
        for path in paths:
            terminal.line(str(path.absolute()))
        return DONE

    run(terminal, work)


@app.command()
def delete(
    ids: AssetIds,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also those from which others were made that are kept.")] = False,
    as_json: Json = False,
) -> None:
    """Move assets to the trash, from where `restore` brings them back."""
    _move(ids, as_json, lambda core: core.delete(list(ids), anyway), away=True)


@app.command()
def restore(ids: AssetIds, as_json: Json = False) -> None:
    """Bring assets back from the trash."""
    _move(ids, as_json, lambda core: core.restore(list(ids)), away=False)


def _move(ids: list[str], as_json: bool, move: Callable[[Core], Awaitable[None]], *, away: bool) -> None:
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        await move(core)
        found = [await core.asset(asset_id) for asset_id in ids]
        terminal.document({"assets": [of_asset(asset) for asset in found]})
        for asset in found:
            terminal.line(f"{asset.id}  {'deleted' if away else asset.path}")
        return DONE

    run(terminal, work)
