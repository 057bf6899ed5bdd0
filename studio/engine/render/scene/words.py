"""What a prompt says about its picture: place, time, weather, season, subjects, style, colours and mood.

A prompt is read by its longest known phrases, left to right; unknown words are let go. What is not said is chosen sensibly:
a lighthouse stands by the sea, the moon shines at night, and a prompt without any known word gets a landscape by its own
hash.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from studio.engine.render.scene import vocabulary
from studio.engine.render.scene.homes import HOME, HOME_OF_WORD

_TABLES = {
    "place": vocabulary.PLACES,
    "time": vocabulary.TIMES,
    "weather": vocabulary.WEATHERS,
    "season": vocabulary.SEASONS,
    "style": vocabulary.STYLES,
    "subject": vocabulary.SUBJECTS,
    "action": vocabulary.ACTIONS,
    "mood": vocabulary.MOODS,
    "feature": vocabulary.FEATURES,
}
_OPEN_PLACES = ("mountain", "meadow", "sea", "lake")
_DENIALS = {"no", "without", "not", "never", "minus"}
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to be drawn in the scene: its kind ("dog", "tram"…), how many, what it does, and its colour word if any."""

    kind: str
    count: int = 1
    action: str = "stand"
    colour: str | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class SceneWords:
    """The meaning of a prompt, as far as a drawing can show it."""

    prompt: str
    place: str = "meadow"
    time: str = "day"
    weather: str = "clear"
    season: str = "summer"
    subjects: tuple[Subject, ...] = ()
    style: str = "natural"
    colours: tuple[str, ...] = ()
    mood: str = "calm"
    features: frozenset[str] = field(default_factory=frozenset)

    def has(self, feature: str) -> bool:
        return feature in self.features


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    phrase: str
    meanings: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, tuple[tuple[str, str], ...]]:
    """Every phrase with all it can mean: (table, meaning) pairs."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, entries in _TABLES.items():
        for meaning, phrases in entries.items():
            for phrase in phrases.split(","):
                found.setdefault(phrase.strip(), []).append((table, meaning))
    return {phrase: tuple(meanings) for phrase, meanings in found.items()}


def stable_seed(text: str) -> int:
    """A seed from words, the same on every machine: the first 31 bits of SHA-256."""
    return int.from_bytes(hashlib.sha256(text.strip().encode()).digest()[:4], "big") >> 1


# The camera's own words, which name no thing in the picture: a truck shot has no truck in it, a crane shot no bird.
_CAMERA = re.compile(
    r"\b(?:(?:camera|slow(?:ly)?|gentle|smooth(?:ly)?)\s+)?(?:truck|crane|orbit|dolly|jib|pedestal|pan|tilt|zoom|fly|drone|tracking|"
    r"arc)(?:s|ing)?\s+(?:shot|to the (?:left|right)|left|right|up|down|in|out|around|view)\b"
    r"|\b(?:camera|slow(?:ly)?)\s+(?:orbits?|trucks?|cranes?|pulls?|pushes|moves?|rises)\b|,\s*orbit(?:ing)?\s*$"
)


def _tokens(text: str) -> list[str]:
    text = _CAMERA.sub(" , ", text.lower())
    return re.findall(r"[a-zà-ÿ0-9&']+(?:-[a-zà-ÿ0-9]+)*|[,.;:]", text.replace("’", "'"))


def _singular(word: str) -> list[str]:
    forms = [word]
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("ves"):
        forms += [word[:-3] + "f", word[:-3] + "fe"]
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.append(word[:-1])
    if word.endswith("'s"):
        forms.append(word[:-2])
    return forms


def _meanings(words: list[str]) -> tuple[tuple[str, str], ...]:
    """What these words mean together, with the last one also tried in its singular."""
    known = _lexicon()
    head = " ".join(words[:-1])
    for last in _singular(words[-1]):
        meanings = known.get(f"{head} {last}".strip())
        if meanings:
            return meanings
    return ()


def _hits(tokens: list[str]) -> list[_Hit]:
    """The phrases found, longest first at each place; a hyphenated word is also tried in its parts."""
    hits: list[_Hit] = []
    at = 0
    while at < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
            words = tokens[at : at + length]
            meanings = _meanings(words)
            if meanings:
                hits.append(_Hit(at, at + length, " ".join(words), meanings))
                at += length
                break
        else:
            for part in tokens[at].split("-")[:: 1 if "-" in tokens[at] else 2]:
                meanings = _meanings([part]) if "-" in tokens[at] else ()
                if meanings:
                    hits.append(_Hit(at, at + 1, part, meanings))
            at += 1
    return hits


def _denied(tokens: list[str], hit: _Hit) -> bool:
    """Whether "no", "without"… stands shortly before, with no comma between."""
    for word in reversed(tokens[max(0, hit.start - 3) : hit.start]):
        if word in ",.;:":
            return False
        if word in _DENIALS:
            return True
    return False


def _count(tokens: list[str], hit: _Hit) -> int:
    own = [vocabulary.COUNTS[w] for w in hit.phrase.split() if w in vocabulary.COUNTS and w not in {"a", "an"}]
    plural = hit.phrase.endswith("s") and hit.phrase not in vocabulary.SUBJECTS and not hit.phrase.endswith("ss")
    for word in reversed(tokens[max(0, hit.start - 4) : hit.start]):
        if word in ",.;:":
            break
        if word.isdigit():
            return min(max(int(word), 1), 40)
        if word in vocabulary.COUNTS and not (word in {"a", "an", "single"} and (plural or own)):
            return vocabulary.COUNTS[word]
    return max(own, default=3 if plural else 1)


def _action(tokens: list[str], hit: _Hit, hits: list[_Hit]) -> str:
    """What the subject does: the nearest word of doing after it (or just before), with no comma between."""
    for other in hits:
        near = 0 <= other.start - hit.end <= 4 or 0 <= hit.start - other.end <= 1
        stop = any(t in ",.;:" for t in tokens[hit.end : other.start])
        if near and not stop:
            for table, meaning in other.meanings:
                if table == "action":
                    return meaning
    return "walk" if any(t == "action" and m == "walk" for t, m in hit.meanings) else "stand"


def _colour_before(tokens: list[str], hit: _Hit) -> str | None:
    for word in reversed(tokens[max(0, hit.start - 2) : hit.start]):
        if word in vocabulary.COLOURS:
            return word
    return None


def _subjects(tokens: list[str], hits: list[_Hit]) -> tuple[Subject, ...]:
    found: dict[str, Subject] = {}
    for hit in hits:
        for table, meaning in hit.meanings:
            if table == "subject" and meaning not in found:
                found[meaning] = Subject(
                    meaning, _count(tokens, hit), _action(tokens, hit, hits), _colour_before(tokens, hit), hit.phrase
                )
    if {"person", "horse"} <= found.keys() and any(word in {"riding", "rides", "horseback", "mounted"} for word in tokens):
        pair = found.pop("horse"), found.pop("person")
        found = {"rider": replace(pair[1], kind="rider", action=pair[0].action), **found}
    if "umbrella" in found and ("person" in found or len(found) == 1):
        person = found.get("person", Subject("person", 1, "walk"))
        found = {
            "person": Subject(
                "person", person.count, person.action, found.pop("umbrella").colour or person.colour, "umbrella"
            ),
            **{k: v for k, v in found.items() if k != "person"},
        }
    return tuple(found.values())


def _first(hits: list[_Hit], table: str, *, last: bool = False) -> str | None:
    """The meaning found in one table: the one named most, else the first (or last) named."""
    named = [meaning for hit in hits for kind, meaning in hit.meanings if kind == table]
    if not named:
        return None
    return named[-1] if last else max(named, key=named.count)


def _place(hits: list[_Hit], subjects: tuple[Subject, ...], prompt: str) -> str:
    place = _first(hits, "place")
    named = {meaning for hit in hits for table, meaning in hit.meanings if table == "place"}
    kinds = {subject.kind for subject in subjects}
    if place == "room" and named - {"room"} and not any("window" in hit.phrase or "room" in hit.phrase for hit in hits):
        place = next(iter(sorted(named - {"room"})))
    if named >= {"mountain", "lake"} or (named >= {"forest", "lake"}):
        return "lake"
    if named >= {"city", "street"} and not any(hit.phrase in {"skyline", "cityscape"} for hit in hits):
        return "street"  # an alley of Tokyo is an alley
    for setting in ("lunar", "underwater", "volcano", "waterfall", "rooftops", "village"):
        if setting in named:
            return setting  # what tells most about the picture goes before what lies around it
    if place == "city" and kinds & {"tram", "bus", "car", "cyclist"}:
        return "street"
    if place:
        return place
    homes = (HOME_OF_WORD.get(s.word) or HOME.get(s.kind) for s in subjects)
    home = next((found for found in homes if found), None)
    if home is None and any(meaning == "neon" for hit in hits for _, meaning in hit.meanings):
        home = "street"  # where the signs are
    return home or _OPEN_PLACES[stable_seed(prompt) % len(_OPEN_PLACES)]


def _weather(hits: list[_Hit], features: set[str]) -> str:
    weather = _first(hits, "weather", last=False)
    if weather:
        return weather
    return "storm" if "tornado" in features else "clear"


def _season(hits: list[_Hit], weather: str, place: str) -> str:
    season = _first(hits, "season")
    if weather == "snow" or place == "snowfield":
        return "winter"
    return season or "summer"


def read_prompt(prompt: str, style: str | None = None, negative: str | None = None) -> SceneWords:
    """The meaning of a prompt. `style` (the form's own field) goes before the prompt's style words; words of `negative`,
    and words
    after "no" or "without", are taken out."""
    tokens = _tokens(prompt)
    hits = [hit for hit in _hits(tokens) if not _denied(tokens, hit)]
    if negative:
        refused = {meaning for hit in _hits(_tokens(negative)) for meaning in hit.meanings}
        hits = [hit for hit in hits if not refused.issuperset(hit.meanings)]
    features = {meaning for hit in hits for table, meaning in hit.meanings if table == "feature"}
    subjects = _subjects(tokens, hits)
    place = _place(hits, subjects, prompt)
    weather = _weather(hits, features)
    asked = _first(_hits(_tokens(style)), "style") if style else None
    time = _first(hits, "time") or ("night" if features & {"stars", "moon", "neon"} else "day")
    colours = tuple(dict.fromkeys(
        word for word, after in zip(tokens, [*tokens[1:], ""], strict=False)
        if word in vocabulary.COLOURS and after not in {"hair", "haired", "hour", "light", "retriever", "eyes"}
    ))
    return SceneWords(
        prompt=prompt,
        place=place,
        time=time,
        weather=weather,
        season=_season(hits, weather, place),
        subjects=subjects,
        style=asked or _first(hits, "style") or "natural",
        colours=colours,
        mood=_first(hits, "mood") or "calm",
        features=frozenset(features),
    )
