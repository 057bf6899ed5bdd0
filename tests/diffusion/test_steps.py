"""One call of a pipeline, with a pipeline of the test's own: what goes wrong in there, and what is passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio.engine.render.diffusion.folder import DiffusionModel
from studio.engine.render.diffusion.loading import Loaded
from studio.engine.render.diffusion.request import Schedule, drawn_size, schedule_of, text_arguments
from studio.engine.render.diffusion.steps import draw
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderRefusedError

MODEL = DiffusionModel("mine", Path("mine"), "StableDiffusionPipeline", 1, half=False)


class Pipeline:
    """Keeps what it was called with; `act` is what happens in its call."""

    def __init__(self, act: Callable[[], Any] = lambda: SimpleNamespace(), scheduler: str = "DDIMScheduler",
                 config: Mapping[str, object] | None = None) -> None:
        self.act = act
        self.scheduler = type(scheduler, (), {"config": config or {}})()
        self.given: dict[str, Any] = {}

    def __call__(self, prompt: str, num_inference_steps: int = 50, generator: object = None, guidance_scale: float = 7.5,
                 callback_on_step_end: Callable[..., Any] | None = None) -> Any:
        self.given = {"prompt": prompt, "steps": num_inference_steps, "guidance": guidance_scale}
        for step in range(num_inference_steps):
            if callback_on_step_end is not None:
                callback_on_step_end(self, step, 0, {})
        return self.act()


def called(pipeline: Pipeline, folder: Path, schedule: Schedule | None = None) -> Any:
    loaded = Loaded(MODEL, pipeline, "cpu", "float32")
    return draw(loaded, pipeline, schedule or Schedule(4, None), 1, RenderControl(folder), prompt="a lake", height=64)


def _raise(error: BaseException) -> Callable[[], Any]:
    def act() -> Any:
        raise error

    return act


def test_only_what_the_call_takes_is_passed_and_progress_is_told(tmp_path: Path) -> None:
    pipeline = Pipeline()
    called(pipeline, tmp_path, Schedule(4, 2.0))
    assert pipeline.given == {"prompt": "a lake", "steps": 4, "guidance": 2.0}
    assert float((tmp_path / RenderControl.PROGRESS).read_text()) == pytest.approx(0.9)
    called(pipeline, tmp_path, Schedule(4, None))
    assert pipeline.given["guidance"] == 7.5, "the pipeline's own"


def test_a_cancel_ends_it_between_two_steps(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    pipeline = Pipeline(act=_raise(AssertionError("it went on")))
    with pytest.raises(RenderCancelledError):
        called(pipeline, tmp_path)


def test_what_the_models_own_check_holds_back(tmp_path: Path) -> None:
    with pytest.raises(RenderRefusedError, match="own check") as refused:
        called(Pipeline(lambda: SimpleNamespace(nsfw_content_detected=[True])), tmp_path)
    assert refused.value.field_name == "prompt"
    called(Pipeline(lambda: SimpleNamespace(nsfw_content_detected=[False])), tmp_path)


@pytest.mark.parametrize("words", ["CUDA out of memory", "DefaultCPUAllocator: can't allocate memory"])
def test_memory_that_runs_out_is_said(tmp_path: Path, words: str) -> None:
    with pytest.raises(RenderRefusedError, match="not enough memory"):
        called(Pipeline(_raise(RuntimeError(words))), tmp_path)
    with pytest.raises(RuntimeError, match="shape"):
        called(Pipeline(_raise(RuntimeError("a shape does not fit"))), tmp_path)


@pytest.mark.parametrize(("scheduler", "config", "quality", "expected"), [
    ("DDIMScheduler", {}, "medium", Schedule(30, None)),
    ("DPMSolverMultistepScheduler", {}, "high", Schedule(38, None)),
    ("LCMScheduler", {}, "low", Schedule(3, 1.5)),
    ("EulerAncestralDiscreteScheduler", {"timestep_spacing": "trailing"}, "medium", Schedule(4, 0.0)),
    ("EulerDiscreteScheduler", {"timestep_spacing": "trailing", "rescale_betas_zero_snr": True}, "medium",
     Schedule(30, None)),
    ("EulerDiscreteScheduler", {"timestep_spacing": "leading"}, "medium", Schedule(30, None)),
    ("FlowMatchEulerDiscreteScheduler", {}, "medium", Schedule(50, None)),
])
def test_steps_follow_from_the_scheduler(scheduler: str, config: dict[str, object], quality: str,
                                         expected: Schedule) -> None:
    assert schedule_of(Pipeline(scheduler=scheduler, config=config), quality) == expected


@pytest.mark.parametrize(("unet", "scale", "asked", "drawn"), [
    ({"sample_size": 64, "block_out_channels": [1, 1, 1, 1]}, 8, (1024, 1024), (512, 512)),
    ({"sample_size": 64, "block_out_channels": [1, 1, 1, 1]}, 8, (1920, 1080), (704, 384)),
    ({"sample_size": 128, "block_out_channels": [1, 1, 1]}, 8, (1080, 1920), (768, 1376)),
    ({"sample_size": [72, 128], "block_out_channels": [1, 1, 1, 1]}, 8, (1280, 720), (1024, 576)),
    ({}, 8, (512, 512), (512, 512)),
])
def test_a_model_draws_at_its_own_area(unet: dict[str, object], scale: int, asked: tuple[int, int],
                                       drawn: tuple[int, int]) -> None:
    pipeline = Pipeline()
    pipeline.unet = SimpleNamespace(config=unet)  # type: ignore[attr-defined]
    pipeline.vae_scale_factor = scale  # type: ignore[attr-defined]
    assert drawn_size(pipeline, *asked) == drawn


def test_a_negative_prompt_without_guidance_is_refused(tmp_path: Path) -> None:
    pipeline = Pipeline()
    loaded = Loaded(MODEL, pipeline, "cpu", "float32")
    with pytest.raises(RenderRefusedError) as refused:
        draw(loaded, pipeline, Schedule(4, 0.0), 1, RenderControl(tmp_path), prompt="a lake", negative_prompt="fog")
    assert refused.value.field_name == "negative_prompt"
    assert pipeline.given == {}


def test_a_negative_prompt_that_cannot_be_followed() -> None:
    pipeline = Pipeline()
    loaded = Loaded(MODEL, pipeline, "cpu", "float32")
    assert text_arguments(loaded, pipeline, {"prompt": " a lake ", "style": "noir"}) == {"prompt": "a lake, noir"}
    with pytest.raises(RenderRefusedError) as refused:
        text_arguments(loaded, pipeline, {"prompt": "a lake", "negative_prompt": "fog"})
    assert refused.value.field_name == "negative_prompt"
