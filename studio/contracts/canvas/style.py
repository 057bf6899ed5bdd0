"""style/transfer of Canvas Labs, as its page says it."""

from __future__ import annotations

from typing import Literal

from studio.contracts.wire import MediaUrl, RequestModel, Source, seed_field, wire

_S = Source.SEED

STYLES = (
    "watercolour", "oil painting", "pencil sketch", "ink", "comic", "pop art", "noir", "neon", "vintage film", "mosaic",
)
"""Preset names of the local engine; the service takes names of its own, and own words."""


class StyleTransfer(RequestModel):
    """Body of POST /style/transfer: a picture in another style; the person on it stays who it is."""

    image_url: MediaUrl = wire(..., "The picture to draw anew.", _S, label="Picture", media=("image",))
    style: str | None = wire(None, "The style: a preset's name, or your own words.", _S, label="Style", max_length=1000,
                             examples=list(STYLES))
    resolution: Literal["720p", "1080p", "4k"] = wire("1080p", "Short side in lines: 720, 1080 or 2160.", _S,
                                                      label="Resolution")
    seed: int | None = seed_field("picture", Source.ENGINE)
