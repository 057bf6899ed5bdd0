"""The rate card: every operation has a price, the published figures come out, and credits go round as they should."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.check import check
from studio.contracts.examples import example_input
from studio.contracts.operations import CANNON, CANVAS, WireOperation, at_engine, find
from studio.engine.plans import PLANS
from studio.engine.rates import price, rate_card
from tests.unit.engine.hostile import clip, wave
from tests.unit.engine.renderers import png
from tests.unit.engine.rig import Rig, engine

ALL = (*CANNON, *CANVAS)


def _price(contract: str, operation: str, **values: Any) -> int:
    found = find("cannon" if contract == "cannon" else "canvas", operation)
    assert found is not None
    return price(found, check(found, {**example_input(found), **values}, engine=False).model_dump(mode="json"))


@pytest.mark.parametrize("operation", ALL, ids=lambda one: f"{one.contract}-{one.id}")
def test_each_operation_has_a_price(operation: WireOperation) -> None:
    least = _price(operation.contract, operation.id)
    assert least == 1 if operation.result == "prompt" else least >= 1
    for name in ("duration", "duration_seconds", "video_duration"):
        if name in operation.model.model_fields and operation.result != "prompt":
            annotation = str(operation.model.model_fields[name].annotation)
            long = 15 if operation.contract == "canvas" else 16 if "Literal" in annotation or "int" in annotation else 60.0
            assert _price(operation.contract, operation.id, **{name: long}) > least, name
    field = operation.model.model_fields.get("resolution")
    if field is not None:
        words = [word for word in ("720p", "1080p", "4k", "1K", "2K", "4K") if f"'{word}'" in str(field.annotation)]
        prices = [_price(operation.contract, operation.id, resolution=word) for word in words]
        assert prices == sorted(set(prices)), words


@pytest.mark.parametrize(
    ("contract", "operation", "values", "expected"),
    [
        ("canvas", "video.generate", {"duration": 10, "resolution": "1080p"}, 45),   # the seed's own figure
        ("cannon", "prompt.enhance.video", {"prompt": "a"}, 1),                       # published
        ("cannon", "lipsync.generate", {"video_duration": 6.2, "audio_duration": 5.9}, 17),  # published example
        ("cannon", "video.upscale", {"duration_seconds": 7.2}, 17),                    # published example
        ("cannon", "music.generate", {"duration_seconds": 45}, 18),
        ("cannon", "soundfx.generate", {}, 4),
        ("cannon", "soundfx.generate", {"duration_seconds": 20}, 10),
        ("cannon", "narration.generate", {"text": "a" * 501}, 11),
        ("cannon", "lipsync.generate", {"audio_duration": 2}, 6),
        ("cannon", "sora2.video.extend", {"duration": 5}, 36),                         # brought to 8 s
        ("cannon", "subtitles.generate", {"duration": 42}, 42),
    ],
)
def test_figures(contract: str, operation: str, values: dict[str, Any], expected: int) -> None:
    assert _price(contract, operation, **values) == expected


def test_the_card_names_each_operation_that_is_served(shared: Rig) -> None:
    answer = shared.client.get("/api/v1/rates").json()
    assert answer["charged"] is False
    assert answer["rates"] == rate_card()
    served = [(one.contract, one.id) for one in (*at_engine("cannon"), *at_engine("canvas"))]
    assert [(one["contract"], one["operation"]) for one in answer["rates"]] == served
    assert all(one["credits"] > 0 and one["unit"] for one in answer["rates"])


def _hosted(rig: Rig, operation: WireOperation) -> dict[str, Any]:
    """The smallest input, with media of this engine."""
    files = {"image": png(), "video": clip(), "audio": wave()}
    values = example_input(operation)
    for name, field in operation.model.model_fields.items():
        extra = field.json_schema_extra
        kinds = extra.get("x-media") if isinstance(extra, dict) else None
        if isinstance(kinds, list) and name in values:
            url = rig.upload(files[str(kinds[0])])
            values[name] = [url, url] if isinstance(values[name], list) else url
    return values


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["quick", "refuses", "breaks"])
def test_credits_of_every_operation(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reserved when it is made, charged when it succeeds, given back when it fails; the same for all that are served."""
    monkeypatch.setitem(PLANS, "pro", replace(PLANS["pro"], requests_per_minute=None))
    operations = [one for one in (*at_engine("cannon"), *at_engine("canvas"))
                  if not one.id.startswith("sora2.") or one.id == "sora2.character.create"]  # those need an earlier video
    every = {f"{one.contract}:{one.id}": f"tests.unit.engine.renderers:{'small' if ending == 'quick' else ending}"
             for one in operations}
    with engine(tmp_path, renderers=every, plan="pro", credits=1000) as rig:
        rig.desk.work._check.check = _unchecked  # type: ignore[assignment, method-assign]
        left = 1000
        for operation in operations:
            values = _hosted(rig, operation)
            expected = price(operation, check(operation, values, engine=True).model_dump(mode="json"))
            answer = (
                rig.client.post("/api/v1/requests", json={"operation": operation.id, "input": values})
                if operation.contract == "cannon" else rig.client.post(f"/v1/{operation.id.replace('.', '/')}", json=values)
            )
            assert answer.status_code == 202, answer.text
            found = rig.finished(answer.json().get("id") or answer.json()["job_id"])
            charged = found["billableCredits"] if operation.contract == "cannon" else found["credits_used"]
            if ending == "quick":
                assert found["status"] in ("succeeded", "completed"), found
                left -= expected
            else:
                assert found["status"] == "failed"
            assert charged == (expected if ending == "quick" else 0), operation.id
            assert rig.client.get("/v1/account/credits").json()["balance"] == left


async def _unchecked(*_: object) -> None:
    return None


def test_an_empty_account_makes_no_job(tmp_path: Path) -> None:
    with engine(tmp_path, plan="pro", credits=3) as rig:
        for answer in (rig.post("video.generate"), rig.post("image.generate"),
                       rig.client.post("/v1/image/generate", json={"prompt": "a"})):
            assert (answer.status_code, answer.json()["error"]["code"]) == (402, "insufficient_credits")
        assert rig.client.get("/api/v1/status").json()["creditsRemaining"] == 3
