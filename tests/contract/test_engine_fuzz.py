"""Whatever is sent, the engine answers in its contract's shape and never with a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.engine.rig import Rig, engine

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["prompt", "duration", "resolution", "aspect_ratio", "seed", "image_url", "reference_image_urls", "reference_images",
     "audio", "quality", "style", "negative_prompt", "model", "\x00", "ключ", ""]
)
VALUES = JSON | st.sampled_from(
    ["720p", "1080p", "16:9", "1:1", "1K", 5, 10, 0, -1, 2**31, 2**70, 1e308, True, "http://127.0.0.1:1/files/a/b.png",
     "https://example.org/a.png", "https://[", "https://exa mple.org", ["https://example.org/a.png"] * 4, "\u0000",
     "a" * 5001]
)
INPUTS = st.dictionaries(NAMES, VALUES, max_size=5)
OPERATIONS = st.sampled_from(["video.generate", "image.generate", "image.edit", "", "\x00"])
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with engine(tmp_path_factory.mktemp("fuzz"), renderers={}) as rig:
        yield rig


def _shape(answer: Any, *, canvas: bool) -> None:
    body = answer.json()
    if answer.status_code == 202:
        assert ("job_id" if canvas else "id") in body
        return
    assert answer.status_code in ({400, 413} if canvas else {400, 413, 422}), answer.text
    assert isinstance(body["error"]["code"], str)
    assert isinstance(body["error"]["message"], str)
    if answer.status_code == 422:
        assert body["error"].get("details", [{"field": ""}])[0]["field"] is not None


@pytest.mark.slow
@SETTINGS
@given(operation=OPERATIONS, values=INPUTS)
def test_cannon_creates(rig: Rig, operation: str, values: dict[str, Any]) -> None:
    body = json.dumps({"operation": operation, "input": values})
    _shape(rig.client.post("/api/v1/requests", content=body), canvas=False)


@pytest.mark.slow
@SETTINGS
@given(path=st.sampled_from(["/v1/video/generate", "/v1/image/generate"]), values=INPUTS)
def test_canvas_creates(rig: Rig, path: str, values: dict[str, Any]) -> None:
    _shape(rig.client.post(path, content=json.dumps(values)), canvas=True)


@SETTINGS
@given(body=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200), canvas=st.booleans())
def test_any_body(rig: Rig, body: bytes, canvas: bool) -> None:
    _shape(rig.client.post("/v1/image/generate" if canvas else "/api/v1/requests", content=body), canvas=canvas)


@settings(SETTINGS, max_examples=25)
@example(name="/", method="POST")
@given(name=st.text(min_size=1, max_size=60), method=st.sampled_from(["GET", "POST", "DELETE", "HEAD", "PUT"]))
def test_any_address(rig: Rig, name: str, method: str) -> None:
    from urllib.parse import quote

    for prefix in ("/api/v1/requests/", "/v1/jobs/", "/files/", "/"):
        answer = rig.client.request(method, prefix + quote(name, safe=""))
        assert answer.status_code in (401, 404, 405), (answer.status_code, prefix, name)
