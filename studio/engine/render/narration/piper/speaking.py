"""A piper voice speaks: phonemes to numbers, the voice's graph run by ONNX Runtime, and the times of the words by the
lengths that the graph itself gave its phonemes.

The graph is run here and not by piper's own package: that gives no times for words, takes a new random number at each run,
and for some languages fetches models from the network. The numbers are the same (tests/speech compares the two).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.narration.espeak import Speech, SpeechError, SpokenWord
from studio.engine.render.narration.piper.onnx_file import with_output
from studio.engine.render.narration.piper.phonemes import ClauseSession, Pronunciation, spelled
from studio.engine.render.narration.piper.voice_file import BEGIN, END, PAD, PiperVoice
from studio.engine.render.narration.speaker import Spoken, Style

log = logging.getLogger(__name__)
Pcm = NDArray[np.float32]
_SLOWEST, _FASTEST = 0.5, 2.0     # of the voice's own pace; beyond it the sound is stretched
_USUAL_LOOSE, _MORE = 0.3, 1.2    # at the usual stability a voice varies as its makers set it
_SEMITONES = 0.12                 # for a hundredth of the tone's pitch
_LONGEST_S = 300.0                # of one sentence
_MOST_THREADS = 4
_MOST_NUMBERS = 20_000


@dataclass(frozen=True, slots=True)
class Numbered:
    """What the graph takes, and for each symbol the index of its first number."""

    numbers: tuple[int, ...]
    places: tuple[int, ...]


class PiperSpeaker:
    """Speaks with a voice of the person's own. The same text and seed give the same samples on the same machine."""

    def __init__(self, voice: PiperVoice, seed: int) -> None:
        self._voice, self._seed = voice, seed
        self._phonemes = ClauseSession(voice.espeak)
        self._session: Any = None
        self._tells_durations = False

    def __enter__(self) -> PiperSpeaker:
        self._session, self._tells_durations = _session_of(self._voice, self._seed)
        if not self._voice.spells:
            try:
                self._phonemes.__enter__()
            except SpeechError as error:
                raise SpeechError(f"The voice {self._voice.id} cannot be used: {error}") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session = None
        if not self._voice.spells:
            self._phonemes.__exit__(kind, error, trace)

    def speak(self, text: str, style: Style) -> Spoken:
        """One sentence. The voice has no pitch to set: a tone's is made by playing it faster, and slower again in time."""
        said = spelled(text) if self._voice.spells else self._phonemes.pronounce(text)
        numbered = numbers_of(said.symbols, self._voice)
        if len(numbered.numbers) > _MOST_NUMBERS:
            raise SpeechError("A sentence of the text is too long for this voice. Put full stops into it.")
        own = min(max(style.pace, _SLOWEST), _FASTEST)
        samples, lengths = self._run(numbered.numbers, own, style.loose)
        raised = 2.0 ** (style.pitch * _SEMITONES / 12)
        rate = round(self._voice.rate * raised)
        words = _timed(said, numbered, lengths, samples, rate)
        return Spoken(Speech(samples, rate, words), style.pace / own / (rate / self._voice.rate))

    def _run(self, numbers: Sequence[int], pace: float, loose: float) -> tuple[Pcm, NDArray[np.float64] | None]:
        voice = self._voice
        varied = min(max(1 + _MORE * (loose - _USUAL_LOOSE), 0.3), 1.9)
        own = voice.scales
        given = {
            "input": np.array([numbers], np.int64), "input_lengths": np.array([len(numbers)], np.int64),
            "scales": np.array([own.noise * varied, own.length / pace, own.rhythm * varied], np.float32),
        }
        if voice.speaker is not None:
            given["sid"] = np.array([voice.speaker], np.int64)
        try:
            found = self._session.run(None, given)
        except Exception as error:  # the library's errors share no class
            log.exception("the voice %s failed", voice.path)
            raise SpeechError(f"The voice {voice.id} failed to speak: {_first_line(error)}") from error
        sound = np.asarray(found[0], np.float32).reshape(-1)
        if len(sound) > _LONGEST_S * voice.rate or not np.isfinite(sound).all():
            raise SpeechError(f"The voice {voice.id} gave no sound that can be used. Its file may be damaged.")
        top = float(np.abs(sound).max(initial=0.0))
        sound = sound / np.float32(top) if top > 1.0 else sound
        lengths = np.asarray(found[1], np.float64).reshape(-1) * voice.hop if self._tells_durations else None
        return sound, lengths if lengths is not None and len(lengths) == len(numbers) else None


def numbers_of(symbols: Sequence[str], voice: PiperVoice) -> Numbered:
    """The numbers of the phonemes, each with a pause behind it, between begin and end; what the voice lacks is left out."""
    known = voice.numbers
    found, places = [*known[BEGIN], *known[PAD]], []
    for symbol in symbols:
        places.append(len(found))
        if symbol in known:
            found += [*known[symbol], *known[PAD]]
    return Numbered((*found, *known[END]), tuple(places))


def _timed(said: Pronunciation, numbered: Numbered, lengths: NDArray[np.float64] | None, sound: Pcm,
           rate: int) -> tuple[SpokenWord, ...]:
    """When the words begin: by the lengths of their numbers, or, where the graph does not tell, as if all were alike."""
    if lengths is None or lengths.sum() <= 0:
        lengths = np.ones(len(numbered.numbers))
    edges = np.concatenate([[0.0], np.cumsum(lengths)])
    edges *= len(sound) / max(edges[-1], 1.0) / rate
    last = len(numbered.places) - 1
    return tuple(SpokenWord(word.start, word.length, float(edges[numbered.places[min(word.first, last)]]))
                 for word in said.words if last >= 0)


def _session_of(voice: PiperVoice, seed: int) -> tuple[Any, bool]:
    """The graph, ready to run, and whether it tells the phonemes' lengths. SpeechError where it cannot be loaded."""
    try:
        import onnxruntime
    except ImportError as error:
        words = f"Voices of your own need the extra “piper” of this program, of which {error.name} is missing."
        raise SpeechError(words) from error
    onnxruntime.set_seed(seed % 2**31)  # before the graph is made: that is when it takes its random numbers' beginning
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(os.cpu_count() or 1, _MOST_THREADS)  # the machine's: another order, other bytes
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        data = voice.path.read_bytes()  # from memory: a graph can then name no other file
        if voice.durations is not None and voice.inner:
            try:
                return _made(onnxruntime, with_output(data, voice.durations), options), True
            except Exception:  # the library's errors share no class
                log.info("the voice %s does not tell its phonemes' lengths", voice.path, exc_info=True)
        return _made(onnxruntime, data, options), voice.durations is not None and not voice.inner
    except OSError as error:
        raise SpeechError(f"The voice {voice.path} cannot be read: {error.strerror}.") from error
    except Exception as error:  # the library's errors share no class
        log.exception("the voice %s cannot be loaded", voice.path)
        raise SpeechError(f"The voice {voice.id} cannot be loaded: {_first_line(error)}") from error


def _made(onnxruntime: Any, data: bytes, options: Any) -> Any:
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
