"""Until when a service keeps a result, out of what it answered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.domain.deadline import kept_until, signed_until
from studio.domain.job import Job, JobRequest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("query", "expected"), [
    ("X-Amz-Date=20260301T110000Z&X-Amz-Expires=3600&X-Amz-Signature=x", NOON),
    ("x-goog-date=20260301T110000Z&x-goog-expires=3600", NOON),
    ("Expires=1772366400&Signature=x", NOON), ("exp=1772366400000", NOON), ("se=2026-03-01T12%3A00%3A00Z&sig=x", NOON),
    ("", None), ("token=5", None), ("Expires=5", None), ("Expires=soon", None), ("Expires=99999999999999", None),
    ("X-Amz-Date=20260301T110000Z&X-Amz-Expires=-1", None), ("X-Amz-Date=x&X-Amz-Expires=60", None), ("Expires=²", None),
    ("X-Amz-Date=99991231T235959Z&X-Amz-Expires=99999999", None),
])
def test_addresses_are_signed_for_a_time(query: str, expected: datetime | None) -> None:
    assert signed_until(f"https://cdn.test/a.mp4?{query}") == expected


def test_the_earliest_moment_counts_wherever_it_stands() -> None:
    assert kept_until(None) is None
    assert kept_until({"video_url": "https://cdn.test/a", "n": 1}) is None
    assert kept_until({"expires_at": "2026-03-01T12:00:00Z", "video_url": "https://cdn.test/a?Expires=1772370000"}) == NOON
    assert kept_until({"outputs": [{"url": "https://cdn.test/a?Expires=1772370000"},
                                   {"url": "https://cdn.test/b?Expires=1772366400"}]}) == NOON
    assert kept_until({"expires": "2026-03-01T12:00:00", "prompt": "Expires=5"}) == NOON
    deep: dict[str, object] = {"expires_at": 1772366400}
    for _ in range(500):
        deep = {"x": deep}
    assert kept_until(deep) is None


def test_a_job_says_it() -> None:
    job = Job.new(JobRequest("video.generate", "paid", {}))
    assert job.expires_at is None
    assert job.changed(output={"video_url": "https://cdn.test/a?Expires=1772366400"}).expires_at == NOON
