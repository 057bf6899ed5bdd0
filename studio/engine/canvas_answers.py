"""A job as Canvas Labs shows it: the webhook's body without its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from studio.contracts.operations import find
from studio.engine.files import Files
from studio.engine.records import JobRecord

_STATUS = {"queued": "queued", "processing": "processing", "succeeded": "completed", "failed": "failed"}


def accepted(job: JobRecord, poll_after_ms: int) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "status": "queued",
        "type": _type(job),
        "created_at": _when(job.created_ms),
        "poll_after_ms": poll_after_ms,
    }


def job_object(job: JobRecord, files: Files, *, progress: float | None, eta_ms: int, poll_after_ms: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "job_id": job.id,
        "status": _STATUS[job.status],
        "type": _type(job),
        "created_at": _when(job.created_ms),
        "completed_at": None if job.completed_ms is None else _when(job.completed_ms),
        "credits_used": job.charged,
    }
    if job.unfinished:
        answer |= {"progress": progress or 0.0, "eta_ms": eta_ms, "poll_after_ms": poll_after_ms}
    elif job.status == "succeeded":
        answer["progress"] = 1.0
        if job.result is not None:  # it goes with the log of the request
            answer["result"] = _result(job, job.result, files)
    else:
        error: dict[str, Any] = {"code": job.error_code, "message": job.error_message}
        if job.error_field is not None:
            error["param"] = job.error_field
        answer["error"] = error
    return answer


def _result(job: JobRecord, result: Mapping[str, Any], files: Files) -> dict[str, Any]:
    main = result["files"][0]
    answer: dict[str, Any] = {"url": files.url_of(main["token"], main["name"])}
    if result["kind"] == "video":
        seconds = result["duration_s"]
        answer["duration"] = int(seconds) if seconds is not None and float(seconds).is_integer() else seconds
        answer["resolution"] = job.input.get("resolution", "1080p")
    answer |= {"width": result["width"], "height": result["height"], "size_bytes": main["size"], "seed": job.seed}
    return {**result["extra"], **answer}


def _type(job: JobRecord) -> str:
    found = find(job.contract, job.operation)
    return found.result if found is not None else "image"


def _when(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
