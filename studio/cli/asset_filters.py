"""The options that say which assets are meant, for every command that lists or keeps such a choice."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, get_type_hints

import typer

from studio.domain.asset import COLOURS
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery

_MOMENT = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def _filters(
    search: Annotated[str | None, typer.Option(
        "--search", help="Words of the prompt, label, operation, model, account, file name, tags or the recipe.")] = None,
    kind: Annotated[MediaKind | None, typer.Option("--kind", help="Only this kind.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only with this tag; may be repeated.")] = None,
    starred: Annotated[bool | None, typer.Option("--starred/--not-starred", help="Only starred ones, or others.")] = None,
    colour: Annotated[str | None, typer.Option("--colour", help=f"Only with this colour: {', '.join(COLOURS)}.")] = None,
    operation: Annotated[str | None, typer.Option("--operation", help="Only of this operation.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="Only of this account's jobs.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="Only of this model.")] = None,
    since: Annotated[datetime | None, typer.Option(
        "--since", metavar="DAY", formats=_MOMENT, help="Made on or after this day.")] = None,
    until: Annotated[datetime | None, typer.Option(
        "--until", metavar="DAY", formats=_MOMENT, help="Made before this day.")] = None,
    collection: Annotated[str | None, typer.Option("--collection", metavar="ID", help="Only of this collection.")] = None,
    job: Annotated[str | None, typer.Option("--job", metavar="ID", help="Only what this job made.")] = None,
    missing: Annotated[bool | None, typer.Option(
        "--missing/--not-missing", help="Only those whose file a rescan did not find, or only others.")] = None,
    min_side: Annotated[int | None, typer.Option("--min-side", min=0, metavar="PIXELS", help="The shorter side.")] = None,
    max_side: Annotated[int | None, typer.Option("--max-side", min=0, metavar="PIXELS")] = None,
    min_duration: Annotated[float | None, typer.Option("--min-duration", min=0, metavar="SECONDS")] = None,
    max_duration: Annotated[float | None, typer.Option("--max-duration", min=0, metavar="SECONDS")] = None,
    min_credits: Annotated[float | None, typer.Option("--min-credits", min=0, help="What its job was charged.")] = None,
    max_credits: Annotated[float | None, typer.Option("--max-credits", min=0)] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those in the trash instead.")] = False,
) -> AssetQuery:
    """The query that the options say. Moments without a zone are local ones."""
    if colour is not None and colour not in COLOURS:
        raise typer.BadParameter(f"--colour is one of {', '.join(COLOURS)}.")
    return AssetQuery(
        search=search, kind=kind, tags=tuple(tag or ()), starred=starred, colour=colour, operation=operation,
        account=account, model=model, since=None if since is None else since.astimezone(),
        until=None if until is None else until.astimezone(), collection=collection, job_id=job, missing=missing,
        min_side=min_side, max_side=max_side, min_duration_s=min_duration, max_duration_s=max_duration,
        min_credits=min_credits, max_credits=max_credits, deleted=deleted)


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes those options too, before its own, and gets them as its first argument."""
    chosen = _parameters(_filters)
    own = _parameters(command)[1:]

    def wrapped(**values: Any) -> None:
        query = _filters(**{one.name: values.pop(one.name) for one in chosen})
        command(query, **values)

    arguments = [one for one in own if one.default is inspect.Parameter.empty]
    options = [one for one in own if one.default is not inspect.Parameter.empty]
    every = [*arguments, *chosen, *options]
    wrapped.__name__, wrapped.__doc__ = command.__name__, command.__doc__
    wrapped.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]  # what typer reads
    wrapped.__annotations__ = {one.name: one.annotation for one in every}
    return wrapped


def _parameters(function: Callable[..., object]) -> list[inspect.Parameter]:
    """With their annotations as objects, by keyword only."""
    hints = get_type_hints(function, include_extras=True)
    return [one.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
            for name, one in inspect.signature(function).parameters.items()]
