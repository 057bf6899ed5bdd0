"""What a task asks of a model: words, sizes, steps. A model draws at the size that it was trained for, in the asked shape;
the result is brought to the exact size afterwards."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.engine.render.diffusion.loading import Loaded
from studio.engine.render.task import RenderRefusedError

_QUALITY = {"low": 0.5, "high": 1.5}
_DISTILLED: Mapping[str, tuple[int, float]] = {"LCMScheduler": (6, 1.5), "TCDScheduler": (6, 1.0)}
"""Schedulers made for few steps -> (steps, guidance), as their papers advise (4 to 8; little or none)."""
_FEW = 4
_QUICK_SOLVERS = frozenset({"DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "UniPCMultistepScheduler",
                            "DEISMultistepScheduler"})
_QUICK_STEPS, _USUAL_STEPS = 25, 30
_TRUE_GUIDANCE = 4.0
"""For pipelines whose usual guidance is inside the model (Flux): without it a negative prompt would do nothing."""
_OWN_AREA = 512 * 512
_LARGEST_AREA = 1536 * 1536


@dataclass(frozen=True, slots=True)
class Schedule:
    """`steps` of denoising, and how strongly the words count (None: the pipeline's own)."""

    steps: int
    guidance: float | None


def schedule_of(pipeline: Any, quality: str = "medium") -> Schedule:
    """By the scheduler that the model was saved with; `quality` low takes half the steps, high half as many again."""
    scheduler = pipeline.scheduler
    name, config = type(scheduler).__name__, scheduler.config
    accepted = parameters_of(pipeline)
    if name in _DISTILLED:
        steps, guidance = _DISTILLED[name]
        return Schedule(_scaled(steps, quality), guidance)
    usual_noise = not config.get("rescale_betas_zero_snr")  # where it is rescaled, "trailing" says nothing of steps
    if name.startswith("Euler") and config.get("timestep_spacing") == "trailing" and usual_noise:
        return Schedule(_scaled(_FEW, quality), 0.0)  # turbo models are saved like this; they were taught without
    if name.startswith("FlowMatch"):
        usual = accepted["num_inference_steps"].default if "num_inference_steps" in accepted else _USUAL_STEPS
        return Schedule(_scaled(int(usual), quality), None)
    return Schedule(_scaled(_QUICK_STEPS if name in _QUICK_SOLVERS else _USUAL_STEPS, quality), None)


def parameters_of(pipeline: Any) -> Mapping[str, inspect.Parameter]:
    """What the pipeline's call takes."""
    return inspect.signature(type(pipeline).__call__).parameters


def drawn_size(pipeline: Any, width: int, height: int) -> tuple[int, int]:
    """Width and height that the model draws at for a result of `width` × `height`: its own area in that shape, both sides
    multiples of what its networks halve."""
    multiple = _multiple(pipeline)
    area = min(max(_own_area(pipeline), multiple * multiple), _LARGEST_AREA)
    ratio = width / height
    tall = math.sqrt(area / ratio)
    return max(multiple, round(tall * ratio / multiple) * multiple), max(multiple, round(tall / multiple) * multiple)


def _own_area(pipeline: Any) -> int:
    """Square pixels: by its network's own size, else by what its call takes when nothing is said."""
    accepted = parameters_of(pipeline)
    latent = getattr(getattr(pipeline, "unet", None), "config", {}).get("sample_size")
    sides = [accepted[name].default for name in ("width", "height") if name in accepted]
    if latent is None and len(sides) == 2 and all(isinstance(side, int) for side in sides):
        return int(sides[0] * sides[1])
    latent = latent or getattr(pipeline, "default_sample_size", None)
    rows, columns = latent if isinstance(latent, list | tuple) else (latent, latent)
    if not isinstance(rows, int) or not isinstance(columns, int):
        return _OWN_AREA
    return rows * columns * scale_of(pipeline) ** 2


def scale_of(pipeline: Any) -> int:
    """Pixels a side of one latent."""
    for name in ("vae_scale_factor", "vae_scale_factor_spatial", "vae_spatial_compression_ratio"):
        found = getattr(pipeline, name, None)
        if isinstance(found, int) and found > 0:
            return found
    return 8


def _multiple(pipeline: Any) -> int:
    """Pipelines refuse what is no multiple of 8; a UNet halves its latents with each block but one."""
    blocks = getattr(getattr(pipeline, "unet", None), "config", {}).get("block_out_channels")
    halvings = len(blocks) - 1 if isinstance(blocks, list | tuple) else 2
    return math.lcm(8, scale_of(pipeline) * 2 ** max(halvings, 0))


def _scaled(steps: int, quality: str) -> int:
    return max(1, round(steps * _QUALITY.get(quality, 1.0)))


def text_arguments(loaded: Loaded, pipeline: Any, values: Mapping[str, object]) -> dict[str, Any]:
    """Prompt (with the style's words behind it) and negative prompt, as far as the pipeline takes them.

    RenderRefusedError for a negative prompt that this model has no way to follow.
    """
    accepted = parameters_of(pipeline)
    prompt, style = str(values.get("prompt") or "").strip(), str(values.get("style") or "").strip()
    found: dict[str, Any] = {}
    if "prompt" in accepted:
        found["prompt"] = f"{prompt}, {style}" if style else prompt
    negative = str(values.get("negative_prompt") or "").strip()
    if negative:
        if "negative_prompt" not in accepted:
            raise RenderRefusedError(f"The model {loaded.model.name} knows no negative prompt: leave it out.",
                                     "negative_prompt")
        found["negative_prompt"] = negative
        if "true_cfg_scale" in accepted:
            found["true_cfg_scale"] = _TRUE_GUIDANCE
    return found
