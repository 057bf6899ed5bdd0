"""A piece on paper: notes and strokes in beats from its beginning."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.engine.render.music.form import Section
from studio.engine.render.music.harmony import Chord, Key


@dataclass(frozen=True, slots=True)
class Note:
    """`start` and `length` in beats; `pitch` as a MIDI number; `force` 0 to 1. `syllable` is what a voice sings on it."""

    part: str
    start: float
    length: float
    pitch: int
    force: float
    syllable: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke of a drum at a beat, `force` 0 to 1."""

    drum: str
    start: float
    force: float


@dataclass(slots=True)
class Score:
    """`chords` holds one a bar, and one more: the chord that the piece ends on."""

    key: Key
    bpm: float
    beats: int
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    notes: list[Note] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)

    @property
    def bars(self) -> int:
        return len(self.chords) - 1

    @property
    def beat_s(self) -> float:
        return 60.0 / self.bpm
