"""Prompts that leave something to chance: `{dawn|dusk}` is one of its words, `__animal__` one line of the list "animal".

Choices may hold choices; a line of a list may hold wildcards too. Braces without a bar between them are text, and so is
what stands behind a backslash (`\\{`, `\\|`, `\\}`, `\\__`). Nothing here is sent anywhere: a service gets the words drawn.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Lists = Mapping[str, Sequence[str]]

DEEPEST = 8
"""So many lists may stand in one another; deeper ones stay as they are written (a list may name itself)."""
MOST_COUNTED = 10_000
_TOKEN = re.compile(r"\\(__|[{|}\\])|__([A-Za-z0-9][A-Za-z0-9-]*(?:_[A-Za-z0-9-]+)*)__|([{|}])")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `options`, each of which may hold more."""

    options: tuple[Sequence[Part], ...]


@dataclass(frozen=True, slots=True)
class FromList:
    """A line of the list `name`."""

    name: str


Part = str | Choice | FromList


def parse(text: str) -> list[Part]:
    """The prompt in its parts. There is no wrong prompt: what is no wildcard is text."""
    open_options: list[list[list[Part]]] = [[[]]]
    at = 0
    for token in _TOKEN.finditer(text):
        _add(open_options, text[at:token.start()])
        at = token.end()
        escaped, name, sign = token.groups()
        if escaped is not None:
            _add(open_options, escaped)
        elif name is not None:
            open_options[-1][-1].append(FromList(name))
        elif sign == "{":
            open_options.append([[]])
        elif sign == "|" and len(open_options) > 1:
            open_options[-1].append([])
        elif sign == "}" and len(open_options) > 1:
            _close(open_options)
        else:
            _add(open_options, sign)
    _add(open_options, text[at:])
    while len(open_options) > 1:  # never closed: text
        options = open_options.pop()
        _add_parts(open_options, ["{"])
        for number, option in enumerate(options):
            _add_parts(open_options, ["|", *option] if number else option)
    return open_options[0][0]


def _add(open_options: list[list[list[Part]]], words: str) -> None:
    if words:
        open_options[-1][-1].append(words)


def _add_parts(open_options: list[list[list[Part]]], parts: Sequence[Part]) -> None:
    open_options[-1][-1].extend(parts)


def _close(open_options: list[list[list[Part]]]) -> None:
    options = open_options.pop()
    if len(options) > 1:
        _add_parts(open_options, [Choice(tuple(options))])
    else:
        _add_parts(open_options, ["{", *options[0], "}"])


def has_wildcards(text: str) -> bool:
    """Whether anything in `text` is left to chance, or escaped from it: then it is not sent as it is written."""
    return _TOKEN.search(text) is not None and ("\\" in text or any(not isinstance(part, str) for part in parse(text)))


def escape(text: str) -> str:
    """`text` so written that it is sent as it is: for words that were sent before and are to be changed."""
    return re.sub(r"[\\{|}]|__", r"\\\g<0>", text) if has_wildcards(text) else text


def expand(text: str, lists: Lists, seed: int) -> str:
    """The words to send: the same for the same seed. A list that is not there, or is empty, stays as it is written."""
    if not has_wildcards(text):
        return text
    return "".join(_draw(parse(text), lists, random.Random(seed), 0))


def _draw(parts: Sequence[Part], lists: Lists, chance: random.Random, depth: int) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Choice):
            yield from _draw(part.options[chance.randrange(len(part.options))], lists, chance, depth)
        elif depth >= DEEPEST or not lists.get(part.name):
            yield f"__{part.name}__"
        else:
            lines = lists[part.name]
            yield from _draw(parse(lines[chance.randrange(len(lines))]), lists, chance, depth + 1)


def variants(text: str, lists: Lists) -> int:
    """How many different prompts it may become, at most MOST_COUNTED."""
    return _count(parse(text), lists, 0)


def _count(parts: Sequence[Part], lists: Lists, depth: int) -> int:
    ways = 1
    for part in parts:
        if isinstance(part, Choice):
            ways *= _sum(part.options, lists, depth)
        elif isinstance(part, FromList) and depth < DEEPEST and lists.get(part.name):
            ways *= _sum((parse(line) for line in lists[part.name]), lists, depth + 1)
        if ways >= MOST_COUNTED:
            return MOST_COUNTED
    return ways


def _sum(options: Iterable[Sequence[Part]], lists: Lists, depth: int) -> int:
    ways = 0
    for option in options:
        ways += _count(option, lists, depth)
        if ways >= MOST_COUNTED:
            break
    return ways


def missing_lists(text: str, lists: Lists) -> list[str]:
    """Names of lists that the prompt wants and that are not there or empty, each once, in their order."""
    return list(dict.fromkeys(_missing(parse(text), lists)))


def _missing(parts: Sequence[Part], lists: Lists) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Choice):
            for option in part.options:
                yield from _missing(option, lists)
        elif isinstance(part, FromList) and not lists.get(part.name):
            yield part.name
