"""Estimates and polling hints."""

from __future__ import annotations

from dataclasses import replace

from studio.engine.pace import Paces, PollLimits, bucket_of, poll_after_ms, units_of
from studio.engine.records import JobRecord

VIDEO = JobRecord("req_1", "cannon", "video.generate", {"prompt": "a", "duration": 10, "resolution": "720p"}, {}, 1, 0)
PICTURE = JobRecord("req_2", "cannon", "image.generate", {"prompt": "a"}, {}, 1, 0)


def test_a_job_s_bucket_has_the_contract_s_defaults() -> None:
    assert bucket_of(VIDEO) == "video.generate:720p:words"
    assert bucket_of(replace(VIDEO, media={"u": "t"})) == "video.generate:720p:media"
    assert bucket_of(PICTURE) == "image.generate:1K:words"
    assert (units_of(VIDEO), units_of(PICTURE)) == (10.0, 1.0)


def test_each_operation_has_a_pace_of_its_own() -> None:
    """Music of a minute says nothing about a narration, nor a lip sync about a video that is drawn."""
    def job(operation: str, **values: object) -> JobRecord:
        return JobRecord("req_1", "cannon", operation, {"prompt": "a", **values}, {}, 1, 0)

    paces = Paces({})
    paces.learn(job("music.generate", duration_seconds=60), 6000)
    assert paces.expected_ms(job("music.generate", duration_seconds=10)) == 1000
    assert paces.expected_ms(job("music.generate")) == 3000  # the contract's 30 s
    assert paces.expected_ms(job("soundfx.generate")) == 8 * 300
    assert units_of(job("narration.generate", text="a" * 150)) == 10
    assert units_of(job("lipsync.generate", video_duration=6.2)) == 6.2
    assert paces.expected_ms(job("prompt.enhance.video", duration=40)) == 50
    paces.learn(job("video.upscale", target_resolution="4k"), 1)
    assert paces.expected_ms(VIDEO) == 40_000


def test_measured_paces_replace_the_guess_and_scale_to_other_sizes() -> None:
    paces = Paces({})
    paces.learn(VIDEO, 20_000)
    assert paces.expected_ms(VIDEO) == 20_000
    short = replace(VIDEO, input={**VIDEO.input, "duration": 5})
    assert paces.expected_ms(short) == 10_000
    large = replace(VIDEO, input={**VIDEO.input, "resolution": "1080p"})
    assert paces.expected_ms(large) == 45_000
    bucket, pace, samples = paces.learn(VIDEO, 10_000)
    assert (bucket, samples) == ("video.generate:720p:words", 2)
    assert 1000 < pace < 2000
    assert Paces({bucket: (pace, samples)}).expected_ms(VIDEO) == paces.expected_ms(VIDEO)


def test_progress_counts_more_the_further_a_job_is() -> None:
    paces = Paces({"video.generate:720p:words": (1000.0, 3)})
    assert paces.remaining_ms(VIDEO, 0, None) == 10_000
    assert paces.remaining_ms(VIDEO, 4000, None) == 6000
    twice_as_slow = [paces.remaining_ms(VIDEO, 20_000 * p, p) for p in (0.1, 0.5, 0.9)]
    truth = [20_000 * (1 - p) for p in (0.1, 0.5, 0.9)]
    errors = [abs(got - true) / true for got, true in zip(twice_as_slow, truth, strict=True)]
    assert errors[2] < errors[1] < errors[0]
    assert paces.remaining_ms(VIDEO, 60_000, None) > 1000  # overdue: nobody knows, so nobody is told "now"


def test_a_queued_job_waits_for_those_before_it() -> None:
    paces = Paces({"video.generate:720p:words": (1000.0, 3)})
    assert paces.waiting_ms(VIDEO, [], [5000], places=2) == 10_000
    assert paces.waiting_ms(VIDEO, [VIDEO], [5000, 5000], places=2) == 20_000


def test_polls_come_closer_towards_the_end() -> None:
    limits = PollLimits(100, 10_000)
    remaining, polls = 40_000.0, 0
    while remaining > 0:
        remaining -= poll_after_ms(round(remaining), limits)
        polls += 1
    assert -100 <= remaining <= 0
    assert polls <= 9  # a fixed poll of 2 s needs 20, and notices a second late on average
    assert poll_after_ms(0, limits) == 100
    assert (poll_after_ms(40_000, limits, 0.5), poll_after_ms(40_000, limits, 0.95)) == (10_000, 500)
