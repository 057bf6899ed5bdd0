"""Earlier prompts, read from the jobs."""

from __future__ import annotations

from studio.domain.job import Job, JobRequest
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.prompts import SqlPrompts


async def sent(jobs: SqlJobStore, operation: str, label: str | None = None, **values: object) -> None:
    await jobs.add(Job.new(JobRequest(operation, "local", values, label)))


async def test_each_once_the_latest_first(db: Database, jobs: SqlJobStore) -> None:
    await sent(jobs, "image.generate", prompt="a harbour")
    await sent(jobs, "video.generate", prompt="a mountain", seed=4)
    await sent(jobs, "image.generate", prompt="  a harbour ", seed=9)
    await sent(jobs, "narration.generate", text="Good evening.")
    await sent(jobs, "image.upscale", image_url="file:///x.png")
    await sent(jobs, "image.generate", prompt="   ")
    prompts = SqlPrompts(db)
    assert await prompts.earlier() == ["Good evening.", "a harbour", "a mountain"]
    assert await prompts.earlier(limit=1) == ["Good evening."]


async def test_a_search_by_the_beginnings_of_words(db: Database, jobs: SqlJobStore) -> None:
    await sent(jobs, "image.generate", prompt="a Harbour at dusk, “quoted” words")
    await sent(jobs, "image.generate", prompt="a mountain at dusk", label="harbour set")
    prompts = SqlPrompts(db)
    assert await prompts.earlier("harb dusk") == ["a mountain at dusk", "a Harbour at dusk, “quoted” words"]
    assert await prompts.earlier("mountain") == ["a mountain at dusk"]
    assert await prompts.earlier('"dusk') == ["a mountain at dusk", "a Harbour at dusk, “quoted” words"]
    assert await prompts.earlier("!?") == [], "no word to search for finds nothing"


async def test_no_jobs_no_prompts(db: Database) -> None:
    assert await SqlPrompts(db).earlier() == []
