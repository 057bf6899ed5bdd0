"""The style field of a drawn picture, where its words go beyond what the scene's painter knows by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.contracts.canvas.style import STYLES
from studio.engine.render.edit import tones
from studio.engine.render.edit.steps import Step
from studio.engine.render.matting import Bytes
from studio.engine.render.scene.words import read_prompt
from studio.engine.render.style_transfer import read_style
from studio.engine.render.treatments.apply import treated

_GRADES: Mapping[str, Callable[[Bytes, Step], Bytes]] = {
    "brightness": tones.brightness, "contrast": tones.contrast, "saturation": tones.saturation, "warmth": tones.warmth,
    "tint": tones.tint,
}


def painter_knows(words: str) -> bool:
    """Whether the words name a style that the scene is drawn in from the start, "photo" among them."""
    # Of two prompts with styles of their own, one at least is overruled by a style that is known.
    return any(read_prompt(own, words).style != own for own in ("watercolour", "noir"))


def in_style(picture: Bytes, words: str, seed: int, check: Callable[[], object]) -> tuple[Bytes, str | None]:
    """The finished picture treated as a photo would be in that style, with the changes of light and colour said beside it;
    and what was done, or that the words name nothing known. The painter's own styles are left to it."""
    words = words.strip()
    if not words or painter_knows(words):
        return picture, None
    wish = read_style(words)
    if wish.note is not None and not wish.grades:
        return picture, f"“{words[:80]}” names no style known here and was left out. Known are {', '.join(STYLES)}."
    note = "The words' light and colours were taken; they name no style known here."
    if wish.note is None:
        picture = treated(picture, wish.style, seed, lambda _: check()).rgb
        note = f"Drawn as {wish.style}."
    for step in wish.grades:
        check()
        picture = _GRADES[step.operation](picture, step)
    return picture, note
