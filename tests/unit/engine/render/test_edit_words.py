"""Instructions in words to steps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.engine.render.edit.reading import read_instructions
from studio.engine.render.edit.steps import Step, told


def spoken(prompt: str) -> list[str]:
    return [told(step) for step in read_instructions(prompt).steps]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("brighter", ["brighter"]),
        ("make it a little brighter, much warmer and add 20% more contrast",
         ["brighter (a little)", "warmer (much)", "more contrast (by 20 %)"]),
        ("Please make the picture black and white.", ["black and white"]),
        ("it is too dark", ["brighter"]),
        ("not so saturated", ["weaker colours"]),
        ("reduce the saturation by 30 %", ["weaker colours (by 30 %)"]),
        ("less noise", ["noise removed"]),
        ("film grain and a strong vignette", ["film grain added", "vignette added (much)"]),
        ("Blur the background a lot and crop to square", ["background: blurred (much)", "cropped to 1:1"]),
        ("remove the background", ["background removed (transparent)"]),
        ("make the background black and white", ["background: black and white"]),
        ("make it darker but keep the face bright", ["darker", "faces: brighter"]),
        ("replace the background with a beach at sunset and palm trees",
         ["background replaced: beach at sunset, palm trees"]),
        ("change the background to plain white", ["background replaced: plain white"]),
        ("replace the background with soft blue", ["background replaced: soft blue"]),
        ("put her on a beach at dusk", ["background replaced: beach at dusk"]),
        ("replace the sky with a sunset", ["sky replaced: sunset"]),
        ("make the sky bluer", ["sky: tinted blue"]),
        ("rotate left", ["rotated by 270° clockwise"]),
        ("turn the picture by 90 degrees", ["rotated by 90° clockwise"]),
        ("rotate 15 degrees counter-clockwise", ["rotated by 345° clockwise"]),
        ("flip it horizontally then straighten", ["flipped horizontally", "straightened"]),
        ("crop to 16:9", ["cropped to 16:9"]),
        ("make it 4:5", ["cropped to 4:5"]),
        ("crop 10% off the left", ["cropped: left 10 %"]),
        ("resize to 800x600", ["resized to 800×600"]),
        ("upscale to 4k", ["resized to 4K"]),
        ("make it half the size", ["resized to 50 %"]),
        ('add the text "Hello, World" at the top in large red letters', ["text “Hello, World” (top, large, red)"]),
        ('write "Sale", in yellow at the bottom left', ["text “Sale” (bottom left, yellow)"]),
        ("turn the red suit blue", ["red turned into blue"]),
        ("keep only the red in colour", ["only red keeps its colour"]),
        ("give it a slight blue tint", ["tinted blue"]),
        ("pixelate the faces", ["faces: pixelated"]),
        ("turn it into a cartoon", ["drawn as comic"]),
        ("pencil sketch", ["drawn as pencil sketch"]),
        ("lift the shadows and tame the highlights", ["shadows lifted", "highlights tamed"]),
        ("sharpen and denoise", ["sharpened", "noise removed"]),
        ("add a thin white border", ["a white border added"]),
        ("let it snow", ["snow added"]),
    ],
)  # fmt: skip
def test_what_is_understood(prompt: str, expected: list[str]) -> None:
    found = read_instructions(prompt)
    assert spoken(prompt) == expected
    assert found.unknown == ()


@pytest.mark.parametrize(
    "prompt", ["make the dog wear a hat", "mach es heller", "add a purple elephant juggling", "?!", "42"]
)
def test_what_is_not_understood_comes_back(prompt: str) -> None:
    found = read_instructions(prompt)
    assert found.steps == ()
    assert bool(found.unknown) == any(char.isalnum() for char in prompt)


def test_the_unknown_part_of_a_sentence_is_told() -> None:
    found = read_instructions("make it warmer and give the cat a hat")
    assert [told(step) for step in found.steps] == ["warmer"]
    assert "hat" in found.unknown[0]


def test_what_is_forbidden_is_left_alone() -> None:
    found = read_instructions("don't crop, make it cooler, no vignette")
    assert [told(step) for step in found.steps] == ["cooler"]
    assert found.left == ("don't crop", "vignette")


def test_a_wish_said_twice_counts_once() -> None:
    assert len(read_instructions("brighter, and brighter").steps) == 1


def test_amounts_have_an_order() -> None:
    sizes = [read_instructions(f"{words} brighter").steps[0].amount
             for words in ("a tiny bit", "a little", "", "much", "as much as possible")]  # fmt: skip
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 5


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    for step in read_instructions(text).steps:
        assert isinstance(step, Step)
        assert told(step)
