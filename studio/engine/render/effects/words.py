"""Reads the words of a sound: which sounds, how near, how loud, on what, how often, in what order, in what room."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.engine.render.effects.catalogue import BY_NAME, PLACES, SOUNDS, Sound
from studio.engine.render.effects.touch import Touch

_STAGES = re.compile(r"\b(?:and then|then|followed by|after (?:that|which)|and finally|finally|before)\b|;|→|->",
                     re.IGNORECASE)
_CLAUSES = re.compile(r"[,.:!?\n]|\b(?:and|with|while|as|plus|over|under|amid|among)\b", re.IGNORECASE)
_FAR = re.compile(r"\b(?:far(?: away| off)?|distant\w*|in the distance|off ?screen|remote|faraway|outside)\b", re.IGNORECASE)
_NEAR = re.compile(r"\b(?:close|close-?up|near(?:by)?|intimate|right here|up close)\b", re.IGNORECASE)
_LOUD = re.compile(r"\b(?:loud\w*|heavy|strong|hard|huge|massive|powerful|intense|violent|deafening|big|giant|pounding|"
                   r"torrential)\b", re.IGNORECASE)
_SOFT = re.compile(r"\b(?:soft\w*|quiet\w*|gentl[ey]|light|faint\w*|subtle|small|tiny|low|muffled|calm)\b", re.IGNORECASE)
_BIG = re.compile(r"\b(?:big|huge|massive|giant|deep|large|heavy|enormous|epic)\b", re.IGNORECASE)
_SMALL = re.compile(r"\b(?:small|tiny|little|light|short|thin|toy)\b", re.IGNORECASE)
_FAST = re.compile(r"\b(?:fast|quick\w*|rapid\w*|running|hurried|racing|frantic)\b", re.IGNORECASE)
_SLOW = re.compile(r"\b(?:slow\w*|lazy|creeping|heavy-footed)\b", re.IGNORECASE)
_MANY = re.compile(r"\b(?:many|several|multiple|repeated\w*|series of|a lot of|some|few|continuous\w*)\b", re.IGNORECASE)
_COUNTS = {"once": 1, "a single": 1, "one": 1, "single": 1, "twice": 2, "two": 2, "double": 2, "a pair of": 2, "thrice": 3,
           "three": 3,
           "triple": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_SURFACES = (("gravel", r"gravel|pebbles?|stones?|rubble"), ("snow", r"snow\w*|ice|icy"),
             ("wood", r"wood\w*|floorboards?|parquet|stairs|deck"),
             ("leaves", r"leaves|leafy|forest floor|twigs"), ("grass", r"grass\w*|lawn|meadow"), ("sand", r"sand\w*|beach"),
             ("metal", r"metal\w*|steel|grating|iron"), ("water", r"puddles?|water|mud\w*|wet"),
             ("stone", r"concrete|pavement|marble|tiles?|asphalt"))
_SPACES = (("cave", r"caves?|cavern|canyon"), ("church", r"church|cathedral|temple"),
           ("hall", r"hall|concert|arena|warehouse|gym|theat(?:re|er)|museum"),
           ("tunnel", r"tunnel|sewer|corridor|hallway|underpass"), ("bathroom", r"bathroom|shower room|toilet"),
           ("room", r"rooms?|indoors?|office|kitchen|bedroom|studio|library|house"),
           ("space", r"reverb\w*|echo\w*|ethereal"))
_NO = re.compile(r"\b(?:no|without(?: any)?|except)\s+((?:(?:water|heavy|loud|wind|church|"
                 r"background)\s)?[\w-]+(?:\s+(?:and|or)\s+[\w-]+)*)",
                 re.IGNORECASE)
_NOT_SOUNDS = {"reverb": r"reverb\w*|echo\w*"}


@dataclass(frozen=True, slots=True)
class Cue:
    """One sound to be made. `gain` a factor, `far` 0 (here) to 1 (far away), `count` where the words say how often.

    `stage` of `stages`: the part of the time in which it is heard. `pan` -1 to 1 where the words say it, else None.
    """

    sound: Sound
    gain: float
    far: float
    touch: Touch
    count: int | None
    many: bool
    stage: int
    stages: int
    pan: float | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood of the words. `room` is a name of sound.reverb.ROOMS or None."""

    cues: tuple[Cue, ...]
    room: str | None
    left_out: tuple[str, ...]
    not_understood: tuple[str, ...]


def read_words(prompt: str, description: str = "", negative: str = "", influence: float = 0.7) -> Heard:
    """The sounds that the words name; no cues where they name none.

    `influence` weighs the adjectives: 0 not at all, 0.7 as usual, 1 more than that.
    """
    without, unknown = _negative(negative)
    without |= {name for found in _NO.finditer(f"{prompt}. {description}") for name in _named(found.group(1))}
    cues: list[Cue] = []
    for text in (prompt, description):
        plain = _NO.sub(" ", text)
        stages = [stage for stage in _STAGES.split(plain) if stage.strip()]
        for number, stage in enumerate(stages):
            for clause in _CLAUSES.split(stage):
                for cue in _clause(clause, influence, number, len(stages)):
                    known = {one.sound.name for one in cues if one.stage == cue.stage}
                    if cue.sound.name not in without | known:
                        cues.append(cue)
    cues += _place_cues(f"{prompt} . {description}", cues, without)
    room = next((name for name, words in _SPACES if re.search(rf"\b(?:{words})\b", f"{prompt} {description}",
                                                              re.IGNORECASE)), None)
    return Heard(tuple(cues), None if "reverb" in without else room, tuple(sorted(without)), unknown)


def _clause(clause: str, influence: float, stage: int, stages: int) -> list[Cue]:
    weight = min(influence / 0.7, 1.4)
    far = 0.85 if _FAR.search(clause) else 0.0
    gain = 1.0
    gain *= 2.0**weight if _LOUD.search(clause) else 1.0
    gain *= 0.45**weight if _SOFT.search(clause) else 1.0
    gain *= 1.35**weight if _NEAR.search(clause) else 1.0
    size = 1.0 + (0.5 * weight if _BIG.search(clause) else 0.0) - (0.35 * min(weight, 1.2) if _SMALL.search(clause) else 0.0)
    pace = 1.45 if _FAST.search(clause) else 0.7 if _SLOW.search(clause) else 1.0
    surface = next((name for name, words in _SURFACES if re.search(rf"\b(?:{words})\b", clause, re.IGNORECASE)), "")
    pan = -0.75 if re.search(r"\b(?:on|from|to) the left\b", clause, re.IGNORECASE) else None
    pan = 0.75 if re.search(r"\b(?:on|from|to) the right\b", clause, re.IGNORECASE) else pan
    found = []
    for sound, match in _sounds(clause):
        many = bool(_MANY.search(clause)) or (sound.single is not None and match.endswith("s") and not match.endswith("ss"))
        found.append(Cue(sound, gain, far * min(weight, 1.0), Touch(max(size, 0.4), surface, pace), _count(clause), many,
                         stage, stages, pan))
    return found


def _sounds(text: str) -> list[tuple[Sound, str]]:
    """The sounds that a clause names with the words that did, each part of the clause counting for one sound only."""
    named = BY_NAME.get(text.strip().lower())
    if named is not None:  # the names by which a refusal lists them count too
        return [(named, named.name), *([(BY_NAME["thunder"], "thunders")] if named.name == "thunderstorm" else [])]
    rest = text
    found: list[tuple[int, Sound, str]] = []
    for sound in SOUNDS:
        match = re.search(rf"\b(?:{sound.words})\b", rest, re.IGNORECASE)
        if match:
            found.append((match.start(), sound, match.group().strip().lower()))
            rest = re.sub(rf"\b(?:{sound.words})\b", lambda m: " " * len(m.group()), rest, flags=re.IGNORECASE)
            if sound.name == "thunderstorm":
                found.append((match.start() + 1, BY_NAME["thunder"], "thunders"))
    names = {sound.name for _, sound, _ in found}
    # Steps on metal are steps, and a window that breaks is glass, not a blow as well.
    drop = set()
    if {"footsteps", "hooves"} & names:
        drop |= {"metal", "wood", "rustle", "impact", "snow"} | ({"stream", "water drops"} if "puddle" in text else set())
    breaks = re.search(r"\b(?:break|broke|shatter|smash)\w*", text, re.IGNORECASE)
    if "glass" in names and "clink" in names and not breaks:
        drop.add("glass")
    if "glass" in names and not re.search(r"\b(?:impact|thud|bang)", text, re.IGNORECASE):
        drop.add("impact")
    if {"door", "knocking"} <= names or {"door", "creak"} <= names:
        drop |= {"door"} if not re.search(r"\b(?:slam|shut|clos)\w*", text, re.IGNORECASE) else set()
    if "door" in names:
        drop |= {"impact"}
    return [(sound, words) for _, sound, words in sorted(found, key=lambda one: one[0]) if sound.name not in drop]


def _place_cues(text: str, cues: list[Cue], without: set[str]) -> list[Cue]:
    """The beds of the places that are named, unless a bed is there already or the place says only where a step falls."""
    if any(cue.sound.bed is not None for cue in cues):
        return []
    found: dict[str, float] = {}
    for words, beds in PLACES:
        if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE):
            for name, level in beds:
                found.setdefault(name, level)
    quiet = 0.35 if cues else 1.0
    return [Cue(BY_NAME[name], level * quiet, 0.0, Touch(), None, False, 0, 1, None) for name,
            level in found.items() if name not in without]


def _count(clause: str) -> int | None:
    number = re.search(r"\b(\d{1,2})\s*(?:x|times)?\b", clause)
    if number:
        return max(1, min(40, int(number.group(1))))
    for words, count in _COUNTS.items():
        if re.search(rf"\b{words}\b", clause, re.IGNORECASE):
            return count
    return None


def _negative(negative: str) -> tuple[set[str], tuple[str, ...]]:
    without: set[str] = set()
    unknown = []
    for tag in (part.strip() for part in re.split(r"[,;\n]", negative)):
        if tag:
            names = _named(tag)
            without |= names
            if not names:
                unknown.append(tag)
    return without, tuple(unknown)


def _named(text: str) -> set[str]:
    """Every sound that a tag may mean, and `reverb`."""
    names = {sound.name for sound in SOUNDS if re.search(rf"\b(?:{sound.words})\b", text,
                                                         re.IGNORECASE) or sound.name == text.lower()}
    return names | {name for name, words in _NOT_SOUNDS.items() if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)}
