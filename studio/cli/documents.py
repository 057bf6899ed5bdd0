"""What `--json` prints. Other programs depend on these keys: they are promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.app.job_documents import Document, job_document, moment
from studio.domain.account import Account, Balance
from studio.domain.asset import Asset
from studio.domain.collection import Collection
from studio.domain.errors import NotFoundError, StudioError
from studio.domain.job import Job
from studio.domain.operation import Operation
from studio.domain.saved_query import as_plain

if TYPE_CHECKING:
    from studio.app.core import Core

__all__ = ["Document", "moment", "of_account", "of_asset", "of_balance", "of_error", "of_interrupt", "of_job",
           "of_operation", "of_usage"]


def of_error(error: StudioError) -> Document:
    """Where no job was made."""
    return {"error": {"kind": error.kind, "code": error.code, "message": error.in_words(), "field": error.field}}


def of_usage(message: str) -> Document:
    """A command line that could not be read."""
    return {"error": {"kind": "usage", "code": "usage", "message": message, "field": None}}


def of_interrupt() -> Document:
    """Ended by Ctrl+C before there was an answer."""
    return {"error": {"kind": "interrupted", "code": "interrupted", "message": "Interrupted.", "field": None}}


async def of_job(core: Core, job: Job) -> Document:
    """A job with its assets, the main result first."""
    return job_document(job, await _assets_of(core, job))


async def _assets_of(core: Core, job: Job) -> list[Asset]:
    found: list[Asset] = []
    for asset_id in job.asset_ids:
        try:
            found.append(await core.asset(asset_id))
        except NotFoundError:
            continue  # purged from the trash since
    return found


def of_asset(asset: Asset) -> Document:
    recipe = asset.recipe
    return {
        "id": asset.id,
        "kind": asset.kind.value,
        "path": str(asset.path),
        "mime": asset.mime,
        "sha256": asset.sha256,
        "size_bytes": asset.size_bytes,
        "width": asset.width,
        "height": asset.height,
        "duration_s": asset.duration_s,
        "prompt": asset.prompt,
        "job_id": asset.job_id,
        "created_at": moment(asset.created_at),
        "deleted_at": moment(asset.deleted_at),
        "recipe": None if recipe is None else {
            "operation": recipe.operation, "service": recipe.service, "model": recipe.model, "seed": recipe.seed,
            "input": dict(recipe.input), "job_id": recipe.job_id, "parents": list(recipe.parents),
        },
        "starred": asset.starred,
        "colour": asset.colour,
        "tags": list(asset.tags),
        "label": asset.label,
        "operation": asset.operation,
        "account": asset.account,
        "model": asset.model,
        "credits": asset.credits,
        "missing_since": moment(asset.missing_since),
    }


def of_collection(collection: Collection) -> Document:
    """`query` is null for one made by hand, `count` for one that is a search."""
    return {"id": collection.id, "title": collection.title, "count": collection.count,
            "query": None if collection.query is None else as_plain(collection.query),
            "created_at": moment(collection.created_at)}


def of_operation(operation: Operation) -> Document:
    return {"id": operation.id, "title": operation.title, "kind": operation.kind.value,
            "input_schema": dict(operation.input_schema), "discovered": operation.discovered}


def of_account(account: Account, key: str | None) -> Document:
    """`key` says where the key comes from ("keyring", "environment"), null where there is none. Never the key itself."""
    return {"name": account.name, "service": account.service.value, "base_url": account.base_url or None, "key": key}


def of_balance(account: str, balance: Balance) -> Document:
    return {"account": account, "remaining": balance.remaining, "used_this_month": balance.used_this_month,
            "plan": balance.plan, "unlimited": balance.unlimited, "requests_per_minute": balance.requests_per_minute,
            "concurrent_jobs": balance.concurrent_jobs}
