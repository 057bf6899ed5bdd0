"""What the words of a scene say about its subjects: who stands left, right, in front or behind; and the place that is
left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.engine.render.edit.replacing_words import place_words

_ORDINALS = ("first", "second", "third")
_PERSONS = (
    r"she|her|he|him|woman|man|girl|boy|person|lady|guy|portrait|face|astronaut|child|mother|father|friend|bride|groom|model"
)
_OTHERS = (
    r"it|dog|cat|object|thing|cup|coffee|product|animal|pet|horse|bird|car|bike|motorcycle|rocket|bottle|toy|other|"
    r"puppy|kitten"
)
_FRONT = r"in front|front|foreground|near(?:er)?|closer|forward"
_BEHIND = r"behind|in the back(?:ground)?|at the back|far(?:ther)?|in the distance|further"
_SIDES = (("left", r"left"), ("right", r"right"), ("middle", r"middle|cent(?:er|re)|between"))
_PARTS = re.compile(r"[,;.]|\b(?:and|while|with)\b")


@dataclass(frozen=True, slots=True)
class Wish:
    """Of one subject: `side` is "left", "right", "middle" or ""; `depth` 1 in front, -1 behind, 0 not said."""

    side: str = ""
    depth: int = 0


def read_wishes(words: str, kinds: Sequence[str]) -> tuple[tuple[Wish, ...], tuple[str, ...]]:
    """(a wish for each subject in the order of the pictures, the clauses that were understood as such)."""
    wishes = [Wish() for _ in kinds]
    understood = []
    for clause in (part.strip() for part in _PARTS.split(words.lower())):
        side = next((name for name, pattern in _SIDES if re.search(rf"\b(?:{pattern})\b", clause)), "")
        depth = -1 if re.search(rf"\b(?:{_BEHIND})\b", clause) else 1 if re.search(rf"\b(?:{_FRONT})\b", clause) else 0
        who = _who(clause, kinds) if side or depth else None
        if who is None:
            continue
        wishes[who] = Wish(side or wishes[who].side, depth or wishes[who].depth)
        understood.append(clause)
    return tuple(wishes), tuple(understood)


def _who(clause: str, kinds: Sequence[str]) -> int | None:
    """Which picture's subject a clause speaks of, by number, by kind, or None."""
    for number, word in enumerate(_ORDINALS[: len(kinds)]):
        if re.search(
            rf"\b(?:{word}|{number + 1}(?:st|nd|rd)|(?:picture|image|photo|number|subject) {number + 1})\b", clause
        ):
            return number
    if re.search(r"\b(?:last)\b", clause):
        return len(kinds) - 1
    named = [
        (match.start(), kind)
        for kind, pattern in (("person", _PERSONS), ("other", _OTHERS))
        if (match := re.search(rf"\b(?:{pattern})s?\b", clause))
    ]
    thing = re.match(r"(?:the|a|an|my|our) (\w+)", clause)
    if not named and thing and not place_words(thing[1]) and thing[1] not in ("left", "right", "middle", "front", "back"):
        named = [(0, "other")]  # "the vase left": a word for nothing that could be drawn
    if not named:
        return None
    wanted = min(named)[1]
    for number, kind in enumerate(kinds):
        if kind == "cat" and re.search(r"\b(?:cat|kitten|pet)\b", clause):
            return number
        if wanted == ("person" if kind == "person" else "other"):
            return number
    return None


def across(wishes: Sequence[Wish]) -> tuple[int, ...]:
    """The subjects from left to right: as wished, else in the order of the pictures."""
    rank = {"left": 0, "middle": 1, "right": 2}
    count = len(wishes)

    def place(number: int) -> tuple[float, int]:
        own = number / max(count - 1, 1) * 2 if count > 1 else 1.0
        side = wishes[number].side
        if side:
            return rank[side] + (-0.5 if side == "left" else 0.5 if side == "right" else 0.0), number
        return own, number

    return tuple(sorted(range(count), key=place))
