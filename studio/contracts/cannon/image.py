"""image.generate and image.edit of Cannon Studio. Fields are inferred from the published examples."""

from __future__ import annotations

from typing import ClassVar, Literal

from studio.contracts.rules import NotTogether, Rule
from studio.contracts.wire import AspectRatio, MediaUrl, RequestModel, Source, prompt_field, seed_field, wire

_D, _E = Source.DOCS, Source.EXAMPLE
_SQUARE_4K = {"model": "gptimage2", "aspect_ratio": "1:1", "resolution": "4K"}
_BELOW_4K = "GPT Image 2 makes square pictures below 4K only: choose resolution 2K, or another aspect_ratio"


class ImageGenerate(RequestModel):
    """Input of image.generate."""

    ENGINE_OMITS: ClassVar[frozenset[str]] = frozenset()
    # Documented: GPT Image 2 caps 1:1 below 4K. The ratio that is not given is 1:1.
    RULES: ClassVar[tuple[Rule, ...]] = (NotTogether(_SQUARE_4K, _BELOW_4K, frozenset({"aspect_ratio"})),)

    prompt: str = prompt_field("What the picture shows, in your own words.", _E)
    model: str | None = wire(None, "The model that makes it; the service chooses when left empty.", _E, label="Model",
                             min_length=1, max_length=100, examples=["gptimage2", "seedream5"])
    aspect_ratio: AspectRatio = wire("1:1", "Width to height.", _E, label="Aspect ratio")
    resolution: Literal["1K", "2K", "4K"] = wire("1K", "Long side: 1024, 2048 or 4096 pixels.", _E, label="Resolution")
    quality: Literal["low", "medium", "high"] | None = wire(None, "How much care to take.", _E, label="Quality",
                                                            advanced=True)
    style: str | None = wire(None, "A style in words: watercolour, noir, neon, pencil, film.", _E, label="Style",
                             max_length=200)
    reference_image_urls: list[MediaUrl] | None = wire(None, "Pictures to take palette and composition from.", _E,
                                                       label="References", media=("image",), max_length=9)
    reference_prompt_balance: float | None = wire(None, "0 follows the prompt, 1 follows the references.", _E,
                                                  label="Reference weight", advanced=True, ge=0, le=1)
    seed: int | None = seed_field("picture", Source.ENGINE)


class ImageEdit(RequestModel):
    """Input of image.edit: what to change about a picture, in words."""

    RULES: ClassVar[tuple[Rule, ...]] = (NotTogether(_SQUARE_4K, _BELOW_4K),)

    prompt: str = prompt_field("What to change, in your own words.", _E)
    image_url: MediaUrl = wire(..., "The picture to change.", _E, label="Picture", media=("image",))
    model: str | None = wire(None, "The model that changes it; the service chooses when left empty.", _D, label="Model",
                             min_length=1, max_length=100, examples=["gptimage2", "seedream5"])
    aspect_ratio: AspectRatio | None = wire(None, "Width to height; the picture's own when left empty.", _E,
                                            label="Aspect ratio")
    resolution: Literal["1K", "2K", "4K"] | None = wire(None, "Long side: 1024, 2048 or 4096 pixels.", _E,
                                                        label="Resolution")
    seed: int | None = seed_field("picture", Source.ENGINE)
