"""sora2.video.extend: a clip and what comes after its last frame; the clip itself stays as it is."""

from __future__ import annotations

from itertools import chain

from studio.contracts.cannon.sora import SORA_SECONDS, normalized_seconds
from studio.engine.render.changes.finishing import finished, written
from studio.engine.render.changes.onward import planes_carried_on
from studio.engine.render.changes.source import framing_of, open_source, working_rate
from studio.engine.render.changes.wishes import read_wishes
from studio.engine.render.clip.reading import frames_at, planes_at
from studio.engine.render.scene.words import stable_seed
from studio.engine.render.task import RenderControl, RenderOutput, RenderTask
from studio.media.colour import rgb_to_yuv420

_WRONG_LENGTH_S = 0.5


def render_video_extend(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:sora2.video.extend` to an MP4 in the task's folder: the whole clip, longer by `duration`, which is
    brought to 4, 8, 12, 16 or 20 s.

    Camera and things go on as they moved and come to rest, or the camera goes as the prompt says; light and weather of the
    prompt come little by little; the sound goes on. `extra`: `understood`, `source_seconds`, `added_seconds`.
    RenderRefusedError naming sora_video_id or source_video_url for what is no video.
    """
    control.progress(0.0)
    clip = open_source(task)
    prompt = str(task.input.get("prompt") or "")
    seed = task.input.get("seed")
    seed = seed if isinstance(seed, int) else stable_seed(prompt)
    asked = task.input.get("duration")
    added = normalized_seconds(asked) if isinstance(asked, int) else SORA_SECONDS[0]
    made_from = str(task.origin.input.get("prompt") or "") if task.origin is not None else ""
    framing, fps, wishes = framing_of(task, clip), working_rate(clip), read_wishes(prompt, made_from)
    more = round(added * fps)
    control.progress(0.02)
    frames = (planes_at(clip, fps) if framing.whole(clip)
              else (rgb_to_yuv420(framing.framed(frame)) for frame in frames_at(clip, fps)))
    delivery = written(task, clip, fps, more)
    first = next(frames)
    expected = max(round(clip.seconds * fps), 1) + more
    longer = planes_carried_on(chain((first,), frames), fps, more, wishes, seed, control.check)
    made = delivery.write((first, longer), control, expected)
    source_seconds = float((made.frames - more) / fps)
    extra: dict[str, object] = {
        "understood": list(wishes.understood), "not_understood": [] if wishes.understood else [prompt],
        "source_seconds": source_seconds, "added_seconds": added, "seed": seed, "notes": _notes(task, source_seconds, added),
    }
    return finished(task, control, delivery, made, extra)


def _notes(task: RenderTask, seconds: float, added: int) -> list[str]:
    notes = []
    said, asked = task.input.get("source_duration"), task.input.get("duration")
    if isinstance(said, (int, float)) and abs(said - seconds) > _WRONG_LENGTH_S:
        notes.append(f"The video is {seconds:.2f} s long, not {said:g} s as was said.")
    if isinstance(asked, int) and asked != added:
        notes.append(f"{asked} s were brought to {added} s.")
    return notes
