"""Tones of voice: what a word such as calm or excited does to pitch, melody, pace, pauses and sound."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.engine.render.sound.filters import Section, high_shelf, low_shelf, peak
from studio.engine.render.task import RenderRefusedError


@dataclass(frozen=True, slots=True)
class Tone:
    """`pitch` is added (of 100), `melody`, `pace` and `pauses` are factors; `low_db`, `presence_db`, `air_db` equalize."""

    name: str
    words: str
    pitch: int = 0
    melody: float = 1.0
    pace: float = 1.0
    pauses: float = 1.0
    low_db: float = 0.0
    presence_db: float = 0.0
    air_db: float = 0.0


TONES: tuple[Tone, ...] = (
    Tone("neutral", r"neutral|normal|natural|plain|standard|default"),
    Tone("calm", r"calm\w*|relax\w*|peaceful|soothing|meditat\w+|slow", -6, 0.75, 0.86, 1.35, 1.5, -1.0, -3.0),
    Tone("warm", r"warm\w*|kind|caring|cozy|intimate", -4, 1.0, 0.94, 1.1, 3.0, 0.0, -2.5),
    Tone("excited", r"excit\w+|enthusias\w+|energetic|hyped?|thrilled|lively", 14, 1.6, 1.16, 0.75, -1.0, 2.0, 1.5),
    Tone("cheerful", r"cheerful|happy|joyful|friendly|upbeat|playful|bright", 9, 1.4, 1.06, 0.9, 0.0, 1.0, 1.0),
    Tone("serious", r"serious|formal|professional|news\w*|documentary|neutral news|authoritative|confident|firm", -7, 0.8,
         0.97, 1.1, 1.0,
         1.0, 0.0),
    Tone("sad", r"sad\w*|melanchol\w+|somber|sombre|mournful|disappointed|tired", -12, 0.6, 0.82, 1.5, 1.0, -2.0, -4.0),
    Tone("dramatic", r"dramatic|epic|trailer|intense|suspense\w*|tense", -10, 1.45, 0.9, 1.6, 3.0, 1.5, 0.0),
    Tone("angry", r"angry|furious|aggressive|harsh", 6, 1.5, 1.12, 0.8, 0.0, 4.0, 2.0),
    Tone("urgent", r"urgent|hurried|fast|nervous|anxious|panick\w+", 8, 1.15, 1.24, 0.6, 0.0, 2.0, 0.5),
    Tone("soft", r"soft\w*|gentle|tender|whisper\w*|quiet\w*", -2, 0.8, 0.9, 1.2, 1.0, -2.5, -4.0),
    Tone("mysterious", r"myster\w+|dark|ominous|spooky|scary", -14, 0.9, 0.86, 1.5, 2.5, -1.0, -3.0),
    Tone("storytelling", r"story\w*|narrat\w+|bedtime|audiobook|expressive", 0, 1.25, 0.94, 1.2, 1.0, 0.0, -1.0),
    Tone("flat", r"flat|monoton\w+|bored|robotic|deadpan", 0, 0.15, 0.97, 1.0),
    Tone("bright", r"crisp|clear|commercial|advert\w*|radio|promo\w*", 4, 1.2, 1.04, 0.85, -1.0, 2.0, 2.0),
)


def read_tone(words: str | None) -> Tone:
    """All tones that the words name, mixed; RenderRefusedError("tone") where they name none that is known."""
    if words is None or not words.strip():
        return TONES[0]
    found = [tone for tone in TONES if re.search(rf"\b(?:{tone.words})\b", words, re.IGNORECASE)]
    if not found:
        known = ", ".join(tone.name for tone in TONES)
        raise RenderRefusedError(f"The tone “{words}” is not known here. Use one or more of: {known}.", "tone")
    count = len(found)

    def mean(values: list[float]) -> float:
        return sum(values) / count

    return Tone(
        " and ".join(tone.name for tone in found), "", round(mean([tone.pitch for tone in found])),
        mean([tone.melody for tone in found]),
        mean([tone.pace for tone in found]), mean([tone.pauses for tone in found]), mean([tone.low_db for tone in found]),
        mean([tone.presence_db for tone in found]), mean([tone.air_db for tone in found]),
    )


def sections_of(tone: Tone, similarity: float) -> tuple[Section, ...]:
    """The equalizer of a tone; a low `similarity` (0 to 1) rounds off the edge and the upper formants of the voice."""
    away = 1.0 - similarity
    return (
        low_shelf(220.0, tone.low_db + 2.5 * away), peak(2900.0, tone.presence_db - 7.0 * away, 0.8),
        high_shelf(5200.0, tone.air_db - 2.0 - 8.0 * away),
    )
