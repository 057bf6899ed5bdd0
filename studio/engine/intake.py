"""Creating a job: the same steps for both contracts, with idempotent repeats, validation and what the plan allows."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

from studio.contracts.check import FieldError, check
from studio.contracts.operations import Contract, WireOperation, at_engine
from studio.engine.earlier_videos import EarlierVideo, named_video, with_named
from studio.engine.errors import ApiError, invalid
from studio.engine.files import now_ms
from studio.engine.media_inputs import check_media, content_names
from studio.engine.plans import Plan
from studio.engine.rates import price
from studio.engine.records import JobRecord
from studio.engine.render.diffusion.catalogue import ModelCatalogue
from studio.engine.render.speech_models import SpeechModels
from studio.engine.store import Store, credits_left, unfinished_count

_PREFIX: Mapping[Contract, str] = {"cannon": "req_", "canvas": "job_"}
_MAX_KEY = 255
_SEED_LIMIT = 2**31


class Intake:
    """`accept` answers the job and whether it is new."""

    def __init__(self, store: Store, plan: Plan, models: ModelCatalogue, speech: SpeechModels) -> None:
        self._store = store
        self._plan = plan
        self._models = models
        self._speech = speech

    async def accept(
        self, contract: Contract, operation_id: str, values: Mapping[str, Any], key: str | None,
        webhook_url: str | None = None,
    ) -> tuple[JobRecord, bool]:
        """Write the job, or answer the one that the same key and body made before. `webhook_url` says where its event goes
        and is no part of what is compared: the first one counts.

        ApiError: 400 unknown operation, 409 same key with another body, 422 naming the field, 402 and 429 of the plan.
        """
        operation = next((known for known in at_engine(contract) if known.id == operation_id), None)
        if operation is None:
            raise ApiError(400, "unknown_operation", f"There is no operation “{operation_id}” here.", field="operation")
        key = _checked_key(key)
        body_hash = await self._hash(operation, values)
        earlier = await self._store.by_key(contract, key)
        if earlier is not None:
            return _same(earlier, body_hash), False
        full = _validated(operation, values)
        await self._check_model(operation, values)
        earlier_video = await named_video(self._store, operation, values)
        media = with_named(await check_media(self._store, operation, values), values, earlier_video)
        job = JobRecord(
            id=_PREFIX[contract] + secrets.token_hex(8), contract=contract, operation=operation.id, input=dict(values),
            media=media, seed=_seed(full, earlier_video), created_ms=now_ms(),
            reserved=price(operation, full) if self._plan.paid else 0, idempotency_key=key, body_hash=body_hash,
            webhook_url=webhook_url,
        )
        stored = await self._store.add(job, lambda connection: self._allow(connection, job))
        return _same(stored, body_hash), stored.id == job.id

    def _allow(self, connection: sqlite3.Connection, job: JobRecord) -> None:
        limit = self._plan.concurrent_jobs
        if limit is not None and unfinished_count(connection) >= limit:
            raise ApiError(429, "too_many_jobs", f"This plan runs {limit} jobs at once. Wait until one has ended.",
                           retry_after_s=5)
        if self._plan.paid and credits_left(connection) < job.reserved:
            raise ApiError(402, "insufficient_credits", f"This costs {job.reserved} credits, and fewer are left.")

    async def _check_model(self, operation: WireOperation, values: Mapping[str, Any]) -> None:
        """ApiError 422 where the input names a model or a voice of the person's that does not take it, or cannot be used."""
        if operation.contract != "cannon":
            return
        wrong = None
        if values.get("model"):
            wrong = await asyncio.to_thread(self._models.fault, operation.id, values)
        elif values.get("voice_id"):
            wrong = await asyncio.to_thread(self._speech.fault, operation.id, values)
        if wrong is not None:
            raise invalid(*wrong)

    async def _hash(self, operation: WireOperation, values: Mapping[str, Any]) -> str:
        """Of the operation and its input, with own files named by their content."""
        text = json.dumps([operation.id, values], sort_keys=True)
        for url, name in (await content_names(self._store, operation, values)).items():
            text = text.replace(json.dumps(url), json.dumps(name))
        return hashlib.sha256(text.encode()).hexdigest()


def _validated(operation: WireOperation, values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return check(operation, values, engine=True).model_dump(mode="json")
    except FieldError as error:
        raise invalid(error.field, error.message) from None


def _same(job: JobRecord, body_hash: str) -> JobRecord:
    if job.body_hash != body_hash:
        raise ApiError(409, "idempotency_conflict", "This idempotency key was used before, for another request.")
    return job


def _checked_key(key: str | None) -> str | None:
    if key is None:
        return None
    key = key.strip()
    if not key or len(key) > _MAX_KEY:
        raise ApiError(400, "invalid_idempotency_key", f"The idempotency key must have 1 to {_MAX_KEY} characters.")
    return key


def _seed(full: Mapping[str, Any], earlier: EarlierVideo | None) -> int:
    """The one that was asked for, that of the earlier video that is worked on, else one made here: it is kept, so that a
    second start draws the same picture."""
    seed = full.get("seed")
    if isinstance(seed, int):
        return seed
    return earlier.job.seed if earlier is not None else secrets.randbelow(_SEED_LIMIT)
