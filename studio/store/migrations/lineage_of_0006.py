"""The links between assets that were there before migration v0006: from chains, recipes and the files in jobs' inputs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

import sqlalchemy as sa

_HASH = re.compile(r"[0-9a-f]{64}")


def fill_lineage(connection: sa.Connection) -> None:
    """Link every asset to those that it was made from; the first kind of link that is found counts."""
    add = sa.text("INSERT OR IGNORE INTO lineage SELECT :parent, :child, :how WHERE :parent <> :child"
                  " AND EXISTS (SELECT 1 FROM assets WHERE id = :parent)")
    links = [*_from_chains(connection), *_from_recipes(connection), *_from_inputs(connection)]
    if links:
        connection.execute(add, [{"parent": parent, "child": child, "how": how} for parent, child, how in links])


def _from_recipes(connection: sa.Connection) -> Iterator[tuple[str, str, str]]:
    for child, parents in connection.execute(sa.text(
            "SELECT id, json_extract(recipe, '$.parents') FROM assets WHERE recipe LIKE '%\"parents\":[\"%'")).all():
        yield from ((parent, child, "reference") for parent in json.loads(parents))


def _from_inputs(connection: sa.Connection) -> Iterator[tuple[str, str, str]]:
    """A job's local files: those of the media folder by their path, copies by the hash that they are called by."""
    rows = connection.execute(sa.text(
        "SELECT a.id, j.operation, j.input FROM jobs j JOIN assets a ON a.job_id = j.id WHERE j.input LIKE '%\"file:%'"))
    for child, operation, given in rows.all():
        for uri in _file_uris(json.loads(given)):
            how = "extend" if "extend" in operation else "reference"
            yield from ((parent, child, how) for parent in _sources(connection, uri))


def _file_uris(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value[:5].lower() == "file:":
            yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _file_uris(item)


def _sources(connection: sa.Connection, uri: str) -> list[str]:
    parts = unquote(uri.partition("?")[0]).rstrip("/").split("/")
    stem = parts[-1].partition(".")[0]
    if _HASH.fullmatch(stem):
        wanted = sa.text("SELECT id FROM assets WHERE sha256 = :value ORDER BY seq LIMIT 1")
        return list(connection.execute(wanted, {"value": stem}).scalars())
    wanted = sa.text("SELECT id FROM assets WHERE path = :value ORDER BY seq DESC LIMIT 1")
    return list(connection.execute(wanted, {"value": "/".join(parts[-2:])}).scalars())


def _from_chains(connection: sa.Connection) -> Iterator[tuple[str, str, str]]:
    """Of each run: what a step made came of what the steps made that it names."""
    made: dict[str, dict[int, list[str]]] = {}
    for run, step, asset in connection.execute(sa.text(
            "SELECT s.run_id, s.step, a.id FROM chain_steps s JOIN assets a ON a.job_id = s.job_id")).all():
        made.setdefault(run, {}).setdefault(step, []).append(asset)
    for run, body in connection.execute(sa.text("SELECT id, chain FROM chain_runs")).all():
        steps = json.loads(body)["steps"]
        number = {step["name"]: index for index, step in enumerate(steps)}
        for index, step in enumerate(steps):
            for name in set(_named(step["input"])) & number.keys():
                for parent in made.get(run, {}).get(number[name], ()):
                    yield from ((parent, child, "chain") for child in made.get(run, {}).get(index, ()))


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$from"), str):
            yield value["$from"]
        for item in value.values():
            yield from _named(item)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item)
