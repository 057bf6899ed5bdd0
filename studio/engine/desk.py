"""What the handlers of both contracts share: the parts of one engine, and its answers about a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from studio.contracts.operations import Contract
from studio.engine import cannon_answers, canvas_answers
from studio.engine.ends import Ends
from studio.engine.errors import ApiError
from studio.engine.files import Files
from studio.engine.intake import Intake
from studio.engine.life import Life
from studio.engine.pace import poll_after_ms
from studio.engine.plans import Plan
from studio.engine.records import JobRecord
from studio.engine.render.diffusion.catalogue import ModelCatalogue
from studio.engine.render.speech_models import SpeechModels
from studio.engine.store import Store
from studio.engine.webhooks import Webhooks
from studio.engine.work import Work


@dataclass(frozen=True, slots=True)
class Desk:
    """One engine's parts. `base_url` has no slash at its end."""

    base_url: str
    version: str
    plan: Plan
    store: Store
    files: Files
    intake: Intake
    work: Work
    life: Life
    webhooks: Webhooks
    models: ModelCatalogue
    speech: SpeechModels
    ends: Ends

    async def create(
        self, contract: Contract, operation: str, values: Mapping[str, Any], key: str | None, webhook_url: str | None = None
    ) -> dict[str, Any]:
        """Accept a job and answer as its contract does. `webhook_url`: where the event of its end is sent."""
        job, new = await self.intake.accept(contract, operation, values, key, webhook_url)
        if new:
            self.work.wake()
        poll = poll_after_ms(await self.work.remaining_ms(job), self.plan.poll)
        if contract == "cannon":
            return cannon_answers.create_answer(job, self.base_url, poll)
        return canvas_answers.accepted(job, poll)

    async def show(self, contract: Contract, job_id: str) -> dict[str, Any]:
        return await self._object(await self._find(contract, job_id))

    async def cancel(self, contract: Contract, job_id: str) -> dict[str, Any]:
        """End a job that has not ended; one that has is answered as it is."""
        return await self._object(await self.work.cancel(await self._find(contract, job_id)))

    async def _find(self, contract: Contract, job_id: str) -> JobRecord:
        job = await self.store.get(job_id)
        if job is None or job.contract != contract:
            what: Literal["request", "job"] = "request" if contract == "cannon" else "job"
            raise ApiError(404, "not_found", f"There is no {what} with this id.")
        return job

    async def _object(self, job: JobRecord) -> dict[str, Any]:
        remaining = await self.work.remaining_ms(job)
        make = cannon_answers.request_object if job.contract == "cannon" else canvas_answers.job_object
        progress = self.work.progress(job)
        poll = poll_after_ms(remaining, self.plan.poll, progress)
        return make(job, self.files, progress=progress, eta_ms=remaining, poll_after_ms=poll)
