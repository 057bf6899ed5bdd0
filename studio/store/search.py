"""From the words that a person types to a full-text query that SQLite accepts, whatever was typed."""

from __future__ import annotations

import unicodedata

_MOST_WORDS = 12
_LONGEST_WORD = 80
# Private-use letters begin the tokens of studio.store.facets, which nobody is to find by typing.
_APART = {0: " ", 0xE000: " "}


def match_of(text: str | None) -> str | None:
    """An FTS5 MATCH expression: every word of `text` must be the start of a word in the row.

    None when `text` holds no word: then nothing is to be searched for.
    """
    return " AND ".join(match_words(text)) or None


def match_words(text: str | None) -> list[str]:
    """One expression for each word of `text`. Each is quoted, so nothing in it is syntax."""
    return [f'"{word}"*' for word in _words(text or "")]


def _words(text: str) -> list[str]:
    """Split at white space; pieces without a letter or digit say nothing to the index and are left out."""
    pieces = text[: _MOST_WORDS * _LONGEST_WORD].encode("utf-8", "replace").decode("utf-8").translate(_APART).split()
    words = (piece[:_LONGEST_WORD] for piece in pieces if any(map(_is_indexed, piece[:_LONGEST_WORD])))
    return [word.replace('"', '""') for word in words][:_MOST_WORDS]


def _is_indexed(character: str) -> bool:
    """What the tokenizer unicode61 takes for part of a word: letters, numbers, private use."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"
