"""soundfx.generate: sounds synthesized from words, by themselves or timed to a clip, as an MP3 and a preview of the clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av.error

from studio.engine.render.effects.catalogue import SOUNDS
from studio.engine.render.effects.footage import Footage, watch
from studio.engine.render.effects.mix import CEILING_DB, Made, mix
from studio.engine.render.effects.preview import write_preview
from studio.engine.render.effects.words import Heard, read_words
from studio.engine.render.scene.words import stable_seed
from studio.engine.render.sound.sound_files import write_mp3
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.errors import MediaError
from studio.media.probe import probe

MODES = ("auto", "text", "video_context")
_USUAL_SECONDS, _MOST_SECONDS = 8.0, 300.0
_USUAL_INFLUENCE = 0.7


@dataclass(frozen=True, slots=True)
class _Request:
    heard: Heard
    seed: int
    influence: float
    seconds: float | None
    clip: Path | None


def render_effects(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:soundfx.generate`: an MP3, and with a clip a second file, the clip with the sounds in it.

    Without `duration_seconds` the sound is exactly as long as the clip. `extra` tells the sounds made and the seconds of
    their hits. Raises RenderRefusedError with the field's name for words that name no sound or an unusable clip, and
    RenderCancelledError.
    """
    control.progress(0.0)
    request = _read(task)
    footage, seconds = _watched(request, control)
    begin = 0.35 if footage is not None else 0.02
    sound, made = mix(request.heard, seconds, request.seed, footage, request.influence,
                      lambda share: control.progress(begin + (0.75 - begin) * share))
    title = str(task.input.get("title") or "").strip() or ", ".join(one.name for one in made).capitalize()
    out = task.path / "effects.mp3"
    write_mp3(out, sound, {"title": title, "genre": "sound effects"}, ceiling_db=CEILING_DB, check=control.check)
    control.progress(0.85)
    files = [str(out)]
    extra = _told(request, made, footage, title)
    if request.clip is not None and footage is not None:
        try:
            preview, copied = write_preview(request.clip, sound, footage.seconds, task.path, control.check)
        except (MediaError, av.error.FFmpegError) as error:
            raise RenderRefusedError("The video breaks off and cannot be given a new sound. Check the file.",
                                     "video_url") from error
        files.append(str(preview))
        extra["video_copied"] = copied
    control.progress(1.0)
    return RenderOutput("audio", tuple(files), duration_s=len(sound) / 48_000, extra=extra)


def _read(task: RenderTask) -> _Request:
    values = task.input
    mode = str(values.get("mode") or "auto").strip().lower()
    if mode not in MODES:
        raise RenderRefusedError(f"The engine knows no mode “{mode}”. Choose {', '.join(MODES[:-1])} or {MODES[-1]}.",
                                 "mode")
    prompt = str(values.get("prompt") or "")
    influence = values.get("prompt_influence")
    influence = float(influence) if isinstance(influence, (int, float)) else _USUAL_INFLUENCE
    heard = read_words(prompt, str(values.get("description_prompt") or ""), str(values.get("negative_tags") or ""),
                       influence)
    if not heard.cues:
        left = f" (left out: {', '.join(heard.left_out)})" if heard.left_out else ""
        known = ", ".join(sound.name for sound in SOUNDS)
        raise RenderRefusedError(f"No sound that can be made here is named in the prompt{left}. It can make: {known}.",
                                 "prompt")
    seed = values.get("seed")
    seconds = values.get("duration_seconds")
    clip = None
    url = values.get("video_url")
    if url and mode != "text":
        local = task.media.get(str(url))
        if local is None:
            raise RenderRefusedError("The video could not be fetched. Check its address and try again.", "video_url")
        clip = Path(local)
    elif mode == "video_context":
        raise RenderRefusedError("The mode video_context needs a video.", "video_url")
    return _Request(heard, seed if isinstance(seed, int) else stable_seed(prompt), influence,
                    float(seconds) if isinstance(seconds, (int, float)) else None, clip)


def _watched(request: _Request, control: RenderControl) -> tuple[Footage | None, float]:
    """The clip's events, and the length of the sound in seconds."""
    if request.clip is None:
        return None, request.seconds or _USUAL_SECONDS
    try:
        info = probe(request.clip)
        if info.kind != "video":
            raise RenderRefusedError(f"That is no video but {info.kind}. Give a video, or leave it out.", "video_url")
        if info.duration_s is not None and info.duration_s > _MOST_SECONDS:
            lasts = f"The video lasts {info.duration_s:.0f} seconds"
            raise RenderRefusedError(f"{lasts}; sounds are made for at most {_MOST_SECONDS:.0f}. Cut it first.", "video_url")
        # Looked through to its last picture: what the file says of its length need not be true.
        expected = info.duration_s or _MOST_SECONDS
        footage = watch(request.clip, _MOST_SECONDS, lambda at: control.progress(0.02 + 0.33 * min(at / expected, 1.0)))
    except MediaError as error:
        raise RenderRefusedError(error.message, "video_url") from error
    except av.error.FFmpegError as error:
        raise RenderRefusedError("The video cannot be decoded: it is damaged or cut off.", "video_url") from error
    if footage.seconds <= 0:
        raise RenderRefusedError("The video has no pictures that can be decoded.", "video_url")
    return footage, request.seconds or footage.seconds


def _told(request: _Request, made: list[Made], footage: Footage | None, title: str) -> dict[str, object]:
    told: dict[str, object] = {
        "title": title, "sounds": [{"name": one.name, "times": list(one.times)} for one in made], "seed": request.seed,
    }
    if request.heard.room:
        told["room"] = request.heard.room
    if request.heard.left_out:
        told["left_out"] = list(request.heard.left_out)
    if request.heard.not_understood:
        told["not_understood"] = list(request.heard.not_understood)
    if footage is not None:
        told["cuts"] = [round(one.at_s, 3) for one in footage.accents if one.cut]
        told["motion_peaks"] = [round(one.at_s, 3) for one in footage.accents if not one.cut]
    return told
