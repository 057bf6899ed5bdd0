"""What an instruction does to a clip: each step as a stage that takes the frames in order and keeps what it needs between
them. The operations are those of image.edit; here they are made steady."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from studio.engine.render.changes.colour_table import ColourTable
from studio.engine.render.changes.flow import Flow, Map
from studio.engine.render.changes.regions import NAMES, Regions
from studio.engine.render.changes.steadying import Bytes, Steadied
from studio.engine.render.cutout import Cutout
from studio.engine.render.edit import detail, frames, lettering, tones
from studio.engine.render.edit.picture import Picture
from studio.engine.render.edit.steps import Step
from studio.engine.render.harmony import over
from studio.engine.render.motion.particles import Particles
from studio.media.colour import rgb_to_yuv420, yuv420_to_rgb


@dataclass(slots=True)
class Moment:
    """One frame on its way: `rgb` as changed so far, `source` as it came. `flow` leads to the frame before, on a small copy;
    None in the first frame of a shot."""

    rgb: Bytes
    source: Bytes
    flow: Flow | None
    index: int
    seconds: float
    regions: Regions
    seed: int
    check: Callable[[], object]
    _masks: dict[str, Map] = field(default_factory=dict)

    def mask(self, region: str) -> Map | None:
        """How much each pixel belongs to a region, fitted to the edges of the source; None for the whole frame."""
        if not region:
            return None
        found = self._masks.get(region)
        if found is None or found.shape != self.rgb.shape[:2]:
            guide = self.source if self.source.shape == self.rgb.shape else self.rgb
            found = self.regions.mask(region, guide)
            self._masks[region] = found
        return found

    def picture(self, seed: int | None = None) -> Picture:
        """The frame as the operations on pictures take it, with what is known of its regions."""
        known = {name: self.mask(name) for name in ("subject", "sky") if self.regions.follows(name)}
        faces, subject = self.regions.faces, known.get("subject")
        return Picture(
            self.rgb, None, self.seed if seed is None else seed, self.check,
            [] if subject is None else [Cutout(subject, self.rgb, faces, "followed")], [faces],
            [known["sky"]] if "sky" in known else [],
        )

    def put(self, changed: Bytes, region: str) -> None:
        """Take over new pixels, in one region only where one is named."""
        mask = self.mask(region)
        self.rgb = changed if mask is None else over(self.rgb, changed, mask)


class Stage(Protocol):
    """One change. Called once for every frame, in order."""

    def __call__(self, moment: Moment) -> None: ...


_BY_TABLE: Mapping[str, Callable[[Bytes, Step], Bytes]] = {
    "brightness": tones.brightness, "contrast": tones.contrast, "saturation": tones.saturation, "warmth": tones.warmth,
    "grey": tones.grey, "tone": tones.tone, "grade": tones.grade, "tint": tones.tint, "balance": tones.balance,
    "thermal": tones.thermal,
}
_LOCAL: Mapping[str, Callable[[Bytes, Step], Bytes]] = {
    "shadows": tones.shadows, "highlights": tones.highlights, "invert": tones.invert, "posterize": tones.posterize,
    "solarize": tones.solarize, "recolour": tones.recolour, "splash": tones.splash,
}
_MEASURING: Mapping[str, Callable[[Bytes, Step], Bytes]] = {
    "enhance": tones.enhance, "hdr": tones.hdr, "dehaze": tones.dehaze,
}
_DETAIL: Mapping[str, Callable[[Picture, Step], Bytes]] = {
    "sharpness": detail.sharpness, "blur": detail.blur, "glow": detail.glow, "vignette": detail.vignette,
    "skin": detail.skin, "pixelate": detail.pixelate, "tiltshift": detail.tilt_shift, "leak": detail.leak,
    "fringe": detail.fringe, "emboss": detail.emboss, "redeye": detail.red_eye, "fog": detail.fog,
}
_ON_TOP: Mapping[str, Callable[[Picture, Step], None]] = {
    "border": frames.border, "round": frames.round_corners, "text": lettering.letter,
}
_ORDER = (
    ("denoise", "redeye"), ("cut", "backdrop", "sky"), ("balance", "enhance", "dehaze", "hdr"), ("recolour", "splash"), (),
    ("style",), ("falling", "leak", "fringe", "glitch"), ("vignette",), ("grain",), ("border", "round"), ("text",),
)
_RANK = {name: rank for rank, names in enumerate(_ORDER) for name in names}
_USUAL_RANK = 4
_FACE_OPERATIONS = frozenset({"skin", "redeye"})
_GLITCH_FRAMES = 4


def in_order(steps: Sequence[Step]) -> list[Step]:
    """The order of work, whatever was said first: noise, what lies behind, light and colour, drawing, what lies on top."""
    return sorted(steps, key=lambda step: _RANK.get(step.operation, _USUAL_RANK))


def regions_of(step: Step) -> set[str]:
    """The regions that a step needs to know."""
    needed = {step.region} if step.region else set()
    if step.operation in {"backdrop", "cut"}:
        needed.add("subject")
    if step.operation == "sky":
        needed.add("sky")
    if step.operation in _FACE_OPERATIONS:
        needed.add("faces")
    return needed


def stages_of(steps: Sequence[Step], sheet: Bytes, size: tuple[int, int], seed: int) -> list[Stage]:
    """The stages for steps in their order; steps of colour that follow each other become one table. `size`: the frame's
    width and height."""
    stages: list[Stage] = []
    waiting: list[Step] = []
    for step in steps:
        if waiting and (step.operation not in _BY_TABLE or step.region != waiting[0].region):
            stages.append(_table(waiting, sheet))
            waiting = []
        if step.operation in _BY_TABLE:
            waiting.append(step)
        else:
            stages.append(_stage(step, size, seed))
    if waiting:
        stages.append(_table(waiting, sheet))
    return stages


def _table(steps: Sequence[Step], sheet: Bytes) -> Stage:
    table = ColourTable(sheet, [_bound(step) for step in steps])
    region = steps[0].region

    def stage(moment: Moment) -> None:
        moment.put(table.change(moment.rgb), region)

    return stage


def _bound(step: Step) -> Callable[[Bytes], Bytes]:
    return lambda rgb: _BY_TABLE[step.operation](rgb, step)


def _stage(step: Step, size: tuple[int, int], seed: int) -> Stage:
    name = step.operation
    if name in _LOCAL:
        return _local(step, _LOCAL[name], None)
    if name in _MEASURING or (name == "fog" and step.amount < 0):
        return _local(step, _MEASURING.get(name, tones.dehaze), Steadied(broad=True))
    if name == "denoise" or (name == "grain" and step.amount < 0):
        return Quietened(step)
    if name == "falling":
        return Falling(step, size, seed)
    if name in ("grain", "glitch"):
        return _shaken(step)
    if name in _ON_TOP:
        return _on_top(step)
    return _detailed(step)


def _local(step: Step, function: Callable[[Bytes, Step], Bytes], held: Steadied | None) -> Stage:
    def stage(moment: Moment) -> None:
        changed = function(moment.rgb, step)
        if held is not None:
            changed = held.hold(moment.source, changed, moment.flow)
        moment.put(changed, step.region)

    return stage


def _detailed(step: Step) -> Stage:
    function = _DETAIL[step.operation]

    def stage(moment: Moment) -> None:
        if step.operation in _FACE_OPERATIONS and not moment.regions.found("faces"):
            return
        if step.region and not moment.regions.found(NAMES[step.region]):
            return
        moment.put(function(moment.picture(), step), step.region)

    return stage


def _shaken(step: Step) -> Stage:
    """What is new from frame to frame by its nature: grain in each, a worn tape's faults every few frames."""
    function = {"grain": detail.grain, "glitch": detail.glitch}[step.operation]
    every = 1 if step.operation == "grain" else _GLITCH_FRAMES

    def stage(moment: Moment) -> None:
        moment.put(function(moment.picture(moment.seed + moment.index // every), step), step.region)

    return stage


def _on_top(step: Step) -> Stage:
    def stage(moment: Moment) -> None:
        picture = moment.picture()
        _ON_TOP[step.operation](picture, step)
        rgb = picture.rgb
        if picture.alpha is not None:  # round corners: a video has no transparency, what is cut off is black
            rgb = over(np.zeros_like(rgb), rgb, picture.alpha.astype(np.float32) / np.float32(255))
        moment.rgb = rgb

    return stage


class Quietened:
    """Noise taken out along time: each frame is averaged with the quiet frame before it, where they show the same."""

    def __init__(self, step: Step) -> None:
        self._region = step.region
        self._held = Steadied(broad=False)

    def __call__(self, moment: Moment) -> None:
        moment.put(self._held.hold(moment.source, moment.rgb, moment.flow), self._region)


class Falling:
    """Rain, snow, embers… that fall through the clip, nearer ones faster."""

    def __init__(self, step: Step, size: tuple[int, int], seed: int) -> None:
        self._particles = Particles(step.value, *size, seed, density=min(max(abs(step.amount), 0.3), 2.0))

    def __call__(self, moment: Moment) -> None:
        planes = rgb_to_yuv420(moment.rgb)
        self._particles.draw(moment.seconds, *planes)
        moment.rgb = yuv420_to_rgb(*planes)
