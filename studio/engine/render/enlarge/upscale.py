"""video.upscale: a clip larger, sharper and, where asked for, with more frames a second. Classical methods, said openly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from studio.engine.render.clip.reading import Bytes, Clip, frames_at, input_path, open_clip
from studio.engine.render.clip.writing import Sound, Target, writing
from studio.engine.render.enlarge.between import at_rate
from studio.engine.render.enlarge.detail import enlarged
from studio.engine.render.sizes import SHORT_SIDES
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.errors import MediaError
from studio.media.pictures import open_picture

LONGEST, SHORTEST = 4096, 2160  # what counts as 4K: long and short side at most
_USUAL_FACTOR = 2.0
METHOD = "Lanczos enlarging with back-projection, detail raising and light noise removal; no trained model"
BETWEEN = "frames in between by optical flow"


@dataclass(frozen=True, slots=True)
class _Plan:
    width: int
    height: int
    fps: Fraction
    factor: float


def upscale(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:video.upscale` to an MP4 in the task's folder; sound and length are kept.

    RenderRefusedError naming video_url, target_resolution or upscale_factor for what is no video, large enough already, or
    would be larger than 4K, and thumbnail_url for what is no picture.
    """
    control.progress(0.0)
    clip = open_clip(task, "video_url")
    plan = _plan(task, clip)
    extra = _told(task, clip, plan)
    out = task.path / "upscaled.mp4"
    title = str(task.input.get("video_title") or "")
    target = Target(out, plan.width, plan.height, plan.fps, Sound(clip.path) if clip.has_sound else None,
                    {"title": title} if title else {}, crf=17)
    expected = max(round(clip.seconds * plan.fps), 1)
    with writing(target, control.check) as writer:
        for index, frame in enumerate(_frames(clip, plan)):
            control.progress(min(0.97 * index / expected, 0.97))
            writer.write_yuv(*enlarged(frame, plan.width, plan.height))
        count = writer.frames
    control.progress(1.0)
    return RenderOutput("video", (str(out),), plan.width, plan.height, float(count / plan.fps),
                        {**extra, "frames": count, "fps": float(plan.fps)})


def _frames(clip: Clip, plan: _Plan) -> Iterator[Bytes]:
    frames = frames_at(clip, clip.fps)
    return frames if plan.fps == clip.fps else at_rate(frames, clip.fps, plan.fps)


def _plan(task: RenderTask, clip: Clip) -> _Plan:
    resolution, factor, field = _asked(task, clip)
    width, height = (max(2, round(side * factor / 2) * 2) for side in (clip.width, clip.height))
    if resolution is not None and factor <= 1.0:
        words = f"The video is {clip.width} × {clip.height} already, no smaller than {resolution}. Choose a larger one."
        raise RenderRefusedError(words, "target_resolution")
    if max(width, height) > LONGEST or min(width, height) > SHORTEST:
        words = (f"The video is {clip.width} × {clip.height}; it would become {width} × {height}, "
                 f"and the most is 4K ({LONGEST} × {SHORTEST}).")
        raise RenderRefusedError(words, field)
    wanted = task.input.get("target_fps")
    fps = Fraction(float(wanted)).limit_denominator(1001) if isinstance(wanted, (int, float)) else clip.fps
    return _Plan(width, height, clip.fps if math.isclose(fps, clip.fps, rel_tol=1e-3) else fps, factor)


def _asked(task: RenderTask, clip: Clip) -> tuple[str | None, float, str]:
    """The resolution asked for, the factor, and the field that is to be blamed."""
    resolution, factor = task.input.get("target_resolution"), task.input.get("upscale_factor")
    if resolution is not None:
        lines = SHORT_SIDES.get(str(resolution))
        if lines is None:
            raise RenderRefusedError(f"“{resolution}” is no resolution known here.", "target_resolution")
        return str(resolution), lines / min(clip.width, clip.height), "target_resolution"
    if isinstance(factor, (int, float)):
        return None, float(factor), "upscale_factor"
    return None, _USUAL_FACTOR, "video_url"


def _told(task: RenderTask, clip: Clip, plan: _Plan) -> dict[str, object]:
    extra: dict[str, object] = {"method": METHOD, "upscale_factor": round(plan.factor, 3), "has_sound": clip.has_sound,
                                "source_width": clip.width, "source_height": clip.height}
    if plan.fps > clip.fps:
        extra["method"] = f"{METHOD}; {BETWEEN}"
    said = task.input.get("duration_seconds")
    if isinstance(said, (int, float)) and clip.seconds and abs(said - clip.seconds) > 0.5:
        extra["notes"] = [f"The video is {clip.seconds:.2f} s long, not {said:g} s as was said."]
    if task.input.get("thumbnail_url"):
        try:
            open_picture(input_path(task, "thumbnail_url")).close()
        except MediaError as error:
            raise RenderRefusedError(error.message, "thumbnail_url") from error
        extra["thumbnail_url"] = str(task.input["thumbnail_url"])
    return extra
