"""What is done with the words of a video's prompt before it is drawn: detail added where that is asked for, and a check of
the words for content that is not safe for work."""

from __future__ import annotations

import re
from dataclasses import replace

from studio.engine.render.prompting.enhance import enhance
from studio.engine.render.scene.words import SceneWords, read_prompt
from studio.engine.render.task import RenderControl, RenderTask

CHECK = "words of the prompt against a list of words; the engine has no classifier of pictures"
"""How the content check is done, for the answer."""
# Whole words in the sense they have where a picture is described: no sense is hurt by "cock crowing" or "nude lipstick".
_UNSAFE = re.compile(
    r"\b(?:porn\w*|nsfw|hentai|xxx|erotic\w*|sexual\w*|sexy? (?:scene|act|position|pose)s?|having sex|naked|nudes?|nudity|"
    r"topless|bottomless|genitals?|penis\w*|vagina\w*|nipples?|orgasm\w*|masturbat\w*|blow ?jobs?|orgy|fetish|bdsm|bondage|"
    r"strip(?:per|tease)\w*|lingerie model|beheading|decapitat\w*|dismember\w*|disembowel\w*|gore|gory|mutilat\w*|"
    r"(?:rape|raping|rapist)\w*|snuff film|child abuse|torture porn)\b", re.IGNORECASE)
_HARMLESS = re.compile(r"\bnude (?:lipstick|colou?r|heels|shoes|tones?|shade|palette|mouse)\b"
                       r"|\bnaked (?:mole|eye|flame|bulb|trees?|branches)\b|\bgore-?tex\b"
                       r"|\b(?:no|without|not|never) (?:any )?(?:nudity|gore|nudes?)\b", re.IGNORECASE)


def unsafe_words(prompt: str) -> tuple[str, ...]:
    """The words of a prompt that the content check does not let pass."""
    found = (match[0].lower() for match in _UNSAFE.finditer(_HARMLESS.sub(" ", prompt)))
    return tuple(dict.fromkeys(found))


def extended(prompt: str, seconds: int, aspect_ratio: str, control: RenderControl) -> str:
    """The prompt with detail added by the engine's prompt rewriter (light, lens, camera, mood), its own words all kept."""
    given = {"prompt": prompt, "duration": seconds, "aspectRatio": aspect_ratio}
    task = RenderTask("cannon:prompt.enhance.video", given, {}, "")
    return str(enhance(task, _Unheard(control)).extra["enhancedPrompt"])


def read_extended(prompt: str, longer: str, negative: str | None) -> SceneWords:
    """What an extended prompt says: light, mood and what floats in the air may be added; place, subjects and style stay as
    the person's own words have them."""
    own, more = read_prompt(prompt, negative=negative), read_prompt(longer, negative=negative)
    named = own.style if own.style != "natural" else more.style
    return replace(more, place=own.place, subjects=own.subjects, season=own.season, style=named,
                   weather=own.weather if own.weather != "clear" else more.weather)


def left_out(prompt: str, negative: str | None) -> list[str]:
    """The subjects that the prompt names and the negative prompt takes out."""
    if not negative:
        return []
    kept = {subject.kind for subject in read_prompt(prompt, negative=negative).subjects}
    return sorted({subject.kind for subject in read_prompt(prompt).subjects} - kept)


class _Unheard(RenderControl):
    """Cancel is heard, the rewriter's progress is not told: the film has only begun."""

    def __init__(self, control: RenderControl) -> None:
        self._control = control

    def check(self) -> None:
        self._control.check()

    def progress(self, fraction: float) -> None:
        self._control.check()
