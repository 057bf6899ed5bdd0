"""What the reader of prompts understands."""

from __future__ import annotations

import pytest

from studio.engine.render.scene import vocabulary
from studio.engine.render.scene.homes import HOME, HOME_OF_WORD
from studio.engine.render.scene.places import PLACES
from studio.engine.render.scene.styles import LOOKS
from studio.engine.render.scene.subjects import ROLES
from studio.engine.render.scene.words import read_prompt, stable_seed


@pytest.mark.parametrize(
    ("prompt", "place", "time", "weather"),
    [
        ("night tram crossing a rain-soaked square, neon reflections", "street", "night", "rain"),
        ("A lighthouse at sunset", "sea", "dusk", "clear"),
        ("two deer in a misty forest at dawn", "forest", "dawn", "fog"),
        ("mountain lake at sunrise", "lake", "dawn", "clear"),
        ("cozy room with a cat by the window, thunderstorm outside", "room", "day", "storm"),
        ("skyline of Tokyo, blue hour", "city", "blue", "clear"),
        ("sand dunes, golden hour", "desert", "golden", "clear"),
        ("falling snow in an old town square at midnight", "street", "night", "snow"),
        ("fishing boats in the harbour, overcast", "harbour", "day", "cloudy"),
        ("a planet in deep space", "space", "day", "clear"),
        ("a waterfall in the jungle", "waterfall", "day", "clear"),
        ("tokyo alley at night in the rain, neon", "street", "night", "rain"),
        ("snow-covered village, warm windows, night", "village", "night", "snow"),
        ("rooftops of paris at dusk", "rooftops", "dusk", "clear"),
        ("underwater coral reef", "underwater", "day", "clear"),
        ("volcano at night", "volcano", "night", "clear"),
        ("a red vintage car on a coastal road at sunset", "sea", "dusk", "clear"),
        ("misty bamboo forest", "forest", "day", "fog"),
        ("a cup of coffee on a wooden table by the window, morning", "table", "dawn", "clear"),
        ("portrait of an old fisherman, film still", "harbour", "day", "clear"),
        ("a steam train crossing a viaduct in the highlands", "mountain", "day", "clear"),
    ],
)
def test_place_time_and_weather(prompt: str, place: str, time: str, weather: str) -> None:
    words = read_prompt(prompt)
    assert (words.place, words.time, words.weather) == (place, time, weather)


@pytest.mark.parametrize(
    ("prompt", "kind", "count", "action"),
    [
        ("golden retriever running through autumn leaves", "dog", 1, "run"),
        ("three sailboats on a calm sea", "sailboat", 3, "stand"),
        ("a flock of birds over a wheat field", "bird", 11, "stand"),
        ("an old couple walking on the beach", "person", 2, "walk"),
        ("a cat sleeping on a sofa", "cat", 1, "sit"),
        ("7 horses in a meadow", "horse", 7, "stand"),
        ("wolves in the snow", "dog", 3, "stand"),
    ],
)
def test_subjects_with_count_and_action(prompt: str, kind: str, count: int, action: str) -> None:
    subject = next(s for s in read_prompt(prompt).subjects if s.kind == kind)
    assert (subject.count, subject.action) == (count, action)


def test_colour_goes_to_its_subject() -> None:
    words = read_prompt("a woman with a red umbrella beside a blue car on a rainy street")
    assert {s.kind: s.colour for s in words.subjects} == {"person": "red", "car": "blue"}
    assert words.has("umbrella")


def test_autumn_leaves_are_season_and_particles() -> None:
    words = read_prompt("autumn leaves in the park")
    assert words.season == "autumn"
    assert words.has("leaves")


def test_denied_and_negative_words_are_left_out() -> None:
    assert read_prompt("an empty street, no people").subjects == ()
    assert read_prompt("a street without cars at night").subjects == ()
    assert read_prompt("a street with a dog and a car", negative="cars").subjects[0].kind == "dog"
    assert len(read_prompt("a street with a dog and a car", negative="cars").subjects) == 1


def test_the_forms_style_goes_before_the_prompts() -> None:
    assert read_prompt("a watercolor of a lake").style == "watercolour"
    assert read_prompt("a watercolor of a lake", style="film noir").style == "noir"
    assert read_prompt("cyberpunk alley at night").style == "neon"
    assert read_prompt("a lake", style="something unheard of").style == "natural"


def test_unknown_words_still_give_a_place_and_always_the_same() -> None:
    assert read_prompt("xyzzy").place == read_prompt("xyzzy").place
    assert read_prompt("xyzzy").place in PLACES
    assert read_prompt("").place in PLACES


def test_stable_seed_does_not_depend_on_the_machine() -> None:
    assert stable_seed("a lake at dawn") == stable_seed(" a lake at dawn ") == 511232347
    assert stable_seed("a lake at dusk") != stable_seed("a lake at dawn")
    assert 0 <= stable_seed("anything") < 2**31


def test_every_meaning_can_be_drawn() -> None:
    assert set(vocabulary.PLACES) == set(PLACES)
    assert {*HOME.values(), *HOME_OF_WORD.values()} <= set(PLACES)
    assert set(vocabulary.STYLES) == set(LOOKS)
    drawn = set(ROLES) | {"umbrella"}
    assert set(vocabulary.SUBJECTS) <= drawn
