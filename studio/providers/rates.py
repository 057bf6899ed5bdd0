"""What a service is known to charge before a job is sent: the figures that are published, and an engine's own rate card.

Of the two services' prices only these are published as such (their documents, 2026): a prompt costs 1 credit at Cannon
Studio, a video of 10 s in 1080p 45 at Canvas Labs. Single examples of what an answer may look like are no prices: not in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from studio.contracts.operations import find
from studio.domain.account import Service
from studio.domain.operation import Operation

RATES_PATH = "/api/v1/rates"
"""An extension of the local engine, below its origin."""
LENGTHS = ("duration", "duration_seconds", "video_duration", "audio_duration")
"""Fields that say how long something is, in seconds; the first that is given counts."""

_CANVAS_VIDEO = {"duration": 10, "resolution": "1080p"}
_CANVAS_VIDEO_CREDITS = 45.0
_PROMPT_CREDITS = 1.0
_LETTERS = " letters"


def published(service: Service, operation: str, values: Mapping[str, object]) -> float | None:
    """The published price of an input with its defaults filled in; None where none is."""
    if service is Service.CANNON_STUDIO:
        known = find("cannon", operation)
        return _PROMPT_CREDITS if known is not None and known.result == "prompt" else None
    if service is Service.CANVAS_LABS and operation == "video.generate":
        fits = all(values.get(name) == wanted for name, wanted in _CANVAS_VIDEO.items())
        return _CANVAS_VIDEO_CREDITS if fits else None
    return None


def with_defaults(operation: Operation, values: Mapping[str, object]) -> dict[str, object]:
    """The input as the service will read it: fields that were left out have their defaults."""
    usual = {p.name: p.default for p in operation.parameters if p.default is not None and not p.is_media}
    return {**usual, **{name: value for name, value in values.items() if value is not None}}


def seconds_of(values: Mapping[str, object]) -> float | None:
    """The length that an input with its defaults asks for, or says its media have; None where it says nothing."""
    for name in LENGTHS:
        seconds = _number(values.get(name))
        if seconds is not None and seconds > 0:
            return seconds
    return None


class RateCard:
    """An engine's rates, by contract and operation. Reads what makes sense and leaves the rest."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.charged = answer.get("charged") is True
        rates = answer.get("rates")
        self._rates: dict[tuple[str, str], Mapping[str, Any]] = {}
        for rate in rates if isinstance(rates, list) else []:
            if isinstance(rate, dict) and isinstance(rate.get("contract"), str) and isinstance(rate.get("operation"), str):
                self._rates[rate["contract"], rate["operation"]] = rate

    def price(self, service: Service, operation: str, values: Mapping[str, object]) -> float | None:
        """Whole credits, at least 1, for an input with its defaults; 0 where it charges nothing, None if unknown."""
        if not self.charged:
            return 0.0
        rate = self._rates.get(("canvas" if service is Service.CANVAS_LABS else "cannon", operation))
        each = None if rate is None else _each(rate, values)
        count = None if rate is None else _count(str(rate.get("unit", "")), values)
        if each is None or count is None:
            return None
        total = each * count
        return float(max(math.ceil(round(total, 6)), 1)) if math.isfinite(total) else None


def _each(rate: Mapping[str, Any], values: Mapping[str, object]) -> float | None:
    by_resolution, wanted = rate.get("by_resolution"), values.get("resolution")
    given = by_resolution.get(wanted) if isinstance(by_resolution, dict) and isinstance(wanted, str) else rate.get("credits")
    return _number(given)


def _number(value: object) -> float | None:
    """A number that can be reckoned with, also where JSON has one of a thousand digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _count(unit: str, values: Mapping[str, object]) -> float | None:
    if unit in ("prompt", "character", "picture"):
        return 1.0
    if unit == "second":
        return seconds_of(values)
    digits = unit.removesuffix(_LETTERS)
    if digits != unit and digits.isdecimal() and len(digits) < 10:
        text, letters = values.get("text"), int(digits)
        return len(text) / letters if isinstance(text, str) and letters > 0 else None
    return None
