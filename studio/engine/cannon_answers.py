"""A job as Cannon Studio shows it: create answer in snake_case, request object in camelCase, output in snake_case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.contracts.cannon.envelope import REQUESTS_PATH
from studio.engine.files import Files
from studio.engine.records import RETENTION_DAYS, RETENTION_MS, JobRecord

PROVIDER = "studio"
MODEL = "studio-draft"
_PREVIEW = 200
_OMITTED = {"narration.generate": ("task_id",), "subtitles.generate": ("provider",)}
"""Operation -> fields of the usual output that it does not have."""
_FROM_INPUT: Mapping[str, Mapping[str, str]] = {
    "lipsync.generate": {"audio_url": "audio_url"},
    "video.upscale": {"requested_model": "model"},
}
"""Operation -> field of the output -> the field of the input that it repeats."""
_PRICED = frozenset({"lipsync.generate", "video.upscale"})
"""Operations whose output names what they cost."""


def create_answer(job: JobRecord, base_url: str, poll_after_ms: int) -> dict[str, Any]:
    """Also for a repeat: the first answer again, so the status is that of a fresh job."""
    return {
        "id": job.id,
        "status": "queued",
        "operation": job.operation,
        "poll_after_ms": poll_after_ms,
        "urls": {"get": f"{base_url}{REQUESTS_PATH}/{job.id}"},
    }


def request_object(
    job: JobRecord, files: Files, *, progress: float | None, eta_ms: int, poll_after_ms: int
) -> dict[str, Any]:
    output = output_of(job, files)
    answer: dict[str, Any] = {
        "id": job.id,
        "operation": job.operation,
        "status": job.status,
        "billableCredits": job.reserved if job.unfinished else job.charged,
        "inputPreview": _input_preview(job.input),
        "outputPreview": _output_preview(output),
        "createdAtMs": job.created_ms,
        "startedAtMs": job.started_ms,
        "completedAtMs": job.completed_ms,
        "errorMessage": job.error_message,
        "output": output,
        "requestLog": _log(job, output),
    }
    if job.unfinished:
        answer |= {"progress": progress or 0.0, "eta_ms": eta_ms, "poll_after_ms": poll_after_ms}
    elif job.status == "succeeded":
        answer["progress"] = 1.0
    else:
        answer["errorCode"] = job.error_code
        if job.error_field is not None:
            answer["errorField"] = job.error_field
    return answer


def output_of(job: JobRecord, files: Files) -> dict[str, Any] | None:
    """The `output` of a finished job, with URLs of this start of the engine."""
    result = job.result
    if result is None:
        return None
    kind = result["kind"]
    urls = [files.url_of(one["token"], one["name"]) for one in result["files"]]
    if kind == "prompt":
        return {**result["extra"], "model": MODEL, "operation": job.operation}
    output: dict[str, Any] = {"task_id": result["task_id"], "asset_type": kind, "status": "succeeded"}
    output[f"{kind}_url"] = urls[0]
    if kind == "image":
        output |= {"image_urls": urls, "provider_image_urls": urls}
    output |= {"provider": PROVIDER, "model": result["extra"].get("model", MODEL), "seed": job.seed}
    sizes = {"width": result["width"], "height": result["height"], "duration": result["duration_s"]}
    output |= {name: value for name, value in sizes.items() if value is not None}
    output |= {name: job.input.get(field) for name, field in _FROM_INPUT.get(job.operation, {}).items()}
    if job.operation in _PRICED:
        output["exact_cost_credits"] = job.charged
    if job.operation == "soundfx.generate" and len(urls) > 1:
        output["sfx_video_url"] = urls[1]
    if job.operation == "sora2.character.create":
        output["preview_image_url"] = urls[0]
    for name in _OMITTED.get(job.operation, ()):
        output.pop(name, None)
    return {**result["extra"], **output}


def _log(job: JobRecord, output: Mapping[str, Any] | None) -> dict[str, Any]:
    """Kept for seven days; of a request whose log is gone, so are its input and its output."""
    return {
        "available": bool(job.input),
        "retentionDays": RETENTION_DAYS,
        "retainedUntilMs": None if job.completed_ms is None else job.completed_ms + RETENTION_MS,
        "input": dict(job.input) or None,
        "output": output,
        "errorMessage": job.error_message,
    }


def _input_preview(values: Mapping[str, Any]) -> str:
    text = str(values.get("prompt") or values.get("text") or "")
    return text if len(text) <= _PREVIEW else text[: _PREVIEW - 1] + "…"


def _output_preview(output: Mapping[str, Any] | None) -> str | None:
    if output is None:
        return None
    found = output.get("video_url") or output.get("image_url") or output.get("audio_url") or output.get("enhancedPrompt")
    return None if found is None else str(found)[:_PREVIEW]
