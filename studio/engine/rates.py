"""What the engine charges when it plays a paid service (`--plan`). One published figure is known: 45 credits for a Canvas
Labs video of 10 s in 1080p; the rest of this card is our own, made so that this figure comes out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from studio.contracts.operations import WireOperation

CREDITS_PER_SECOND: Mapping[str, float] = {"720p": 3.0, "1080p": 4.5, "4k": 9.0}
CREDITS_PER_PICTURE: Mapping[str, int] = {"720p": 4, "1080p": 6, "4k": 12, "1K": 4, "2K": 8, "4K": 16}
CREDITS_PER_PROMPT = 1


def price(operation: WireOperation, values: Mapping[str, Any]) -> int:
    """Credits for a validated input with its defaults filled in. `duration` in seconds."""
    resolution = str(values.get("resolution", "1080p"))
    if operation.result == "prompt":
        return CREDITS_PER_PROMPT
    if operation.result == "image":
        return CREDITS_PER_PICTURE.get(resolution, 6)
    seconds = float(values.get("duration") or 5)
    return math.ceil(seconds * CREDITS_PER_SECOND.get(resolution, 4.5))
