"""What `--json` prints. Other programs depend on these keys: they are promises."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from studio.domain.account import Account, Balance
from studio.domain.asset import Asset
from studio.domain.errors import NotFoundError, StudioError
from studio.domain.job import Job, JobError
from studio.domain.operation import Operation

if TYPE_CHECKING:
    from studio.app.core import Core

Document = dict[str, object]


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond."""
    return None if value is None else value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
    return {
        "id": job.id,
        "operation": job.request.operation,
        "account": job.request.account,
        "state": job.state.value,
        "waiting_for": job.waiting_for.value if job.waiting_for else None,
        "remote_id": job.remote_id,
        "idempotency_key": job.idempotency_key,
        "progress": job.progress,
        "created_at": moment(job.created_at),
        "submitted_at": moment(job.submitted_at),
        "finished_at": moment(job.finished_at),
        "credits": {"estimated": job.credits.estimated, "charged": job.credits.charged},
        "error": None if job.error is None else _job_error(job.error),
        "assets": await _assets_of(core, job),
        "input": dict(job.request.input),
        "output": None if job.output is None else dict(job.output),
        "label": job.request.label,
        "position": job.position,
        "chain_run": job.chain_run,
        "expires_at": moment(job.expires_at),
    }


def _job_error(error: JobError) -> Document:
    return {"kind": error.kind, "code": error.code, "message": error.message, "retryable": error.retryable}


async def _assets_of(core: Core, job: Job) -> list[Document]:
    found: list[Document] = []
    for asset_id in job.asset_ids:
        try:
            asset = await core.asset(asset_id)
        except NotFoundError:
            continue  # purged from the trash since
        found.append({"id": asset.id, "kind": asset.kind.value, "path": str(asset.path)})
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
    }


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
