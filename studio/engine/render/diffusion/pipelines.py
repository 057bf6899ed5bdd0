"""Which diffusers pipelines the engine can use, and for which operations: a table, read without importing diffusers.

Class names and call parameters are those of diffusers' own documentation. A pipeline that is not here is refused by name:
its call might take or need what nobody has asked the person for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GENERATE, EDIT, VIDEO = "image.generate", "image.edit", "video.generate"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What a class of pipelines can do. `operations`: of Cannon Studio's contract.

    `edits`: how image.edit works, "repaint" (the picture is a start that the prompt paints over), "instruction" (the prompt
    says what to change) or "fill" (where the picture is transparent). Of a video: `fps` that the model was trained for,
    `frames` that it makes at most at once, always a multiple of `stride` and one more (1: any number), and whether it
    `starts_from` a picture.
    """

    operations: tuple[str, ...]
    edits: str = "repaint"
    fps: int = 8
    frames: int = 16
    stride: int = 1
    starts_from: bool = False


_PICTURES = Pipeline((GENERATE, EDIT))
PIPELINES: Mapping[str, Pipeline] = {
    "StableDiffusionPipeline": _PICTURES,
    "StableDiffusionXLPipeline": _PICTURES,
    "StableDiffusion3Pipeline": _PICTURES,
    "FluxPipeline": _PICTURES,
    "StableDiffusionInstructPix2PixPipeline": Pipeline((EDIT,), edits="instruction"),
    "StableDiffusionInpaintPipeline": Pipeline((EDIT,), edits="fill"),
    "AnimateDiffPipeline": Pipeline((VIDEO,), frames=32),
    "TextToVideoSDPipeline": Pipeline((VIDEO,), frames=24),
    "StableVideoDiffusionPipeline": Pipeline((VIDEO,), fps=7, frames=25, starts_from=True),
    "WanPipeline": Pipeline((VIDEO,), fps=16, frames=81, stride=4),
    "WanImageToVideoPipeline": Pipeline((VIDEO,), fps=16, frames=81, stride=4, starts_from=True),
    "LTXPipeline": Pipeline((VIDEO,), fps=25, frames=161, stride=8),
    "LTXImageToVideoPipeline": Pipeline((VIDEO,), fps=25, frames=161, stride=8, starts_from=True),
    "CogVideoXPipeline": Pipeline((VIDEO,), frames=49, stride=4),
    "CogVideoXImageToVideoPipeline": Pipeline((VIDEO,), frames=49, stride=4, starts_from=True),
}
"""Class name in model_index.json -> what it can do. AnimateDiff's frames are bounded by its motion adapter too.

Tried, with small models of random weights: StableDiffusion and its XL, InstructPix2Pix, Inpaint, AnimateDiff, TextToVideoSD
and StableVideoDiffusion. The others have the same call by diffusers' documentation and have not been run here.
"""

_COMMON = frozenset({"prompt", "model", "seed", "aspect_ratio", "resolution"})
_PICTURE_FIELDS = _COMMON | {"quality", "style", "negative_prompt", "reference_image_urls", "reference_prompt_balance"}
_VIDEO_FIELDS = _COMMON | {"duration", "audio", "negative_prompt"}
START_FIELDS = ("first_frame_url", "image_url")
"""The two names of a video's start picture."""


def fault(operation: str, pipeline: Pipeline, values: Mapping[str, object]) -> tuple[str, str] | None:
    """(field, a sentence) for the first field given that this pipeline can do nothing with, or that it needs; None where
    all is taken. `values` as they came in."""
    taken = {GENERATE: _PICTURE_FIELDS, EDIT: _COMMON | {"image_url", "negative_prompt"}, VIDEO: _VIDEO_FIELDS}[operation]
    start = [name for name in START_FIELDS if values.get(name)]
    if operation == VIDEO and pipeline.starts_from:
        taken = taken | set(START_FIELDS)
        if not start:
            return "image_url", "This model makes a video from a picture: give a start frame."
    for name, value in values.items():
        if name in taken or value is None or value is False or value == []:
            continue
        if name in start:
            return name, "This model makes videos from words alone: leave the start frame out, or choose another model."
        return name, f"{name} is not something this model takes: leave it out, or choose another model."
    references = values.get("reference_image_urls")
    if isinstance(references, list) and len(references) > 1:
        return "reference_image_urls", "This model follows one reference picture: give one."
    return None
