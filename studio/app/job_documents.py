"""A job as JSON: what `--json` prints and the history writes into a file. Other programs depend on these keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from studio.domain.job import Job, JobError

Document = dict[str, object]


class MadeAsset(Protocol):
    """What is said of an asset beside its job."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def path(self) -> Path: ...


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond."""
    return None if value is None else value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def job_document(job: Job, assets: Iterable[MadeAsset]) -> Document:
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
        "error": None if job.error is None else _error(job.error),
        "assets": [{"id": asset.id, "kind": str(asset.kind), "path": str(asset.path)} for asset in assets],
        "input": dict(job.request.input),
        "output": None if job.output is None else dict(job.output),
        "label": job.request.label,
        "position": job.position,
        "chain_run": job.chain_run,
        "expires_at": moment(job.expires_at),
    }


def _error(error: JobError) -> Document:
    return {"kind": error.kind, "code": error.code, "message": error.message, "retryable": error.retryable}
