"""prompt.enhance.*: no word that matters is lost, requests are obeyed, other languages pass, the length limit holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.engine.render.prompting.enhance import MAX_PROMPT, enhance
from studio.engine.render.prompting.language import language_of
from studio.engine.render.prompting.request import apply_request
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

SMALL = {"a", "an", "the", "of", "in", "on", "at", "and", "with", "through", "by", "to", "is"}
WORDS = ["red", "fox", "old", "castle", "woman", "rain", "night", "Tokyo", "market", "jumps", "quiet", "7", "café",
         "mother-in-law",
         "won't", "4K", "neon", "forest", "two", "dogs", "pan", "left", "noir", "under", "bridge", "in", "the", "with", "a"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prompts")


def run(folder: Path, purpose: str, **values: object) -> RenderOutput:
    return enhance(RenderTask(f"cannon:prompt.enhance.{purpose}", values, {}, str(folder)), RenderControl(folder))


def text(folder: Path, purpose: str, **values: object) -> str:
    return str(run(folder, purpose, **values).extra["enhancedPrompt"])


def content(words: str) -> list[str]:
    return [word for word in re.findall(r"[\w'-]+", words.lower()) if word not in SMALL]


@pytest.mark.slow
@pytest.mark.parametrize("purpose", ["video", "image", "location", "variant"])
@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=14), stop=st.sampled_from(["", ".", "!", "...", ","]))
def test_no_word_is_lost_and_the_order_is_kept(folder: Path, purpose: str, words: list[str], stop: str) -> None:
    prompt = " ".join(words) + stop
    first = text(folder, purpose, prompt=prompt)
    rest = iter(content(first))
    assert all(word in rest for word in content(prompt))
    assert first == text(folder, purpose, prompt=prompt)


@pytest.mark.parametrize("prompt", ["x" * MAX_PROMPT, "word " * 990, "a lake " * 700])
def test_never_longer_than_the_limit(folder: Path, prompt: str) -> None:
    wishes = "make it night, add a boat, " * 30
    out = run(folder, "video", prompt=prompt, rewriteRequest=wishes, visualStyle="ink " * 50, duration=9)
    assert len(str(out.extra["enhancedPrompt"])) <= MAX_PROMPT
    assert out.extra["notes"]
    kept = content(str(out.extra["enhancedPrompt"]))
    assert kept[: len(content(prompt))] == content(prompt)


def test_video_is_aware_of_the_camera_and_concise(folder: Path) -> None:
    made = text(folder, "video", prompt="a red fox in the snow", duration=5, aspectRatio="9:16", visualStyle="watercolor")
    assert re.search(r"push in|tracks alongside", made)
    assert "unhurried action" in made
    assert "vertical composition" in made.lower()
    assert "Watercolor style" in made
    assert len(made.split()) < 75
    assert "camera" not in text(folder, "video", prompt="slow pan left over a lake").lower()


@pytest.mark.parametrize(("duration", "words"), [
    (2, "single continuous"), (6, "unhurried"), (12, "Two beats"), (30, "Three beats"),
])
def test_the_duration_sets_the_pace(folder: Path, duration: int, words: str) -> None:
    assert words in text(folder, "video", prompt="a boat", duration=duration)


@pytest.mark.parametrize(("prompt", "request_words", "there", "gone"), [
    ("a street in summer at noon", "in winter", "in winter", "summer"),
    ("a woman walks through Tokyo at night", "make it dawn", "at dawn", "night"),
    ("a lake", "make it night", "at night", "daylight"),
    ("a park with trees and people in summer", "without people", "without any people", "trees and people"),
    ("a dog sleeps", "replace the dog with a cat", "A cat sleeps", "dog"),
    ("a blue car", "change blue to red", "red car", "blue"),
    ("a castle", "more dramatic", "Dramatic mood", "calm"),
    ("a castle", "add two dragons", "with two dragons", "zzz"),
    ("a man in a coat", "make the coat green", "the coat green", "zzz"),
    ("a man", "from above", "high above", "zzz"),
    ("a man", "make it look like an old photo of grandpa", "old photo of grandpa", "zzz"),
    ("a man", "as a pencil sketch", "style of pencil sketch", "photographic"),
    ("a man", "set in Paris", "in Paris", "zzz"),
    ("a man", "quux the frob", "quux the frob", "zzz"),
])
def test_requests_are_obeyed(folder: Path, prompt: str, request_words: str, there: str, gone: str) -> None:
    made = text(folder, "image", prompt=prompt, rewriteRequest=request_words)
    assert there in made
    assert gone not in made


def test_several_requests_in_one(folder: Path) -> None:
    wishes = "make it dawn, add rain and make it shorter"
    out = run(folder, "video", prompt="a woman walks through Tokyo at night", rewriteRequest=wishes)
    made = str(out.extra["enhancedPrompt"])
    assert "at dawn" in made
    assert "with rain" in made
    assert out.extra["understood"] == ["make it dawn", "add rain", "make it shorter"]
    assert out.extra["replaced"] == [["at night", "at dawn"]]


def test_shorter_and_longer(folder: Path) -> None:
    plain, short, long = (len(text(folder, "image", prompt="a castle", **more)) for more in
                          ({}, {"rewriteRequest": "shorter"}, {"rewriteRequest": "more detailed"}))
    assert short < plain < long


def test_a_subject_is_never_cut_away() -> None:
    assert apply_request("people in a park", "without people").text == "people in a park"


def test_a_variant_keeps_subject_and_framing(folder: Path) -> None:
    made = text(folder, "variant", prompt="portrait of an astronaut, close-up", rewriteRequest="make it night")
    assert "same subject" in made
    assert "same framing" in made
    assert "at night" in made
    assert not re.search(r"\d+ ?mm|wide shot", made)


@pytest.mark.parametrize(("words", "code"), [
    ("Eine Katze im Schnee", "de"), ("un chat sur le toit", "fr"), ("una casa junto al río", "es"),
    ("夜の東京の猫", "ja"), ("кошка на крыше", "ru"), ("一只猫", "zh"), ("고양이", "ko"), ("castle", "en"), ("café", "en"),
    ("a cat on the roof", "en"), ("un gatto sotto la pioggia", "it"), ("een kat op het dak", "nl"), ("12345 !!", "en"),
])
def test_languages(words: str, code: str) -> None:
    assert language_of(words) == code


def test_another_language_passes_through(folder: Path) -> None:
    out = run(folder, "image", prompt="Eine Katze im Schnee.", visualStyle="Aquarell", rewriteRequest="mach es Nacht")
    assert out.extra["enhancedPrompt"] == "Eine Katze im Schnee, Aquarell, mach es Nacht"
    assert out.extra["language"] == "de"
    assert out.extra["notes"]


def test_nothing_to_enhance_is_refused(folder: Path) -> None:
    with pytest.raises(RenderRefusedError) as caught:
        run(folder, "image", prompt=" \n ")
    assert caught.value.field_name == "prompt"
