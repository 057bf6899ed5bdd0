"""Files of jobs at a media host that leaps through hours: renewed before they expire, and never under a resent request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from studio.domain.errors import (
    BusyError,
    InputError,
    LocalError,
    NotFoundError,
    StudioError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.hosted import HostedFile, SharedFile
from studio.domain.job import Job
from studio.domain.state import JobState
from studio.jobs.hosting import sweep
from tests.unit.jobs.world import LeapingClock, MemoryHosted, Play, remote

LIFE = timedelta(hours=6)


@dataclass
class ScriptedHost:
    """Puts nothing anywhere; fails as its lists say."""

    clock: LeapingClock
    place: str = "s3+https://s3.test/b/"
    margin_s: float = 3600.0
    puts: list[str] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)
    failing: list[StudioError] = field(default_factory=list)
    stuck: list[StudioError] = field(default_factory=list)

    def location_for(self, path: Path) -> str:
        return f"{self.place}{len(self.puts)}{path.suffix}"

    async def put(self, path: Path, location: str) -> HostedFile:
        self.puts.append(location)
        await asyncio.sleep(0)
        if self.failing:
            raise self.failing.pop(0)
        return HostedFile(f"{location}?signed={len(self.puts)}", self.clock.now() + LIFE, location)

    async def holds(self, location: str) -> bool:
        return True

    async def remove(self, location: str) -> None:
        if self.stuck:
            raise self.stuck.pop(0)
        self.removals.append(location)


class SharingHosted(MemoryHosted):
    """As the store does it for one job at a time; sharing itself is tested with the store."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, HostedFile] = {}
        self.pending: str | None = None
        self.waste: list[tuple[str, str]] = []

    async def load(self, job_id: str) -> dict[str, HostedFile]:
        return dict(self.files)

    async def reserve(self, job_id: str, file: SharedFile, location: str) -> str:
        self.pending = self.pending or location
        return self.pending

    async def save(self, job_id: str, file: SharedFile, hosted: HostedFile) -> None:
        self.files[file.value] = hosted
        self.pending = None

    async def release(self, job_id: str) -> list[HostedFile]:
        self.waste += [("paid", one.location) for one in self.files.values()]
        self.files.clear()
        return []

    async def unused(self, moment: object) -> list[tuple[str, str]]:
        return list(self.waste)

    async def removed(self, location: str) -> None:
        self.waste = [one for one in self.waste if one[1] != location]


@dataclass
class Stage:
    play: Play
    host: ScriptedHost
    hosted: SharingHosted
    photo: str

    async def submit(self) -> Job:
        return await self.play.submit(image_url=self.photo)

    def sent(self) -> list[object]:
        return [body["image_url"] for _, body in self.play.provider.sent()]


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    play = Play()
    hosted = SharingHosted()
    play.hosted = hosted
    host = ScriptedHost(play.clock)
    play.provider.media_host = host
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"a photo")
    monkeypatch.setattr(play.library, "local_file", lambda value: photo)
    play.runner = play._start()
    return Stage(play, host, hosted, photo.as_uri())


async def test_put_once_and_removed_at_the_end(stage: Stage) -> None:
    job = await stage.submit()
    await stage.play.until(job, JobState.DONE)
    await stage.play.runner.idle()
    assert stage.sent() == ["s3+https://s3.test/b/0.png?signed=1"]
    assert stage.host.puts == stage.host.removals == ["s3+https://s3.test/b/0.png"]
    assert stage.hosted.waste == []
    assert stage.play.provider.times("host") == 0


async def test_an_upload_that_fails_is_tried_again_at_the_same_place(stage: Stage) -> None:
    stage.host.failing = [UnreachableError("away"), UnreachableError("away")]
    await stage.play.until(await stage.submit(), JobState.DONE)
    assert len(stage.host.puts) == 3
    assert len(set(stage.host.puts)) == 1
    assert len(stage.sent()) == 1


async def test_one_that_is_about_to_expire_is_put_again_before_sending(stage: Stage) -> None:
    """The service says "later" for longer than the address is good."""
    stage.play.provider.submits = [*[BusyError("later", retry_after_s=3500.0)] * 6, remote()]
    await stage.play.until(await stage.submit(), JobState.DONE)
    assert len(stage.host.puts) == 2
    first, *_, last = stage.sent()
    assert first != last
    assert str(last).endswith("signed=2")


async def test_a_request_that_may_have_arrived_is_sent_as_it_was(stage: Stage) -> None:
    """Under the same key with another body it would be refused, and nobody would know whether the first arrived."""
    stage.play.provider.submits = [*[UnknownOutcomeError("lost", retry_after_s=3500.0)] * 8, remote()]
    await stage.play.until(await stage.submit(), JobState.DONE)
    assert len(set(map(str, stage.sent()))) == 1
    assert len(stage.host.puts) == 1


async def test_where_no_key_is_honoured_the_files_are_good_when_it_is_sent_again(stage: Stage) -> None:
    stage.play.provider.honours_idempotency = False
    stage.play.provider.submits = [UnknownOutcomeError("lost"), remote()]
    job = await stage.play.until(await stage.submit(), JobState.UNKNOWN)
    await stage.play.runner.idle()
    stage.play.clock.moment += LIFE
    await stage.play.runner.retry(job.id)
    await stage.play.until(job, JobState.DONE)
    assert len(stage.host.puts) == 2
    assert str(stage.sent()[1]).endswith("signed=2")


async def test_a_file_that_cannot_be_hosted_ends_the_job(stage: Stage) -> None:
    stage.host.failing = [InputError("no bucket", code="no_bucket")]
    job = await stage.play.until(await stage.submit(), JobState.FAILED)
    assert job.error is not None
    assert job.error.code == "no_bucket"
    assert stage.sent() == []


async def test_a_file_that_cannot_be_read_waits(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stage.play.library, "local_file", lambda value: tmp_path)
    job = await stage.submit()
    waiting = await stage.play.sees(job, lambda seen: seen.error is not None)
    assert waiting.state is JobState.QUEUED
    assert waiting.error is not None
    assert waiting.error.kind == LocalError.kind
    await stage.play.runner.close()


async def test_a_file_inside_the_request_is_not_kept(stage: Stage) -> None:
    stage.host.place = ""
    await stage.play.until(await stage.submit(), JobState.DONE)
    await stage.play.runner.idle()
    assert len(stage.host.puts) == 2, "made for the look before the request, and for the request"
    assert stage.hosted.waste == []
    assert stage.host.removals == []


async def test_the_sweep_goes_on_past_what_it_cannot_remove(stage: Stage) -> None:
    world = stage.play.runner._world
    stage.hosted.waste = [("paid", "a"), ("paid", "b")]
    stage.host.stuck = [UnreachableError("away")]
    await sweep(world)
    assert stage.hosted.waste == [("paid", "a"), ("paid", "b")], "not even tried: the host is away"
    stage.host.stuck = [InputError("of another bucket")]
    await sweep(world)
    assert (stage.hosted.waste, stage.host.removals) == ([], ["b"])


async def test_what_lies_with_an_account_that_is_gone_is_forgotten(stage: Stage) -> None:
    stage.hosted.waste = [("paid", "a")]
    stage.play.missing = NotFoundError("no such account")
    await sweep(stage.play.runner._world)
    assert stage.hosted.waste == []
    stage.play.missing = None
    stage.play.provider.media_host = None
    stage.hosted.waste = [("paid", "b")]
    await sweep(stage.play.runner._world)
    assert stage.hosted.waste == []
