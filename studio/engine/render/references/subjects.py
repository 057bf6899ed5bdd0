"""Whether the subject of a reference picture comes into the drawn scene, and where it stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2

from studio.engine.render.composite.blending import Figure, Light, figure
from studio.engine.render.composite.staging import Ground, Placement, place
from studio.engine.render.composite.wishes import read_wishes
from studio.engine.render.cutout import Cutout, cut_out
from studio.engine.render.drawn_scene import DrawnScene
from studio.engine.render.references.given import Given
from studio.engine.render.scene.words import SceneWords
from studio.engine.render.style_transfer import read_style
from studio.engine.render.task import RenderControl
from studio.engine.render.treatments.apply import treated

MOST = 3
BY_NAME, BY_WEIGHT = 0.2, 0.75
"""The balance from which on a subject comes in that the prompt names by kind, and one that it does not name."""
_THINGS = (r"man|woman|girl|boy|lady|guy|person|child|people|face|portrait|astronaut|dog|cat|kitten|puppy|pet|animal|bird|"
           r"horse|product|bottle|cup|mug|coffee|car|bike|toy|object|thing|item|subject|character|figure|shoe|watch|bag|vase|"
           r"lamp|chair")
_ASKED = re.compile(
    rf"\breferences?\b|\b(?:given|attached|provided|uploaded) (?:image|picture|photo|{_THINGS})s?\b"
    rf"|\b(?:this|that|these|my|our|the same|same) (?:\w+ )?(?:{_THINGS})s?\b"
    rf"|\b(?:{_THINGS})s? (?:from|of|in|on) (?:the|my|this|that) (?:image|picture|photo)\b|\b(?:image|picture|photo) ?\d\b",
    re.IGNORECASE)
_LIVING = frozenset({"dog", "cat", "horse", "bird"})


@dataclass(frozen=True, slots=True)
class Cast:
    """The subjects that come in, the words of the scene without those that they stand for, and what is said about it."""

    cutouts: tuple[Cutout, ...] = ()
    pictures: tuple[int, ...] = ()
    words: SceneWords | None = None
    notes: tuple[str, ...] = ()


def is_asked(prompt: str) -> bool:
    """Whether a prompt speaks of the reference pictures' own subject."""
    return _ASKED.search(prompt) is not None


def cast_of(words: SceneWords, given: Sequence[Given], weight: float, control: RenderControl) -> Cast:
    """The subjects that the prompt or the balance calls in, three at most; the rest of the pictures give colours only.

    A prompt that speaks of the references' subject calls it at any balance; one that names its kind from 0.2 on; a balance
    of 0.75 and more calls whatever stands out.
    """
    asked = is_asked(words.prompt)
    kinds = {subject.kind for subject in words.subjects}
    by_name = weight >= BY_NAME and bool(kinds & {"person", "cat"})
    if not given or not (asked or by_name or weight >= BY_WEIGHT):
        return Cast()
    cutouts: list[Cutout] = []
    pictures: list[int] = []
    replaced: set[str] = set()
    for number, one in enumerate(given, start=1):
        control.check()
        cv2.setRNGSeed(1)  # its clusters begin at random places, and the same input shall give the same picture
        found = cut_out(one.rgb, one.alpha, check=control.check) if len(cutouts) < MOST else None
        if found is None or not (asked or weight >= BY_WEIGHT or found.kind in kinds):
            continue
        cutouts.append(_in_style(found, words.style, control))
        pictures.append(number)
        replaced |= {found.kind} if found.kind != "object" else kinds & _LIVING
    notes = () if cutouts or not asked else ("In no reference picture does a subject stand out: they give colours only.",)
    left = tuple(subject for subject in words.subjects if subject.kind not in replaced)
    return Cast(tuple(cutouts), tuple(pictures), replace(words, subjects=left) if cutouts else None, notes)


def _in_style(cutout: Cutout, style: str, control: RenderControl) -> Cutout:
    """The subject drawn in the scene's own style, as far as that is one; a face keeps its likeness."""
    if style == "natural":
        return cutout
    drawn = treated(cutout.colours, read_style(style).style, 1, lambda _: control.check())
    return replace(cutout, colours=drawn.rgb)


def ground_of(drawn: DrawnScene) -> Ground:
    """The ground of a drawn scene, in shares of its height."""
    rows, columns = drawn.rgb.shape[:2]
    unit = min(rows, columns)
    return Ground(min(drawn.horizon * unit / rows, 0.7), drawn.land.foot * unit / rows, drawn.land.person * unit / rows)


def light_of(drawn: DrawnScene) -> Light:
    """Its light, as what stands in it takes it."""
    light, words = drawn.light, drawn.words
    sunny = words.weather in ("clear", "snow") and not light.dark and words.place not in ("forest", "room", "underwater",
                                                                                          "space")
    return Light(light.side, 0.75 if sunny else 0.12, 1.0 if light.source_y < 0.4 else 0.2)


def placed(cast: Cast, ground: Ground, prompt: str, width: int, height: int,
           weight: float) -> tuple[tuple[Placement, Figure], ...]:
    """Each subject in its final size and place, back to front. One alone stands as far left or right as in its picture, as
    far as `weight` says so and the prompt says nothing else."""
    wishes, _ = read_wishes(prompt, [cutout.kind for cutout in cast.cutouts])
    placements = place(cast.cutouts, wishes, ground, width, height)
    if len(placements) == 1 and not wishes[0].side:
        placements = (_as_in_picture(placements[0], cast.cutouts[0], width, weight),)
    elif len(placements) == 1:
        centre = {"left": 0.27, "middle": 0.5, "right": 0.73}[wishes[0].side] * width
        placements = (replace(placements[0], left=centre - placements[0].width / 2),)
    return tuple((one, figure(cast.cutouts[one.number], one, width)) for one in placements)


def _as_in_picture(placement: Placement, cutout: Cutout, width: int, weight: float) -> Placement:
    if cutout.cut_sides() & {"left", "right"}:
        return placement  # it must stay at the rim that cuts it off
    left, _, right, _ = cutout.box()
    centre = (left + right) / 2 / cutout.alpha.shape[1] * width
    wanted = min(max(centre - placement.width / 2, 0.01 * width), 0.99 * width - placement.width)
    if placement.width > 0.96 * width:
        return placement
    return replace(placement, left=placement.left + (wanted - placement.left) * min(weight * 1.2, 1.0))


def told(cast: Cast, placements: Sequence[Placement], width: int) -> list[dict[str, object]]:
    """The subjects in words."""
    def side(one: Placement) -> str:
        centre = (one.left + one.width / 2) / width
        return "left" if centre < 0.4 else "right" if centre > 0.6 else "middle"

    return [{"picture": cast.pictures[one.number], "kind": cast.cutouts[one.number].kind,
             "found_by": cast.cutouts[one.number].found_by, "side": side(one)}
            for one in sorted(placements, key=lambda one: one.number)]
