"""What is known of prices before a job is sent: published figures, and an engine's card, whatever stands on it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.account import LOCAL, Service
from studio.domain.errors import ServiceFaultError, UnreachableError
from studio.providers import catalogue
from studio.providers.cannon_provider import CannonProvider
from studio.providers.rates import RateCard, published, seconds_of, with_defaults
from tests.unit.net.raw_server import RawServer, hang_up, reply
from tests.unit.providers.conftest import KEY, RemoteCannon

CARD: dict[str, Any] = {"charged": True, "rates": [
    {"contract": "cannon", "operation": "video.generate", "unit": "second", "credits": 2.5, "by_resolution": {"4k": 8}},
    {"contract": "cannon", "operation": "image.generate", "unit": "picture", "credits": 0.2},
    {"contract": "cannon", "operation": "narration.generate", "unit": "100 letters", "credits": 3},
    {"contract": "canvas", "operation": "image.generate", "unit": "moon", "credits": 3},
    {"contract": "canvas", "operation": 5}, "words", None,
]}


@pytest.mark.parametrize(("operation", "values", "price"), [
    ("video.generate", {"duration": 5}, 13), ("video.generate", {"duration": 5, "resolution": "4k"}, 40),
    ("video.generate", {"duration": 5, "resolution": "720p"}, None), ("video.generate", {}, None),
    ("video.generate", {"duration": True}, None), ("image.generate", {}, 1),
    ("narration.generate", {"text": "x" * 101}, 4), ("narration.generate", {}, None), ("music.generate", {}, None),
])
def test_what_the_card_says(operation: str, values: dict[str, object], price: float | None) -> None:
    assert RateCard(CARD).price(Service.CANNON_STUDIO, operation, values) == price


def test_a_card_that_charges_nothing_or_makes_no_sense() -> None:
    for answer in ({}, {**CARD, "charged": False}, {**CARD, "charged": "yes"}):
        assert RateCard(answer).price(Service.CANNON_STUDIO, "video.generate", {"duration": 5}) == 0
    assert RateCard({"charged": True, "rates": "none"}).price(Service.CANNON_STUDIO, "image.generate", {}) is None
    assert RateCard(CARD).price(Service.CANVAS_LABS, "image.generate", {}) is None


@pytest.mark.parametrize(("service", "operation", "values", "price"), [
    (Service.CANNON_STUDIO, "prompt.enhance.image", {}, 1), (Service.CANNON_STUDIO, "video.generate", {}, None),
    (Service.CANNON_STUDIO, "new.one", {}, None), (Service.CANVAS_LABS, "image.generate", {}, None),
    (Service.CANVAS_LABS, "video.generate", {"duration": 10, "resolution": "1080p"}, 45),
    (Service.CANVAS_LABS, "video.generate", {"duration": 5, "resolution": "1080p"}, None), (Service.LOCAL, "a", {}, None),
])
def test_published_prices(service: Service, operation: str, values: dict[str, object], price: float | None) -> None:
    assert published(service, operation, values) == price


def test_fields_that_were_left_out_count_with_their_defaults() -> None:
    video = next(one for one in catalogue.operations(Service.CANVAS_LABS, at_engine=False) if one.id == "video.generate")
    assert with_defaults(video, {"prompt": "x", "image_url": None}) == {
        "prompt": "x", "duration": 5, "resolution": "1080p", "audio": False,
    }
    assert seconds_of({"audio_duration": 3.5, "duration_seconds": 7}) == 7
    assert seconds_of({"duration": -1}) is None


async def test_the_card_is_an_engines(server: RawServer, local: CannonProvider, cannon: RemoteCannon) -> None:
    server.say(reply(200, CARD))
    card = await local.rates()
    assert card is not None
    assert card.price(Service.CANNON_STUDIO, "image.generate", {}) == 1
    assert (server.seen[0].path, server.seen[0].headers["authorization"]) == ("/api/v1/rates", f"Bearer {KEY}")
    assert local.account == LOCAL
    assert await cannon.rates() is None
    assert len(server.seen) == 1
    faults = ((reply(500), ServiceFaultError), (hang_up(), UnreachableError), (reply(200, b"[]"), ServiceFaultError))
    for script, kind in faults:
        server.say(script)
        with pytest.raises(kind):
            await local.rates()


NUMBERS = st.sampled_from([10**400, -(10**400), 0, -1, 3, True, 0.1, 1e308, float("inf"), float("nan")])
UNITS = st.sampled_from([
    "second", "prompt", "100 letters", "0 letters", "٣ letters", "-1 letters", " letters", "9" * 5000 + " letters", 5,
])
RATES = st.fixed_dictionaries(
    {"contract": st.just("cannon"), "operation": st.just("video.generate"), "unit": UNITS,
     "credits": NUMBERS | st.text(max_size=3)},
    optional={"by_resolution": st.dictionaries(st.sampled_from(["4k", "720p"]), NUMBERS | st.none()) | NUMBERS},
)
VALUES = st.fixed_dictionaries(
    {"duration": NUMBERS | st.text(max_size=3), "text": st.text(max_size=9)},
    optional={"resolution": st.sampled_from(["4k", "8k"]) | NUMBERS},
)


@pytest.mark.slow
@settings(max_examples=500)
@given(RATES, VALUES)
def test_no_card_breaks_it(rate: dict[str, Any], values: dict[str, object]) -> None:
    price = RateCard({"charged": True, "rates": [rate, 5, {}]}).price(Service.CANNON_STUDIO, "video.generate", values)
    assert price is None or 1 <= price < float("inf")
