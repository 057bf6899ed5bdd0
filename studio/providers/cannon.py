"""Cannon Studio's contract, asked: status, create, get; on the engine also cancel and uploads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.contracts.cannon.envelope import (
    IDEMPOTENCY_HEADER,
    REQUESTS_PATH,
    STATUS_PATH,
    UPLOADS_PATH,
    RequestObject,
    StatusAnswer,
    UploadAnswer,
)
from studio.providers.client import Read, ServiceClient, id_in_path


class CannonClient:
    """One method an endpoint. Every error is a StudioError."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def status(self) -> StatusAnswer:
        answer: StatusAnswer = (await self._client.get(STATUS_PATH, StatusAnswer)).model
        return answer

    async def create(
        self, operation: str, values: Mapping[str, Any], idempotency_key: str, webhook_url: str | None = None
    ) -> Read:
        """The service knows a repeated create by its key. `webhook_url` is told when the request has ended.

        `model` is a RequestObject: a repeated create may be answered with the whole request.
        """
        body: dict[str, Any] = {"operation": operation, "input": dict(values)}
        if webhook_url is not None:
            body["webhook_url"] = webhook_url
        headers = {IDEMPOTENCY_HEADER: idempotency_key}
        return await self._client.create(REQUESTS_PATH, body, RequestObject, headers, keyed=True)

    async def get(self, request_id: str) -> Read:
        return await self._client.get(f"{REQUESTS_PATH}/{id_in_path(request_id, self._client.name)}", RequestObject)

    async def cancel(self, request_id: str) -> Read:
        """Engine only."""
        return await self._client.act(f"{REQUESTS_PATH}/{id_in_path(request_id, self._client.name)}/cancel", RequestObject)

    async def upload(self, path: Path, content_type: str) -> str:
        """Engine only: sends a file and gives its address."""
        answer = await self._client.upload(lambda endpoint: endpoint.url + UPLOADS_PATH, path, content_type, UploadAnswer)
        return answer.url
