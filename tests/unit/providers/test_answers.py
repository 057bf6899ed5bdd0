"""Answers of the services, well and badly formed, in the product's words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.contracts.cannon.envelope import RequestObject
from studio.contracts.canvas.envelope import JobObject
from studio.domain.errors import UnknownOutcomeError
from studio.domain.operation import MediaKind
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState
from studio.providers.answers import accepted, cannon_job, canvas_job
from studio.providers.client import Read
from studio.providers.tolerant import tolerant

VIDEO, IMAGE, AUDIO, PROMPT = MediaKind.VIDEO, MediaKind.IMAGE, MediaKind.AUDIO, MediaKind.PROMPT


def cannon(kind: MediaKind = VIDEO, /, **fields: Any) -> RemoteJob:
    raw = {"id": "req_1", "status": "succeeded", **fields}
    return cannon_job(Read(tolerant(RequestObject, raw), raw), kind)


def canvas(kind: MediaKind = VIDEO, /, **fields: Any) -> RemoteJob:
    raw = {"job_id": "job_1", "status": "completed", **fields}
    return canvas_job(Read(tolerant(JobObject, raw), raw), kind)


DOCUMENTED = {
    "id": "req_123", "operation": "video.generate", "status": "succeeded", "billableCredits": 48, "inputPreview": "…",
    "createdAtMs": 1762479300000, "startedAtMs": 1762479301200, "completedAtMs": 1762479338200, "errorMessage": None,
    "output": {"task_id": "vid_123", "asset_type": "video", "status": "succeeded", "video_url": "https://x/video.mp4",
               "provider": "seedance", "model": "seedance2"},
    "requestLog": {"available": True, "retentionDays": 7},
}
WEBHOOK_BODY = {
    "job_id": "job_8f3k2m1n", "status": "completed", "type": "video",
    "result": {"url": "https://cdn.canvaslabs.us/v/8f3k2m1n.mp4", "duration": 10, "resolution": "1080p",
               "size_bytes": 15234567},
    "credits_used": 45, "created_at": "2026-03-20T14:30:00Z", "completed_at": "2026-03-20T14:30:42Z",
}


def test_the_documented_cannon_answer() -> None:
    job = cannon(**DOCUMENTED)
    assert (job.remote_id, job.state, job.charged, job.model) == ("req_123", JobState.DOWNLOADING, 48, "seedance2")
    assert [(one.url, one.kind, one.file_name) for one in job.results] == [("https://x/video.mp4", VIDEO, "video.mp4")]
    assert job.output == DOCUMENTED["output"]
    assert job.raw == DOCUMENTED


def test_the_documented_canvas_answer() -> None:
    job = canvas(**WEBHOOK_BODY)
    assert (job.remote_id, job.state, job.charged) == ("job_8f3k2m1n", JobState.DOWNLOADING, 45)
    assert [(one.url, one.kind, one.file_name) for one in job.results] == [
        ("https://cdn.canvaslabs.us/v/8f3k2m1n.mp4", VIDEO, "8f3k2m1n.mp4")
    ]


def test_either_casing() -> None:
    snake = cannon(IMAGE, billable_credits=3, output={"image_url": "https://x/1.png", "image_urls": ["https://x/2.png"]})
    camel = cannon(IMAGE, billableCredits=3, output={"imageUrl": "https://x/1.png", "imageUrls": ["https://x/2.png"]})
    assert snake.results == camel.results
    assert (snake.charged, camel.charged) == (3, 3)
    assert canvas(jobId="job_2", creditsUsed=7, result={"url": "https://x/1.mp4"}).charged == 7


def test_pictures_once_each_and_the_main_one_first() -> None:
    job = cannon(IMAGE, output={"image_urls": ["https://x/a", "https://x/b", "https://x/a"], "image_url": "https://x/b",
                                "provider_image_urls": ["https://y/a"]})
    assert [one.url for one in job.results] == ["https://x/b", "https://x/a"]


def test_sound_with_its_video() -> None:
    job = cannon(AUDIO, output={"audio_url": "https://x/a.mp3", "sfx_video_url": "https://x/v.mp4", "asset_type": "audio"})
    assert [(one.url, one.kind) for one in job.results] == [("https://x/a.mp3", AUDIO), ("https://x/v.mp4", VIDEO)]


def test_the_sound_of_a_lip_sync_is_the_input() -> None:
    job = cannon(VIDEO, output={"video_url": "https://x/v.mp4", "audio_url": "https://x/in.mp3", "exact_cost_credits": 17})
    assert [one.url for one in job.results] == ["https://x/v.mp4"]
    assert job.charged == 17


def test_a_prompt_has_nothing_to_fetch() -> None:
    output = {"enhancedPrompt": "A wide shot…", "model": "m", "operation": "prompt.enhance.video"}
    job = cannon(PROMPT, billableCredits=1, output=output)
    assert (job.state, job.results, job.output, job.charged) == (JobState.DONE, (), output, 1)


@pytest.mark.parametrize("name", ["enhancedPrompt", "enhanced_prompt", "prompt", "text"])
def test_a_prompt_in_either_spelling(name: str) -> None:
    assert cannon(PROMPT, output={name: "A wide shot"}).state is JobState.DONE


@pytest.mark.parametrize("output", [None, {}, {"model": "m"}, {"enhancedPrompt": " "}, {"enhancedPrompt": 5}])
def test_a_prompt_without_words_is_no_result(output: object) -> None:
    job = cannon(PROMPT, output=output, billableCredits=1)
    assert (job.state, job.error_code) == (JobState.FAILED, "no_result")


def test_a_character_shows_its_preview() -> None:
    output = {"character_id": "char_1", "name": "Ada", "preview_image_url": "https://x/p.png"}
    job = cannon(IMAGE, output=output)
    assert [(one.url, one.kind) for one in job.results] == [("https://x/p.png", IMAGE)]
    assert job.output == output
    camel = cannon(IMAGE, output={"characterId": "char_1", "previewImageUrl": "https://x/p.png"})
    assert camel.results == job.results


def test_a_character_without_a_preview_is_a_result_all_the_same() -> None:
    job = cannon(IMAGE, output={"character_id": "char_1", "name": "Ada"})
    assert (job.state, job.results, job.output) == (JobState.DONE, (), {"character_id": "char_1", "name": "Ada"})
    assert cannon(VIDEO, output={"name": "Ada"}).state is JobState.FAILED


# The outputs as the services' pages have them: (what the operation makes, output, what is fetched, what is charged).
PUBLISHED: list[tuple[MediaKind, dict[str, Any], list[tuple[str, MediaKind]], float | None]] = [
    (IMAGE, {"task_id": "img_1", "asset_type": "image", "status": "succeeded", "image_url": "https://x/1.png",
             "image_urls": ["https://x/1.png"], "provider_image_urls": ["https://p/1.png"], "provider": "p", "model": "m"},
     [("https://x/1.png", IMAGE)], None),
    (AUDIO, {"task_id": "mus_1", "asset_type": "audio", "status": "succeeded", "audio_url": "https://x/1.mp3",
             "requested_provider": "kie", "provider": "kie", "model": "V5", "title": "Rain"},
     [("https://x/1.mp3", AUDIO)], None),
    (AUDIO, {"asset_type": "audio", "status": "succeeded", "audio_url": "https://x/n.mp3", "provider": "p", "model": "m"},
     [("https://x/n.mp3", AUDIO)], None),
    (AUDIO, {"task_id": "sfx_1", "asset_type": "audio", "audioUrl": "https://x/s.mp3", "sfxVideoUrl": "https://x/s.mp4"},
     [("https://x/s.mp3", AUDIO), ("https://x/s.mp4", VIDEO)], None),
    (AUDIO, {"task_id": "sfx_2", "asset_type": "audio", "sfx_video_url": "https://x/s.mp4"},
     [("https://x/s.mp4", VIDEO)], None),
    (VIDEO, {"task_id": "lip_1", "asset_type": "video", "video_url": "https://x/l.mp4", "audio_url": "https://x/in.mp3",
             "exact_cost_credits": 17}, [("https://x/l.mp4", VIDEO)], 17),
    (VIDEO, {"task_id": "up_1", "asset_type": "video", "video_url": "https://x/u.mp4", "requested_model": "wavespeed",
             "exactCostCredits": 17}, [("https://x/u.mp4", VIDEO)], 17),
    (VIDEO, {"task_id": "sub_1", "asset_type": "video", "status": "succeeded", "video_url": "https://x/t.mp4", "model": "m"},
     [("https://x/t.mp4", VIDEO)], None),
    (VIDEO, {"task_id": "sm_1", "video_url": "https://x/m.mp4"}, [("https://x/m.mp4", VIDEO)], None),
    (VIDEO, {"task_id": "video_1", "video_url": "https://x/e.mp4"}, [("https://x/e.mp4", VIDEO)], None),
]


@pytest.mark.parametrize(("kind", "output", "fetched", "charged"), PUBLISHED)
def test_the_outputs_of_all_operations(
    kind: MediaKind, output: dict[str, Any], fetched: list[tuple[str, MediaKind]], charged: float | None
) -> None:
    job = cannon(kind, output=output)
    assert job.state is JobState.DOWNLOADING
    assert [(one.url, one.kind) for one in job.results] == fetched
    assert (job.charged, job.output) == (charged, output)


def open_ended(kind: MediaKind, /, **fields: Any) -> RemoteJob:
    raw = {"id": "req_1", "status": "succeeded", **fields}
    return cannon_job(Read(tolerant(RequestObject, raw), raw), kind, open_ended=True)


@pytest.mark.parametrize(("output", "fetched"), [
    ({"asset_type": "audio", "audio_url": "https://x/a.mp3", "image_url": "https://x/c.png"}, [("https://x/a.mp3", AUDIO)]),
    ({"asset_type": "model", "video_url": "https://x/v.mp4"}, [("https://x/v.mp4", VIDEO)]),
    ({"asset_type": "hologram", "audio_urls": ["https://x/a.mp3"]}, [("https://x/a.mp3", AUDIO)]),
    ({"model_url": "https://x/m.glb", "thumbnail_url": "https://x/m.png"}, [("https://x/m.png", IMAGE)]),
])
@pytest.mark.parametrize("kind", list(MediaKind))
def test_an_operation_from_a_document_says_itself_what_it_made(
    kind: MediaKind, output: dict[str, Any], fetched: list[tuple[str, MediaKind]]
) -> None:
    job = open_ended(kind, output=output)
    assert (job.state, [(one.url, one.kind) for one in job.results]) == (JobState.DOWNLOADING, fetched)


def test_an_output_that_nobody_knows_is_kept() -> None:
    job = open_ended(IMAGE, output={"scene_graph": {"nodes": 3}})
    assert (job.state, job.output) == (JobState.DONE, {"scene_graph": {"nodes": 3}})
    assert open_ended(IMAGE, output={}).state is JobState.FAILED
    assert open_ended(IMAGE, status="failed", output={"a": 1}).output is None


def test_credits_are_charged_only_by_success() -> None:
    assert cannon(status="processing", billableCredits=48).charged is None
    assert cannon(status="failed", billableCredits=48, errorMessage="no").charged is None
    assert canvas(status="failed", credits_used=45).charged is None
    assert cannon(billableCredits=0, output={"video_url": "https://x/v"}).charged == 0


@pytest.mark.parametrize("word", ["queued", "processing", "Processing", " QUEUED "])
def test_still_running(word: str) -> None:
    hints = {"progress": 0.4, "eta_ms": 2500, "poll_after_ms": 700}
    for job in (cannon(status=word, **hints), canvas(status=word, **hints)):
        assert (job.state, job.progress, job.eta_s, job.poll_after_s) == (JobState.RUNNING, 0.4, 2.5, 0.7)
        assert job.unknown_status is None
        assert job.results == ()


@pytest.mark.parametrize("word", ["aborted", "", "moderation", "x" * 500])
def test_an_unknown_word_is_shown(word: str) -> None:
    for job in (cannon(status=word), canvas(status=word)):
        assert job.state is JobState.RUNNING
        assert job.unknown_status == word[:100]


def test_failed_with_a_reason() -> None:
    job = cannon(status="failed", errorMessage="Content refused.", errorCode="moderated")
    assert (job.state, job.error_code, job.error_message) == (JobState.FAILED, "moderated", "Content refused.")
    job = cannon(status="failed", error={"code": "c", "message": "m"})
    assert (job.error_code, job.error_message) == ("c", "m")
    job = canvas(status="failed", error={"code": "c", "message": "m"})
    assert (job.error_code, job.error_message) == ("c", "m")
    job = canvas(status="failed", error="just words")
    assert (job.error_code, job.error_message) == (None, "just words")
    job = canvas(status="failed")
    assert (job.state, job.error_message) == (JobState.FAILED, None)


def test_cancelled() -> None:
    assert cannon(status="failed", errorCode="cancelled").state is JobState.CANCELLED
    assert canvas(status="failed", error={"code": "cancelled"}).state is JobState.CANCELLED
    assert cannon(status="canceled").state is JobState.CANCELLED


@pytest.mark.parametrize("output", [None, {}, {"video_url": None}, {"video_url": "file:///etc/passwd"}, {"video_url": 5},
                                    {"video_url": "javascript:x"}, {"video_url": ""}])
def test_done_without_a_result_is_a_failure(output: object) -> None:
    job = cannon(output=output, billableCredits=48)
    assert (job.state, job.error_code, job.results) == (JobState.FAILED, "no_result", ())


def test_one_odd_field_does_not_spoil_the_rest() -> None:
    job = cannon(**{**DOCUMENTED, "progress": "half", "createdAtMs": [], "requestLog": "x", "billableCredits": "48"})
    assert (job.state, job.charged, job.progress) == (JobState.DOWNLOADING, 48, None)
    job = canvas(**{**WEBHOOK_BODY, "created_at": 5.5, "credits_used": {"a": 1}, "progress": None})
    assert (job.state, job.charged) == (JobState.DOWNLOADING, None)
    job = canvas(**{**WEBHOOK_BODY, "result": {"url": "https://x/v.mp4", "duration": "ten", "size_bytes": 1.5}})
    assert [one.url for one in job.results] == ["https://x/v.mp4"]
    job = canvas(status="failed", error={"code": 5, "message": "m", "param": ["x"]})
    assert (job.state, job.error_code, job.error_message) == (JobState.FAILED, "5", "m")


def test_an_id_may_be_a_number() -> None:
    assert cannon(id=17).remote_id == "17"


@pytest.mark.parametrize("raw", [{}, {"id": "x"}, {"status": "queued"}, {"id": None, "status": "queued"},
                                 {"id": "x", "status": {}}])
def test_without_id_and_status_it_is_no_answer(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        tolerant(RequestObject, raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["status", "output", "progress", "eta_ms", "poll_after_ms", "billableCredits", "errorMessage",
                         "error", "errorCode", "result", "credits_used", "type", "requestLog"])
WORDS = st.sampled_from(["queued", "processing", "succeeded", "failed", "completed", "odd"])
URLS = st.sampled_from(["https://x/a", "http://x/b", "file:///etc/passwd", "audio", "video", "hologram"])
OUTPUTS = st.dictionaries(
    st.sampled_from(["video_url", "image_url", "imageUrls", "url", "asset_type", "audio_url", "sfx_video_url", "text",
                     "preview_image_url", "character_id", "enhancedPrompt", "exact_cost_credits", "model"]),
    json_values | URLS | st.lists(URLS, max_size=3),
)


@pytest.mark.slow
@given(st.dictionaries(NAMES, json_values), WORDS, OUTPUTS, st.sampled_from(list(MediaKind)))
def test_no_answer_breaks_it(fields: dict[str, Any], status: str, output: dict[str, Any], kind: MediaKind) -> None:
    raw = {"id": "x", "job_id": "x", **fields, "status": status, "output": output, "result": output}
    for job in (cannon(kind, **raw), canvas(kind, **raw), open_ended(kind, **raw)):
        assert job.state in (JobState.RUNNING, JobState.DOWNLOADING, JobState.DONE, JobState.FAILED, JobState.CANCELLED)
        assert job.progress is None or 0 <= job.progress <= 1
        assert job.poll_after_s is None or 0 <= job.poll_after_s <= 600
        assert bool(job.results) == (job.state is JobState.DOWNLOADING)


@pytest.mark.parametrize(("said", "kept"), [(0, 0.0), (48, None), (None, None)])
def test_a_failure_costs_nothing_only_where_that_is_said(said: int | None, kept: float | None) -> None:
    assert cannon(status="failed", errorMessage="Too dark.", billableCredits=said).charged == kept
    assert canvas(status="failed", error={"code": "cancelled", "message": "It was."}, credits_used=said).charged == kept
    assert cannon(status="processing", billableCredits=said).charged is None


@pytest.mark.parametrize("remote_id", ["", "..", "x" * 300, "a\nb"])
def test_an_id_that_cannot_be_asked_for_leaves_the_outcome_unknown(remote_id: str) -> None:
    raw: dict[str, object] = {"id": remote_id, "status": "queued"}
    with pytest.raises(UnknownOutcomeError):
        accepted(Read(RequestObject.model_validate(raw), raw))
