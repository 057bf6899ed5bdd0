"""Which voice a voice_id means: names of our own, languages by code or name, and espeak-ng's own voices with variants."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from studio.engine.render.narration.espeak import paths
from studio.engine.render.narration.speaker import EspeakSpeaker, Speaker
from studio.engine.render.task import RenderRefusedError


@dataclass(frozen=True, slots=True)
class Voice:
    """`espeak` is what the library calls it; `pitch` and `pitch_range` are its own (50 is the library's default)."""

    id: str
    espeak: str
    pitch: int = 50
    pitch_range: int = 50
    about: str = ""

    @property
    def language(self) -> str:
        """The code of the language; the library's file of British English is just called en."""
        name = self.espeak.partition("+")[0].lower()
        return "en-gb" if name == "en" else name

    def speaker_of(self, seed: int) -> Speaker:
        """What speaks a narration with this voice."""
        return EspeakSpeaker(self.espeak, self.pitch, self.pitch_range, seed)


NAMED: tuple[Voice, ...] = (
    Voice("narrator", "en-us", 42, 48, "American English, a man, even"),
    Voice("james", "en", 40, 50, "British English, a man"),
    Voice("oliver", "en-gb-x-rp+m3", 44, 52, "British English, a man, formal"),
    Voice("marcus", "en-us+m7", 36, 46, "American English, a man, deep"),
    Voice("leo", "en-us+m1", 55, 58, "American English, a young man"),
    Voice("fergus", "en-gb-scotland", 45, 55, "Scottish English, a man"),
    Voice("aria", "en-us+f3", 48, 52, "American English, a woman"),
    Voice("emma", "en+f2", 50, 55, "British English, a woman"),
    Voice("nova", "en-us+f4", 52, 58, "American English, a woman, bright"),
    Voice("grace", "en-us+Annie", 40, 48, "American English, a woman, low"),
    Voice("grandma", "en+grandma", 50, 52, "British English, an old woman"),
    Voice("grandpa", "en+grandpa", 45, 52, "British English, an old man"),
    Voice("whisper", "en-us+whisper", 45, 45, "American English, whispering"),
    Voice("robot", "en-us+klatt", 40, 15, "American English, a machine"),
    Voice("hans", "de+m3", 42, 50, "German, a man"), Voice("greta", "de+f3", 48, 52, "German, a woman"),
    Voice("louis", "fr+m3", 44, 52, "French, a man"), Voice("claire", "fr+f3", 48, 54, "French, a woman"),
    Voice("diego", "es-419+m3", 44, 54, "Latin American Spanish, a man"),
    Voice("lucia", "es+f3", 48, 54, "Spanish, a woman"), Voice("marco", "it+m3", 44, 55, "Italian, a man"),
    Voice("sofia", "it+f3", 48, 56, "Italian, a woman"), Voice("ana", "pt-br+f3", 48, 54, "Brazilian Portuguese, a woman"),
)
DEFAULT = NAMED[0]
# Where no voice is asked for, the script tells the language.
_SCRIPTS = (("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("HANGUL", "ko"), ("CJK", "cmn"), ("CYRILLIC", "ru"), ("GREEK", "el"),
            ("ARABIC", "ar"), ("HEBREW", "he"), ("DEVANAGARI", "hi"), ("BENGALI", "bn"), ("TAMIL", "ta"), ("GEORGIAN", "ka"),
            ("ARMENIAN", "hy"), ("TELUGU", "te"), ("GURMUKHI", "pa"), ("ETHIOPIC", "am"))


def find_voice(voice_id: str | None, text: str) -> Voice:
    """The voice that is meant; RenderRefusedError("voice_id") for one that there is not, with some that there are."""
    if voice_id is None or not voice_id.strip():
        return _by_script(text)
    asked = voice_id.strip().lower().replace("_", "-")
    for voice in NAMED:
        if voice.id == asked:
            return voice
    base, _, variant = asked.partition("+")
    languages = language_codes()
    language = languages.get(base)
    variants = variant_names()
    if language is not None and (not variant or variant in variants):
        pitch = 48 if re.match(r"f\d|annie|linda|steph|anika|belinda|alicia|andrea|aunty|grandma", variant) else 44
        return Voice(asked, language + (f"+{variants[variant]}" if variant else ""), pitch)
    near = difflib.get_close_matches(asked, [voice.id for voice in NAMED], 2, 0.6)
    some = ", ".join(dict.fromkeys([*near, *(voice.id for voice in NAMED[:12])]))
    raise RenderRefusedError(
        f"There is no voice “{voice_id}” here. Choose one of {some}, or a language such as de, fr, es or en-gb, with a "
        f"variant "
        "such as de+f3.", "voice_id")


def is_taken(name: str) -> bool:
    """Whether a voice_id is one that is always here, so that no file can have that name."""
    asked = name.strip().lower().replace("_", "-")
    return any(voice.id == asked for voice in NAMED) or asked.partition("+")[0] in language_codes()


def _by_script(text: str) -> Voice:
    letters = [char for char in text if char.isalpha()][:2000]
    counts: dict[str, int] = {}
    for char in letters:
        name = unicodedata.name(char, "")
        script = next((word for word, _ in _SCRIPTS if name.startswith(word)), "")
        counts[script] = counts.get(script, 0) + 1
    if counts.get("HIRAGANA", 0) + counts.get("KATAKANA", 0) > len(letters) * 0.1:
        return Voice("ja", "ja", 46)
    script = max(counts, key=lambda word: counts[word], default="")
    language = dict(_SCRIPTS).get(script)
    return DEFAULT if language is None else Voice(language, language, 46)


@lru_cache(maxsize=1)
def language_codes() -> dict[str, str]:
    """Codes and English names of the languages, in small letters, to the library's own names of them."""
    found: dict[str, str] = {}
    others: dict[str, str] = {}
    for path in sorted((Path(paths()[1]) / "lang").rglob("*")):
        if not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if not _has_dictionary(path.name, lines):
            continue  # the library lists a few that it cannot speak
        found[path.name.lower()] = path.name
        for code in [line.split()[1].lower() for line in lines if line.startswith("language ")][:1]:
            others.setdefault(code, path.name)
        name = next((line[5:].strip().lower() for line in lines if line.startswith("name ")), "")
        others.setdefault(name, path.name)
        plain = re.sub(r"\s*\(.*\)", "", name)
        if plain == name or plain not in others or path.name == path.name.lower()[:2]:
            others[plain] = path.name
    return {**others, "english": "en-us", "zh": "cmn", "chinese": "cmn", "no": "nb", **found}


def _has_dictionary(name: str, lines: list[str]) -> bool:
    named = next((line.split()[1] for line in lines if line.startswith("dictionary ")), name.partition("-")[0])
    return (Path(paths()[1]) / f"{named}_dict").exists()


@lru_cache(maxsize=1)
def variant_names() -> dict[str, str]:
    """The variants in small letters to the names of their files (without the few that have a space)."""
    folder = Path(paths()[1]) / "voices" / "!v"
    return {path.name.lower(): path.name for path in sorted(folder.iterdir()) if " " not in path.name}
