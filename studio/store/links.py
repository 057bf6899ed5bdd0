"""What an asset has of its job, and which assets it was made from: written with the asset, in one transaction."""
# ruff: noqa: S608  names of columns and marks only; values are bound

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from sqlalchemy import Connection

from studio.domain.asset import Asset
from studio.domain.lineage import CHAIN, EXTEND, FRAME, FRAME_GRAB, REFERENCE
from studio.store.connections import raw
from studio.store.rows import stored_path

_COPY = re.compile(r"([0-9a-f]{64})(\.\w+)?")
_ADD = ("INSERT OR IGNORE INTO lineage (parent, child, how)"
        " SELECT ?1, ?2, ?3 WHERE ?1 <> ?2 AND EXISTS (SELECT 1 FROM assets WHERE id = ?1)")


def of_job(connection: Connection, asset: Asset) -> dict[str, object]:
    """The columns that an asset takes from its job, where it has one."""
    said: dict[str, object] = {"label": asset.label, "account": asset.account, "credits": asset.credits}
    row = _job(connection, asset.job_id)
    if row is not None:
        said = {"label": row["label"], "account": row["account"], "credits": row["charged"]}
        if asset.operation is None and asset.recipe is None:
            said["operation"] = row["operation"]
    return said


def write_links(connection: Connection, asset: Asset, media: Path) -> None:
    """Link a new asset to those that it was made from, as far as they are known. The first kind of link found counts."""
    links = dict[str, str]()
    for parent, how in _sources(connection, asset, media):
        links.setdefault(parent, how)
    raw(connection).executemany(_ADD, [(parent, asset.id, how) for parent, how in links.items()])


def _sources(connection: Connection, asset: Asset, media: Path) -> Iterator[tuple[str, str]]:
    recipe, job = asset.recipe, _job(connection, asset.job_id)
    if recipe is not None:
        how = FRAME if recipe.operation == FRAME_GRAB else REFERENCE
        for parent in recipe.parents:  # an imported file's recipe knows them by their content
            yield from ((name, how) for name in (_by_hash(connection, parent) if _COPY.fullmatch(parent) else [parent]))
    if job is not None:
        if job["chain_run"] is not None:
            yield from ((parent, CHAIN) for parent in _of_chain(connection, str(job["chain_run"]), str(asset.job_id)))
        how = EXTEND if "extend" in str(job["operation"]) else REFERENCE
        for uri in file_uris(json.loads(str(job["input"]))):
            yield from ((parent, how) for parent in _behind(connection, uri, media))
    elif recipe is not None:
        how = EXTEND if "extend" in recipe.operation else REFERENCE
        for name in _texts(recipe.input):  # files stand in a recipe under their name, which is the hash of a copy
            copied = _COPY.fullmatch(name)
            if copied is not None:
                yield from ((parent, how) for parent in _by_hash(connection, copied[1]))


def _job(connection: Connection, job_id: str | None) -> Mapping[str, object] | None:
    if job_id is None:
        return None
    names = ("operation", "account", "input", "label", "charged", "chain_run")
    row = raw(connection).execute(f"SELECT {', '.join(names)} FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return None if row is None else dict(zip(names, row, strict=True))


def _behind(connection: Connection, uri: str, media: Path) -> list[str]:
    """The asset behind a `file:` value: a copy bears its hash, a file of the media folder is known by its place."""
    path = Path(url2pathname(urlsplit(uri).path))
    copied = _COPY.fullmatch(unquote(path.name))
    if copied is not None:
        return _by_hash(connection, copied[1])
    found = raw(connection).execute("SELECT id FROM assets WHERE path = ? ORDER BY seq DESC LIMIT 1",
                                    (stored_path(path, media),))
    return [str(row[0]) for row in found]


def _by_hash(connection: Connection, sha256: str) -> list[str]:
    found = raw(connection).execute("SELECT id FROM assets WHERE sha256 = ? ORDER BY seq LIMIT 1", (sha256,))
    return [str(row[0]) for row in found]


def _of_chain(connection: Connection, run_id: str, job_id: str) -> Iterator[str]:
    """What the steps made that the job's step names, by the newest job of each."""
    read = raw(connection).execute
    here = read("SELECT s.step, r.chain FROM chain_steps s JOIN chain_runs r ON r.id = s.run_id"
                " WHERE s.job_id = ? AND s.run_id = ?", (job_id, run_id)).fetchone()
    if here is None:
        return
    steps = json.loads(here[1])["steps"]
    named = set(_named(steps[here[0]]["input"]))
    for index in (number for number, step in enumerate(steps) if step["name"] in named):
        made = read("SELECT a.id FROM assets a WHERE a.job_id = (SELECT job_id FROM chain_steps"
                    " WHERE run_id = ? AND step = ? ORDER BY attempt DESC LIMIT 1) ORDER BY a.output_index", (run_id, index))
        yield from (str(row[0]) for row in made.fetchall())


def _named(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$from"), str):
            yield value["$from"]
        yield from _of_each(value.values())
    elif isinstance(value, list | tuple):
        yield from _of_each(value)


def _of_each(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield from _named(value)


def file_uris(value: object) -> Iterator[str]:
    """Every `file:` value in an input, however deep."""
    return (text for text in _texts(value) if text[:5].lower() == "file:")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
