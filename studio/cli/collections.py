"""`studio collections`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.asset_filters import with_filters
from studio.cli.documents import of_asset, of_collection
from studio.cli.options import Json
from studio.cli.session import DONE, run
from studio.cli.terminal import Terminal
from studio.domain.collection import Collection
from studio.domain.errors import NotFoundError
from studio.domain.query import AssetQuery

if TYPE_CHECKING:
    from studio.app.core import Core

app = typer.Typer(no_args_is_help=True, help="Collections of assets, by hand or by a search that is kept.")
_Named = Annotated[str, typer.Argument(metavar="COLLECTION", help="Its id or its title.")]


@app.command("list")
def list_collections(as_json: Json = False) -> None:
    """List all collections."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.gallery.collections()
        terminal.document({"collections": [of_collection(one) for one in found]})
        rows = [(one.id, "search" if one.is_smart else str(one.count), one.title) for one in found]
        terminal.table(("id", "assets", "title"), rows, "No collections.")
        return DONE

    run(terminal, work)


@app.command()
@with_filters
def create(query: AssetQuery, title: Annotated[str, typer.Argument(metavar="TITLE")], as_json: Json = False) -> None:
    """Make a collection. With any of the options that choose assets it is a search that is kept."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        made = await core.gallery.create_collection(title, None if query == AssetQuery() else query)
        _say(terminal, made)
        return DONE

    run(terminal, work)


@app.command()
def add(named: _Named, ids: Annotated[list[str], typer.Argument(metavar="ID…")], as_json: Json = False) -> None:
    """Put assets into a collection made by hand."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        collection = await _find(core, named)
        _say(terminal, await core.gallery.add_to_collection(collection.id, ids))
        return DONE

    run(terminal, work)


@app.command()
def remove(
    named: _Named, ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]")] = None, as_json: Json = False
) -> None:
    """Take assets out of a collection; without any, remove the collection itself. The assets stay in the library."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        collection = await _find(core, named)
        if ids:
            _say(terminal, await core.gallery.remove_from_collection(collection.id, ids))
            return DONE
        await core.gallery.remove_collection(collection.id)
        terminal.document({"removed": collection.id})
        terminal.line(f"{collection.id}  removed")
        return DONE

    run(terminal, work)


@app.command()
def show(
    named: _Named,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 200,
    as_json: Json = False,
) -> None:
    """Show what is in a collection."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        collection = await _find(core, named)
        found = await core.assets(AssetQuery(collection=collection.id, limit=limit))
        terminal.document({"collection": of_collection(collection), "assets": [of_asset(asset) for asset in found]})
        rows = [(asset.id, asset.kind.value, str(asset.path)) for asset in found]
        terminal.table(("id", "kind", "file"), rows, "Nothing is in it.")
        return DONE

    run(terminal, work)


async def _find(core: Core, named: str) -> Collection:
    found = await core.gallery.collections()
    match = next((one for one in found if one.id == named), None)
    match = match or next((one for one in found if one.title.casefold() == named.casefold()), None)
    if match is None:
        raise NotFoundError(f"There is no collection “{named}”.", advice="See `studio collections list`.")
    return match


def _say(terminal: Terminal, collection: Collection) -> None:
    terminal.document(of_collection(collection))
    terminal.line(f"{collection.id}  {collection.title}")
