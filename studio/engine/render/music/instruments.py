"""The pitched instruments: what each is made of. `tones.py` makes their notes.

A struck or plucked string, bar or bell is a sum of partials that each die away at their own pace; a bowed, blown or
electronic tone is a waveform held by an envelope, with a second, brighter waveform that opens and closes with it.
"""

from __future__ import annotations

from dataclasses import dataclass

Partials = tuple[tuple[float, float], ...]
"""Pairs of frequency ratio and amplitude."""


@dataclass(frozen=True, slots=True)
class Struck:
    """`half_life` in seconds of the fundamental at 220 Hz; `damping`: how much faster each higher partial dies.

    `knock`: noise of the hammer or finger; `drive` bends the sum as an amplifier does; `tremolo` in Hz.
    """

    partials: Partials
    half_life: float
    damping: float = 0.5
    attack: float = 0.003
    release: float = 0.09
    stiffness: float = 0.0
    knock: float = 0.0
    drive: float = 0.0
    tremolo: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """`dark` and `bright` are the falls of the harmonics in dB an octave; `odd` leaves out the even ones.

    `open_s` is the half-life of the brightness after the attack (0: it stays); `voices` play detuned by `detune` cents;
    `harmonics` stand instead of the fall where they are given.
    """

    dark: float
    bright: float
    attack: float
    release: float
    odd: bool = False
    open_s: float = 0.0
    voices: int = 1
    detune: float = 0.0
    vibrato: float = 0.0
    breath: float = 0.0
    harmonics: tuple[float, ...] = ()
    fall_s: float = 0.0
    drive: float = 0.0


Instrument = Struck | Held


def _string(fall: float, pluck: float, count: int = 16) -> Partials:
    """Harmonics of a string plucked at the share `pluck` of its length, falling by `fall` as a power."""
    from math import pi, sin

    return tuple((float(k), abs(sin(pi * k * pluck)) / k**fall) for k in range(1, count + 1))


_REED = (1.0, 0.6, 0.75, 0.4, 0.5, 0.3, 0.25, 0.2, 0.14, 0.1, 0.06, 0.05)
INSTRUMENTS: dict[str, Instrument] = {
    "piano": Struck(_string(1.25, 0.13, 18), 1.5, 0.35, stiffness=0.0004, knock=0.10),
    "electric piano": Struck(((1, 1.0), (2, 0.22), (3, 0.08), (4, 0.12), (14.0, 0.09)), 1.4, 0.5, tremolo=4.6, knock=0.02),
    "music box": Struck(((1, 1.0), (2.76, 0.35), (5.4, 0.22), (8.93, 0.1)), 0.7, 0.35, attack=0.001, knock=0.05),
    "vibraphone": Struck(((1, 1.0), (4.0, 0.32), (10.0, 0.06)), 1.8, 0.5, tremolo=5.2),
    "marimba": Struck(((1, 1.0), (3.93, 0.25), (9.2, 0.1)), 0.16, 0.6, knock=0.12),
    "bells": Struck(((0.5, 0.5), (1, 1.0), (1.19, 0.5), (1.5, 0.4), (2, 0.6), (2.74, 0.3), (3.76, 0.2), (5.1, 0.15)), 2.2,
                    0.4,
                    attack=0.001, release=1.2),
    "nylon guitar": Struck(_string(1.5, 0.2, 14), 0.55, 0.45, knock=0.07),
    "guitar": Struck(_string(1.05, 0.15, 22), 0.75, 0.22, knock=0.05),
    "electric guitar": Struck(_string(1.0, 0.18, 16), 0.9, 0.3, knock=0.02, drive=0.8),
    "distorted guitar": Struck(_string(0.8, 0.12, 18), 1.6, 0.12, knock=0.03, drive=9.0),
    "banjo": Struck(_string(0.7, 0.09, 20), 0.18, 0.25, knock=0.08),
    "harp": Struck(_string(1.6, 0.35, 12), 0.9, 0.4, knock=0.03),
    "upright bass": Struck(_string(1.5, 0.28, 12), 0.5, 0.55, knock=0.08, attack=0.008),
    "bass guitar": Struck(_string(1.25, 0.2, 12), 0.7, 0.5, knock=0.04, attack=0.004),
    "slap bass": Struck(_string(0.8, 0.08, 18), 0.4, 0.3, knock=0.16, drive=0.8),
    "strings": Held(9.0, 6.0, 0.16, 0.35, voices=4, detune=9, vibrato=0.12),
    "violin": Held(8.0, 5.5, 0.08, 0.2, vibrato=0.28, breath=0.01),
    "cello": Held(9.0, 6.5, 0.1, 0.25, vibrato=0.22, breath=0.01),
    "brass": Held(12.0, 5.0, 0.06, 0.14, voices=2, detune=5, open_s=0.5),
    "saxophone": Held(8.5, 5.0, 0.05, 0.1, vibrato=0.2, breath=0.03, open_s=0.8, harmonics=_REED),
    "flute": Held(16.0, 12.0, 0.06, 0.12, vibrato=0.16, breath=0.06, harmonics=(1.0, 0.35, 0.16, 0.05, 0.02)),
    "whistle": Held(18.0, 12.0, 0.04, 0.08, vibrato=0.2, breath=0.05, harmonics=(1.0, 0.12, 0.2, 0.02)),
    "clarinet": Held(9.0, 6.0, 0.05, 0.1, odd=True, breath=0.02),
    "accordion": Held(8.0, 5.0, 0.05, 0.08, voices=2, detune=7, harmonics=_REED),
    "organ": Held(10.0, 6.0, 0.012, 0.06, harmonics=(1.0, 0.8, 0.5, 0.5, 0.0, 0.3, 0.0, 0.3)),
    "choir": Held(13.0, 10.0, 0.25, 0.5, voices=4, detune=11, vibrato=0.15, breath=0.02),
    "pad": Held(14.0, 7.5, 0.7, 1.2, voices=4, detune=12, open_s=3.0),
    "dark pad": Held(20.0, 13.0, 1.2, 1.8, voices=4, detune=10),
    "synth lead": Held(9.0, 4.5, 0.01, 0.12, voices=2, detune=8, open_s=0.35, vibrato=0.08),
    "supersaw": Held(8.0, 4.5, 0.012, 0.16, voices=6, detune=16, open_s=0.9),
    "pluck synth": Held(18.0, 5.0, 0.004, 0.1, voices=2, detune=6, open_s=0.09, fall_s=0.16),
    "square lead": Held(6.0, 6.0, 0.003, 0.02, odd=True),
    "pulse": Held(6.0, 5.0, 0.003, 0.02, harmonics=tuple(abs(((k * 0.25) % 1.0) - 0.5) / k + 0.1 / k for k in range(1, 25))),
    "synth bass": Held(16.0, 5.0, 0.006, 0.06, voices=2, detune=4, open_s=0.12),
    "reese bass": Held(10.0, 6.0, 0.01, 0.06, voices=3, detune=22, drive=0.8),
    "acid bass": Held(18.0, 4.0, 0.004, 0.04, open_s=0.08, drive=1.4),
    "sub bass": Held(40.0, 18.0, 0.008, 0.09, open_s=0.05, fall_s=0.9, drive=0.9),
    "triangle bass": Held(12.0, 12.0, 0.003, 0.02, odd=True),
}
WORDS: tuple[tuple[str, str], ...] = (
    (r"electric piano|rhodes|e-?piano|wurlitzer", "electric piano"), (r"music box|celesta|glockenspiel", "music box"),
    (r"pianos?|keys", "piano"), (r"vibraphone|vibes", "vibraphone"), (r"marimba|xylophone|kalimba", "marimba"),
    (r"bells?|chimes?", "bells"), (r"nylon|spanish guitar|classical guitar|ukulele", "nylon guitar"),
    (r"distort(?:ed|ion)|heavy guitars?|fuzz|power chords?", "distorted guitar"), (r"electric guitars?", "electric guitar"),
    (r"guitars?|mandolin", "guitar"), (r"banjo", "banjo"), (r"harps?|lyre|zither", "harp"),
    (r"violins?|fiddle", "violin"), (r"cellos?", "cello"), (r"strings?|orchestra|orchestral", "strings"),
    (r"brass|trumpets?|horns?|trombones?", "brass"), (r"sax(?:ophone)?", "saxophone"), (r"flutes?|recorder", "flute"),
    (r"tin whistle|whistl\w+", "whistle"), (r"clarinets?|oboes?|woodwinds?", "clarinet"),
    (r"accordions?|bandoneon|harmonica", "accordion"), (r"organs?", "organ"), (r"choirs?", "choir"),
    (r"pads?|drones?", "pad"), (r"supersaws?", "supersaw"), (r"arps?|arpeggios?|plucks?", "pluck synth"),
    (r"synths?|synthesi[sz]ers?|moog", "synth lead"),
)
"""Patterns of words and the instrument that they name; the first match of a word counts."""
