"""Reads the words of a request: style, moods, tempo, key, metre, instruments, and what is to be left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.engine.render.music.instruments import WORDS as INSTRUMENT_WORDS
from studio.engine.render.music.styles import STYLES, Style


@dataclass(frozen=True, slots=True)
class Mood:
    """What a mood does: tempo by a factor, the treble in dB, louder or thinner playing, major or minor."""

    name: str
    words: str
    tempo: float = 1.0
    air_db: float = 0.0
    energy: float = 0.0
    scale: str | None = None
    busy: float = 0.0


MOODS: tuple[Mood, ...] = (
    Mood("happy", r"happ\w+|cheerful|joy\w*|upbeat|sunny|fun|playful|bright|feel.?good|optimistic|uplifting", 1.06, 1.5, 0.1,
         "major",
         0.1),
    Mood("sad", r"sad\w*|melanchol\w+|lonely|grief|heartbreak|tears|sorrow\w*|wistful|longing|nostalgi\w+", 0.86, -2.0,
         -0.15, "minor",
         -0.1),
    Mood("dark", r"dark\w*|ominous|menacing|brooding|grim|evil|gloomy", 0.93, -3.5, 0.0, "minor"),
    Mood("calm", r"calm\w*|peaceful|gentle|relax\w+|soft|serene|tranquil|soothing|quiet|tender|dreamy|mellow|chill", 0.85,
         -2.5,
         -0.3, None, -0.15),
    Mood("energetic", r"energ\w+|powerful|driving|intense|aggressive|hard|pumping|workout|action|fierce|exciting|dynamic",
         1.1, 2.0,
         0.3, None, 0.15),
    Mood("epic", r"epic|heroic|triumph\w*|majestic|grand|dramatic|soaring", 1.0, 1.0, 0.3),
    Mood("tense", r"tens\w+|suspense\w*|anxious|urgent|nervous|chase", 1.08, 0.0, 0.1, "minor", 0.1),
    Mood("romantic", r"romantic|love|wedding|sensual|intimate", 0.92, -1.0, -0.1, None, -0.05),
    Mood("warm", r"warm\w*|cozy|cosy|vintage|analog", 0.97, -3.0, -0.05),
    Mood("mysterious", r"myster\w+|magic\w*|ethereal|otherworldly|enchant\w+", 0.92, -0.5, -0.1, "dorian", -0.1),
)
_TEMPO_WORDS: tuple[tuple[str, int], ...] = (
    (r"very slow|largo|lento|grave", 50), (r"adagio", 66), (r"andante", 84), (r"moderato|mid.?tempo|medium tempo", 108),
    (r"allegretto", 114), (r"allegro", 132), (r"vivace", 152), (r"presto|very fast|breakneck", 176),
)
_TONICS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_KEY = re.compile(
    r"\b(?:(?:in|key of)\s+)?([A-Ga-g])\s?(#|♯|-?sharp|b(?=\s)|♭|-?flat)?[\s-]+(major|minor|maj|min|dorian|mixolydian|"
    r"lydian|phrygian)\b")
_BPM = re.compile(r"\b(\d{2,3}(?:\.\d+)?)\s?-?bpm\b|\bbpm\s?[:=]?\s?(\d{2,3})\b", re.IGNORECASE)
_METRE = re.compile(r"\b3/4\b|\bwaltz\b|\bin three\b|\btriple (?:metre|meter|time)\b", re.IGNORECASE)
_VOICE = re.compile(r"\b(vocals?|voice|sing(?:er|ing)?|sung|humm?(?:ed|ing)?|acapella|a cappella|lyrics|lead vocal)\b",
                    re.IGNORECASE)
_NO_VOICE = re.compile(r"\b(instrumental|no (?:vocals?|voices?|sing\w+|lyrics)|without (?:vocals?|voices?|sing\w+|"
                       r"a voice))\b",
                       re.IGNORECASE)
_LEFT_OUT = re.compile(
    r"\b(?:no|without(?: any)?|minus|except(?: for)?)\s+"
    r"((?:(?:electric|acoustic|distorted|heavy|synth|lead|backing|bass|hi)\s)?[\w-]+(?:\s+(?:and|or)\s+[\w-]+)*)",
    re.IGNORECASE)
ROLES: dict[str, str] = {
    "drums": r"drums?|percussion|beats?|rhythm section|drumming", "bass": r"bass(?:line)?",
    "pad": r"pads?|drones?|background",
    "melody": r"melod\w+|lead|solo", "arp": r"arps?|arpeggi\w+", "chords": r"chords?|harmony",
    "voice": r"vocals?|voices?|sing\w+|lyrics|humm\w+",
    "reverb": r"reverb|echo", "swing": r"swing|shuffle",
    "kick": r"kicks?|bass drum", "snare": r"snares?", "hats": r"hi-?hats?|hats?", "cymbals": r"cymbals?|crash(?:es)?|rides?",
    "claps": r"claps?|handclaps?", "toms": r"toms?",
}


@dataclass(frozen=True, slots=True)
class MusicWords:
    """What was understood. `bpm` and `tonic` (0 to 11) where the words give them; `without` holds roles and instruments."""

    style: Style | None
    moods: tuple[Mood, ...]
    bpm: float | None
    bpm_exact: bool
    tonic: int | None
    scale: str | None
    three: bool
    instruments: tuple[str, ...]
    without: frozenset[str]
    voice: bool | None
    pace: float = 1.0
    left_out_unknown: tuple[str, ...] = field(default=())


def read_words(text: str, negative: str = "") -> MusicWords:
    """What the words ask for. `negative` is a list with commas; "no drums" in the text counts as well."""
    without, unknown = _left_out(text, negative)
    heard = _LEFT_OUT.sub(" ", text)
    style = _first_style(heard, without)
    bpm, exact, pace = _tempo(text)
    tonic, scale = _key(text)
    if scale is None and (found := re.search(r"\b(major|minor|dorian|mixolydian|lydian|phrygian)\b", heard, re.IGNORECASE)):
        scale = found.group(1).lower()
    voice = False if _NO_VOICE.search(text) or "voice" in without else True if _VOICE.search(heard) else None
    moods = tuple(mood for mood in MOODS if _has(mood.words, heard) and not _has(mood.words, negative))
    return MusicWords(style, moods, bpm, exact, tonic, scale, bool(_METRE.search(heard)), _instruments(heard, without),
                      without,
                      voice, pace, unknown)


def _first_style(text: str, without: frozenset[str]) -> Style | None:
    """The style named first; of two at the same place the longer words (synthwave before wave)."""
    found: list[tuple[int, int, Style]] = []
    for style in STYLES:
        match = re.search(rf"\b(?:{style.words})\b", text, re.IGNORECASE)
        if match and f"style:{style.name}" not in without:
            found.append((match.start(), -len(match.group()), style))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _tempo(text: str) -> tuple[float | None, bool, float]:
    """(beats a minute, whether given as a number, a factor for the style's own tempo)."""
    number = _BPM.search(text)
    if number:
        return float(min(max(float(number.group(1) or number.group(2)), 40.0), 220.0)), True, 1.0
    for words, bpm in _TEMPO_WORDS:
        if _has(words, text):
            return float(bpm), False, 1.0
    if _has(r"slow\w*|downtempo|laid.?back|lazy", text):
        return None, False, 0.8
    if _has(r"fast\w*|quick\w*|up.?tempo|rapid|speedy|racing", text):
        return None, False, 1.2
    return None, False, 1.0


def _key(text: str) -> tuple[int | None, str | None]:
    found = _KEY.search(text)
    if not found:
        return None, None
    letter, sign, scale = found.group(1).lower(), (found.group(2) or "").strip("-").lower(), found.group(3).lower()
    shift = 1 if sign in ("#", "♯", "sharp") else -1 if sign else 0
    return (_TONICS[letter] + shift) % 12, {"maj": "major", "min": "minor"}.get(scale, scale)


def _instruments(text: str, without: frozenset[str]) -> tuple[str, ...]:
    """In the order of the words; a word counts once (“electric guitar” is no second “guitar”)."""
    found: dict[str, int] = {}
    rest = text
    for words, name in INSTRUMENT_WORDS:
        match = re.search(rf"\b(?:{words})\b", rest, re.IGNORECASE)
        if match:
            found.setdefault(name, match.start())
            rest = re.sub(rf"\b(?:{words})\b", lambda m: " " * len(m.group()), rest, flags=re.IGNORECASE)
    return tuple(name for name in sorted(found, key=found.__getitem__) if name not in without)


def _left_out(text: str, negative: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Roles, instruments and styles to be left out, and the tags that name none of them."""
    tags = [tag.strip() for tag in re.split(r"[,;\n]", negative) if tag.strip()]
    said = [match.group(1).strip() for match in _LEFT_OUT.finditer(text)]
    without: set[str] = set()
    unknown = []
    for number, tag in enumerate([*tags, *said]):
        names = {role for role, words in ROLES.items() if _has(words, tag)}
        if names & {"kick"} and _has(r"bass drums?", tag):
            names.discard("bass")
            names.discard("drums")
        names |= {name for words, name in INSTRUMENT_WORDS if _has(words, tag)}
        names |= {f"style:{style.name}" for style in STYLES if _has(style.words, tag)}
        names |= {f"mood:{mood.name}" for mood in MOODS if _has(mood.words, tag)}
        if not names and number < len(tags):
            unknown.append(tag)
        without |= names
    return frozenset(without), tuple(unknown)


def _has(words: str, text: str) -> bool:
    return re.search(rf"\b(?:{words})\b", text, re.IGNORECASE) is not None
