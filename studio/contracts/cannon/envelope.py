"""Cannon Studio's envelopes: status, create, the request object, errors, the webhook.

Answers mix casing: create is snake_case, the request object camelCase, `output` depends on the operation. Either spelling
is accepted everywhere.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AliasChoices, ConfigDict, Field

from studio.contracts.wire import AnswerModel, RequestModel

IDEMPOTENCY_HEADER = "x-idempotency-key"
KEY_HEADER = "x-api-key"
STATUS_PATH = "/api/v1/status"
REQUESTS_PATH = "/api/v1/requests"
OPENAPI_PATH = "/api/v1/openapi"
UPLOADS_PATH = "/api/v1/uploads"  # engine extension

RequestStatus = Literal["queued", "processing", "succeeded", "failed"]
TERMINAL: frozenset[str] = frozenset({"succeeded", "failed"})


def either(camel: str, snake: str, default: Any = None) -> Any:
    """A field that may come in either casing."""
    return Field(default, validation_alias=AliasChoices(camel, snake), serialization_alias=camel)


class CreateBody(RequestModel):
    """Body of POST /requests. `input` is validated by the operation's own model."""

    operation: str
    input: dict[str, Any]
    webhook_url: str | None = None


class CreateAnswer(AnswerModel):
    id: str
    status: str
    operation: str | None = None
    poll_after_ms: float | None = Field(None, validation_alias=AliasChoices("poll_after_ms", "pollAfterMs"))
    urls: dict[str, Any] | None = None


class RequestObject(AnswerModel):
    """Answer of GET /requests/{id}. `billable_credits` is there while processing already; times in ms since 1970."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    id: str
    status: str
    operation: str | None = None
    billable_credits: float | None = either("billableCredits", "billable_credits")
    input_preview: str | None = either("inputPreview", "input_preview")
    output_preview: str | None = either("outputPreview", "output_preview")
    created_at_ms: float | None = either("createdAtMs", "created_at_ms")
    started_at_ms: float | None = either("startedAtMs", "started_at_ms")
    completed_at_ms: float | None = either("completedAtMs", "completed_at_ms")
    error_message: str | None = either("errorMessage", "error_message")
    error_code: str | None = either("errorCode", "error_code")  # engine: "cancelled"
    output: dict[str, Any] | None = None
    request_log: dict[str, Any] | None = either("requestLog", "request_log")
    poll_after_ms: float | None = Field(None, validation_alias=AliasChoices("poll_after_ms", "pollAfterMs"))
    progress: float | None = None   # engine extension, 0 to 1
    eta_ms: float | None = Field(None, validation_alias=AliasChoices("eta_ms", "etaMs"))  # engine extension


class StatusAnswer(AnswerModel):
    """Answer of GET /status: checks the key, shows the credits."""

    ok: bool | None = None
    status: str | None = None
    message: str | None = None
    credits_remaining: float | None = Field(
        None, validation_alias=AliasChoices("creditsRemaining", "credits_remaining"), serialization_alias="creditsRemaining"
    )
    credits: dict[str, Any] | None = None
    account: dict[str, Any] | None = None


class ErrorDetail(AnswerModel):
    code: str | None = None
    message: str | None = None
    details: Any = None
    param: str | None = None


class ErrorAnswer(AnswerModel):
    """Our own choice, as nothing is documented: {"error": {"code", "message", "details"?}}."""

    error: ErrorDetail | str | None = None
    message: str | None = None


class UploadAnswer(AnswerModel):
    """Answer of POST /uploads, which only the engine has."""

    url: str
    size_bytes: int
    content_type: str
    expires_at: str
