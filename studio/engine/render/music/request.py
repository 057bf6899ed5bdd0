"""What was asked for, decided: the fields of music.generate turned into a brief for the composer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.engine.render.music.harmony import Key
from studio.engine.render.music.styles import NEUTRAL, STYLES, Style
from studio.engine.render.music.voice import RANGES
from studio.engine.render.music.words import MusicWords, read_words
from studio.engine.render.scene.words import stable_seed
from studio.engine.render.task import RenderRefusedError

MODES = ("auto", "song", "instrumental", "loop")
_USUAL_STYLE_WEIGHT, _USUAL_INFLUENCE, _USUAL_STRANGENESS = 0.8, 0.8, 0.2
_MOOD_STYLES = {"calm": "ambient", "mysterious": "ambient", "epic": "orchestral", "energetic": "house",
                "tense": "orchestral",
                "sad": "piano", "dark": "horror", "romantic": "piano", "warm": "folk", "happy": "pop"}
_INSTRUMENT_STYLES = {"distorted guitar": "rock", "electric guitar": "rock", "banjo": "country", "piano": "piano",
                      "strings": "classical",
                      "violin": "classical", "cello": "classical", "saxophone": "jazz", "guitar": "folk",
                      "nylon guitar": "bossa nova",
                      "flute": "folk", "brass": "orchestral", "choir": "orchestral", "organ": "reggae", "harp": "lullaby",
                      "music box": "lullaby", "synth lead": "synthwave", "pad": "ambient", "whistle": "celtic",
                      "accordion": "waltz"}
_ROLES = {"chords": ("piano", "electric piano", "guitar", "nylon guitar", "organ", "electric guitar", "distorted guitar",
                     "accordion",
                     "harp"),
          "pad": ("pad", "choir", "strings"), "arp": ("pluck synth", "music box", "bells", "marimba")}
_SPARE = ("electric piano", "piano", "guitar", "strings", "pad", "marimba", "flute")
_KIN = {"guitar": ("nylon guitar", "electric guitar", "distorted guitar", "banjo"), "strings": ("violin", "cello"),
        "synth lead": ("supersaw", "pluck synth", "pad", "dark pad", "synth bass"), "pad": ("dark pad",),
        "piano": ("electric piano",)}


@dataclass(frozen=True, slots=True)
class MusicBrief:
    """All that the composer and the players need. `players` maps roles (lead, chords, bass, pad, arp) to instruments."""

    seconds: float
    seed: int
    style: Style
    signature: Style
    key: Key
    bpm: float
    bpm_exact: bool
    beats: int
    energy: float
    busy: float
    strange: float
    swing: float
    air_db: float
    wet: float
    players: Mapping[str, str]
    drums: bool
    voice: str | None
    lyrics: str
    loop: bool
    words: MusicWords


def read_request(values: Mapping[str, object]) -> MusicBrief:
    """The brief for validated input of music.generate; RenderRefusedError with the field for what cannot be had."""
    mode = str(values.get("mode") or "auto").strip().lower()
    if mode not in MODES:
        raise RenderRefusedError(f"The engine knows no mode “{mode}”. Choose {', '.join(MODES[:-1])} or {MODES[-1]}.",
                                 "mode")
    _refuse(values)
    prompt = str(values.get("prompt") or "")
    custom = values.get("custom_mode") is True
    given = [str(values.get(name) or "") for name in ("style", "description_prompt")]
    heard = [given[0], *([] if custom and values.get("instrumental") is not True else [prompt]), given[1],
             str(values.get("title") or "")]
    words = read_words(" , ".join(text for text in heard if text.strip()), str(values.get("negative_tags") or ""))
    seed = values.get("seed")
    seed = seed if isinstance(seed, int) else stable_seed(prompt)
    rng = np.random.default_rng([seed, 1])
    influence = _share(values, "prompt_influence", _USUAL_INFLUENCE)
    weight = _share(values, "style_weight", _USUAL_STYLE_WEIGHT)
    strange = _share(values, "weirdness_constraint", _USUAL_STRANGENESS)
    style = words.style or _style_of(words)
    signature = style if weight >= 0.4 else NEUTRAL
    voice = _voice(values, words, custom, mode)
    bpm, exact = _tempo(words, style, weight, influence, rng)
    follow = influence / _USUAL_INFLUENCE
    closeness = min(1.0, weight / _USUAL_STYLE_WEIGHT)
    energy = sum(mood.energy for mood in words.moods) * follow
    return MusicBrief(
        seconds=float(str(values.get("duration_seconds") or 30)), seed=seed, style=style, signature=signature,
        key=_key(words, style, follow, rng), bpm=bpm, bpm_exact=exact, beats=3 if words.three or style.beats == 3 else 4,
        energy=float(np.clip(energy, -0.5, 0.5)),
        busy=float(np.clip(style.busy + sum(mood.busy for mood in words.moods) * follow, 0.05, 1.0)), strange=strange,
        swing=0.0 if "swing" in words.without else style.swing * closeness,
        air_db=style.air_db * closeness + sum(mood.air_db for mood in words.moods) * follow,
        wet=0.0 if "reverb" in words.without else style.wet, players=_players(words, style, weight, influence),
        drums="drums" not in words.without and signature.beat is not None, voice=voice, lyrics=prompt if custom else "",
        loop=mode == "loop", words=words,
    )


def _refuse(values: Mapping[str, object]) -> None:
    if values.get("persona_id"):
        raise RenderRefusedError("The engine has no stored personas. Leave the persona empty and choose vocal_gender.",
                                 "persona_id")
    if values.get("audio_weight") is not None:
        words = "The engine follows no given sound in music.generate: there is nothing to weigh. Leave audio_weight empty."
        raise RenderRefusedError(words, "audio_weight")


def _share(values: Mapping[str, object], name: str, usual: float) -> float:
    value = values.get(name)
    return float(value) if isinstance(value, (int, float)) else usual


def _style_of(words: MusicWords) -> Style:
    """Where no style is named: by the first instrument, else by the first mood, else plain pop."""
    names = [_INSTRUMENT_STYLES[one] for one in words.instruments if one in _INSTRUMENT_STYLES]
    names += [_MOOD_STYLES[mood.name] for mood in words.moods]
    names = [name for name in names if f"style:{name}" not in words.without]
    return next((style for style in STYLES if names and style.name == names[0]), NEUTRAL)


def _voice(values: Mapping[str, object], words: MusicWords, custom: bool, mode: str) -> str | None:
    """m or f for a sung lead, None for none: the field, then the mode, then the words, then custom mode decides."""
    instrumental = values.get("instrumental")
    if instrumental is True or mode == "instrumental" or "voice" in words.without:
        return None
    if not (instrumental is False or mode == "song" or words.voice or (custom and words.voice is None)):
        return None
    gender = values.get("vocal_gender")
    if gender in RANGES:
        return str(gender)
    text = f"{values.get('prompt')} {values.get('style') or ''}"
    return "m" if re.search(r"\b(male|man|men|baritone|bass voice|tenor|deep voice)\b", text, re.IGNORECASE) else "f"


def _tempo(words: MusicWords, style: Style, weight: float, influence: float, rng: np.random.Generator) -> tuple[float, bool]:
    low, high = style.tempo
    own = float(rng.uniform(low, high))
    middle = sum(NEUTRAL.tempo) / 2
    closeness = min(1.0, 0.35 + weight / _USUAL_STYLE_WEIGHT * 0.65)
    own = middle + (own - middle) * closeness
    if words.bpm is not None and words.bpm_exact:
        return words.bpm, True
    share = min(1.0, influence / _USUAL_INFLUENCE)
    if words.bpm is not None:
        return own + (words.bpm - own) * share, False
    factor = words.pace
    for mood in words.moods:
        factor *= mood.tempo
    return float(np.clip(own * factor**share, 44, 200)), False


def _key(words: MusicWords, style: Style, follow: float, rng: np.random.Generator) -> Key:
    tonic = int(rng.integers(0, 12))
    scale = style.scale
    moods = [mood.scale for mood in words.moods if mood.scale]
    if moods and follow >= 0.3 and style.scale != "blues":
        scale = moods[0] if not (moods[0] == "minor" and style.scale in ("dorian", "phrygian")) else style.scale
    return Key(tonic if words.tonic is None else words.tonic, words.scale or scale)


def _players(words: MusicWords, style: Style, weight: float, influence: float) -> dict[str, str]:
    """Who plays what: the style's players, then the instruments that were named, none that was left out."""
    banned = set(words.without) | {kin for name in words.without for kin in _KIN.get(name, ())}
    source = style if weight >= 0.2 else NEUTRAL
    wanted: dict[str, str | None] = {"lead": source.lead, "chords": source.chords, "bass": source.bass, "pad": source.pad,
                                     "arp": source.arp}
    taken: set[str] = set()
    for name in words.instruments[: round(influence * 5)]:
        own = next((role for role, names in _ROLES.items() if name in names), "lead")
        role = next((one for one in (own, "lead", "chords", "arp", "pad") if one not in taken), None)
        if role is not None:
            wanted[role] = name
            taken.add(role)
    players: dict[str, str] = {}
    for role, player in wanted.items():
        if player is None or role in banned or (role == "lead" and "melody" in banned):
            continue
        found = player if player not in banned else _spare(role, banned)
        if found is not None:
            players[role] = found
    return players


def _spare(role: str, banned: set[str]) -> str | None:
    """Who plays instead of one that was left out; a pad or an arpeggio is simply left out with its player."""
    spare: tuple[str, ...] = {"pad": (), "arp": (), "bass": ("upright bass", "synth bass")}.get(role, _SPARE)
    return next((one for one in spare if one not in banned), None)
