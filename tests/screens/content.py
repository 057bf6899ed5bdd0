"""What the screens show: pictures and videos made by the real engine, and jobs in states that cannot be waited for."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from studio.app.core import Core
from studio.domain.errors import Cost, JobFailedError, UnknownOutcomeError
from studio.domain.job import Credits, Job, JobError, JobRequest, now
from studio.domain.state import JobState, WaitReason
from studio.settings.paths import Paths

PICTURES = (
    "a fjord at dawn, mist over the water, pine forest",
    "night city in the rain, neon reflections, a tram",
    "a meadow in spring, wildflowers, two horses, watercolour",
    "desert dunes at dusk, camels",
    "a harbour at golden hour, sailboats",
    "snowy mountains at night under an aurora, a log cabin",
    "an old room by the window, a cat, rain outside",
    "a lighthouse in a storm, noir",
)
VIDEOS = ("an autumn forest path, leaves falling, slow dolly forward", "waves on a beach at dusk, a couple walking")
SOUND = "rain on a roof, thunder far away, a bell"


async def make_library(paths: Paths) -> None:
    """Eight pictures, two short videos and a sound, through the whole of the product."""
    core = await Core.open(paths)
    try:
        await core.start()
        wide = {"aspect_ratio": "16:9", "resolution": "1K"}
        sent = [
            await core.submit(JobRequest("image.generate", "local", {"prompt": words, "seed": 20 + number, **wide}))
            for number, words in enumerate(PICTURES)
        ]
        sent += [
            await core.submit(JobRequest("video.generate", "local",
                                         {"prompt": words, "duration": 2, "resolution": "720p", "seed": 7, "audio": True}))
            for words in VIDEOS
        ]
        heard = {"prompt": SOUND, "duration_seconds": 6, "seed": 7}
        sent.append(await core.submit(JobRequest("soundfx.generate", "local", heard)))
        ended = await asyncio.gather(*(core.wait(job.id, 600) for job in sent))
        failed = [job for job in ended if job.state is not JobState.DONE]
        if failed:
            raise RuntimeError(f"{len(failed)} of the pictures were not made: {failed[0].error}")
    finally:
        await core.close()


def staged_jobs() -> list[Job]:
    """Jobs as services leave them: running, waiting, unknown, failed. Oldest first."""
    moment = now()

    def job(prompt: str, state: JobState, account: str, operation: str = "video.generate", **changes: object) -> Job:
        return Job.new(JobRequest(operation, account, {"prompt": prompt})).changed(state=state, **changes)

    failure = JobFailedError("The service stopped the job: its model was overloaded.", cost=Cost.NONE)
    unknown = UnknownOutcomeError("The request was sent, and no answer came.")
    return [
        job("Aurora over the fjord, long exposure, someone stands at the shore", JobState.FAILED, "Work",
            finished_at=moment - timedelta(minutes=4), submitted_at=moment - timedelta(minutes=5), remote_id="job_8f3k2m1n",
            error=JobError.of(failure), credits=Credits(45, 0)),
        job("Steel workshop, slow pan", JobState.UNKNOWN, "Work", error=JobError.of(unknown), credits=Credits(45, None)),
        job("Harbour at dusk, the boats come home", JobState.QUEUED, "Work", waiting_for=WaitReason.CONCURRENCY_LIMIT,
            credits=Credits(45, None)),
        job("Portrait, soft window light", JobState.DOWNLOADING, "Cannon", "image.generate", progress=0.92, eta_s=4.0,
            submitted_at=moment - timedelta(seconds=40), credits=Credits(28, None)),
        job("Night tram in the rain", JobState.RUNNING, "Work", progress=0.64, eta_s=21.0,
            submitted_at=moment - timedelta(seconds=40), credits=Credits(45, None)),
        job("Lighthouse on the cliff, storm", JobState.RUNNING, "local", progress=0.31, eta_s=40.0,
            submitted_at=moment - timedelta(seconds=18)),
    ]
