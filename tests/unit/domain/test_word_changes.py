"""What became of the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.word_changes import Change, word_changes


def test_added_removed_and_kept() -> None:
    assert word_changes("a fox in snow", "a red fox in deep snow") == [
        (Change.SAME, "a"), (Change.ADDED, " red"), (Change.SAME, " fox in "), (Change.ADDED, "deep "),
        (Change.SAME, "snow"),
    ]
    assert word_changes("a fox", "a hare") == [(Change.SAME, "a "), (Change.REMOVED, "fox"), (Change.ADDED, "hare")]
    assert word_changes("same", "same") == [(Change.SAME, "same")]
    assert word_changes("a fox", "A fox runs") == [
        (Change.REMOVED, "a"), (Change.ADDED, "A"), (Change.SAME, " fox"), (Change.ADDED, " runs"),
    ]
    assert word_changes("", "new") == [(Change.ADDED, "new")]


@pytest.mark.slow
@given(st.text(max_size=80), st.text(max_size=80))
def test_both_wordings_can_be_read_from_it(before: str, after: str) -> None:
    runs = word_changes(before, after)
    assert "".join(text for change, text in runs if change is not Change.ADDED) == before
    assert "".join(text for change, text in runs if change is not Change.REMOVED) == after


def test_very_long_texts_are_not_compared_word_by_word() -> None:
    long = "word " * 5000
    assert word_changes(long, "short") == [(Change.REMOVED, long), (Change.ADDED, "short")]
