"""What a prompt says that each character does: whose name stands before which word of doing, which way, how fast, and what
comes after what. What is left of the prompt describes the scene and the camera."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.engine.render.characters.act_words import (
    ACT,
    ALL,
    AT_CAMERA,
    BREAK,
    CAMERA,
    FARTHER,
    FAST,
    GOING,
    NEARER,
    ONCE,
    PRONOUN,
    SIDE,
    SLOW,
    WAY,
)


@dataclass(frozen=True, slots=True)
class Doing:
    """What one character does at one time: `acts` of walk, run, enter, leave, jump, dance, wave, turn, talk, cheer, float,
    stand, nearer, farther. `heading`: -1 to the left, 1 to the right, 0 not said. `pace`: 1 is usual."""

    acts: frozenset[str] = frozenset()
    heading: int = 0
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """One character's part: what it does, one thing after the other, and the side it stands on ("left", "right", "middle" or
    "")."""

    doings: tuple[Doing, ...] = (Doing(),)
    side: str = ""

    @property
    def acts(self) -> frozenset[str]:
        return frozenset().union(*(doing.acts for doing in self.doings))


@dataclass(frozen=True, slots=True)
class Script:
    """A part for each character in the order of their ids; `rest`: what is left of the prompt, for the scene and the camera;
    whose names the prompt does not say."""

    parts: tuple[Part, ...]
    rest: str
    unnamed: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """A part while it is read: acts, way and pace by phase."""

    phases: dict[int, list[tuple[str, int, float]]] = field(default_factory=dict)
    side: str = ""


def read_script(prompt: str, names: Sequence[str]) -> Script:
    """The prompt as parts for characters of these names. Names count as whole words in any case, also as @name.

    A word of doing belongs to the name before it; "she" and a further verb to who was named last; "they", or no name in all
    the prompt, to everyone.
    """
    spans = _named(prompt, names)
    drafts = [_Draft() for _ in names]
    blank = [(start, end) for start, end, _ in spans]
    who_acts = _Actors(list(range(len(names))), spans)
    phase, before_stop = 0, 0
    for start, end, mark in _clauses(prompt, spans):
        if mark == "stop":
            phase, before_stop = 0, phase
        elif mark == "then":  # "... . Then" goes on where the last sentence ended
            phase = max(phase, before_stop) + 1
        if prompt[start:end].strip():
            before_stop = 0
        here = [span for span in spans if start <= span[0] < end]
        text = prompt[start:end]
        if CAMERA.search(AT_CAMERA.sub(" ", text)) and not here:
            continue
        hits = [hit for hit in ACT.finditer(prompt, start, end) if not any(s <= hit.start() < e for s, e, _ in spans)]
        if here and not hits:
            who_acts.named([who for _, _, who in here])
        for hit in hits:
            actors = who_acts.of([who for s, _, who in here if s < hit.start()], prompt[start : hit.start()])
            blank.append((hit.start(), _take_act(prompt, hit, end, [drafts[who] for who in actors], phase)))
        if hits:
            who_acts.waiting = []
        if hits or here:
            _take_side(text, [drafts[who] for who in who_acts.last])
    said = {who for _, _, who in spans}
    count = 1 + max((phase for draft in drafts for phase in draft.phases), default=0)
    return Script(tuple(_part(draft, count) for draft in drafts), _without(prompt, blank),
                  tuple(name for number, name in enumerate(names) if number not in said))


class _Actors:
    """Whom a verb belongs to, as the prompt is read on."""

    def __init__(self, everyone: list[int], spans: Sequence[tuple[int, int, int]]) -> None:
        self._everyone = everyone
        self._pronouns: dict[str, int] = {}
        self.last = [spans[0][2]] if spans else everyone
        self.waiting: list[int] = []

    def named(self, numbers: list[int]) -> None:
        """Names without a verb: "Mia and ..."."""
        self.waiting += numbers
        self.last = numbers

    def of(self, before: list[int], text: str) -> list[int]:
        """Who acts, where these names and this text of the clause stand before the verb."""
        pronoun = PRONOUN.search(text)
        if before:
            self.last = [*self.waiting, before[-1]]
        elif self.waiting:
            self.last = list(self.waiting)
        elif ALL.search(text):
            self.last = self._everyone
        elif pronoun is not None:
            self.last = [self._bound(pronoun.group().lower())]
        return self.last

    def _bound(self, pronoun: str) -> int:
        """"he" is who was spoken of last, unless that is "she": then the first whom no pronoun means yet."""
        if pronoun not in self._pronouns:
            taken = set(self._pronouns.values())
            free = [who for who in (*self.last, *self._everyone) if who not in taken]
            self._pronouns[pronoun] = (free or self.last)[0]
        return self._pronouns[pronoun]


def _named(prompt: str, names: Sequence[str]) -> list[tuple[int, int, int]]:
    """(start, end, number) of each name in the prompt, in order; the longer of two names that begin alike goes first."""
    found: list[tuple[int, int, int]] = []
    for number in sorted(range(len(names)), key=lambda one: -len(names[one])):
        for hit in re.finditer(rf"(?<!\w)@?{re.escape(names[number].strip())}(?:'s|’s)?(?!\w)", prompt, re.IGNORECASE):
            if all(hit.end() <= start or hit.start() >= end for start, end, _ in found):
                found.append((hit.start(), hit.end(), number))
    return sorted(found)


def _clauses(prompt: str, spans: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, str]]:
    """(start, end, what stands before it: "then", "stop" or ""); a name is never broken."""
    out = []
    start, mark = 0, ""
    for hit in BREAK.finditer(prompt):
        if any(s < hit.end() and hit.start() < e for s, e, _ in spans):
            continue
        out.append((start, hit.start(), mark))
        start, mark = hit.end(), hit.lastgroup or ""
    return [*out, (start, len(prompt), mark)]


def _take_act(prompt: str, hit: re.Match[str], end: int, drafts: list[_Draft], phase: int) -> int:
    """Write an act into the parts; where the words for it end."""
    act = str(hit.lastgroup)
    stop, heading, extra = hit.end(), 0, ""
    if act in GOING or act == "turn":
        way = WAY.match(prompt, stop, end)
        if way is not None:
            stop = way.end()
            heading = {"left": -1, "right": 1}[(way["to"] or way["from"]).lower()]
            heading = -heading if way["from"] else heading
    if act in GOING:
        for name, pattern in (("nearer", NEARER), ("farther", FARTHER)):
            found = pattern.match(prompt, stop, end)
            if found is not None and not heading:
                stop, extra = found.end(), name
    if act == "walk" and hit.group().lower().startswith("approach"):
        extra = "nearer"
    elif act in ("enter", "leave") and hit.group().lower().startswith("run"):
        extra = "run"
    around = prompt[max(0, hit.start() - 12) : min(end, stop + 14)]
    pace = 0.65 if SLOW.search(around) else 1.5 if FAST.search(around) else 1.0
    for draft in drafts:
        doings = draft.phases.setdefault(phase, [])
        doings.append((act, heading, pace))
        if extra:
            doings.append((extra, 0, pace))
    return stop


def _take_side(text: str, drafts: list[_Draft]) -> None:
    """Where somebody stands, unless the words say where to they go."""
    found = SIDE.search(text)
    if found is None or _moves_there(text, found):
        return
    word = (found["side"] or found["of"]).lower()
    for draft in drafts:
        draft.side = draft.side or (word if word in ("left", "right") else "middle")


def _moves_there(text: str, found: re.Match[str]) -> bool:
    going = [hit for hit in ACT.finditer(text) if hit.lastgroup in GOING and hit.start() < found.start()]
    return bool(going) and found.group().lower().startswith("to")


def _part(draft: _Draft, count: int) -> Part:
    """The part in as many phases as the whole prompt has: before its first act a character stands, after its last one it
    goes on with what has no end."""
    doings: list[Doing] = []
    for phase in range(count):
        entries = draft.phases.get(phase)
        if entries is None:
            before = doings[-1] if doings else Doing()
            doings.append(Doing(before.acts - ONCE, 0, before.pace))
            continue
        heading = next((way for _, way, _ in entries if way), 0)
        pace = next((pace for _, _, pace in entries if pace != 1.0), 1.0)
        doings.append(Doing(frozenset(act for act, _, _ in entries), heading, pace))
    return Part(tuple(doings), draft.side)


def _without(prompt: str, spans: Sequence[tuple[int, int]]) -> str:
    """The prompt with these places left out: a name is no thing in the picture, and "Mia waves" no sea."""
    kept = list(prompt)
    for start, end in spans:
        kept[start:end] = " " * (end - start)
    return re.sub(r"\s{2,}", " ", "".join(kept)).strip()
