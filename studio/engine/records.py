"""What the engine keeps about a job and about a file, as it lies in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from studio.contracts.operations import Contract

Status = Literal["queued", "processing", "succeeded", "failed"]
UNFINISHED: tuple[Status, ...] = ("queued", "processing")
RETENTION_DAYS = 7
RETENTION_MS = RETENTION_DAYS * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One accepted job. Times in ms since 1970.

    `media` maps each URL of the input to the token of an own file, or to "" where it has to be fetched from elsewhere.
    `starts` counts renders that began, `crashes` those that ended with a dead worker. `result` has what the renderer said
    (kind, width, height, duration_s, extra) and the tokens of its files. `reserved` and `charged` are credits.
    `webhook_url`: where the event of its end is sent.
    """

    id: str
    contract: Contract
    operation: str
    input: Mapping[str, Any]
    media: Mapping[str, str]
    seed: int
    created_ms: int
    status: Status = "queued"
    started_ms: int | None = None
    completed_ms: int | None = None
    starts: int = 0
    crashes: int = 0
    result: Mapping[str, Any] | None = None
    error_code: str | None = None
    error_message: str | None = None
    error_field: str | None = None
    reserved: int = 0
    charged: int = 0
    idempotency_key: str | None = None
    body_hash: str = ""
    webhook_url: str | None = None

    @property
    def wire_name(self) -> str:
        """The operation with its contract, as the registry of renderers knows it."""
        return f"{self.contract}:{self.operation}"

    @property
    def unfinished(self) -> bool:
        return self.status in UNFINISHED


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file under a URL. `path` is relative to the engine's folder. `job_id` is None for an upload."""

    token: str
    name: str
    path: str
    mime: str
    size: int
    sha256: str
    created_ms: int
    job_id: str | None = None
    deleted: bool = False

    @property
    def expires_ms(self) -> int:
        return self.created_ms + RETENTION_MS


@dataclass(frozen=True, slots=True)
class Finish:
    """How a job ended. `status` is succeeded or failed."""

    status: Status
    completed_ms: int
    charged: int = 0
    result: Mapping[str, Any] | None = None
    error_code: str | None = None
    error_message: str | None = None
    error_field: str | None = None
    files: tuple[FileRecord, ...] = field(default_factory=tuple)
