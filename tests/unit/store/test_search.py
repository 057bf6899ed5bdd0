"""Whatever a person types is a search, never an error."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.store.search import match_of

TOKEN = "\ue000\ue000\ue000kept"  # as filters have them (studio.store.facets)
AS_IN_THE_STORE = "prefix='2 3', tokenize='unicode61 remove_diacritics 2'"
GARBAGE = ['"', '""', "'", "*", "a*", "AND", "NOT", "a AND", "NEAR(", "words:", "{words} : x", "(", "a\x00b", "-", "^a",
           "a+b",
           "\ud800", "x\ud800y", "🙂", "%", "_", "--", ";DROP TABLE jobs", "a" * 5000, "a " * 5000, "´`", "\\", "a\nb",
           "\u0301"]


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    raw = sqlite3.connect(":memory:")
    raw.execute(f"CREATE VIRTUAL TABLE s USING fts5 (words, content='', {AS_IN_THE_STORE})")
    rows = ["Eine stille Straße am Hafen, nachts", "say \"cheese\" AND smile", "foo-bar_baz 3.14", "東京の夜", "naïve café"]
    raw.executemany("INSERT INTO s (rowid, words) VALUES (?, ?)", [(n, f"{TOKEN} {row}") for n, row in enumerate(rows)])
    yield raw
    raw.close()


def found(index: sqlite3.Connection, typed: str) -> set[int] | None:
    match = match_of(typed)
    if match is None:
        return None
    return {row[0] for row in index.execute("SELECT rowid FROM s WHERE s MATCH ?", [f'{match} AND "{TOKEN}"'])}


@pytest.mark.parametrize(("typed", "rows"), [
    ("ha na", {0}), ("STRA", {0}), ("nacht still", {0}), ("haf xyz", set()), ("cheese and", {1}), ('"cheese"', {1}),
    ("foo-ba", {2}),
    ("foo_bar", {2}), ("3.1", {2}), ("東京", {3}), ("cafe", {4}), ("CAFÉ na", {4}), ("kept", set()),
    ("\ue000\ue000\ue000", None), ("\ue000\ue000\ue000ke", set()),
    ("", None), ("  ", None), ("!!! ?", None), ("cheese !", {1}),
])
def test_words_are_the_starts_of_words(index: sqlite3.Connection, typed: str, rows: set[int] | None) -> None:
    assert found(index, typed) == rows


@pytest.mark.parametrize("typed", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_searched_for(index: sqlite3.Connection, typed: str) -> None:
    found(index, typed)


@given(st.text(st.characters(), max_size=60))
@settings(deadline=None)
def test_any_text_is_searched_for(index: sqlite3.Connection, typed: str) -> None:
    found(index, typed)


SYNTAX = ['"', "*", "(", ")", ":", "AND", "OR", "NOT", "NEAR", "a", "{", "}", "+", "-", "^", " ", "words"]


@pytest.mark.slow
@given(st.lists(st.sampled_from(SYNTAX), max_size=12))
@settings(deadline=None)
def test_any_syntax_is_searched_for(index: sqlite3.Connection, pieces: list[str]) -> None:
    found(index, "".join(pieces))


@pytest.mark.slow
@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12))
@settings(deadline=None)
def test_a_word_is_found_by_its_start(word: str) -> None:
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute(f"CREATE VIRTUAL TABLE s USING fts5 (words, {AS_IN_THE_STORE})")
        raw.execute("INSERT INTO s VALUES (?)", [f"before {word} after"])
        has_token = raw.execute("SELECT count(*) FROM s WHERE s MATCH ?", [f'"{word}"']).fetchone()[0]
        match = match_of(word)
        assert match is not None
        assert raw.execute("SELECT count(*) FROM s WHERE s MATCH ?", [match]).fetchone()[0] == has_token
    raw.close()
