"""`studio assets`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import of_asset
from studio.cli.options import Json
from studio.cli.session import DONE, run
from studio.cli.terminal import Terminal
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery

if TYPE_CHECKING:
    from studio.app.core import Core

app = typer.Typer(no_args_is_help=True, help="The library: what jobs made and what was brought in.")
AssetIds = Annotated[list[str], typer.Argument(metavar="ID…", help="As `studio assets list` shows them.")]
_PROMPT_LENGTH = 48


@app.command("list")
def list_assets(
    search: Annotated[str | None, typer.Option("--search", help="Words of the prompt or the file's name.")] = None,
    kind: Annotated[MediaKind | None, typer.Option("--kind", help="Only this kind.")] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those in the trash instead.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 200,
    as_json: Json = False,
) -> None:
    """List assets, the newest first."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.assets(AssetQuery(search=search, kind=kind, deleted=deleted, limit=limit))
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
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Pictures, videos and sounds.")], as_json: Json = False
) -> None:
    """Copy files into the library; the originals stay where they are."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = [await core.import_file(path.expanduser()) for path in paths]
        terminal.document({"assets": [of_asset(asset) for asset in found]})
        for asset in found:
            terminal.line(f"{asset.id}  {asset.path}")
        return DONE

    run(terminal, work)


@app.command()
def export(
    ids: AssetIds,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to copy to.")],
    as_json: Json = False,
) -> None:
    """Copy assets into a folder."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        paths = await core.export(list(ids), to.expanduser())
        terminal.document({"paths": [str(path.absolute()) for path in paths]})
        for path in paths:
            terminal.line(str(path.absolute()))
        return DONE

    run(terminal, work)


@app.command()
def delete(ids: AssetIds, as_json: Json = False) -> None:
    """Move assets to the trash, from where `restore` brings them back."""
    _move(ids, as_json, away=True)


@app.command()
def restore(ids: AssetIds, as_json: Json = False) -> None:
    """Bring assets back from the trash."""
    _move(ids, as_json, away=False)


def _move(ids: list[str], as_json: bool, *, away: bool) -> None:
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        await (core.delete(list(ids)) if away else core.restore(list(ids)))
        found = [await core.asset(asset_id) for asset_id in ids]
        terminal.document({"assets": [of_asset(asset) for asset in found]})
        for asset in found:
            terminal.line(f"{asset.id}  {'deleted' if away else asset.path}")
        return DONE

    run(terminal, work)
