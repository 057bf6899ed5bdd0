"""A piper voice of the person's own: NAME.onnx with NAME.onnx.json beside it, looked at and not loaded.

The form is that of https://github.com/OHF-voice/piper1-gpl: a VITS graph with the inputs input, input_lengths, scales and,
for several speakers, sid; its description names the rate, espeak-ng's voice and the number of each phoneme.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.render.narration.piper.onnx_file import NoOnnxError, OnnxFile, read_onnx

if TYPE_CHECKING:
    from studio.engine.render.narration.speaker import Speaker

_LARGEST_VOICE, _LARGEST_WORDS = 1_000_000_000, 2_000_000  # bytes
_INPUTS = {"input", "input_lengths", "scales"}
_RATES = (8_000, 48_000)
_MOST_SYMBOLS, _MOST_SPEAKERS = 10_000, 10_000
_SPEAKER_MARK = ":"
_ESPEAK = re.compile(r"[A-Za-z][A-Za-z0-9+_-]{0,60}")
PAD, BEGIN, END = "_", "^", "$"


class UnusableVoiceError(Exception):
    """Why a voice cannot be used, as the end of a sentence that names it."""


@dataclass(frozen=True, slots=True)
class Scales:
    """A voice's own: how much its sound varies (`noise`), how long it takes (`length`), how much its rhythm varies."""

    noise: float = 0.667
    length: float = 1.0
    rhythm: float = 0.8


@dataclass(frozen=True, slots=True)
class PiperVoice:
    """`id`: what a request says in voice_id; with a speaker's name after a colon where it has several. `numbers`: of each
    phoneme. `durations`: the output that has the length of each phoneme in hops; `inner`: it has to be made one first."""

    id: str
    path: Path
    espeak: str
    rate: int
    numbers: Mapping[str, tuple[int, ...]]
    scales: Scales
    hop: int
    speakers: Mapping[str, int]
    speaker: int | None = None
    spells: bool = False
    durations: str | None = None
    inner: bool = False

    @property
    def language(self) -> str:
        """The code of the language that it speaks."""
        return self.espeak.lower()

    def speaker_of(self, seed: int) -> Speaker:
        """What speaks a narration: see narration.speaker. The libraries are imported here."""
        from studio.engine.render.narration.piper.speaking import PiperSpeaker

        return PiperSpeaker(self, seed)


def read_voice(path: Path) -> PiperVoice:
    """The voice in an .onnx file. Raises UnusableVoiceError with the reason, and OSError where the disk refuses."""
    if path.stat().st_size > _LARGEST_VOICE:
        raise UnusableVoiceError("it is larger than any voice")
    said = _description(described_by(path))
    try:
        graph = read_onnx(path)
    except NoOnnxError as error:
        raise UnusableVoiceError(str(error)) from error
    several = "sid" in graph.inputs
    if not graph.outputs or set(graph.inputs) - {"sid"} != _INPUTS:
        raise UnusableVoiceError("it is no piper voice: such a one takes input, input_lengths and scales")
    rate, numbers = _number(said, "audio", "sample_rate"), _phonemes(said)
    if not _RATES[0] <= rate <= _RATES[1]:
        raise UnusableVoiceError(f"its rate is {rate:g} Hz; {_RATES[0]} to {_RATES[1]} are taken")
    kind, espeak = said.get("phoneme_type", "espeak"), _part(said, "espeak").get("voice")
    if kind not in ("espeak", "text"):
        raise UnusableVoiceError(f"it is spelled by {str(kind)[:40]}; only espeak-ng's phonemes and letters are known here")
    if not isinstance(espeak, str) or not _ESPEAK.fullmatch(espeak):
        raise UnusableVoiceError("it does not say which of espeak-ng's voices pronounces for it")
    durations, inner = _durations(graph)
    return PiperVoice(path.stem, path, espeak, round(rate), numbers, _scales(said), _hop(said),
                      _speakers(said) if several else {}, 0 if several else None, kind == "text", durations, inner)


def described_by(path: Path) -> Path:
    """The file that describes a voice."""
    return path.with_name(path.name + ".json")


def named(voice: PiperVoice, asked: str) -> str | None:
    """The speaker that is asked for ("" for the voice itself), None where another voice is meant. Case and the kind of dash
    do not count."""
    own, wanted = plain(voice.id), plain(asked)
    if wanted == own:
        return ""
    head, mark, speaker = wanted.partition(_SPEAKER_MARK)
    if not mark or head != own:
        return None
    return next((name for name in voice.speakers if plain(name) == speaker), None)


def plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")


def names_of(voice: PiperVoice, most: int = 8) -> list[str]:
    """What to say for this voice, and for the first few of its speakers."""
    speakers = list(voice.speakers)[:most] if len(voice.speakers) > 1 else []
    return [voice.id, *(f"{voice.id}{_SPEAKER_MARK}{name}" for name in speakers)]


def _description(path: Path) -> Mapping[str, object]:
    try:
        if path.stat().st_size > _LARGEST_WORDS:
            raise UnusableVoiceError(f"{path.name} is too large")
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UnusableVoiceError(f"{path.name}, which describes it, does not lie beside it") from None
    except (ValueError, RecursionError):
        raise UnusableVoiceError(f"{path.name} is no JSON") from None
    if not isinstance(found, dict):
        raise UnusableVoiceError(f"{path.name} is no JSON object")
    return found


def _part(said: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _number(said: Mapping[str, object], part: str, name: str) -> float:
    value = _part(said, part).get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnusableVoiceError(f"its description has no number {part}.{name}")
    return float(value)


def _phonemes(said: Mapping[str, object]) -> Mapping[str, tuple[int, ...]]:
    given = _part(said, "phoneme_id_map")
    found: dict[str, tuple[int, ...]] = {}
    for symbol, numbers in list(given.items())[:_MOST_SYMBOLS]:
        whole = isinstance(numbers, list) and all(type(one) is int and 0 <= one < _MOST_SYMBOLS for one in numbers)
        if not isinstance(numbers, list) or not whole:
            raise UnusableVoiceError("its phoneme_id_map is not what it should be")
        found[symbol] = tuple(numbers)
    if not {PAD, BEGIN, END} <= found.keys():
        raise UnusableVoiceError("its phoneme_id_map lacks the signs for begin, end and pause")
    return found


def _scales(said: Mapping[str, object]) -> Scales:
    inference, usual = _part(said, "inference"), Scales()

    def scale(name: str, or_else: float) -> float:
        value = inference.get(name)
        sound = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 4
        return float(value) if sound and isinstance(value, (int, float)) else or_else

    return Scales(scale("noise_scale", usual.noise), scale("length_scale", usual.length) or usual.length,
                  scale("noise_w", usual.rhythm))


def _hop(said: Mapping[str, object]) -> int:
    value = said.get("hop_length")
    return value if type(value) is int and 1 <= value <= 4096 else 256


def _speakers(said: Mapping[str, object]) -> Mapping[str, int]:
    given = list(_part(said, "speaker_id_map").items())[:_MOST_SPEAKERS]
    return {name: number for name, number in given if type(number) is int and 0 <= number < _MOST_SPEAKERS}


def _durations(graph: OnnxFile) -> tuple[str | None, bool]:
    """The length of each phoneme: a second output in newer voices, in others the one value that is rounded up inside."""
    if len(graph.outputs) > 1:
        return graph.outputs[1], False
    return (graph.ceils[0], True) if len(set(graph.ceils)) == 1 else (None, False)
