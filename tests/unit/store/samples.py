"""Jobs and assets; the full ones differ from their defaults in every field, so that nothing is lost unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import Cost
from studio.domain.job import Credits, Job, JobError, JobRequest, new_id
from studio.domain.operation import MediaKind
from studio.domain.state import JobState, WaitReason

MOMENT = datetime(2026, 11, 3, 9, 30, 15, 123_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def job(prompt: str = "a harbour at night", *, account: str = "local", at: datetime = MOMENT) -> Job:
    return Job.new(JobRequest("image.generate", account, {"prompt": prompt})).changed(created_at=at)


def full_job() -> Job:
    values = {"prompt": "Häfen \ud800", "seed": 7, "urls": ["a", "b"], "deep": {"x": None}}
    return Job(
        id=new_id("job"),
        request=JobRequest("video.generate", "cannon", values, "Day 1"),
        idempotency_key="key",
        state=JobState.RUNNING,
        waiting_for=WaitReason.RATE_LIMIT,
        remote_id="req_1",
        progress=0.25,
        eta_s=12.5,
        not_before=MOMENT + SECOND,
        attempts=3,
        created_at=MOMENT,
        submitted_at=MOMENT + 2 * SECOND,
        finished_at=MOMENT + 3 * SECOND,
        credits=Credits(4.5, 48.0),
        error=JobError("busy", "rate", "Slow down.", True, "Wait.", Cost.CHARGED, "prompt"),
        output={"task_id": "vid_1", "n": [1, 2]},
        asset_ids=("asset_1", "asset_2"),
        revision=0,
    )


def asset(
    media: Path,
    prompt: str = "a harbour at night",
    *,
    kind: MediaKind = MediaKind.IMAGE,
    at: datetime = MOMENT,
    job_id: str | None = None,
) -> Asset:
    name = new_id("asset")
    path = media / "2026-11" / f"{name}.png"
    return Asset(name, kind, path, "image/png", name.ljust(64, "0"), 10, prompt=prompt, created_at=at, job_id=job_id)


def full_asset(media: Path, thumbnails: Path) -> Asset:
    given = {"prompt": "x", "list": [1, "a"]}
    recipe = Recipe("video.generate", "cannon-studio", given, "seedance2", 7, "job_1", ("asset_0",))
    return Asset(
        id=new_id("asset"),
        kind=MediaKind.VIDEO,
        path=media / "2026-11" / "Häfen bei Nacht 1234abcd.mp4",
        mime="video/mp4",
        sha256="ab" * 32,
        size_bytes=15_234_567,
        width=1920,
        height=1080,
        duration_s=10.04,
        prompt="Häfen bei Nacht",
        job_id="job_1",
        output_index=2,
        recipe=recipe,
        created_at=MOMENT,
        deleted_at=MOMENT + SECOND,
        thumbnail=thumbnails / "ab" / ("ab" * 32 + ".jpg"),
        starred=True,
        colour="green",
        tags=("Hafen", "nachts"),
        label="Day 1",
        missing_since=MOMENT + 2 * SECOND,
        operation="video.generate",
        account="cannon",
        model="seedance2",
        credits=48.0,
    )
