"""Drum patterns: sixteen steps to the bar (twelve in three), with accents, fills at the ends of sections, a human hand."""

from __future__ import annotations

import numpy as np

from studio.engine.render.music.form import Section
from studio.engine.render.music.score import Stroke

# X accent, x stroke, o soft, . nothing.
BEATS: dict[str, dict[str, str]] = {
    "rock": {"kick": "X.....x.x.x.....", "snare": "....X.......X...", "hat": "x.o.x.o.x.o.x.o."},
    "punk": {"kick": "X...x...X...x...", "snare": "..X...X...X...X.", "crash": "o...o...o...o..."},
    "double kick": {"kick": "XxxxXxxxXxxxXxxx", "snare": "....X.......X...", "ride": "X...X...X...X..."},
    "pop": {"kick": "X.....x.X.......", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.xo", "clap": "....o.......o..."},
    "four": {"kick": "X...X...X...X...", "clap": "....x.......x...", "open": "..x...x...x...x.", "hat": "o.o.o.o.o.o.o.oo"},
    "techno": {"kick": "X...X...X...X...", "hat": "..x...x...x...x.", "rim": "...o..o....o..o.", "ride": "..o...o...o...o."},
    "disco": {"kick": "X...X...X...X...", "snare": "....X.......X...", "open": "..x...x...x...x.",
              "tambourine": "o.o.o.o.o.o.o.o."},
    "electro": {"kick": "X.......X.x.....", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x.",
                "tom": "..............o."},
    "breakbeat": {"kick": "X.........x.....", "snare": "....X..o.o..X..o", "ride": "x.x.x.x.x.x.x.x."},
    "trap": {"kick": "X.....x...x.....", "snare": "........X.......", "clap": "........x.......", "hat": "x.x.x.xxx.x.xxxx"},
    "boom bap": {"kick": "X......x..x.....", "snare": "....X.......X...", "hat": "x.x.x.o.x.x.x.o."},
    "swing": {"ride": "X...x.o.X...x.o.", "hat": "....x.......x...", "brush": "o...x...o...x...",
              "kick": "o.......o......."},
    "bossa": {"rim": "x..x..x...x..x..", "kick": "x..ox..ox..ox..o", "shaker": "xoxoxoxoxoxoxoxo"},
    "tresillo": {"kick": "X...x...X...x...", "snare": "...x..x....x..x.", "conga": "o.x...xxo.x...xx",
                 "cowbell": "x.x.x.x.x.x.x.x."},
    "one drop": {"kick": "........X.......", "rim": "........X.......", "hat": "x.o.x.o.x.o.x.o."},
    "funk": {"kick": "X.x....x..x..x..", "snare": "....X..o.o..X..o", "hat": "xxxoxxxoxxxoxxxx"},
    "shuffle": {"kick": "X.......x.......", "snare": "....X.......X...", "ride": "x.o.x.o.x.o.x.o."},
    "train": {"kick": "X...x...X...x...", "brush": "xoXoxoXoxoXoxoXo"},
    "light": {"kick": "x.......x.......", "rim": "....x.......x...", "shaker": "xoxoxoxoxoxoxoxo"},
    "hand drum": {"low tom": "X.....x.X.......", "conga": "..x.x..x..x.x.x.", "tambourine": "....x.......x..."},
    "taiko": {"low tom": "X.....x.X.x.....", "tom": "...o.......o.ooo", "kick": "X.......X......."},
    "march": {"kick": "X.......X.......", "snare": "x.xxx.x.x.xxxxxx", "crash": "o..............."},
    "heartbeat": {"kick": "X..o............", "low tom": "........o......."},
    "claps": {"kick": "X.......X.x.....", "clap": "....x.......x...", "shaker": "oxoxoxoxoxoxoxox"},
    "chip": {"kick": "X...x...X...x...", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
}
_THREE = {"kick": "X...........", "rim": "....x...x...", "hat": "....o...o..."}
_FORCE = {"X": 1.0, "x": 0.75, "o": 0.4}
_LIGHT = ("hat", "shaker", "rim", "ride", "brush", "tambourine")
ROLE_DRUMS = {"hats": ("hat", "open"), "cymbals": ("crash", "ride"), "claps": ("clap",), "toms": ("tom", "low tom", "conga"),
              "kick": ("kick",), "snare": ("snare", "rim")}


def drum_strokes(beat: str, beats: int, section: Section, without: frozenset[str], strange: float,
                 rng: np.random.Generator) -> list[Stroke]:
    """The drums of a section: only the light ones in an intro or outro, a crash where a chorus begins, a fill at its end."""
    pattern = dict(BEATS[beat]) if beats == 4 else dict(_THREE)
    if section.energy < 0.35 and beat not in ("heartbeat", "taiko"):
        pattern = {drum: steps for drum, steps in pattern.items() if drum in _LIGHT}
    strokes: list[Stroke] = []
    size = beats * 4
    for bar in range(section.first, section.last + 1):
        fill = bar == section.last and section.bars >= 4 and section.energy > 0.5
        for drum, steps in pattern.items():
            for step in range(size):
                force = _FORCE.get(steps[step % len(steps)], 0.0)
                if strange > 0.5 and drum not in _LIGHT and rng.random() < (strange - 0.5) * 0.3:
                    force = 0.5 if force == 0.0 else 0.0  # strokes where none is expected
                if fill and step >= size - 4 and drum != "kick":
                    continue
                if force:
                    human = float(rng.uniform(0.88, 1.0))
                    strokes.append(Stroke(drum, bar * beats + step / 4, force * human * (0.65 + 0.35 * section.energy)))
        if fill:
            strokes += _fill(beat, bar * beats + beats - 1)
    if section.kind == "chorus" and beat not in ("heartbeat", "light", "bossa", "train"):
        strokes.append(Stroke("crash", section.first * beats, 0.8))
    return allowed(strokes, without)


def allowed(strokes: list[Stroke], without: frozenset[str]) -> list[Stroke]:
    """The strokes of the drums that are not left out (by the words of ROLE_DRUMS)."""
    gone = {drum for role, drums in ROLE_DRUMS.items() if role in without for drum in drums}
    return [one for one in strokes if one.drum not in gone]


def _fill(beat: str, at: float) -> list[Stroke]:
    """Four quick strokes into the next section, on the drums that the beat has."""
    drums = ("snare", "snare", "tom", "low tom")
    if beat in ("four", "techno", "claps", "trap"):
        drums = ("clap", "clap", "clap", "clap") if beat != "techno" else ("rim",) * 4
    elif beat in ("taiko", "hand drum", "heartbeat"):
        drums = ("tom", "tom", "low tom", "low tom")
    elif beat in ("light", "bossa", "swing", "train"):
        drums = ("rim", "rim", "rim", "rim")
    return [Stroke(drum, at + i / 4, 0.6 + 0.12 * i) for i, drum in enumerate(drums)]
