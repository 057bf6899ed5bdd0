"""Answers are read tolerantly: both casings, unknown fields kept, missing ones None."""

from __future__ import annotations

from studio.contracts.cannon.envelope import CreateAnswer, RequestObject, StatusAnswer
from studio.contracts.canvas.envelope import AcceptedAnswer, JobObject

DOCUMENTED = {
    "id": "req_123", "operation": "video.generate", "status": "succeeded", "billableCredits": 48, "inputPreview": "…",
    "createdAtMs": 1762479300000, "startedAtMs": 1762479301200, "completedAtMs": 1762479338200, "errorMessage": None,
    "output": {"task_id": "vid_123", "asset_type": "video", "status": "succeeded", "video_url": "https://cdn.example/v.mp4"},
    "requestLog": {"available": True, "retentionDays": 7},
}
WEBHOOK = {
    "event": "job.completed", "job_id": "job_8f3k2m1n", "status": "completed", "type": "video",
    "result": {"url": "https://cdn.example/v.mp4", "duration": 10, "resolution": "1080p", "size_bytes": 15234567},
    "credits_used": 45, "created_at": "2026-03-20T14:30:00Z", "completed_at": "2026-03-20T14:30:42Z",
}


def test_the_documented_request_object() -> None:
    answer = RequestObject.model_validate(DOCUMENTED)
    assert answer.billable_credits == 48
    assert answer.completed_at_ms == 1762479338200
    assert answer.output is not None
    assert answer.output["video_url"] == "https://cdn.example/v.mp4"


def test_the_other_casing() -> None:
    answer = RequestObject.model_validate({"id": "r", "status": "failed", "billable_credits": 1, "error_message": "no"})
    assert (answer.billable_credits, answer.error_message) == (1, "no")


def test_unknown_fields_are_kept_and_missing_ones_are_none() -> None:
    answer = RequestObject.model_validate({"id": "r", "status": "paused", "mood": "blue"})
    assert answer.model_extra == {"mood": "blue"}
    assert answer.status == "paused"
    assert answer.output is None


def test_the_create_answer_and_the_status() -> None:
    created = CreateAnswer.model_validate({"id": "req_1", "status": "queued", "poll_after_ms": 2000, "urls": {"get": "u"}})
    assert created.poll_after_ms == 2000
    status = StatusAnswer.model_validate({"ok": True, "creditsRemaining": 1250, "account": {"plan": "trial"}})
    assert status.credits_remaining == 1250


def test_the_webhook_of_the_seed_reads_as_a_job() -> None:
    job = JobObject.model_validate(WEBHOOK)
    assert job.job_id == "job_8f3k2m1n"
    assert job.result is not None
    assert job.result.size_bytes == 15234567
    assert job.credits_used == 45
    assert AcceptedAnswer.model_validate({"jobId": "job_1", "status": "queued"}).job_id == "job_1"
