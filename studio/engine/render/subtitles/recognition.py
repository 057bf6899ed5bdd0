"""Words with times: recognized by pocketsphinx and the US English model of its wheel, or known words laid to the sound."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder

from studio.engine.render.narration.espeak import SpeechError
from studio.engine.render.subtitles.phonemes import phones_of
from studio.engine.render.subtitles.speech_gate import RATE, Samples, Stretch

log = logging.getLogger(__name__)
MODEL = "pocketsphinx en-us"
_PAD_S = 0.3
_REST_S = 0.5
# Perfect silence is nothing that the model has ever heard, and the last words are lost in it: a trace of noise is added.
_HISS = (0.0005, 0.002)
_FRAME_S = 0.01
_LONGEST_S = 20.0
# Wide enough that the known words are followed through a voice the model has never heard.
_WIDE = {"beam": 1e-100, "wbeam": 1e-80, "pbeam": 1e-100}


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is to be read, and when it is heard, seconds."""

    text: str
    begin: float
    end: float


def recognized(sound: Samples, stretches: Sequence[Stretch], progress: Callable[[float], None]) -> list[Word]:
    """What is said in the stretches of speech of a sound (mono, 16 kHz). `progress` takes 0 to 1 and may raise."""
    decoder = Decoder(loglevel="FATAL")
    words: list[Word] = []
    parts = _in_parts(stretches)
    for number, part in enumerate(parts):
        progress(number / len(parts))
        begin, piece = _piece(sound, part)
        _hear(decoder, piece)
        words += [Word(name, begin + first * _FRAME_S, begin + last * _FRAME_S) for name, first, last in _heard(decoder)]
    return _written(words)


def aligned(text: str, sound: Samples, stretches: Sequence[Stretch]) -> tuple[list[Word], bool]:
    """The words of a known text with the times at which they are heard; and whether the sound told them.

    Where the sound cannot be followed (another language, an odd voice) the words are spread over the speech by length.
    """
    tokens = _tokens(text)
    if not tokens or not stretches:
        return [], False
    begin, piece = _piece(sound, Stretch(stretches[0].begin, stretches[-1].end), _REST_S)
    for level in _HISS:
        hiss = np.random.default_rng(1).normal(0.0, level, len(piece))
        times = _followed(tokens, np.asarray(piece + hiss, np.float32))
        if times is not None:
            words = [Word(token, begin + first, begin + last) for token, (first, last) in zip(tokens, times, strict=True)]
            return words, True
    return _spread(tokens, stretches), False


def _followed(tokens: Sequence[str], piece: Samples) -> list[tuple[float, float]] | None:
    """The begin and end of each token within a piece; None where the recognizer loses the way."""
    decoder = Decoder(loglevel="FATAL", lm=None, **_WIDE)
    names = _names(decoder, tokens)
    if names is None:
        return None
    decoder.set_align_text(" ".join(names))
    _hear(decoder, piece)
    spoken = _heard(decoder)
    if [name for name, _, _ in spoken] != names:
        return None
    return [(first * _FRAME_S, last * _FRAME_S) for _, first, last in spoken]


def _names(decoder: Decoder, tokens: Sequence[str]) -> list[str] | None:
    """What the dictionary calls each token; tokens that it lacks are added by their sound. None where one has none."""
    plain = [re.sub(r"[^\w']+", "", token.lower()).strip("'") for token in tokens]
    pairs = list(zip(tokens, plain, strict=True))
    missing = {token for token, word in pairs if not word or decoder.lookup_word(word) is None}
    try:
        sounds = phones_of(sorted(missing)) if missing else {}
    except SpeechError:
        log.warning("words missing from the dictionary cannot be spelled out", exc_info=True)
        return None
    names: dict[str, str] = {}
    for number, token in enumerate(sorted(missing)):
        if token not in sounds:
            return None
        names[token] = f"added{number}"
        decoder.add_word(names[token], sounds[token], True)
    return [names.get(token, word) for token, word in pairs]


def _tokens(text: str) -> list[str]:
    """The words of a text with their punctuation; signs that stand alone join the word before them."""
    tokens: list[str] = []
    for token in text.split():
        if re.search(r"\w", token):
            tokens.append(token)
        elif tokens:
            tokens[-1] += f" {token}"
    return tokens


def _spread(tokens: Sequence[str], stretches: Sequence[Stretch]) -> list[Word]:
    """Words over the stretches of speech, each as long as its share of the letters."""
    edges = np.concatenate([[0.0], np.cumsum([len(token) + 1.5 for token in tokens])])
    spans = np.array([[stretch.begin, stretch.end] for stretch in stretches])
    filled = np.concatenate([[0.0], np.cumsum(spans[:, 1] - spans[:, 0])])
    places = edges / edges[-1] * filled[-1]

    def when(place: float, *, ending: bool) -> float:
        index = int(np.searchsorted(filled, place, side="left" if ending else "right")) - 1
        index = min(max(index, 0), len(spans) - 1)
        return float(spans[index, 0] + place - filled[index])

    begins = [when(float(place), ending=False) for place in places[:-1]]
    ends = [when(float(place), ending=True) for place in places[1:]]
    return [Word(token, begin, end) for token, begin, end in zip(tokens, begins, ends, strict=True)]


def _in_parts(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Long stretches cut so that progress moves and memory stays small."""
    parts = []
    for stretch in stretches:
        count = max(int(np.ceil((stretch.end - stretch.begin) / _LONGEST_S)), 1)
        step = (stretch.end - stretch.begin) / count
        parts += [Stretch(stretch.begin + step * at, stretch.begin + step * (at + 1)) for at in range(count)]
    return parts


def _piece(sound: Samples, stretch: Stretch, rest_s: float = _PAD_S) -> tuple[float, Samples]:
    """A stretch with some silence around it, which the recognizer needs to come in and out, and the second it begins."""
    first, last = (round(edge * RATE) for edge in (stretch.begin, stretch.end))
    rest = np.zeros(round(rest_s * RATE), np.float32)
    # A little of what lies around it: soft sounds at the edge belong to the words.
    before, after = max(first - RATE // 10, 0), min(last + RATE // 5, len(sound))
    return before / RATE - rest_s, np.concatenate([rest, sound[before:after], rest])


def _hear(decoder: Decoder, piece: Samples) -> None:
    top = float(np.abs(piece).max(initial=0.0))
    louder = 0.3 / max(top, 0.01) if top < 0.1 else 1.0  # the model takes the level as it is, but for whispers
    pcm: NDArray[np.int16] = np.clip(piece * louder * 32767, -32768, 32767).astype(np.int16)
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), False, True)
    decoder.end_utt()


def _heard(decoder: Decoder) -> list[tuple[str, int, int]]:
    """The words of the utterance as the dictionary calls them, each with its first frame and the one after its last;
    silence and noises left out."""
    segments = decoder.seg() if decoder.hyp() else ()
    return [(re.sub(r"\(\d+\)$", "", segment.word), segment.start_frame, segment.end_frame + 1)
            for segment in segments if segment.word[0] not in "<["]


def _written(words: Sequence[Word]) -> list[Word]:
    """Recognized words as they are read: the first after a pause with a capital, and I."""
    found: list[Word] = []
    for word in words:
        fresh = not found or word.begin - found[-1].end > 0.7
        text = re.sub(r"^i(?='|$)", "I", word.text)
        found.append(Word(text[0].upper() + text[1:] if fresh else text, word.begin, word.end))
    return found
