"""What a prompt wants to happen after a clip's end: a camera move, what falls, a change of light, a fade."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from studio.engine.render.edit.reading import read_instructions
from studio.engine.render.edit.steps import Step, told
from studio.engine.render.motion.camera import Move, choose_move
from studio.engine.render.scene.compose import particles_of
from studio.engine.render.scene.words import read_prompt

_LIGHT = frozenset({
    "brightness", "contrast", "saturation", "warmth", "grey", "tone", "grade", "tint", "shadows", "highlights", "fog",
    "vignette", "blur", "glow", "thermal", "invert", "leak",
})
"""Operations of image.edit that may come over a clip little by little."""
_MORE_LIGHT: tuple[tuple[str, tuple[Step, ...]], ...] = (
    (r"sun(?:set| ?sets| goes down)|dusk|evening (?:comes|falls)",
     (Step("grade", value="golden"), Step("brightness", -0.6))),
    (r"sun(?:rise| ?rises| comes up)|dawn|morning (?:comes|breaks)", (Step("brightness", 0.7), Step("warmth", 0.9))),
    (r"night(?:fall| falls| comes)|(?:gets|grows|turns|becomes) dark|lights? (?:go|goes) out",
     (Step("grade", value="night"),)),
    (r"storm|clouds? (?:gather|roll|come|cover)\w*|overcast", (Step("brightness", -0.7), Step("saturation", -0.6))),
    (r"sun (?:comes|breaks) (?:out|through)|clears up", (Step("brightness", 0.6), Step("warmth", 0.5))),
)
_FADE = re.compile(r"\bfad(?:es?|ing) (?:in)?to (black|white)\b|\bfad(?:es?|ing)[- ]?out\b|\bgoes (black|white)\b")
_FLASH = re.compile(r"\blightning|thunderstorm|flash(?:es|ing)?\b")
_FALLING_FEATURES = ("petals", "leaves", "embers", "fireflies", "dust")


@dataclass(frozen=True, slots=True)
class Wishes:
    """`move`: the camera's, where words name one. `particles`: a kind of motion.particles. `steps`: what comes over the
    picture. `fade`: "black" or "white" at the end. `flashes`: lightning. `understood`: all of it in words."""

    move: Move | None = None
    particles: str | None = None
    steps: tuple[Step, ...] = ()
    fade: str = ""
    flashes: bool = False
    understood: tuple[str, ...] = ()


def read_wishes(prompt: str, already: str = "") -> Wishes:
    """Never fails: what is not known changes nothing. `already`: the words that the clip was made from, where known: weather
    and light that they name are there and need not begin."""
    there = read_wishes(already) if already else Wishes()
    text = prompt.lower()
    instructions = read_instructions(_FADE.sub(" ", text))
    move = named_move(prompt)
    falling = next((step.value for step in instructions.steps if step.operation == "falling"), None) or _falls(prompt)
    falling = None if falling == there.particles else falling
    fade = _FADE.search(text)
    steps: list[Step] = []
    for pattern, meant in _MORE_LIGHT:
        if re.search(rf"\b(?:{pattern})\b", text):
            steps += meant
    known = {step.operation for step in steps}
    steps += [step for step in instructions.steps
              if step.operation in _LIGHT and step.operation not in known and not step.region]
    shown = [replace(step, words="") for step in there.steps]
    steps = [step for step in steps if replace(step, words="") not in shown]
    flashes = bool(_FLASH.search(text))
    words = ([f"camera: {move.name}"] if move is not None else []) + ([f"{falling} begins"] if falling else [])
    words += [f"little by little: {told(step)}" for step in steps]
    words += ["flashes of lightning"] if flashes else []
    colour = "" if fade is None else fade[1] or fade[2] or "black"
    words += [f"fades to {colour}"] if colour else []
    return Wishes(move, falling, tuple(steps), colour, flashes, tuple(words))


def named_move(prompt: str) -> Move | None:
    """The camera move that words name; None where they name none."""
    # Without words the move is by the seed: two seeds with different moves tell.
    one, other = choose_move(prompt, 0), choose_move(prompt, 4)
    return one if one == other else None


def _falls(prompt: str) -> str | None:
    words = read_prompt(prompt)
    if words.weather in {"rain", "storm", "snow"} or any(words.has(name) for name in _FALLING_FEATURES):
        return particles_of(words)
    return None
