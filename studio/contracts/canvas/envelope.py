"""Canvas Labs' envelopes: the accepted job, the job object (the webhook's body without `event`), credits, errors.

Only the webhook's body, the parameters, limits and codes are documented; the rest is our own choice and read tolerantly.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AliasChoices, Field

from studio.contracts.wire import AnswerModel

IDEMPOTENCY_HEADER = "Idempotency-Key"  # the engine honours it; the real service is not known to
JOBS_PATH = "/jobs"
CREDITS_PATH = "/account/credits"

JobStatus = Literal["queued", "processing", "completed", "failed"]
TERMINAL: frozenset[str] = frozenset({"completed", "failed"})


class AcceptedAnswer(AnswerModel):
    """202 to a POST."""

    job_id: str = Field(validation_alias=AliasChoices("job_id", "jobId", "id"))
    status: str
    type: str | None = None
    created_at: str | None = None


class JobResult(AnswerModel):
    """`duration` in seconds, `size_bytes` of the file; pictures have width and height in pixels."""

    url: str | None = None
    duration: float | None = None
    resolution: str | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None


class JobErrorDetail(AnswerModel):
    code: str | None = None
    message: str | None = None
    param: str | None = None


class JobObject(AnswerModel):
    """Answer of GET /jobs/{job_id}."""

    job_id: str = Field(validation_alias=AliasChoices("job_id", "jobId", "id"))
    status: str
    type: str | None = None
    result: JobResult | None = None
    credits_used: float | None = Field(None, validation_alias=AliasChoices("credits_used", "creditsUsed"))
    created_at: str | None = None
    completed_at: str | None = None
    error: JobErrorDetail | str | None = None
    progress: float | None = None
    eta_ms: float | None = None     # engine extension
    poll_after_ms: float | None = None  # engine extension


class CreditsAnswer(AnswerModel):
    balance: float | None = None
    used_this_month: float | None = None
    plan: str | None = None
    rate_limit: dict[str, Any] | None = None


class ErrorAnswer(AnswerModel):
    error: JobErrorDetail | str | None = None
    message: str | None = None
