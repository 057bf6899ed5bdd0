"""Melodies: a rhythm motif a phrase, a contour over the chords, and phrases that answer and repeat each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.engine.render.music.form import Section
from studio.engine.render.music.harmony import Chord, Key, scale_pitches
from studio.engine.render.music.score import Note

_REST = {"intro": 1.0, "verse": 0.0, "chorus": 0.0, "bridge": 0.0, "outro": 0.5}


@dataclass(frozen=True, slots=True)
class Line:
    """How melodies of a piece move: about `centre`, `busy` (0 to 1) notes, `strange` (0 to 1) leaps and chromatic steps."""

    key: Key
    beats: int
    centre: int
    busy: float
    strange: float
    lowest: int
    highest: int


def sing(line: Line, section: Section, chords: Sequence[Chord], rng: np.random.Generator) -> list[Note]:
    """The melody of one section, in two-bar phrases a b a c: a returns with the chords of its new place, c comes to rest."""
    if _REST[section.kind] >= 1.0:
        return []
    phrases: list[tuple[list[tuple[float, float]], list[int]]] = []
    for _ in range(3):
        rhythm = _rhythm(line, rng)
        phrases.append((rhythm, _contour(len(rhythm), line, rng)))
    order = (0, 1, 0, 2)
    notes: list[Note] = []
    pitch = line.centre + (4 if section.kind == "chorus" else 0)
    for number, bar in enumerate(range(section.first, section.last + 1, 2)):
        rhythm, contour = phrases[order[number % 4]]
        ending = bar + 2 > section.last or number % 4 == 3
        if section.kind == "outro" and number:
            break
        pitch = _phrase(line, rhythm, contour, bar, min(section.last, bar + 1), chords, pitch, ending, section, notes)
    return notes


def _phrase(line: Line, rhythm: list[tuple[float, float]], contour: list[int], bar: int, last: int, chords: Sequence[Chord],
            pitch: int, ending: bool, section: Section, notes: list[Note]) -> int:
    """Write one phrase over the bars `bar` to `last`; returns its last pitch."""
    ladder = scale_pitches(line.key, line.lowest, line.highest)
    room = (last - bar + 1) * line.beats
    lift = 3 if section.kind == "chorus" else 0
    for (start, length), move in zip(rhythm, contour, strict=True):
        if start >= room:
            break
        chord = chords[bar + int(start // line.beats)]
        strong = start % line.beats < 0.01 or length >= 1.5
        pitch = _step(ladder, pitch, move, line.centre + lift)
        if strong:
            pitch = _nearest(ladder, pitch, chord)
        elif abs(move) > 5:
            pitch = min(max(pitch + (1 if move > 0 else -1), line.lowest), line.highest)  # a chromatic passing tone
        force = 0.62 + 0.2 * section.energy + (0.1 if strong else 0.0)
        notes.append(Note("lead", bar * line.beats + start, min(length, room - start) * 0.94, pitch, force))
    if ending and notes:
        rest = notes.pop()
        resolved = _nearest(ladder, rest.pitch, chords[last])
        length = max(rest.length, (last + 1) * line.beats - rest.start - 0.25)
        notes.append(Note("lead", rest.start, length, resolved, rest.force))
        pitch = resolved
    return pitch


def _rhythm(line: Line, rng: np.random.Generator) -> list[tuple[float, float]]:
    """(start, length) in beats over two bars; the last beats of the phrase are for breathing."""
    whole = 2 * line.beats
    end = whole - (1.0 if line.busy > 0.3 else 2.0)
    found: list[tuple[float, float]] = []
    at = 0.0 if rng.random() < 0.65 else 0.5
    lengths, weights = _lengths(line.busy)
    while at < end - 0.2:
        length = float(rng.choice(lengths, p=weights))
        if at % 1.0 and length >= 1.0 and rng.random() > 0.25 + 0.5 * line.strange:
            length = 1.0 - at % 1.0  # come back to the beat, mostly
        length = min(length, end - at + 0.5)
        if found and rng.random() < 0.1:
            at += length  # a rest
            continue
        found.append((at, length))
        at += length
    return found or [(0.0, float(line.beats))]


def _lengths(busy: float) -> tuple[list[float], list[float]]:
    lengths = [0.25, 0.5, 1.0, 1.5, 2.0, 3.0]
    weights = np.array([max(0.0, busy - 0.55) * 0.8, 0.15 + 0.6 * busy, 0.45, 0.2, 0.5 * (1 - busy),
                        0.6 * max(0.0, 0.6 - busy)])
    return lengths, [float(one) for one in weights / weights.sum()]


def _contour(count: int, line: Line, rng: np.random.Generator) -> list[int]:
    """Moves in scale steps: an arch up and down, mostly by step; leaps (beyond 5: chromatic moves) when it is strange."""
    moves = []
    for place in range(count):
        drift = 0.5 if place < count * 0.4 else -0.45
        move = int(np.rint(rng.normal(drift, 1.2 + 1.8 * line.strange)))
        if line.strange > 0.6 and rng.random() < line.strange - 0.55:
            move = int(rng.choice([-6, 6]))
        moves.append(max(-6, min(6, move)))
    return moves


def _step(ladder: list[int], pitch: int, move: int, centre: int) -> int:
    """`move` steps up or down the scale from a pitch, drawn back when it strays more than an octave from the centre."""
    place = min(range(len(ladder)), key=lambda i: (abs(ladder[i] - pitch), i))
    if abs(pitch - centre) > 8:
        move = -abs(move) - 1 if pitch > centre else abs(move) + 1
    move = move if abs(move) <= 5 else (2 if move > 0 else -2)
    return ladder[max(0, min(len(ladder) - 1, place + move))]


def _nearest(ladder: list[int], pitch: int, chord: Chord) -> int:
    inside = [one for one in ladder if chord.holds(one)] or ladder
    return min(inside, key=lambda one: (abs(one - pitch), one))
