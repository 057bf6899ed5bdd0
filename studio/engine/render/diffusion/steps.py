"""One call of a pipeline with progress and cancel at each step, whichever way the pipeline tells its steps."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from studio.engine.render.diffusion.loading import Loaded
from studio.engine.render.diffusion.request import Schedule, parameters_of
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderRefusedError

LOADED, DRAWN = 0.1, 0.9
"""Progress when the model is there, and when its last step is done."""


def draw(loaded: Loaded, pipeline: Any, schedule: Schedule, seed: int, control: RenderControl, **given: Any) -> Any:
    """Call the pipeline; its output. Of `given`, and of steps, guidance and seed, only what its call takes is passed.

    RenderCancelledError within a step of the cancel; RenderRefusedError where memory runs out, or where the model's own
    check holds the result back.
    """
    import torch

    if given.get("negative_prompt") and schedule.guidance is not None and schedule.guidance <= 1:
        words = f"The model {loaded.model.name} has no guidance, without which a negative prompt does nothing."
        raise RenderRefusedError(f"{words} Leave it out.", "negative_prompt")
    accepted = parameters_of(pipeline)
    arguments: dict[str, Any] = {"num_inference_steps": schedule.steps, "generator": loaded.generator(seed),
                                 "output_type": "np", **given}
    if schedule.guidance is not None:
        arguments["guidance_scale"] = schedule.guidance
    arguments = {name: value for name, value in arguments.items() if name in accepted and value is not None}
    arguments |= _watched(accepted, schedule.steps, control)
    control.progress(LOADED)
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # of deprecations inside the libraries
            output = pipeline(**arguments)
    except RenderCancelledError:
        raise
    except torch.OutOfMemoryError as error:
        raise RenderRefusedError("There is not enough memory for this model. Choose a smaller one.", "model") from error
    except RuntimeError as error:
        if "memory" not in str(error).lower():
            raise
        raise RenderRefusedError("There is not enough memory for this model. Choose a smaller one.", "model") from error
    control.progress(DRAWN)
    if any(getattr(output, "nsfw_content_detected", None) or ()):
        raise RenderRefusedError("The model's own check held the result back. Say it in other words, or with another seed.",
                                 "prompt")
    return output


def _watched(accepted: Any, steps: int, control: RenderControl) -> dict[str, Callable[..., Any]]:
    """The argument by which the pipeline calls back after each step: the present one, or the older one."""

    def told(step: int) -> None:
        control.progress(LOADED + (DRAWN - LOADED) * min((step + 1) / max(steps, 1), 1.0))

    def at_step_end(_pipeline: Any, step: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        told(step)
        return values

    def older(step: int, _timestep: Any, _latents: Any) -> None:
        told(step)

    if "callback_on_step_end" in accepted:
        return {"callback_on_step_end": at_step_end}
    return {"callback": older} if "callback" in accepted else {}
