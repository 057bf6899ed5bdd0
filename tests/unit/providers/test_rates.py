"""Prices known before: the engine's card gives what the engine charges, and only what is published counts as published."""

from __future__ import annotations

from typing import Any

import pytest

from studio.contracts.operations import find
from studio.domain.account import Service
from studio.domain.kinds import MediaKind
from studio.domain.operation import Operation, Parameter, ParameterKind
from studio.engine.rates import price, rate_card
from studio.providers import catalogue
from studio.providers.rates import RateCard, published, seconds_of, with_defaults

CARD = RateCard({"charged": True, "rates": rate_card()})


def operation(service: Service, name: str) -> Operation:
    return next(one for one in catalogue.operations(service, at_engine=True) if one.id == name)


@pytest.mark.parametrize(("contract", "name", "given"), [
    ("cannon", "video.generate", {"prompt": "x", "duration": 10, "resolution": "1080p"}),
    ("cannon", "video.generate", {"prompt": "x", "duration": 7, "resolution": "720p"}),
    ("cannon", "image.generate", {"prompt": "x", "resolution": "4K"}),
    ("cannon", "image.generate", {"prompt": "x"}),
    ("cannon", "prompt.enhance.image", {"prompt": "x"}),
    ("cannon", "music.generate", {"prompt": "x", "duration_seconds": 45}),
    ("cannon", "narration.generate", {"text": "a" * 151}),
    ("cannon", "lipsync.generate", {"video_url": "v", "audio_url": "a", "video_duration": 6.2}),
    ("cannon", "video.upscale", {"video_url": "v", "duration_seconds": 7.2}),
    ("canvas", "video.generate", {"prompt": "x", "duration": 15, "resolution": "4k"}),
    ("canvas", "image.generate", {"prompt": "x", "resolution": "720p"}),
])
def test_the_card_says_what_the_engine_charges(contract: Any, name: str, given: dict[str, object]) -> None:
    service = Service.CANNON_STUDIO if contract == "cannon" else Service.CANVAS_LABS
    values = with_defaults(operation(service, name), given)
    wire = find(contract, name)
    assert wire is not None
    assert CARD.price(service, name, values) == price(wire, values)


def test_what_the_card_cannot_say_is_not_guessed() -> None:
    assert CARD.price(Service.CANNON_STUDIO, "lipsync.generate", {"video_url": "v", "audio_url": "a"}) is None
    assert CARD.price(Service.CANNON_STUDIO, "three_d.model.generate", {}) is None
    assert CARD.price(Service.CANNON_STUDIO, "narration.generate", {}) is None


@pytest.mark.parametrize("answer", [
    {}, {"charged": True}, {"charged": True, "rates": None}, {"charged": True, "rates": [1, {}, {"contract": 1}]},
    {"charged": True, "rates": [{"contract": "cannon", "operation": "image.generate", "unit": "picture", "credits": "4"}]},
    {"charged": True, "rates": [{"contract": "cannon", "operation": "image.generate", "unit": "pixel", "credits": 4}]},
    {"charged": True, "rates": [{"contract": "cannon", "operation": "image.generate", "unit": "picture",
                                 "credits": float("nan")}]},
])
def test_a_card_that_makes_no_sense_says_nothing(answer: dict[str, Any]) -> None:
    assert RateCard(answer).price(Service.CANNON_STUDIO, "image.generate", {"resolution": "1K"}) in (None, 0.0)
    assert answer.get("charged") is not True or RateCard(answer).price(Service.CANNON_STUDIO, "image.generate", {}) is None


def test_an_engine_that_charges_nothing_is_free() -> None:
    assert RateCard({"charged": False, "rates": rate_card()}).price(Service.CANNON_STUDIO, "image.generate", {}) == 0.0


@pytest.mark.parametrize(("service", "name", "given", "credits"), [
    (Service.CANNON_STUDIO, "prompt.enhance.video", {"prompt": "x"}, 1.0),
    (Service.CANNON_STUDIO, "image.generate", {"prompt": "x", "resolution": "4K", "model": "gptimage2"}, None),
    (Service.CANNON_STUDIO, "three_d.model.generate", {}, None),
    (Service.CANVAS_LABS, "video.generate", {"duration": 10, "resolution": "1080p"}, 45.0),
    (Service.CANVAS_LABS, "video.generate", {"duration": 5, "resolution": "1080p"}, None),
    (Service.CANVAS_LABS, "image.generate", {"resolution": "1080p"}, None),
])
def test_only_what_is_published_counts_as_published(
    service: Service, name: str, given: dict[str, object], credits: float | None  # noqa: A002
) -> None:
    assert published(service, name, given) == credits


def test_defaults_are_filled_in_but_for_media() -> None:
    made = Operation("x", "X", MediaKind.VIDEO, (
        Parameter("duration", "D", ParameterKind.INTEGER, default=5),
        Parameter("image_url", "I", ParameterKind.MEDIA, default="a"),
        Parameter("style", "S", ParameterKind.TEXT),
    ))
    assert with_defaults(made, {"style": None, "seed": 1}) == {"duration": 5, "seed": 1}
    assert seconds_of({"duration": True, "duration_seconds": 0, "video_duration": 6.2}) == 6.2
    assert seconds_of({"duration": "5"}) is None
