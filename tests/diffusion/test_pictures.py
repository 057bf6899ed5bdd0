"""image.generate and image.edit with models of the person's own, through the engine's real HTTP and worker process."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.unit.engine.rig import Rig

Pixels = NDArray[np.int16]
PATIENCE_S = 120.0


def finished(rig: Rig, operation: str = "image.generate", **values: Any) -> dict[str, Any]:
    return rig.finished(rig.create(operation, **values), timeout_s=PATIENCE_S)


def drawn(rig: Rig, operation: str = "image.generate", **values: Any) -> tuple[bytes, dict[str, Any]]:
    """The result's bytes and the answer's output."""
    values = {"model": "stable_diffusion", "seed": 5, **values}
    answer = finished(rig, operation, **values)
    assert answer["status"] == "succeeded", answer
    output: dict[str, Any] = answer["output"]
    return rig.client.get(output["image_url"]).content, output


def pixels(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"), np.int16)


def apart(one: bytes, other: bytes) -> float:
    """Mean difference of two pictures, of 255."""
    return float(np.abs(pixels(one) - pixels(other)).mean())


def photo(width: int = 160, height: int = 96, hole: bool = False) -> bytes:
    """A ramp of colours; with `hole` its left half is transparent."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    layers = [across, down, 255 - across]
    if hole:
        layers.append(np.where(across < 128, 0, 255))
    target = io.BytesIO()
    Image.fromarray(np.dstack(layers).astype(np.uint8)).save(target, "PNG")
    return target.getvalue()


def test_the_size_is_exact_and_the_answer_names_the_model(rig: Rig) -> None:
    data, output = drawn(rig, aspect_ratio="16:9")
    assert pixels(data).shape == (576, 1024, 3)
    assert (output["width"], output["height"]) == (1024, 576)
    assert output["model"] == "stable_diffusion"
    assert output["pipeline"] == "StableDiffusionPipeline"
    assert output["drawn_size"] == [88, 48], "its own 64 × 64 in the asked shape, in eights"
    assert output["steps"] == 30
    assert output["seed"] == 5
    assert pixels(data).std() > 5, "not one colour"


def test_a_seed_repeats_and_another_seed_or_prompt_differs(rig: Rig) -> None:
    first, _ = drawn(rig)
    assert drawn(rig)[0] == first
    assert apart(first, drawn(rig, seed=6)[0]) > 5
    assert apart(first, drawn(rig, prompt="a red boat in the snow")[0]) > 0.2
    assert apart(first, drawn(rig, style="night fire")[0]) > 0.2


def test_quality_decides_on_the_steps(rig: Rig) -> None:
    low, high = drawn(rig, quality="low")[1], drawn(rig, quality="high")[1]
    assert (low["steps"], high["steps"]) == (15, 45)


def test_another_family_of_models(rig: Rig) -> None:
    data, output = drawn(rig, model="stable_diffusion_xl", aspect_ratio="3:4")
    assert pixels(data).shape == (1024, 768, 3)
    assert output["pipeline"] == "StableDiffusionXLPipeline"
    assert drawn(rig, model="stable_diffusion_xl", aspect_ratio="3:4")[0] == data


def test_files_of_half_precision(rig: Rig) -> None:
    """The same weights, rounded: nearly the same picture."""
    data, output = drawn(rig, model="half_precision")
    assert output["precision"] in ("float32", "float16")
    assert apart(data, drawn(rig)[0]) < 3


def test_a_reference_is_painted_over(rig: Rig) -> None:
    """The weight of the reference (where the contract lets it in) says how much of it is left; without one it is half."""
    url = rig.upload(photo(96, 96))
    with_reference, output = drawn(rig, reference_image_urls=[url])
    assert output["method"] == "painted over"
    assert output["strength"] == 0.5
    assert apart(with_reference, drawn(rig)[0]) > 5


def test_an_edit_paints_over_the_picture_in_its_own_size(rig: Rig) -> None:
    url = rig.upload(photo())
    data, output = drawn(rig, "image.edit", image_url=url, prompt="a blue lake")
    assert pixels(data).shape == (96, 160, 3)
    assert output["task_id"].startswith("imgedit_")
    assert output["method"] == "painted over"
    assert drawn(rig, "image.edit", image_url=url, prompt="a blue lake")[0] == data
    other = rig.upload(photo())
    assert drawn(rig, "image.edit", image_url=other, prompt="a blue lake")[0] == data, "the same picture at another address"
    shaped, _ = drawn(rig, "image.edit", image_url=url, prompt="a blue lake", aspect_ratio="1:1", resolution="1K")
    assert pixels(shaped).shape == (1024, 1024, 3)


def test_an_edit_by_instruction_depends_on_the_picture(rig: Rig) -> None:
    url, flipped = rig.upload(photo()), rig.upload(photo(96, 160))
    data, output = drawn(rig, "image.edit", model="instruct", image_url=url, prompt="make it night")
    assert output["method"] == "instruction"
    assert pixels(data).shape == (96, 160, 3)
    assert pixels(drawn(rig, "image.edit", model="instruct", image_url=flipped)[0]).shape == (160, 96, 3)


def test_a_model_that_fills_in_wants_something_to_fill(rig: Rig) -> None:
    data, output = drawn(rig, "image.edit", model="inpaint", image_url=rig.upload(photo(hole=True)))
    assert output["method"] == "filled in"
    assert pixels(data).shape == (96, 160, 3)
    answer = finished(rig, "image.edit", model="inpaint", image_url=rig.upload(photo()))
    assert answer["status"] == "failed"
    assert answer["errorField"] == "image_url"
    assert "transparent" in answer["errorMessage"]


@pytest.mark.parametrize("operation", ["image.generate", "image.edit"])
def test_a_picture_that_is_none_is_refused_by_its_field(rig: Rig, operation: str) -> None:
    field = "image_url" if operation == "image.edit" else "reference_image_urls"
    damaged = rig.upload(photo()[:200])
    value = damaged if operation == "image.edit" else [damaged]
    answer = finished(rig, operation, model="stable_diffusion", **{field: value})
    assert answer["status"] == "failed"
    assert answer["errorField"] == field


def test_a_field_that_the_model_does_not_take(rig: Rig) -> None:
    urls = [rig.upload(photo()), rig.upload(photo(96, 96))]
    answer = rig.post(model="stable_diffusion", reference_image_urls=urls)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["field"] == "reference_image_urls"
