"""The prompt book: what is kept, what is shared, and what somebody else's file may hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.domain.errors import InputError
from studio.domain.prompt_book import Phrase, PromptBook, places, with_style
from studio.domain.wildcards import missing_lists
from studio.settings.prompt_book import as_object, load, read_shared, save
from studio.settings.shipped import shipped

STARTER = shipped("prompts/starter.json")
BOOK = PromptBook(
    (Phrase("Portrait", "portrait of [who]"),), (Phrase("Ink", "ink drawing", "colour"),), {"animal": ("a fox",)}
)


def test_what_comes_with_the_product_until_something_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "prompts.json"
    book, problem = load(path, STARTER)
    assert problem is None
    assert len(book.templates) >= 3
    assert len(book.styles) >= 3
    assert all(places(template.text) for template in book.templates)
    save(path, BOOK)
    assert load(path, STARTER) == (BOOK, None)


def test_every_list_that_comes_along_can_be_named_in_a_prompt() -> None:
    book = read_shared(STARTER)
    assert missing_lists(" ".join(f"__{name}__" for name in book.lists), book.lists) == []
    assert missing_lists("__nobody__", book.lists) == ["nobody"]


def test_a_broken_file_is_set_aside_and_told(tmp_path: Path) -> None:
    path = tmp_path / "prompts.json"
    path.write_text("{", encoding="utf-8")
    book, problem = load(path, STARTER)
    assert book.templates
    assert problem is not None
    assert "set aside" in problem
    assert [kept.read_text() for kept in tmp_path.glob("prompts.broken-*")] == ["{"]


@pytest.mark.parametrize("book", [
    PromptBook((Phrase("", "words"),)), PromptBook((Phrase("x" * 61, "words"),)), PromptBook((Phrase("A", " "),)),
    PromptBook((Phrase("A", "1"), Phrase("A ", "2"))), PromptBook(styles=(Phrase("A", "x" * 10_001),)),
    PromptBook(lists={"two words": ("x",)}), PromptBook(lists={"a__b": ("x",)}), PromptBook(lists={"a": ("x",) * 5001}),
])
def test_what_cannot_be_kept_is_refused_and_nothing_is_lost(book: PromptBook, tmp_path: Path) -> None:
    path = tmp_path / "prompts.json"
    save(path, BOOK)
    with pytest.raises(InputError):
        save(path, book)
    assert load(path, STARTER) == (BOOK, None)


def test_a_shared_book_joins_the_own_one(tmp_path: Path) -> None:
    shared = tmp_path / "theirs.json"
    theirs = PromptBook((Phrase("Portrait", "a portrait of [who]"), Phrase("New", "new [x]")), lists={"tree": ("an oak",)})
    shared.write_text(json.dumps({**as_object(theirs), "added later": 1}), encoding="utf-8")
    both = BOOK.merged(read_shared(shared))
    assert [phrase.text for phrase in both.templates] == ["a portrait of [who]", "new [x]"]
    assert both.styles == BOOK.styles
    assert dict(both.lists) == {"animal": ("a fox",), "tree": ("an oak",)}


def test_a_text_file_is_a_list(tmp_path: Path) -> None:
    path = tmp_path / "old trees.txt"
    path.write_text("\ufeffan oak\n\n  a yew \n", encoding="utf-8")
    assert dict(read_shared(path).lists) == {"old-trees": ("an oak", "a yew")}


@pytest.mark.parametrize("content", [
    b"{", b"[]", b"{}", b"\xff\xfe\x00", b'{"studio_prompts": 1, "templates": 3}',
    b'{"studio_prompts": 1, "lists": {"a": "x"}}', b'{"studio_prompts": 1, "styles": ["x"]}', b"[" * 100_000,
])
def test_a_file_that_is_no_book_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "theirs.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_shared(path)
    with pytest.raises(InputError):
        read_shared(tmp_path / "nowhere.json")


@pytest.mark.parametrize(("prompt", "wanted"), [
    ("a fox", "a fox, ink drawing"), ("a fox,", "a fox, ink drawing"), ("a fox.", "a fox. ink drawing"), ("", "ink drawing"),
    ("An Ink Drawing of a fox", "An Ink Drawing of a fox"), ("a fox  ", "a fox, ink drawing"),
])
def test_a_style_is_added_once(prompt: str, wanted: str) -> None:
    assert with_style(prompt, "ink drawing") == wanted
    assert with_style(wanted, "ink drawing") == wanted


def test_the_places_of_a_template() -> None:
    text = "[who] in [a place], no [] and no [broken\nline]"
    assert [text[start:end] for start, end in places(text)] == ["[who]", "[a place]"]
