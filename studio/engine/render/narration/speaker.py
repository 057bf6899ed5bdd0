"""What a narration asks of whoever speaks it: a sentence in a style, and back the sound with the times of its words."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from studio.engine.render.narration.espeak import Manner, Speech, SpeechSession


@dataclass(frozen=True, slots=True)
class Style:
    """How a sentence is to be spoken.

    `pace`: a factor, 1 is the voice's own. `pitch`: what the tone adds (of 100); `wander`: what this one sentence has beside
    it. `melody`: a factor of the pitch's range. `loose` 0 to 1: how freely it moves. `similarity` 0 to 1.
    """

    pace: float
    pitch: float = 0.0
    wander: float = 0.0
    melody: float = 1.0
    loose: float = 0.3
    similarity: float = 0.8


@dataclass(frozen=True, slots=True)
class Spoken:
    """The sound, and by what it is still to be sped up without a change of its pitch."""

    speech: Speech
    tempo: float


class Speaker(Protocol):
    """Speaks from `with` to its end."""

    def __enter__(self) -> Speaker: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def speak(self, text: str, style: Style) -> Spoken:
        """One sentence. SpeechError where it cannot be spoken at all; no samples where there is nothing to say."""
        ...


class EspeakSpeaker:
    """espeak-ng's `voice` with its own pitch and range (50 is the library's default)."""

    _USUAL_RATE = 170
    _SLOWEST, _FASTEST = 95, 390      # words a minute that it speaks well; beyond it the sound is stretched

    def __init__(self, voice: str, pitch: int, pitch_range: int, seed: int) -> None:
        self._session = SpeechSession(voice, seed % 65_521 + 1)
        self._pitch, self._pitch_range = pitch, pitch_range

    def __enter__(self) -> EspeakSpeaker:
        self._session.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session.__exit__(kind, error, trace)

    def speak(self, text: str, style: Style) -> Spoken:
        """One sentence, in the library's own numbers."""
        wanted = self._USUAL_RATE * style.pace
        spoken = min(max(wanted, self._SLOWEST), self._FASTEST)
        own = 50 + (self._pitch - 50) * (0.4 + 0.6 * style.similarity)
        melody = self._pitch_range * style.melody * (0.55 + 0.9 * style.loose + 0.18)
        manner = Manner(round(spoken), round(own + style.pitch + style.wander), round(min(melody, 100)))
        return Spoken(self._session.speak(text, manner), wanted / round(spoken))
