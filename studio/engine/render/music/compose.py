"""Writes the piece that a brief asks for: form, chords, melody, accompaniment and drums, all from one seed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.engine.render.music.backing import arp_notes, bass_notes, chord_notes, ending_chord, pad_notes
from studio.engine.render.music.form import Section, plan
from studio.engine.render.music.harmony import Chord, borrowed, chord_at, voiced
from studio.engine.render.music.melody import Line, sing
from studio.engine.render.music.request import MusicBrief
from studio.engine.render.music.rhythm import allowed, drum_strokes
from studio.engine.render.music.score import Note, Score, Stroke
from studio.engine.render.music.voice import RANGES, syllables

_SHORTEST_RING_S, _LONGEST_RING_S = 0.5, 3.0
_TEMPO_GIVE = 0.06


def compose(brief: MusicBrief) -> Score:
    """A score that lasts `brief.seconds` with the last chord's ringing."""
    bpm, bars = fit(brief)
    sections = plan(bars, loop=brief.loop)
    sections = tuple(_with_energy(section, brief.energy) for section in sections)
    chords = _chords(brief, sections)
    score = Score(brief.key, bpm, brief.beats, sections, chords)
    melodies: dict[str, list[Note]] = {}
    for section in sections:
        rng = np.random.default_rng([brief.seed, 7, *section.kind.encode()])
        _write_section(brief, score, section, rng, melodies)
    if not brief.loop:
        score.notes += _ending(brief, score)
        if brief.drums and brief.signature.beat not in ("heartbeat", "light", "bossa"):
            last = float(bars * brief.beats)
            score.strokes += allowed([Stroke("kick", last, 0.8), Stroke("crash", last, 0.7)], brief.words.without)
    return score


def fit(brief: MusicBrief) -> tuple[float, int]:
    """(beats a minute, bars) that fill the time: a tempo that was not given as a number gives way by a few percent."""
    bar = brief.beats * 60 / brief.bpm
    ring = 0.0 if brief.loop else min(max(bar * 0.8, _SHORTEST_RING_S), _LONGEST_RING_S, brief.seconds * 0.4)
    room = brief.seconds - ring
    if brief.bpm_exact:
        return brief.bpm, max(1, int(room / bar + 1e-6) if not brief.loop else int(np.ceil(room / bar - 1e-6)))
    bars = max(1, round(room / bar))
    for count in (bars, bars - bars % 4 if bars % 4 == 1 else bars + (-bars) % 4):
        stretch = count * bar / room
        if count >= 1 and abs(stretch - 1) <= _TEMPO_GIVE:
            bars = count
    stretch = bars * bar / room
    if abs(stretch - 1) > _TEMPO_GIVE and not brief.loop:
        bars = max(1, int(room / bar))
        stretch = float(np.clip(bars * bar / room, 1 - _TEMPO_GIVE, 1 + _TEMPO_GIVE))
    return brief.bpm * stretch, bars


def _with_energy(section: Section, more: float) -> Section:
    energy = float(np.clip(section.energy + more * (0.6 if section.kind == "intro" else 1.0), 0.15, 1.0))
    return Section(section.kind, section.first, section.bars, energy, section.turn)


def _chords(brief: MusicBrief, sections: tuple[Section, ...]) -> tuple[Chord, ...]:
    chords: list[Chord] = []
    style = brief.signature
    for section in sections:
        which = {"chorus": 1, "bridge": 2}.get(section.kind, 0)
        degrees = [int(one) for one in style.progressions[which].split()]
        rng = np.random.default_rng([brief.seed, 11, which])
        for number in range(section.bars):
            degree = degrees[number % len(degrees)]
            if brief.strange > 0.35 and number and rng.random() < (brief.strange - 0.3) * 0.8:
                chords.append(borrowed(brief.key, degree, sevenths=style.sevenths))
            else:
                chords.append(chord_at(brief.key, degree, sevenths=style.sevenths))
    return (*chords, chords[0] if brief.loop else ending_chord(brief.key, sevenths=style.sevenths))


def _write_section(brief: MusicBrief, score: Score, section: Section, rng: np.random.Generator,
                   melodies: dict[str, list[Note]]) -> None:
    style, players, chords = brief.signature, brief.players, score.chords
    comp = style.comp
    if brief.beats == 3 and comp not in ("held", "broken", "waltz", "pulse"):
        comp = "waltz"
    if "chords" in players:
        power = players["chords"] == "distorted guitar"
        score.notes += chord_notes(comp, brief.beats, section, chords, rng, power)
    if "bass" in players and section.energy >= 0.25 and not (section.kind == "intro" and brief.drums):
        score.notes += bass_notes(style.bassline, brief.key, brief.beats, section, chords, rng)
    if "pad" in players:
        score.notes += pad_notes(brief.beats, section, chords)
    if "arp" in players:
        score.notes += arp_notes(brief.beats, section, chords)
    if brief.drums and style.beat is not None:
        score.strokes += drum_strokes(style.beat, brief.beats, section, brief.words.without, brief.strange, rng)
    if "lead" in players or brief.voice:
        score.notes += _melody(brief, section, chords, melodies)


def _melody(brief: MusicBrief, section: Section, chords: tuple[Chord, ...], melodies: dict[str, list[Note]]) -> list[Note]:
    """The section's melody: the one of its kind again, over the same chords, when it was heard before and is as long."""
    start = section.first * brief.beats
    key = f"{section.kind} {section.bars}"
    if key not in melodies:
        low, high = RANGES[brief.voice] if brief.voice else (brief.style.centre - 12, brief.style.centre + 12)
        centre = (low + high) // 2 - 2 if brief.voice else brief.style.centre
        rng = np.random.default_rng([brief.seed, 5, *section.kind.encode()])
        line = Line(brief.key, brief.beats, centre, brief.busy, brief.strange, low, high)
        sung = sing(line, section, chords, rng)
        melodies[key] = [Note(n.part, n.start - start, n.length, n.pitch, n.force) for n in sung]
    notes = [Note(n.part, n.start + start, n.length, n.pitch, n.force) for n in melodies[key]]
    if not brief.voice:
        return notes
    # A chorus keeps its words, a verse goes on in the lyrics.
    voice = _after(brief.lyrics, 0 if section.kind == "chorus" else section.turn * 40)
    return [Note("voice", n.start, n.length, n.pitch, n.force, next(voice)) for n in notes]


def _after(lyrics: str, count: int) -> Iterator[str]:
    found = syllables(lyrics)
    for _ in range(count):
        next(found)
    return found


def _ending(brief: MusicBrief, score: Score) -> list[Note]:
    """The last chord, held by all until it has rung out."""
    at = float(score.bars * brief.beats)
    length = max(1.0, min(_LONGEST_RING_S, brief.seconds - at * score.beat_s) / score.beat_s)
    chord = score.chords[-1]
    pitches = voiced(chord, None)
    notes = [Note("chords", at, length, pitch, 0.6) for pitch in pitches if "chords" in brief.players]
    if "bass" in brief.players:
        notes.append(Note("bass", at, length, 28 + (chord.root - 28) % 12, 0.8))
    if "pad" in brief.players:
        notes += [Note("pad", at, length, pitch, 0.5) for pitch in pitches]
    return notes
