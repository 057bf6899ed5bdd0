"""What a service's event says: of which job it speaks, and how that ended. Read without trusting it: a hint to go and look.

Cannon Studio: `{"event", "created_at", "data": <request object>}`; Canvas Labs: its job object with an `event` beside it,
as documented. Only the id has to be there; everything else may be missing or new.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn

from studio.domain.account import Service

_ID = re.compile(r"[A-Za-z0-9._:-]{1,200}")
_CANVAS_IDS = ("job_id", "jobId", "id")
_CANNON_IDS = ("id", "request_id", "requestId")
_NAME = re.compile(r"[a-z0-9_.-]{1,100}")


class EventUnreadableError(ValueError):
    """The body is no event of this service. The message is for the log, and holds nothing of the body."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """`name` as the service wrote it ("request.succeeded", "job.completed", ...), or empty; `status` likewise."""

    name: str
    remote_id: str
    status: str


def read_event(service: Service, body: bytes) -> WebhookEvent:
    """The event in the raw body of a delivery. Raises EventUnreadableError."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise EventUnreadableError("it is no JSON") from None
    if not isinstance(value, dict):
        raise EventUnreadableError("it is JSON, but no object")
    name = value.get("event", "")
    if not isinstance(name, str) or (name and not _NAME.fullmatch(name)):
        raise EventUnreadableError("its name is none")
    job = value.get("data", value)
    if not isinstance(job, dict):
        raise EventUnreadableError("there is no job in it")
    names = _CANVAS_IDS if service is Service.CANVAS_LABS else _CANNON_IDS
    remote_id, status = next((job[key] for key in names if key in job), None), job.get("status")
    if isinstance(remote_id, bool) or not isinstance(remote_id, str | int) or not _ID.fullmatch(str(remote_id)):
        raise EventUnreadableError("the job's id is none")
    return WebhookEvent(name, str(remote_id), status if isinstance(status, str) else "")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
