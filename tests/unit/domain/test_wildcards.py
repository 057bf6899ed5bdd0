"""Prompts that leave something to chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.wildcards import MOST_COUNTED, escape, expand, has_wildcards, missing_lists, variants

LISTS = {"animal": ["a fox", "a heron", "{one|two} otters"], "loop": ["x __loop__"], "empty": []}


def drawn(text: str, times: int = 200) -> set[str]:
    return {expand(text, LISTS, seed) for seed in range(times)}


def test_one_of_its_words() -> None:
    assert drawn("a harbour at {dawn|dusk}") == {"a harbour at dawn", "a harbour at dusk"}
    assert drawn("{a|b}{c|}") == {"ac", "a", "bc", "b"}


def test_choices_in_choices_and_lines_of_lists() -> None:
    assert drawn("{x|{y|z}}") == {"x", "y", "z"}
    assert drawn("__animal__ at rest") == {f"{who} at rest" for who in ("a fox", "a heron", "one otters", "two otters")}


def test_the_same_seed_draws_the_same() -> None:
    text = "{a|b|c|d} __animal__ {e|f|g|h}"
    assert [expand(text, LISTS, seed) for seed in range(20)] == [expand(text, LISTS, seed) for seed in range(20)]


def test_what_is_no_wildcard_is_text() -> None:
    for text in ("a {single} word", "half {open|choice", "shut} |", "snake_case and __ two __ dashes", "__nowhere__",
                 "__empty__", 'JSON {"a": 1}', "C:\\fox"):
        assert expand(text, LISTS, 1) == text


def test_a_backslash_keeps_a_sign() -> None:
    assert drawn(r"\{dawn|dusk\}") == {"{dawn|dusk}"}
    assert drawn(r"\__animal__") == {"__animal__"}
    assert drawn(r"{a\|b|c}") == {"a|b", "c"}


def test_a_list_that_names_itself_ends() -> None:
    assert expand("__loop__", LISTS, 1).count("x") == 8
    assert variants("__loop__", LISTS) == 1


def test_how_many_it_may_become() -> None:
    assert variants("plain", LISTS) == 1
    assert variants("{a|b} {c|d|{e|f}} __animal__", LISTS) == 2 * 4 * 4
    assert variants("{a|b}" * 60, LISTS) == MOST_COUNTED


def test_lists_that_are_not_there() -> None:
    assert missing_lists("__animal__ __bird__ {__tree__|__bird__} __empty__", LISTS) == ["bird", "tree", "empty"]


@given(st.text(alphabet="ab{}|\\_ ", max_size=60), st.integers(0, 2**31))
def test_any_text_is_expanded(text: str, seed: int) -> None:
    words = expand(text, {"a": ["b"]}, seed)
    if not has_wildcards(text):
        assert words == text
    assert variants(text, {"a": ["b"]}) >= 1


@given(st.text(alphabet="ab{}|\\_ ", max_size=60), st.integers(0, 2**31))
def test_what_is_escaped_is_sent_as_it_is(text: str, seed: int) -> None:
    assert expand(escape(text), {"a": ["b"], "ab": ["c"]}, seed) == text


@pytest.mark.slow
@given(st.lists(st.text(alphabet="abc ", min_size=1, max_size=5), min_size=2, max_size=6), st.integers(0, 2**31))
def test_a_choice_is_always_one_of_its_words(words: list[str], seed: int) -> None:
    assert expand("{" + "|".join(words) + "}", {}, seed) in words
