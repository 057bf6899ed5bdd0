"""What the engine charges when it plays a paid service (`--plan`): its rate card, published at GET /api/v1/rates.

Published figures are 45 credits for a Canvas Labs video of 10 s in 1080p, 1 for a prompt, and the examples of a lip sync
(17 for 6.2 s) and of an enlarged video (17 for 7.2 s). The rest of the card is our own, made so that these come out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from studio.contracts.cannon.sora import normalized_seconds
from studio.contracts.operations import Contract, WireOperation, at_engine

DRAWN_VIDEO: Mapping[str, float] = {"720p": 3.0, "1080p": 4.5, "4k": 9.0}
"""Credits for a second of a video that is drawn, by its resolution."""
PICTURE: Mapping[str, int] = {"720p": 4, "1080p": 6, "4k": 12, "1K": 4, "2K": 8, "4K": 16}
PROMPT = 1
CHARACTER = 10
SECOND: Mapping[str, float] = {
    "lipsync.generate": 2.7, "video.upscale": 2.3, "subtitles.generate": 1.0, "smartmotion.generate": 1.5,
    "music.generate": 0.4, "soundfx.generate": 0.5,
}
"""Credits for a second of what comes out, where the resolution does not count."""
LETTERS = 50
"""So many letters of a narration cost one credit."""
USUAL_RESOLUTION: Mapping[str, str] = {"video": "1080p", "image": "1K"}
USUAL_SECONDS: Mapping[str, float] = {"soundfx.generate": 8.0}
_SECONDS = 5.0
_LENGTHS = ("duration", "duration_seconds", "video_duration", "audio_duration")


def price(operation: WireOperation, values: Mapping[str, Any]) -> int:
    """Credits for a validated input with its defaults filled in, a whole number of at least 1."""
    if operation.result == "prompt":
        return PROMPT
    if operation.id == "sora2.character.create":
        return CHARACTER
    if operation.id == "narration.generate":
        return _whole(len(str(values["text"])) / LETTERS)
    if operation.result == "image":
        return PICTURE[values.get("resolution") or USUAL_RESOLUTION["image"]]
    if operation.id in SECOND:
        return _whole(seconds_of(operation, values) * SECOND[operation.id])
    return _whole(seconds_of(operation, values) * DRAWN_VIDEO[values.get("resolution") or USUAL_RESOLUTION["video"]])


def seconds_of(operation: WireOperation, values: Mapping[str, Any]) -> float:
    """The length that an input asks for, or says its media have; the usual one where it says nothing."""
    given = next((values[name] for name in _LENGTHS if values.get(name)), None)
    if operation.id == "sora2.video.extend" and given is not None:
        return float(normalized_seconds(int(given)))
    return float(given) if given is not None else USUAL_SECONDS.get(operation.id, _SECONDS)


def rate_card() -> list[dict[str, Any]]:
    """One entry an operation that is served: what is counted, and the credits for one of it."""
    contracts: tuple[Contract, ...] = ("cannon", "canvas")
    return [{"contract": contract, "operation": operation.id, **_rate(operation)}
            for contract in contracts for operation in at_engine(contract)]


def _rate(operation: WireOperation) -> dict[str, Any]:
    if operation.result == "prompt":
        return {"unit": "prompt", "credits": PROMPT}
    if operation.id == "sora2.character.create":
        return {"unit": "character", "credits": CHARACTER}
    if operation.id == "narration.generate":
        return {"unit": f"{LETTERS} letters", "credits": 1}
    if operation.id in SECOND:
        return {"unit": "second", "credits": SECOND[operation.id]}
    card: Mapping[str, float] = PICTURE if operation.result == "image" else DRAWN_VIDEO
    field = operation.model.model_fields["resolution"]
    usual = card[field.default or USUAL_RESOLUTION[operation.result]]
    taken = {name: card[name] for name in card if f"'{name}'" in str(field.annotation)}
    return {"unit": "picture" if operation.result == "image" else "second", "credits": usual, "by_resolution": taken}


def _whole(credits: float) -> int:  # noqa: A002 the product's word
    return max(math.ceil(round(credits, 6)), 1)
