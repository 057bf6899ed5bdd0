"""Canvas Labs' contract, asked: the generate endpoints, jobs, credits; on the engine also cancel and uploads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.contracts.cannon.envelope import UPLOADS_PATH, UploadAnswer
from studio.contracts.canvas.envelope import (
    CREDITS_PATH,
    IDEMPOTENCY_HEADER,
    JOBS_PATH,
    AcceptedAnswer,
    CreditsAnswer,
    JobObject,
)
from studio.contracts.operations import CANVAS_PATHS
from studio.domain.errors import UnknownOperationError
from studio.net.origin import origin_of
from studio.providers.client import Read, ServiceClient, id_in_path


class CanvasClient:
    """One method an endpoint. Every error is a StudioError. `keyed`: this server honours the idempotency header."""

    def __init__(self, client: ServiceClient, *, keyed: bool) -> None:
        self._client = client
        self._keyed = keyed

    async def generate(self, operation: str, values: Mapping[str, Any], idempotency_key: str) -> Read:
        """The header goes out in any case, whether the server is known to honour it or not."""
        path = CANVAS_PATHS.get(operation)
        if path is None:
            raise UnknownOperationError(f"{self._client.name} has no operation {operation}.")
        headers = {IDEMPOTENCY_HEADER: idempotency_key}
        return await self._client.create(path, values, AcceptedAnswer, headers, keyed=self._keyed)

    async def job(self, job_id: str) -> Read:
        return await self._client.get(f"{JOBS_PATH}/{id_in_path(job_id, self._client.name)}", JobObject)

    async def credits(self) -> CreditsAnswer:
        answer: CreditsAnswer = (await self._client.get(CREDITS_PATH, CreditsAnswer)).model
        return answer

    async def cancel(self, job_id: str) -> Read:
        """Engine only."""
        return await self._client.act(f"{JOBS_PATH}/{id_in_path(job_id, self._client.name)}/cancel", JobObject)

    async def upload(self, path: Path, content_type: str) -> str:
        """Engine only: sends a file and gives its address. The endpoint is at the server's root, beside /v1."""
        answer = await self._client.upload(
            lambda endpoint: origin_of(endpoint.url) + UPLOADS_PATH, path, content_type, UploadAnswer
        )
        return answer.url
