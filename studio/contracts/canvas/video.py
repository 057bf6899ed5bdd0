"""video/generate of Canvas Labs, as its page says it."""

from __future__ import annotations

from typing import Literal

from studio.contracts.wire import MediaUrl, RequestModel, Source, prompt_field, seed_field, wire

_S = Source.SEED


class VideoGenerate(RequestModel):
    """Body of POST /video/generate."""

    prompt: str = prompt_field("What the video shows, in your own words.", _S)
    image_url: MediaUrl | None = wire(None, "The picture that the video starts from.", _S,
                                      label="Start frame", media=("image",))
    duration: Literal[5, 10, 15] = wire(5, "Length in seconds.", _S, label="Duration", unit="s")
    resolution: Literal["720p", "1080p", "4k"] = wire("1080p", "Short side in lines: 720, 1080 or 2160.", _S,
                                                      label="Resolution")
    audio: bool = wire(False, "Add sound that fits.", _S, label="Sound")
    seed: int | None = seed_field("video", Source.ENGINE)
