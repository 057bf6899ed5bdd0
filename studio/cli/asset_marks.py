"""`studio assets tag`, `star`, `colour`, `lineage` and `rescan`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import of_asset
from studio.cli.options import Json
from studio.cli.session import DONE, run
from studio.cli.terminal import Terminal
from studio.domain.asset import COLOURS, Asset

if TYPE_CHECKING:
    from studio.app.core import Core

AssetIds = Annotated[list[str], typer.Argument(metavar="ID…", help="As `studio assets list` shows them.")]
_NONE = "none"


def tag(
    ids: AssetIds,
    add: Annotated[list[str] | None, typer.Option("--add", metavar="TAG", help="May be repeated.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="TAG", help="May be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """Give tags to assets, or take them away."""
    if not add and not remove:
        raise typer.BadParameter("Say --add TAG or --remove TAG.")

    async def change(core: Core) -> list[Asset]:
        changed: list[Asset] = []
        if remove:
            changed = await core.gallery.remove_tags(ids, remove)
        if add:
            changed = await core.gallery.add_tags(ids, add)
        return changed

    _mark(as_json, change, lambda asset: ", ".join(asset.tags) or "no tags")


def star(
    ids: AssetIds, off: Annotated[bool, typer.Option("--off", help="Take the star away.")] = False, as_json: Json = False
) -> None:
    """Star assets."""
    _mark(as_json, lambda core: core.gallery.set_starred(ids, not off),
          lambda asset: "starred" if asset.starred else "not starred")


def colour(
    colour: Annotated[str, typer.Argument(metavar="COLOUR", help=f"{', '.join(COLOURS)}, or none.")], ids: AssetIds,
    as_json: Json = False,
) -> None:
    """Give assets a colour label, or take it away with “none”."""
    wanted = None if colour == _NONE else colour
    _mark(as_json, lambda core: core.gallery.set_colour(ids, wanted), lambda asset: asset.colour or "no colour")


def _mark(as_json: bool, change: Callable[[Core], Awaitable[list[Asset]]], said: Callable[[Asset], str]) -> None:
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        changed = await change(core)
        terminal.document({"assets": [of_asset(asset) for asset in changed]})
        for asset in changed:
            terminal.line(f"{asset.id}  {said(asset)}")
        return DONE

    run(terminal, work)


def lineage(
    asset_id: Annotated[str, typer.Argument(metavar="ID")],
    depth: Annotated[int, typer.Option("--depth", min=1, max=50, help="So many steps away.")] = 4,
    as_json: Json = False,
) -> None:
    """Show what an asset was made from, and what was made from it."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.gallery.lineage(asset_id, depth)
        terminal.document({
            "root": found.root, "assets": [of_asset(asset) for asset in found.assets.values()],
            "links": [asdict(link) for link in found.links], "truncated": found.truncated,
        })
        rows = [(link.parent, link.how, link.child, found.assets[link.child].path.name) for link in found.links]
        terminal.table(("from", "how", "to", "file"), rows, "It was made from nothing in the library, and nothing from it.")
        return DONE

    run(terminal, work)


def rescan(as_json: Json = False) -> None:
    """Compare the library with its files: what was moved is found again, what is gone is marked. Nothing is deleted."""
    terminal = Terminal(as_json)

    async def work(core: Core) -> int:
        found = await core.gallery.rescan()
        terminal.document({"rescan": asdict(found)})
        for name, value in asdict(found).items():
            terminal.line(f"{name.replace('_', ' '):<12} {value}")
        return DONE

    run(terminal, work)
