"""Scales and chords: degrees of a key turned into pitches, and voices led from chord to chord by small steps."""

from __future__ import annotations

from dataclasses import dataclass

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10), "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10), "lydian": (0, 2, 4, 6, 7, 9, 11), "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "blues": (0, 2, 4, 5, 7, 9, 10),
}
MELODY_SCALES: dict[str, tuple[int, ...]] = {"blues": (0, 3, 5, 6, 7, 10)}
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (0 to 11, C is 0) and the name of a scale."""

    tonic: int
    scale: str

    @property
    def name(self) -> str:
        return f"{NAMES[self.tonic]} {self.scale}"

    @property
    def melody_steps(self) -> tuple[int, ...]:
        return MELODY_SCALES.get(self.scale, SCALES[self.scale])


@dataclass(frozen=True, slots=True)
class Chord:
    """`root` and `tones` as pitch classes, root first."""

    root: int
    tones: tuple[int, ...]

    def holds(self, pitch: int) -> bool:
        return pitch % 12 in self.tones


def chord_at(key: Key, degree: int, *, sevenths: bool) -> Chord:
    """The chord in thirds on a degree (1 to 7) of the key.

    The fifth of a minor key gets its leading tone, a blues chord its minor seventh; diminished fifths are made pure in plain
    triads, as a style that stays on one chord a bar would stumble over them.
    """
    steps = SCALES[key.scale]
    places = [degree - 1 + 2 * i for i in range(4 if sevenths else 3)]
    tones = [steps[place % 7] + 12 * (place // 7) for place in places]
    if key.scale == "minor" and degree == 5:
        tones[1] = tones[0] + 4
    if key.scale == "blues":
        tones = [tones[0], tones[0] + 4, tones[0] + 7, *([tones[0] + 10] if sevenths else [])]
    if not sevenths and tones[2] - tones[0] == 6:
        tones[2] += 1
    return Chord((key.tonic + tones[0]) % 12, tuple((key.tonic + tone) % 12 for tone in tones))


def borrowed(key: Key, degree: int, *, sevenths: bool) -> Chord:
    """The chord of the same degree from the parallel major or minor: a colour from outside the key."""
    other = "minor" if key.scale in ("major", "lydian", "mixolydian", "blues") else "major"
    return chord_at(Key(key.tonic, other), degree, sevenths=sevenths)


def voiced(chord: Chord, before: tuple[int, ...] | None, centre: int = 60) -> tuple[int, ...]:
    """The chord's tones as MIDI pitches near `centre`, placed so that each voice moves as little as it can."""
    candidates: list[tuple[int, ...]] = []
    for turn in range(len(chord.tones)):
        order = chord.tones[turn:] + chord.tones[:turn]
        for octave in (-12, 0, 12):
            pitches = [order[0] + centre - centre % 12 + octave]
            for tone in order[1:]:
                pitches.append(pitches[-1] + ((tone - pitches[-1]) % 12 or 12))
            candidates.append(tuple(pitches))

    def cost(pitches: tuple[int, ...]) -> float:
        middle = sum(pitches) / len(pitches)
        moved = 0.0 if before is None else sum(min(abs(p - b) for b in before) for p in pitches)
        return moved + 0.6 * abs(middle - centre - 2)

    return min(candidates, key=cost)


def scale_pitches(key: Key, low: int, high: int) -> list[int]:
    """All pitches of the melody's scale from `low` to `high`."""
    steps = {(key.tonic + step) % 12 for step in key.melody_steps}
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in steps]
