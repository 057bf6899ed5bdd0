"""image/generate of Canvas Labs, as its page says it."""

from __future__ import annotations

from typing import Literal

from studio.contracts.wire import AspectRatio, MediaUrl, RequestModel, Source, prompt_field, seed_field, wire

_S = Source.SEED


class ImageGenerate(RequestModel):
    """Body of POST /image/generate."""

    prompt: str = prompt_field("What the picture shows, in your own words.", _S)
    reference_images: list[MediaUrl] | None = wire(None, "Up to 3 pictures to take palette and composition from.", _S,
                                                   label="References", media=("image",), max_length=3)
    aspect_ratio: AspectRatio = wire("1:1", "Width to height.", _S, label="Aspect ratio")
    resolution: Literal["720p", "1080p", "4k"] = wire("1080p", "Short side in lines: 720, 1080 or 2160.", _S,
                                                      label="Resolution")
    seed: int | None = seed_field("picture", Source.ENGINE)
