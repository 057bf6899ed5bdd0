"""From sentences to one recording: each spoken, trimmed, evened out and set after its pause, with the times of its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import av
import av.filter
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.narration.espeak import Speech, SpokenWord
from studio.engine.render.narration.sentences import Sentence
from studio.engine.render.narration.speaker import Speaker, Style
from studio.engine.render.narration.tone import Tone
from studio.engine.render.sound.loudness import SILENCE, integrated_loudness
from studio.engine.render.sound.noise import RATE

Samples = NDArray[np.float32]
_LEAD_S, _TAIL_S = 0.12, 0.35
_QUIET = 0.004
_SENTENCE_LUFS, _MOST_EVENING_DB = -20.0, 9.0


class AnyVoice(Protocol):
    """espeak-ng's or the person's own: what a request calls it, its language's code, and what speaks."""

    @property
    def id(self) -> str: ...

    @property
    def language(self) -> str: ...

    def speaker_of(self, seed: int) -> Speaker: ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the whole is to be spoken. `stability` 0 to 1; `similarity` 0 to 1; `speed` 1 is the voice's own."""

    voice: AnyVoice
    tone: Tone
    speed: float
    stability: float
    similarity: float
    seed: int


@dataclass(frozen=True, slots=True)
class Timed:
    """A word or a sentence with its first and last second."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Recording:
    """Mono samples at 48 kHz, with the times of sentences and words."""

    samples: Samples
    sentences: tuple[Timed, ...]
    words: tuple[Timed, ...]


def record(sentences: Sequence[Sentence], how: Delivery, progress: Callable[[float], None]) -> Recording:
    """Speak the sentences one after the other; those without a sound are left out. SpeechError where the library fails."""
    rng = np.random.default_rng([how.seed, 13])
    pieces: list[Samples] = [np.zeros(round(_LEAD_S * RATE), np.float32)]
    at = len(pieces[0])
    timed: list[Timed] = []
    words: list[Timed] = []
    with how.voice.speaker_of(how.seed) as speaker:
        for number, sentence in enumerate(sentences):
            progress(number / len(sentences))
            spoken = speaker.speak(sentence.text, _style(how, rng))
            speech, stretch = spoken.speech, spoken.tempo
            sound, shift = _trimmed(_resampled(speech, stretch))
            if not len(sound):
                continue
            start = at / RATE
            end = start + len(sound) / RATE
            timed.append(Timed(sentence.text, start, end))
            words += _words(sentence, speech, stretch, start - shift, end)
            pause = round(sentence.pause_s * how.tone.pauses / how.speed**0.6 * RATE)
            pieces += [_evened(sound), np.zeros(pause if number + 1 < len(sentences) else round(_TAIL_S * RATE), np.float32)]
            at += len(sound) + len(pieces[-1])
    return Recording(np.concatenate(pieces), tuple(timed), tuple(words))


def _style(how: Delivery, rng: np.random.Generator) -> Style:
    """How to speak the next sentence: an unstable voice moves more within one and differs more from one to the next."""
    loose = 1.0 - how.stability
    pace = how.speed * how.tone.pace * (1 + 0.12 * loose * float(rng.uniform(-1, 1)))
    wander = 16 * loose * float(rng.uniform(-1, 1))
    return Style(pace, how.tone.pitch, wander, how.tone.melody, loose, how.similarity)


def _resampled(speech: Speech, tempo: float) -> Samples:
    """The speech at 48 kHz, made faster or slower by `tempo` without a change of pitch."""
    if not len(speech.samples):
        return np.zeros(0, np.float32)
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=speech.rate, format="flt", layout="mono")
    nodes = [source]
    while abs(tempo - 1) > 0.01:
        step = min(max(tempo, 0.5), 2.0)
        nodes.append(graph.add("atempo", f"{step:.4f}"))
        tempo /= step
    nodes += [graph.add("aresample", str(RATE)), graph.add("aformat", "sample_fmts=flt:channel_layouts=mono"),
              graph.add("abuffersink")]
    graph.link_nodes(*nodes).configure()
    frame = av.AudioFrame.from_ndarray(speech.samples[None, :], format="flt", layout="mono")
    frame.sample_rate = speech.rate
    source.push(frame)
    source.push(None)
    blocks: list[Samples] = []
    while True:
        try:
            block = graph.pull()
        except (av.EOFError, av.BlockingIOError):
            break
        assert isinstance(block, av.AudioFrame)  # noqa: S101  the graph's sink is one for sound
        blocks.append(block.to_ndarray().reshape(-1).astype(np.float32))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _trimmed(sound: Samples) -> tuple[Samples, float]:
    """Without the silence at its ends (a little is kept, faded), and the seconds that were cut off in front."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    if not len(loud):
        return np.zeros(0, np.float32), 0.0
    first, last = max(0, int(loud[0]) - 480), min(len(sound), int(loud[-1]) + 960)
    cut = sound[first:last].copy()
    ramp = min(240, len(cut))
    cut[:ramp] *= np.linspace(0, 1, ramp, dtype=np.float32)
    cut[-ramp:] *= np.linspace(1, 0, ramp, dtype=np.float32)
    return cut, first / RATE


def _evened(sound: Samples) -> Samples:
    """A sentence at the loudness of the others: a short quiet one is lifted by no more than 9 dB."""
    loudness = integrated_loudness(sound)
    if loudness <= SILENCE:
        return sound
    gain = min(max(_SENTENCE_LUFS - loudness, -_MOST_EVENING_DB), _MOST_EVENING_DB)
    return np.asarray(sound * np.float32(10 ** (gain / 20)), np.float32)


def _words(sentence: Sentence, speech: Speech, stretch: float, offset: float, end: float) -> list[Timed]:
    """The words of a sentence: each lasts until the next one begins. The parts of a number count as one word."""
    spoken: list[SpokenWord] = []
    for word in speech.words:
        if not spoken or word.start >= spoken[-1].start + spoken[-1].length:
            spoken.append(word)
    starts = [offset + word.at_s / stretch for word in spoken]
    found = []
    for number, word in enumerate(spoken):
        text = sentence.text[word.start : word.start + word.length].strip()
        if text:
            until = starts[number + 1] if number + 1 < len(starts) else end
            first = min(max(starts[number], 0.0), end)
            found.append(Timed(text, first, max(first, min(until, end))))
    return found
