"""The whole OpenAPI document of the engine, both contracts in it, tried by Schemathesis: no server error, and no answer that
the document does not describe (status, media type, headers, body)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from studio.contracts.operations import CANVAS_PATHS, at_engine
from tests.unit.engine.renderers import HERE, png
from tests.unit.engine.rig import KEY, Rig, engine

schemathesis = pytest.importorskip("schemathesis", reason="the development group brings it")

# Schemathesis draws by the module random in places; Hypothesis would rather not have that.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
EXAMPLES = 25
SPARED = {"stopEngine"}  # the engine would be gone
HEADERS = {"x-api-key": KEY}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """An engine that does all that is served, with small results."""
    every = {f"{one.contract}:{one.id}": f"{HERE}:small" for one in (*at_engine("cannon"), *at_engine("canvas"))}
    with engine(tmp_path_factory.mktemp("openapi"), renderers=every) as rig:
        yield rig


@pytest.fixture(scope="module")
def schema(rig: Rig) -> Any:
    return schemathesis.openapi.from_dict(rig.client.get("/api/v1/openapi").json())


def _checks() -> list[Any]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    return [not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
            checks.response_headers_conformance, checks.response_schema_conformance]


def _operations(schema: Any) -> dict[str, Any]:
    found = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        found[operation.definition.raw["operationId"]] = operation
    return found


def _valid(case: Any, rig: Rig, headers: dict[str, str] | None = None) -> Any:
    answer = case.call(base_url=rig.url, headers=HEADERS if headers is None else headers)
    case.validate_response(answer, checks=_checks())
    return answer


def _attempt(operation: Any, mode: Any, rig: Rig, examples: int = EXAMPLES) -> set[int]:
    """The statuses that came, each of them in an answer as the document describes it."""
    statuses: set[int] = set()

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck),
              phases=(Phase.explicit, Phase.generate))
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        statuses.add(_valid(case, rig).status_code)

    run()
    return statuses


@pytest.mark.slow
def test_every_operation_of_both_contracts_is_in_it(schema: Any) -> None:
    document = schema.raw_schema
    taken = document["paths"]["/api/v1/requests"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in taken:
        taken = document["components"]["schemas"][taken["$ref"].rpartition("/")[2]]
    assert set(taken["discriminator"]["mapping"]) == {one.id for one in at_engine("cannon")}
    assert {f"/v1{CANVAS_PATHS[one.id]}" for one in at_engine("canvas")} <= set(document["paths"])


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_whatever_it_describes_is_answered_as_it_says(rig: Rig, schema: Any, mode: str) -> None:
    """`positive`: requests that the document allows; `negative`: requests that break it somewhere."""
    wanted = schemathesis.GenerationMode.POSITIVE if mode == "positive" else schemathesis.GenerationMode.NEGATIVE
    tried: dict[str, set[int]] = {}
    for name, operation in _operations(schema).items():
        if name in SPARED:
            continue
        try:
            tried[name] = _attempt(operation, wanted, rig)
        except Unsatisfiable:
            if mode == "positive":
                raise  # an operation that takes nothing cannot be asked wrongly
    assert len(tried) >= (len(_operations(schema)) - len(SPARED)) * (1 if mode == "positive" else 0.5), sorted(tried)
    statuses = set().union(*tried.values())
    assert 202 in statuses or mode == "negative"
    assert statuses & {400, 404, 422}
    assert rig.client.get("/api/v1/status").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_each_operation_s_input_is_answered_as_it_says(rig: Rig, schema: Any, mode: str) -> None:
    """One endpoint takes all of Cannon Studio's operations: here each gets its own turn."""
    wanted = schemathesis.GenerationMode.POSITIVE if mode == "positive" else schemathesis.GenerationMode.NEGATIVE
    for one in at_engine("cannon"):
        document = copy.deepcopy(schema.raw_schema)
        body = document["paths"]["/api/v1/requests"]["post"]["requestBody"]
        name = "".join(word.capitalize() for word in one.id.split("."))
        body["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}Request"}}}
        create = _operations(schemathesis.openapi.from_dict(document))["createRequest"]
        statuses = _attempt(create, wanted, rig, EXAMPLES // 2)
        assert statuses & ({202, 422} if mode == "positive" else {400, 422}), (one.id, statuses)


@pytest.mark.slow
def test_jobs_in_every_state_are_shown_as_it_says(tmp_path: Path) -> None:
    """Queued, running, done, failed with and without a field, cancelled, and one whose log was swept."""
    every = {"cannon:image.generate": f"{HERE}:slow", "canvas:image.generate": f"{HERE}:slow",
             "cannon:video.generate": f"{HERE}:refuses", "canvas:video.generate": f"{HERE}:breaks",
             "cannon:music.generate": f"{HERE}:small", "cannon:prompt.enhance.image": f"{HERE}:small"}
    with engine(tmp_path, renderers=every) as rig:
        schema = schemathesis.openapi.from_dict(rig.client.get("/api/v1/openapi").json())
        operations = _operations(schema)
        running = [rig.create(prompt="for 30") for _ in range(2)]
        queued = rig.create(prompt="for 30")
        canvas_queued = rig.client.post("/v1/image/generate", json={"prompt": "for 30"}).json()["job_id"]
        rig.until(running[0], "processing")
        upload = rig.upload(png())
        ids = [*running, queued, "req_none"]
        _all(operations, rig, ids, [canvas_queued, "job_none"])
        for one in (*running, queued):
            _valid(operations["cancelRequest"].Case(path_parameters={"requestId": one}), rig)
        _valid(operations["cancelCanvasJob"].Case(path_parameters={"jobId": canvas_queued}), rig)
        ended = [rig.create("video.generate"), rig.create("music.generate"), rig.create("prompt.enhance.image")]
        broken = rig.client.post("/v1/video/generate", json={"prompt": "a"}).json()["job_id"]
        results = [rig.finished(one)["output"] for one in ended]
        rig.finished(broken)
        _all(operations, rig, [*ids, *ended], [canvas_queued, broken])
        urls = [upload, *(output["audio_url"] for output in results if output and "audio_url" in output)]
        assert len(urls) == 2
        for url in urls:
            token, name = url.rsplit("/", 2)[1:]
            place = {"token": token, "name": name}
            for verb, headers in (("getFile", {}), ("headFile", {}), ("getFile", {"Range": "bytes=1-5"}),
                                  ("getFile", {"Range": "bytes=900000-"}), ("deleteFile", HEADERS), ("getFile", {})):
                _valid(operations[verb].Case(path_parameters=place), rig, headers)


def _all(operations: dict[str, Any], rig: Rig, requests: list[str], jobs: list[str]) -> None:
    for one in requests:
        _valid(operations["getRequest"].Case(path_parameters={"requestId": one}), rig)
    for one in jobs:
        _valid(operations["getCanvasJob"].Case(path_parameters={"jobId": one}), rig)
    for name in ("getStatus", "getCanvasCredits", "getOpenapi", "getWebhooks", "getRates", "getHealth"):
        _valid(operations[name].Case(), rig)
        if name != "getHealth":
            assert _valid(operations[name].Case(), rig, {"x-api-key": "wrong"}).status_code == 401
