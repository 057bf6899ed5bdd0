"""What plays under the melody: chords in the manner of the style, the bass line, a pad and an arpeggio."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.engine.render.music.form import Section
from studio.engine.render.music.harmony import Chord, Key, chord_at, voiced
from studio.engine.render.music.score import Note

# Comping patterns over four beats: (start, length, force); each is the whole chord.
_COMPS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "held": ((0, 4, 0.6),), "pulse": ((0, 0.9, 0.7), (1, 0.9, 0.55), (2, 0.9, 0.65), (3, 0.9, 0.55)),
    "lazy": ((0, 1.9, 0.6), (2.5, 1.3, 0.45)), "offbeats": tuple((i + 0.5, 0.4, 0.65) for i in range(4)),
    "skank": tuple((i + 0.5, 0.2, 0.6) for i in range(4)), "stabs": ((0, 0.3, 0.8), (1.5, 0.3, 0.7), (2.5, 0.3, 0.6)),
    "charleston": ((0, 1.2, 0.6), (1.5, 0.4, 0.55)),
    "bossa": ((0, 0.7, 0.6), (1.5, 0.7, 0.55), (2.5, 0.4, 0.5), (3, 0.7, 0.55)),
    "drive": tuple((i / 2, 0.48, 0.85 if i % 2 == 0 else 0.7) for i in range(8)),
    "chug": tuple((i / 4, 0.2, 0.9 if i % 4 == 0 else 0.65) for i in range(16) if i % 8 not in (3, 7)),
    "scratch": tuple((i / 4, 0.12, f) for i, f in ((2, 0.6), (3, 0.4), (6, 0.7), (8, 0.4), (10, 0.6), (13, 0.5), (14, 0.7))),
    "shuffle": tuple((i + s, 0.4, 0.65 - s * 0.2) for i in range(4) for s in (0, 0.5)),
}
_BASS: dict[str, tuple[tuple[float, float, int, float], ...]] = {
    # (start, length, tone of the chord: 0 root, 2 fifth, 7 octave, force)
    "roots": ((0, 3.8, 0, 0.8),), "two": ((0, 1.6, 0, 0.85), (2, 1.6, 2, 0.75)), "long": ((0, 3.9, 0, 0.85),),
    "eighths": tuple((i / 2, 0.45, 0, 0.85 if i % 4 == 0 else 0.7) for i in range(8)),
    "chug": tuple((i / 4, 0.2, 0, 0.85) for i in range(16) if i % 8 not in (3, 7)),
    "pulse": tuple((i / 2, 0.4, 0, 0.85 if i % 2 == 0 else 0.6) for i in range(8)),
    "octaves": tuple((i / 2, 0.4, 0 if i % 2 == 0 else 7, 0.8) for i in range(8)),
    "offbeats": tuple((i + 0.5, 0.42, 0, 0.85) for i in range(4)),
    "gallop": tuple((i + s, 0.22, 0, 0.85 if s == 0 else 0.65) for i in range(4) for s in (0, 0.5, 0.75)),
    "sixteenths": tuple((i / 4, 0.2, 7 if i in (3, 6, 11, 14) else 0,
                         0.6 + 0.25 * (i % 4 == 0)) for i in range(16) if i % 4 != 1),
    "lazy": ((0, 1.4, 0, 0.8), (1.75, 0.6, 2, 0.6), (2.5, 1.2, 0, 0.75)),
    "808": ((0, 1.6, 0, 0.9), (1.75, 0.4, 0, 0.7), (2.5, 1.4, 0, 0.85)),
    "dub": ((0.5, 0.7, 0, 0.85), (1.5, 0.4, 2, 0.7), (2, 0.9, 0, 0.85), (3, 0.45, 1, 0.7), (3.5, 0.4, 2, 0.7)),
    "bossa": ((0, 1.4, 0, 0.8), (1.5, 0.5, 2, 0.65), (2, 1.4, 2, 0.75), (3.5, 0.5, 0, 0.65)),
    "funk": ((0, 0.4, 0, 0.9), (0.75, 0.2, 0, 0.6), (1.5, 0.25, 7, 0.8), (2.25, 0.2, 0, 0.7), (2.75, 0.25, 2, 0.7),
             (3.5, 0.3, 7, 0.8)),
}
_POWER = {"drive", "chug"}


def chord_notes(comp: str, beats: int, section: Section, chords: Sequence[Chord], rng: np.random.Generator,
                power: bool) -> list[Note]:
    """The chords of a section. `power` leaves the third out, as a distorted guitar must."""
    notes: list[Note] = []
    before: tuple[int, ...] | None = None
    for bar in range(section.first, section.last + 1):
        chord = chords[bar]
        at = bar * beats
        if power and comp in _POWER:
            root = 40 + (chord.root - 40) % 12
            pitches: tuple[int, ...] = (root, root + 7, root + 12)
        else:
            pitches = before = voiced(chord, before)
        force = 0.55 + 0.35 * section.energy
        if comp in ("broken", "alberti", "chip arpeggio", "waltz", "boom chick", "strum"):
            notes += _figured(comp, beats, at, pitches, force, rng)
            continue
        for start, length, weight in _COMPS[comp]:
            if start < beats:
                length = min(length if comp != "held" else beats, beats - start)
                notes += [Note("chords", at + start, length, p, weight * force * 1.25) for p in pitches]
    return notes


def _figured(comp: str, beats: int, at: float, pitches: tuple[int, ...], force: float,
             rng: np.random.Generator) -> list[Note]:
    """Patterns that break the chord up: one note after the other, or bass and chord in turn."""
    first, middle, last = pitches[0], pitches[1], pitches[-1]
    notes: list[Note] = []
    if comp in ("broken", "alberti"):
        order = (first - 12, first, middle, last, last + (12 - (last - first)), last, middle, first)
        if comp == "alberti":
            order = (first, last, middle, last) * 2
        for i in range(beats * 2):
            notes.append(Note("chords", at + i / 2, 1.2 if comp == "broken" else 0.45, order[i % len(order)],
                              force * (0.9 - 0.2 * (i % 2))))
    elif comp == "chip arpeggio":
        for i in range(beats * 4):
            notes.append(Note("chords", at + i / 4, 0.24, (*pitches, first + 12)[i % (len(pitches) + 1)] + 12, force * 0.8))
    elif comp == "strum":
        for start, weight in ((0, 1.0), (1, 0.75), (1.5, 0.55), (2.5, 0.6), (3, 0.8), (3.5, 0.55)):
            if start >= beats:
                continue
            down = start % 1 == 0
            strings = (first - 12, *pitches, first + 12)
            for number, pitch in enumerate(strings if down else strings[::-1][:3]):
                notes.append(Note("chords", at + start + number * 0.022, 0.9, pitch,
                                  force * weight * float(rng.uniform(0.85, 1.0))))
    else:  # waltz and boom chick: a low note on the beat, the chord after it
        step = 1.0 if comp == "waltz" else 0.5
        for i in range(1, int(beats / step)):
            if comp == "waltz" or i % 2:
                notes += [Note("chords", at + i * step, step * 0.5, p, force * 0.7) for p in pitches]
    return notes


def bass_notes(bassline: str, key: Key, beats: int, section: Section, chords: Sequence[Chord],
               rng: np.random.Generator) -> list[Note]:
    """The bass of a section, between E1 and E2 or a little above."""
    notes: list[Note] = []
    force = 0.6 + 0.3 * section.energy
    for bar in range(section.first, section.last + 1):
        root = 28 + (chords[bar].root - 28) % 12
        at = bar * beats
        if bassline == "walking":
            notes += _walk(at, beats, root, 28 + (chords[bar + 1].root - 28) % 12, chords[bar], force, rng)
            continue
        if bassline == "long" and root < 33:
            root += 0
        for start, length, tone, weight in _BASS[bassline]:
            if start < beats:
                tones = chords[bar].tones
                up = 12 if tone == 7 else (tones[min(tone, len(tones) - 1)] - tones[0]) % 12
                notes.append(Note("bass", at + start, min(length, beats - start), root + up, weight * force * 1.2))
    return notes


def _walk(at: float, beats: int, root: int, target: int, chord: Chord, force: float, rng: np.random.Generator) -> list[Note]:
    """A quarter a beat: root, chord tones, and a half step into the next root."""
    offsets = [(tone - chord.root) % 12 for tone in chord.tones[1:]]
    pitches = [root, *(root + int(rng.choice(offsets)) for _ in range(beats - 2)),
               target + (1 if rng.random() < 0.5 else -1)]
    return [Note("bass", at + i, 0.85, pitch, force * (1.0 if i % 2 == 0 else 0.85)) for i, pitch in enumerate(pitches)]


def pad_notes(beats: int, section: Section, chords: Sequence[Chord]) -> list[Note]:
    """Long chords that lie under all; neighbours of the same chord are held through."""
    notes: list[Note] = []
    before: tuple[int, ...] | None = None
    bar = section.first
    while bar <= section.last:
        end = bar + 1
        while end <= section.last and chords[end] == chords[bar] and end - bar < 4:
            end += 1
        before = voiced(chords[bar], before, 62)
        notes += [Note("pad", bar * beats, (end - bar) * beats, p, 0.4 + 0.3 * section.energy) for p in before]
        bar = end
    return notes


def arp_notes(beats: int, section: Section, chords: Sequence[Chord]) -> list[Note]:
    """Sixteenths up and down through the chord, in the fuller sections only."""
    if section.energy < 0.55:
        return []
    notes: list[Note] = []
    for bar in range(section.first, section.last + 1):
        pitches = voiced(chords[bar], None, 72)
        line = (*pitches, pitches[0] + 12, *pitches[:0:-1])
        for i in range(beats * 4):
            notes.append(Note("arp", bar * beats + i / 4, 0.22, line[i % len(line)],
                              0.35 + 0.2 * section.energy * (i % 4 == 0)))
    return notes


def ending_chord(key: Key, *, sevenths: bool) -> Chord:
    """What the piece comes to rest on."""
    return chord_at(key, 1, sevenths=sevenths)
