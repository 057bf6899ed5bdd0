"""What an event says, in both services' shapes, and that nothing which comes over the network breaks the reading."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.account import Service
from studio.providers.webhook_events import EventUnreadableError, WebhookEvent, read_event

SEED = {
    "event": "job.completed", "job_id": "job_8f3k2m1n", "status": "completed", "type": "video",
    "result": {"url": "https://cdn.canvaslabs.us/v/8f3k2m1n.mp4",
               "duration": 10, "resolution": "1080p", "size_bytes": 15234567},
    "credits_used": 45, "created_at": "2026-03-20T14:30:00Z", "completed_at": "2026-03-20T14:30:42Z",
}
REQUEST = {"id": "req_123", "operation": "image.generate", "status": "succeeded", "billableCredits": 48, "output": {}}
EVENT = {"event": "request.succeeded", "created_at": "2026-03-20T14:30:42Z", "data": REQUEST}


def read(service: Service, value: object) -> WebhookEvent:
    return read_event(service, json.dumps(value).encode())


def test_the_seeds_webhook_and_the_cannon_event_are_read() -> None:
    assert read(Service.CANVAS_LABS, SEED) == WebhookEvent("job.completed", "job_8f3k2m1n", "completed")
    assert read(Service.CANNON_STUDIO, EVENT) == WebhookEvent("request.succeeded", "req_123", "succeeded")


@pytest.mark.parametrize(
    ("service", "value", "expected"),
    [
        (Service.CANVAS_LABS, {"job_id": "j"}, ("", "j", "")),
        (Service.CANVAS_LABS, {"event": "job.failed", "jobId": "j", "status": "failed", "error": "words", "result": 7},
         ("job.failed", "j", "failed")),
        (Service.CANVAS_LABS, {"job_id": 17, "status": {}}, ("", "17", "")),
        (Service.CANVAS_LABS, {"event": "job.completed", "data": {"id": "j", "new": {}}}, ("job.completed", "j", "")),
        (Service.CANNON_STUDIO, REQUEST, ("", "req_123", "succeeded")),
        (Service.CANNON_STUDIO, {"event": "request.paused", "data": {"id": "r", "status": "paused"}},
         ("request.paused", "r", "paused")),
    ],
)
def test_what_may_be_missing_or_new_is_taken(service: Service, value: object, expected: tuple[str, str, str]) -> None:
    assert read(service, value) == WebhookEvent(*expected)


BROKEN: list[object] = [
    None, [], 7, "text", {}, {"event": "job.completed"}, {"event": 7, "job_id": "j"}, {"event": "x\n", "job_id": "j"},
    {"job_id": ""}, {"job_id": "../../etc"}, {"job_id": "a b"}, {"job_id": "x" * 300}, {"data": 7}, {"data": []},
    {"event": "request.succeeded", "data": {"status": "succeeded"}}, {"id": ["r"]}, {"id": None, "job_id": {}},
]


@pytest.mark.parametrize("value", BROKEN)
@pytest.mark.parametrize("service", [Service.CANVAS_LABS, Service.CANNON_STUDIO])
def test_what_is_no_event_is_refused(service: Service, value: Any) -> None:
    with pytest.raises(EventUnreadableError):
        read(service, value)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"job_id": NaN}', b"[" * 100_000, b"<html>", b'{"a":' * 50_000])
def test_what_is_no_json_is_refused_without_being_shown(body: bytes) -> None:
    with pytest.raises(EventUnreadableError) as caught:
        read_event(Service.CANVAS_LABS, body)
    assert "html" not in str(caught.value)


NAMES = st.sampled_from(["event", "data", "id", "job_id", "jobId", "status", "result", "error", "output", "x"])
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


@pytest.mark.slow
@given(value=json_values, service=st.sampled_from([Service.CANVAS_LABS, Service.CANNON_STUDIO]))
def test_no_json_breaks_the_reading(value: object, service: Service) -> None:
    with contextlib.suppress(EventUnreadableError):
        assert read_event(service, json.dumps(value).encode()).remote_id


@given(body=st.binary(max_size=200), service=st.sampled_from([Service.CANVAS_LABS, Service.CANNON_STUDIO]))
def test_no_bytes_break_the_reading(body: bytes, service: Service) -> None:
    with contextlib.suppress(EventUnreadableError):
        assert read_event(service, body).remote_id
