"""Rows to the domain's values and back. Standard library and domain only: the first screen reads through it too."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import Cost
from studio.domain.job import Credits, Job, JobError, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState, WaitReason

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_KINDS = {kind.value: kind for kind in MediaKind}
_decoded = json.JSONDecoder().raw_decode
_ERROR_FIELDS = frozenset(f.name for f in fields(JobError)) - {"cost"}


class Row(Protocol):
    """A row that gives its columns by name (sqlite3.Row, SQLAlchemy's RowMapping, dict)."""

    def __getitem__(self, name: str, /) -> Any: ...


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC; a moment without a zone is taken as local time."""
    aware = moment if moment.tzinfo is not None else moment.astimezone()
    return (aware - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def to_json(value: object) -> str:
    """Plain ASCII JSON: text that UTF-8 cannot hold (lone surrogates out of a file name) survives as an escape."""
    return json.dumps(value, default=_plain, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be kept as JSON")


def clean_text(text: str) -> str:
    """Text as SQLite can hold it: what is no UTF-8 becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def job_values(job: Job) -> dict[str, object]:
    """All columns of a job but its sequence number, owner and search words."""
    return {
        "id": job.id,
        "operation": job.request.operation,
        "account": job.request.account,
        "input": to_json(job.request.input),
        "label": None if job.request.label is None else clean_text(job.request.label),
        "idempotency_key": job.idempotency_key,
        "state": job.state.value,
        "waiting_for": None if job.waiting_for is None else job.waiting_for.value,
        "remote_id": job.remote_id,
        "progress": job.progress,
        "eta_s": job.eta_s,
        "not_before": _ms_or_none(job.not_before),
        "attempts": job.attempts,
        "created_at": to_ms(job.created_at),
        "submitted_at": _ms_or_none(job.submitted_at),
        "finished_at": _ms_or_none(job.finished_at),
        "estimated": job.credits.estimated,
        "charged": job.credits.charged,
        "error": None if job.error is None else to_json(asdict(job.error)),
        "output": None if job.output is None else to_json(job.output),
        "asset_ids": to_json(list(job.asset_ids)),
        "revision": job.revision,
        "approved": int(job.approved),
        "position": job.position,
        "chain_run": job.request.chain_run,
    }


def job_words(job: Job) -> str:
    """What a job is found by."""
    request = job.request
    parts = [job.what, request.label or "", request.operation, request.account, job.id, job.remote_id or ""]
    return clean_text("\n".join(part for part in parts if part))


def job_of(row: Row) -> Job:
    request = JobRequest(row["operation"], row["account"], json.loads(row["input"]), row["label"], row["chain_run"])
    return Job(
        id=row["id"],
        request=request,
        idempotency_key=row["idempotency_key"],
        state=JobState(row["state"]),
        waiting_for=None if row["waiting_for"] is None else WaitReason(row["waiting_for"]),
        remote_id=row["remote_id"],
        progress=row["progress"],
        eta_s=row["eta_s"],
        not_before=_moment_or_none(row["not_before"]),
        attempts=row["attempts"],
        created_at=from_ms(row["created_at"]),
        submitted_at=_moment_or_none(row["submitted_at"]),
        finished_at=_moment_or_none(row["finished_at"]),
        credits=Credits(row["estimated"], row["charged"]),
        error=None if row["error"] is None else error_of(json.loads(row["error"])),
        output=None if row["output"] is None else json.loads(row["output"]),
        asset_ids=tuple(json.loads(row["asset_ids"])),
        revision=row["revision"],
        approved=bool(row["approved"]),
        position=row["position"],
    )


def error_of(kept: dict[str, Any]) -> JobError:
    known = {name: value for name, value in kept.items() if name in _ERROR_FIELDS}
    return JobError(**known, cost=Cost(kept.get("cost", Cost.NONE)))


def asset_values(asset: Asset, media: Path, thumbnails: Path) -> dict[str, object]:
    """All columns of an asset but its sequence number, place and search words, and what its tags and its job put there."""
    recipe = asset.recipe
    return {
        "id": asset.id,
        "kind": asset.kind.value,
        "path": stored_path(asset.path, media),
        "mime": asset.mime,
        "sha256": asset.sha256,
        "size_bytes": asset.size_bytes,
        "width": asset.width,
        "height": asset.height,
        "duration_s": asset.duration_s,
        "prompt": clean_text(asset.prompt),
        "job_id": asset.job_id,
        "output_index": asset.output_index,
        "recipe": None if recipe is None else to_json(asdict(recipe)),
        "created_at": to_ms(asset.created_at),
        "deleted_at": _ms_or_none(asset.deleted_at),
        "thumbnail": None if asset.thumbnail is None else stored_path(asset.thumbnail, thumbnails),
        "starred": int(asset.starred),
        "colour": asset.colour,
        "missing_since": _ms_or_none(asset.missing_since),
        "operation": asset.operation or (None if recipe is None else recipe.operation),
        "model": asset.model or (None if recipe is None else recipe.model),
    }


# Fields of a recipe's input whose values an asset is found by: none of them can hold a path, an address or a secret.
FOUND_BY = ("audio_title", "control_mode", "description_prompt", "font", "language", "mode", "motion", "name",
            "negative_prompt", "negative_tags", "prompt", "quality", "resolution", "scene", "seed", "style", "text", "title",
            "tone", "video_title", "vocal_gender", "voice", "voice_id", "aspect_ratio")
_LONGEST_VALUE = 2000


def asset_words(asset: Asset) -> str:
    """What an asset is found by: its prompt, its file's name, and what made it.

    The index's triggers add its label, operation, model, account and tags.
    """
    parts = [asset.prompt, asset.path.stem]
    if asset.recipe is not None:
        given = asset.recipe.input
        values = (given.get(name) for name in FOUND_BY)
        parts += [str(value)[:_LONGEST_VALUE] for value in values if _is_found_by(value)]
    return clean_text("\n".join(dict.fromkeys(part for part in parts if part)))


def _is_found_by(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and ":/" not in str(value)


ASSET_COLUMNS = (
    "id", "kind", "path", "mime", "sha256", "size_bytes", "width", "height", "duration_s", "prompt", "job_id",
    "output_index", "recipe", "created_at", "deleted_at", "thumbnail", "starred", "colour", "tags", "label",
    "missing_since", "operation", "account", "model", "credits",
)
"""What `asset_of` needs of a row; the others are for finding it."""


def asset_of(row: Row, media: Path, thumbnails: Path) -> Asset:
    """`media` and `thumbnails` are the folders that relative paths in the row start from."""
    return asset_from([row[name] for name in ASSET_COLUMNS], media, thumbnails)


def asset_from(values: Sequence[Any], media: Path, thumbnails: Path) -> Asset:
    """The same of the values of ASSET_COLUMNS, in that order. A page of the gallery is made of a hundred of these and more,
    while somebody types, so this is written for speed."""
    (name, kind, path, mime, sha256, size, width, height, duration, prompt, job_id, index, recipe, created, deleted,
     thumbnail, starred, colour, tags, label, missing, operation, account, model, credits_) = values
    return Asset(
        name, _KINDS[kind], path_of(path, media), mime, sha256, size, width, height, duration, prompt, job_id, index,
        None if recipe is None else _recipe_of(_decoded(recipe)[0]),
        from_ms(created), None if deleted is None else from_ms(deleted),
        None if thumbnail is None else path_of(thumbnail, thumbnails), starred == 1, colour,
        tuple(tags.split("\n")) if tags else (), label, None if missing is None else from_ms(missing),
        operation, account, model, credits_,
    )


def _recipe_of(kept: dict[str, Any]) -> Recipe:
    return Recipe(kept["operation"], kept["service"], kept["input"], kept.get("model"), kept.get("seed"),
                  kept.get("job_id"), tuple(kept.get("parents", ())))


def stored_path(path: Path, root: Path) -> str:
    """Relative to `root` with forward slashes where it lies inside, so that the folder may move; absolute otherwise."""
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return str(path)


def path_of(text: str, root: Path) -> Path:
    """The path behind a stored one. Many files share a folder, and reading a path costs more than all else of a row."""
    if os.path.isabs(text):
        return Path(text)
    inside, _, name = text.rpartition("/")
    return _folder(root, inside) / name


@lru_cache(maxsize=1024)
def _folder(root: Path, inside: str) -> Path:
    return Path(root, inside)


def _ms_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _moment_or_none(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
