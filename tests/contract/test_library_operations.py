"""Every typed method of both clients, called as a script would call it, against a real engine: files in, results home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.examples import example_input
from studio.contracts.operations import CANNON, CANVAS, WireOperation
from studio.providers.clients import CannonStudio, CanvasLabs, Job, SyncResult
from tests.unit.engine.rig import KEY, Rig, engine
from tests.unit.providers.clients.test_operations import method, snake
from tests.unit.providers.renderers import EVERY, FILES

OPERATIONS = [pytest.param(operation, id=f"{operation.contract}:{operation.id}") for operation in (*CANNON, *CANVAS)]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with engine(tmp_path_factory.mktemp("engine"), renderers=EVERY) as running:
        yield running


@pytest.fixture(scope="module")
def cannon(rig: Rig) -> Iterator[CannonStudio]:
    with CannonStudio(KEY, base_url=rig.url) as client:
        yield client


@pytest.fixture(scope="module")
def canvas(rig: Rig) -> Iterator[CanvasLabs]:
    with CanvasLabs(KEY, base_url=f"{rig.url}/v1") as client:
        yield client


@pytest.fixture(scope="module")
def earlier(cannon: CannonStudio) -> str:
    """The id of a video that the engine made, which others work on."""
    made = cannon.video.generate(prompt="A tram").wait(timeout=60)
    return str(made.output["task_id"])


def values_of(operation: WireOperation, folder: Path, earlier: str) -> dict[str, Any]:
    """The operation's smallest input: each file as a Path, or as its bytes where there are several."""
    values = example_input(operation)
    for name in values:
        extra = operation.model.model_fields[name].json_schema_extra
        kinds: Any = extra.get("x-media") if isinstance(extra, dict) else None
        if kinds:
            file_name, data = FILES[kinds[0]]
            path = folder / file_name
            path.write_bytes(data)
            values[name] = [data] * len(values[name]) if isinstance(values[name], list) else path
    if "sora_video_id" in values:
        values["sora_video_id"] = earlier
    return values


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_whole_job(
    operation: WireOperation, cannon: CannonStudio, canvas: CanvasLabs, earlier: str, tmp_path: Path
) -> None:
    call = method(cannon if operation.contract == "cannon" else canvas, operation)
    given = {snake(name): value for name, value in values_of(operation, tmp_path, earlier).items()}
    job: Job = call(**given)
    assert job.operation == operation.id
    result: SyncResult = job.wait(timeout=60)
    assert result.credits == 0
    if operation.result == "prompt":
        assert (result.url, result.enhanced_prompt) == (None, f"{given['prompt']}, in soft light")
        return
    saved = result.download(tmp_path / "out" / "result")
    assert saved.read_bytes() == FILES[operation.result][1]
    found = cannon.requests.get(job.id) if operation.contract == "cannon" else canvas.jobs.get(job.id)
    assert found.wait(timeout=0).urls == result.urls
