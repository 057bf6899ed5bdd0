"""Many jobs out of one intent: in which order, with which seeds, and what is refused."""

from __future__ import annotations

import random
from typing import Any

import pytest

from studio.domain import wildcards
from studio.domain.batch import MOST_JOBS, Axis, Batch, expand, prompt_parameter, title_of
from studio.domain.errors import InputError
from studio.domain.job import JobRequest
from studio.domain.operation import MediaKind, Operation, Parameter, ParameterKind

PROMPT = Parameter("prompt", "Prompt", ParameterKind.TEXT, required=True)
SEED = Parameter("seed", "Seed", ParameterKind.SEED, minimum=0, maximum=2147483647)
VIDEO = Operation("video.generate", "Generate Video", MediaKind.VIDEO, (
    PROMPT, SEED, Parameter("image_url", "Photo", ParameterKind.MEDIA), Parameter("model", "Model", ParameterKind.CHOICE),
    Parameter("photos", "Photos", ParameterKind.MEDIA_LIST), Parameter("seconds", "Length", ParameterKind.INTEGER),
))
SEEDLESS = Operation("edit.video", "Edit Video", MediaKind.VIDEO, (PROMPT,))
WORDLESS = Operation("video.upscale", "Upscale Video", MediaKind.VIDEO, (VIDEO.parameters[2],))


def batch(given: dict[str, object] | None = None, **more: Any) -> Batch:
    return Batch(JobRequest("video.generate", "paid", {"prompt": "a pier"} if given is None else given, "Day 1"), **more)


def inputs(made: Batch, operation: Operation = VIDEO, chance: int = 1) -> list[dict[str, object]]:
    requests = expand(made, operation, random.Random(chance))
    assert all((one.operation, one.account, one.label) == ("video.generate", "paid", "Day 1") for one in requests)
    assert len(requests) == made.size
    return [dict(one.input) for one in requests]


def test_one_is_what_was_asked_for() -> None:
    assert inputs(batch()) == [{"prompt": "a pier"}]
    assert inputs(batch({"prompt": "x", "seed": 7})) == [{"prompt": "x", "seed": 7}]


def test_seeds_are_counted_on_from_the_one_given() -> None:
    assert [one["seed"] for one in inputs(batch({"seed": 41}, count=3))] == [41, 42, 43]
    assert [one["seed"] for one in inputs(batch({"seed": 2147483646}, count=3))] == [2147483646, 2147483647, 0]


def test_seeds_by_chance_all_differ_and_come_again_with_the_same_chance() -> None:
    seeds = [one["seed"] for one in inputs(batch(count=MOST_JOBS))]
    assert len(set(seeds)) == MOST_JOBS
    assert all(isinstance(seed, int) and 0 <= seed <= 2147483647 for seed in seeds)
    assert [one["seed"] for one in inputs(batch(count=MOST_JOBS))] == seeds


def test_wildcards_are_drawn_anew_for_each_where_lists_are_given() -> None:
    words: dict[str, object] = {"prompt": "__animal__ at {dawn|dusk}"}
    lists = {"animal": ["a fox", "a heron"]}
    made = {one["prompt"] for one in inputs(batch(words, count=60, lists=lists))}
    assert made == {f"{who} at {when}" for who in ("a fox", "a heron") for when in ("dawn", "dusk")}
    assert {one["prompt"] for one in inputs(batch(words, count=3))} == {words["prompt"]}
    lines = inputs(batch(prompts=("{one|two}", "plain"), lists={}))
    assert lines[0]["prompt"] in ("one", "two")
    assert lines[1]["prompt"] == "plain"


def test_what_was_seen_once_is_what_is_sent() -> None:
    words: dict[str, object] = {"prompt": "{a|b|c|d|e|f} fox"}
    first = inputs(batch(words, count=20, lists={}, drawing=7))
    assert inputs(batch(words, count=20, lists={}, drawing=7)) == first
    assert inputs(batch(words, count=20, lists={}, drawing=8)) != first
    assert len({one["prompt"] for one in first}) > 1
    assert len({one["seed"] for one in first}) == 20
    assert [one["prompt"] for one in first] == [wildcards.expand("{a|b|c|d|e|f} fox", {}, 7 + n) for n in range(20)]


def test_an_operation_without_a_seed_is_asked_again_as_it_is() -> None:
    assert inputs(batch(count=2), SEEDLESS) == [{"prompt": "a pier"}] * 2


def test_a_matrix_has_every_pair_the_first_axis_outside() -> None:
    made = inputs(batch(axes=(Axis("model", ("a", "b")), Axis("seconds", (5, 10))), count=2))
    assert [(one["model"], one["seconds"]) for one in made] == [
        ("a", 5), ("a", 5), ("a", 10), ("a", 10), ("b", 5), ("b", 5), ("b", 10), ("b", 10)]
    assert len({one["seed"] for one in made}) == 8


def test_files_and_prompts_go_to_their_places() -> None:
    made = inputs(batch(files=("file:///a", "file:///b"), slot="image_url", prompts=("one", "two")))
    assert [(one["prompt"], one["image_url"]) for one in made] == [
        ("one", "file:///a"), ("one", "file:///b"), ("two", "file:///a"), ("two", "file:///b")]
    assert [one["photos"] for one in inputs(batch(files=("file:///a",), slot="photos"))] == [["file:///a"]]


@pytest.mark.parametrize(("more", "field"), [
    ({"count": 0}, "count"), ({"count": 501}, "count"), ({"prompts": ("x",) * 26, "count": 20}, "count"),
    ({"axes": (Axis("nothing", (1,)),)}, "nothing"), ({"axes": (Axis("model", ()),)}, "model"),
    ({"axes": (Axis("model", ("a",)), Axis("model", ("b",)))}, "model"),
    ({"axes": (Axis("model", ("a",)), Axis("seconds", (5,)), Axis("seed", (1,)))}, "seed"),
    ({"files": ("file:///a",), "slot": "prompt"}, "prompt"), ({"files": ("file:///a",)}, "files"),
    ({"prompts": ("x", "  ")}, "prompts"),
])
def test_what_is_not_right_names_its_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as told:
        expand(batch(**more), VIDEO, random.Random(1))
    assert told.value.field == field


def test_an_operation_without_words_takes_no_prompts() -> None:
    with pytest.raises(InputError) as told:
        expand(batch(prompts=("x",)), WORDLESS, random.Random(1))
    assert told.value.field == "prompts"
    assert prompt_parameter(WORDLESS) is None


def test_its_label_says_what_it_is() -> None:
    assert title_of(batch(), VIDEO) == "a pier"
    long = batch({"prompt": "a  very\nlong " + "prompt " * 20})
    assert title_of(long, VIDEO) == "a very long prompt prompt prompt prompt…"
    assert title_of(batch(prompts=("x", "y")), VIDEO) == "Generate Video, 2 prompts"
    assert title_of(batch(prompts=("only one",)), VIDEO) == "only one"
    assert title_of(batch(files=("a", "b"), slot="image_url"), VIDEO) == "Generate Video, 2 files"
    assert title_of(batch({}), WORDLESS) == "Upscale Video"
