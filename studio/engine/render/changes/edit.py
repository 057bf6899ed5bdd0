"""sora2.video.edit: an instruction in words for the whole clip, done to every frame, steadily; the sound is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, islice

from studio.engine.render.changes.backgrounds import NewBackground
from studio.engine.render.changes.colour_table import sheet_of
from studio.engine.render.changes.drawing import Drawn
from studio.engine.render.changes.finishing import finished, written
from studio.engine.render.changes.flow import Bytes, flow_to, other_shot, small_grey
from studio.engine.render.changes.geometry import OPERATIONS, Reframe, covering, pinned
from studio.engine.render.changes.onward import carried_on
from studio.engine.render.changes.regions import MISSING, NAMES, Regions
from studio.engine.render.changes.source import Framing, framing_of, open_source, sampled, working_rate
from studio.engine.render.changes.stages import Moment, Stage, in_order, regions_of, stages_of
from studio.engine.render.changes.wishes import Wishes
from studio.engine.render.clip.reading import Clip, evened, frames_at
from studio.engine.render.edit.edit_image import CAN_DO
from studio.engine.render.edit.picture import NothingFoundError
from studio.engine.render.edit.reading import Instructions, read_instructions
from studio.engine.render.edit.steps import Step, told
from studio.engine.render.scene.words import stable_seed
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

_SAMPLES = 12
_LOOK_AGAIN_S = 0.5
_BACKGROUNDS = frozenset({"backdrop", "cut", "sky"})
_EARLY = frozenset({"denoise", "redeye"})
_FOLLOWING = frozenset({"backdrop", "cut", "sky", "enhance", "hdr", "dehaze", "fog", "style", "denoise", "grain"})


@dataclass(slots=True)
class Plan:
    """What is done to the clip. `applied` and `failed` are in words, in the order in which they were asked for."""

    reframes: list[Reframe] = field(default_factory=list)
    stages: list[Stage | Drawn] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)
    following: bool = False
    applied: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def reframed(self, rgb: Bytes) -> Bytes:
        for reframe in self.reframes:
            rgb = reframe(rgb)
        return evened(rgb)


def render_video_edit(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:sora2.video.edit` to an MP4 in the task's folder.

    Measures are taken once for the whole clip and regions are followed along the motion, so that nothing trembles. A shorter
    `duration` cuts the end off; a longer one carries the last frame's motion on. `extra`: `applied`, `not_understood`.
    RenderRefusedError naming sora_video_id or source_video_url for what is no video, and prompt where nothing in it is
    understood or can be done.
    """
    control.progress(0.0)
    clip = open_source(task)
    prompt = str(task.input.get("prompt") or "").strip()
    instructions = read_instructions(prompt)
    asked = any(task.input.get(name) is not None for name in ("aspect_ratio", "resolution", "duration"))
    if not instructions.steps and not asked:
        raise RenderRefusedError(f"Nothing in “{prompt[:80]}” was understood. This engine can do: {CAN_DO}.", "prompt")
    seed = task.input.get("seed")
    seed = seed if isinstance(seed, int) else stable_seed(prompt)
    framing = framing_of(task, clip)
    samples = [framing.framed(frame) for frame in sampled(clip, _SAMPLES)]
    control.progress(0.06)
    plan = plan_of(instructions, samples, seed, control)
    if instructions.steps and not plan.applied and not asked:
        words = f"Nothing could be done with this video: {'; '.join(plan.failed)}. Choose another video or instruction."
        raise RenderRefusedError(words, "prompt")
    if framing.resized or task.input.get("aspect_ratio") is not None:
        plan.reframes.append(covering(framing.out_width, framing.out_height))
    frames = edited(clip, framing, plan, seed, control)
    extra: dict[str, object] = {"applied": plan.applied, "not_understood": [*instructions.unknown, *plan.failed]}
    if instructions.left:
        extra["left_alone"] = list(instructions.left)
    return _lasting(task, control, clip, frames, seed, extra)


def _lasting(task: RenderTask, control: RenderControl, clip: Clip, frames: Iterator[Bytes], seed: int,
             extra: dict[str, object]) -> RenderOutput:
    """The frames for as long as is asked, with their sound, as the answer."""
    fps = working_rate(clip)
    own, wanted = max(round(clip.seconds * fps), 1), _wanted(task, fps)
    more = max((wanted or own) - own, 0)
    if wanted is not None:
        frames = islice(carried_on(frames, fps, more, Wishes(), seed, control.check), wanted)
        extra["length"] = (f"{float(more / fps):.2f} s carried on after the end" if more
                           else f"cut to {float(wanted / fps):.2f} s" if wanted < own else "as it was")
    delivery = written(task, clip, fps, more)
    count = delivery.write(_first(frames), control, wanted or own)
    return finished(task, control, delivery, count, {**extra, "seed": seed})


def _wanted(task: RenderTask, fps: Fraction) -> int | None:
    seconds = task.input.get("duration")
    return round(seconds * fps) if isinstance(seconds, int) else None


def _first(frames: Iterator[Bytes]) -> tuple[Bytes, Iterator[Bytes]]:
    """The first frame, whose size the file gets, and all of them."""
    first = next(frames)
    return first, chain((first,), frames)


def plan_of(instructions: Instructions, samples: Sequence[Bytes], seed: int, control: RenderControl) -> Plan:
    """The functions and stages for what was understood. What the clip does not show is told in `failed`."""
    plan = Plan()
    done: dict[Step, str] = {}
    for step in sorted((one for one in instructions.steps if one.operation in OPERATIONS),
                       key=lambda one: OPERATIONS.index(one.operation)):
        control.check()
        try:
            plan.reframes.append(pinned(step, [plan.reframed(sample) for sample in samples], control.check))
        except NothingFoundError as error:
            plan.failed.append(f"{step.words or step.operation}: {error}")
        else:
            done[step] = told(step)
    shown = [plan.reframed(sample) for sample in samples]
    kept = []
    for step in in_order([one for one in instructions.steps if one.operation not in OPERATIONS]):
        missing = next((name for name in sorted(regions_of(step)) if not _there(name, shown, control)), None)
        if missing is not None:
            plan.failed.append(f"{step.words or step.operation}: {MISSING[NAMES[missing]]}")
            continue
        kept.append(step)
        done[step] = _told(step)
        plan.regions |= regions_of(step)
    plan.following = bool(plan.regions) or any(step.operation in _FOLLOWING for step in kept)
    sheet = sheet_of(shown)
    size = shown[0].shape[1], shown[0].shape[0]
    behind = [step for step in kept if step.operation in _BACKGROUNDS]
    early = [step for step in kept if step.operation in _EARLY]
    plan.stages = [*stages_of(early, sheet, size, seed), *map(NewBackground, behind),
                   *_later(kept, sheet, size, seed)]
    plan.applied = [done[step] for step in instructions.steps if step in done]
    return plan


def _later(kept: Sequence[Step], sheet: Bytes, size: tuple[int, int], seed: int) -> list[Stage | Drawn]:
    """The stages after the background: what comes before a drawing, the drawing, and what comes after it."""
    stages: list[Stage | Drawn] = []
    waiting: list[Step] = []
    for step in kept:
        if step.operation == "style":
            stages += [*stages_of(waiting, sheet, size, seed), Drawn(step, seed)]
            waiting = []
        elif step.operation not in _BACKGROUNDS | _EARLY:
            waiting.append(step)
    return [*stages, *stages_of(waiting, sheet, size, seed)]


def _told(step: Step) -> str:
    if step.operation == "cut":
        return "background removed (a plain backdrop instead: a video has no transparency)"
    return told(step)


def _there(name: str, samples: Sequence[Bytes], control: RenderControl) -> bool:
    """Whether a region is found in any of a few samples."""
    for sample in samples[:: max(len(samples) // 3, 1)]:
        regions = Regions([name], 1, control.check)
        regions.follow(sample, 0, None)
        if regions.found(name):
            return True
    return False


def edited(clip: Clip, framing: Framing, plan: Plan, seed: int, control: RenderControl) -> Iterator[Bytes]:
    """The clip's frames, changed, one by one."""
    moments = _moments(clip, framing, plan, seed, control)
    for stage in plan.stages:
        moments = stage.through(moments) if isinstance(stage, Drawn) else _each(stage, moments)
    for moment in moments:
        yield evened(moment.rgb)


def _each(stage: Stage, moments: Iterator[Moment]) -> Iterator[Moment]:
    for moment in moments:
        stage(moment)
        yield moment


def _moments(clip: Clip, framing: Framing, plan: Plan, seed: int, control: RenderControl) -> Iterator[Moment]:
    """The frames as they come to the stages, each with its motion and regions."""
    fps = working_rate(clip)
    holding = any(isinstance(stage, Drawn) for stage in plan.stages)
    regions = Regions(plan.regions, round(_LOOK_AGAIN_S * fps), control.check)
    before: Bytes | None = None
    for index, frame in enumerate(frames_at(clip, fps)):
        source = plan.reframed(framing.framed(frame))
        flow = None
        if plan.following:
            grey = small_grey(source)
            if before is not None and grey.shape == before.shape:
                flow = flow_to(grey, before)
                if other_shot(grey, before, flow):
                    flow = None
            before = grey
        if regions.wanted:
            regions.follow(source, index, flow)
        known = regions.snapshot() if holding else regions
        yield Moment(source, source, flow, index, float(index / fps), known, seed, control.check)
