"""image.generate of Cannon Studio. Fields are inferred from the published example."""

from __future__ import annotations

from typing import ClassVar, Literal

from studio.contracts.wire import AspectRatio, MediaUrl, RequestModel, Source, wire

_E = Source.EXAMPLE


class ImageGenerate(RequestModel):
    """Input of image.generate."""

    ENGINE_OMITS: ClassVar[frozenset[str]] = frozenset({"model", "reference_prompt_balance"})

    prompt: str = wire(..., "What the picture shows, in your own words.", _E, label="Prompt", multiline=True,
                       pattern=r"\S", max_length=5000)
    model: str | None = wire(None, "The model that makes it; the service chooses when left empty.", _E, label="Model",
                             examples=["gptimage2", "seedream5"])
    aspect_ratio: AspectRatio = wire("1:1", "Width to height.", _E, label="Aspect ratio")
    resolution: Literal["1K", "2K", "4K"] = wire("1K", "Long side: 1024, 2048 or 4096 pixels.", _E, label="Resolution")
    quality: Literal["low", "medium", "high"] | None = wire(None, "How much care to take.", _E, label="Quality",
                                                      advanced=True)
    style: str | None = wire(None, "A style in words: watercolour, noir, neon, pencil, film.", _E, label="Style",
                             max_length=200)
    reference_image_urls: list[MediaUrl] | None = wire(None, "Pictures to take palette and composition from.", _E,
                                                       label="References", media=("image",), max_length=3)
    reference_prompt_balance: float | None = wire(None, "0 follows the prompt, 1 follows the references.", _E,
                                                  label="Reference weight", advanced=True, ge=0, le=1)
    seed: int | None = wire(None, "The same seed and settings give the same picture.", Source.ENGINE, label="Seed", ge=0,
                            le=2147483647)
