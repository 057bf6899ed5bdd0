"""What a person keeps to write prompts with: templates with places to fill in, styles to add, and lists to draw from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from studio.domain.errors import InputError

LONGEST_NAME = 60
LONGEST_TEXT = 10_000
MOST_PHRASES = 500
MOST_LINES = 5_000
LIST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*(?:_[A-Za-z0-9-]+)*")
"""What may stand between the double underscores of a prompt (studio.domain.wildcards)."""
_PLACE = re.compile(r"\[[^\[\]\n]{1,60}\]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A template ("[subject] at dusk") or a style ("watercolour on rough paper"). `negative`: what the style keeps out."""

    name: str
    text: str
    negative: str = ""


@dataclass(frozen=True, slots=True)
class PromptBook:
    """Names are unique within templates and within styles. `lists`: by name, for `__name__` in a prompt."""

    templates: tuple[Phrase, ...] = ()
    styles: tuple[Phrase, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def merged(self, other: PromptBook) -> PromptBook:
        """Both; where a name is in both, the other's stands in its place."""
        return PromptBook(
            _merged(self.templates, other.templates), _merged(self.styles, other.styles), {**self.lists, **other.lists}
        )

    def checked(self) -> PromptBook:
        """The same with its words trimmed and empty lines left out. Raises InputError, which says what is wrong where."""
        lists = {name.strip(): _lines(name, lines) for name, lines in self.lists.items()}
        return replace(
            self, templates=_phrases("template", self.templates), styles=_phrases("style", self.styles), lists=lists
        )


def places(text: str) -> list[tuple[int, int]]:
    """Where a template wants words: start and end of each "[subject]", brackets included."""
    return [found.span() for found in _PLACE.finditer(text)]


def with_style(prompt: str, style: str) -> str:
    """The prompt with a style's words behind it, once."""
    prompt, style = prompt.rstrip(), style.strip()
    if not style or style.casefold() in prompt.casefold():
        return prompt
    joint = " " if prompt.endswith((",", ".", ";", ":", "!", "?")) else ", "
    return prompt + joint + style if prompt else style


def _merged(own: Iterable[Phrase], other: Iterable[Phrase]) -> tuple[Phrase, ...]:
    return tuple({phrase.name: phrase for phrase in (*own, *other)}.values())


def _phrases(kind: str, phrases: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    if len(phrases) > MOST_PHRASES:
        raise InputError(f"At most {MOST_PHRASES} of a kind can be kept.", field=kind)
    checked = tuple(Phrase(p.name.strip(), p.text.strip(), p.negative.strip()) for p in phrases)
    names = [phrase.name for phrase in checked]
    for phrase in checked:
        if not 0 < len(phrase.name) <= LONGEST_NAME:
            raise InputError(f"A {kind} needs a name of at most {LONGEST_NAME} characters.", field=kind)
        if not phrase.text or max(len(phrase.text), len(phrase.negative)) > LONGEST_TEXT:
            raise InputError(f"The {kind} “{phrase.name}” needs words, at most {LONGEST_TEXT:,} characters.", field=kind)
        if names.count(phrase.name) > 1:
            raise InputError(f"There are two of the name “{phrase.name}”.", field=kind)
    return checked


def _lines(name: str, lines: Iterable[str]) -> tuple[str, ...]:
    if len(name) > LONGEST_NAME or LIST_NAME.fullmatch(name.strip()) is None:
        raise InputError(f"“{name}” cannot name a list: letters, digits, - and single _ only.", field="list")
    kept = tuple(line.strip() for line in lines if line.strip())
    if len(kept) > MOST_LINES or any(len(line) > LONGEST_TEXT for line in kept):
        raise InputError(f"The list “{name}” is too long: {MOST_LINES:,} lines at most.", field="list")
    return kept
