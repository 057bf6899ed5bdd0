"""scene/compose of Canvas Labs, as its page says it."""

from __future__ import annotations

from typing import Literal

from studio.contracts.wire import MediaUrl, RequestModel, Source, seed_field, wire

_S = Source.SEED

SCENES = ("beach", "city", "forest", "mountains", "studio", "park", "desert", "living room", "night sky", "snow")
"""Preset names of the local engine; the service takes names of its own, and own words."""


class SceneCompose(RequestModel):
    """Body of POST /scene/compose: the subjects of 2 or 3 pictures in one scene."""

    images: list[MediaUrl] = wire(..., "The 2 or 3 pictures whose subjects are brought together, in their order.", _S,
                                  label="Pictures", media=("image",), min_length=2, max_length=3)
    scene: str | None = wire(None, "The scene: a preset's name, or your own words.", _S, label="Scene", multiline=True,
                             max_length=5000, examples=list(SCENES))
    resolution: Literal["720p", "1080p", "4k"] = wire("1080p", "Short side in lines: 720, 1080 or 2160.", _S,
                                                      label="Resolution")
    seed: int | None = seed_field("picture", Source.ENGINE)
