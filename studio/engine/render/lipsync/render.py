"""lipsync.generate: the mouth of a face in a clip follows a speech. The result plays the speech and lasts as long."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from studio.engine.render.clip.listening import mono
from studio.engine.render.clip.reading import Bytes, Clip, evened, frames_at, input_path, open_clip, probe_input
from studio.engine.render.clip.writing import KNOWN_TEXT_TAG, Sound, Target, tags_of, writing
from studio.engine.render.lipsync.frame_store import forth_and_back
from studio.engine.render.lipsync.mouth import opened
from studio.engine.render.lipsync.speech import RATE, Lips, lips_of
from studio.engine.render.lipsync.tracking import Mouth, track_mouth
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

_FEWEST_FPS = Fraction(24)   # lips move faster than a slow clip can show
_HEARD, _FOUND = 0.05, 0.45  # progress when the speech is read, and when the mouth is found
_SEEN = 0.15                 # the share of frames in which a face must be
METHOD = "mouth found by cascades and followed by optical flow, opened by a local warp; no trained model"


def render_lipsync(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:lipsync.generate` to an MP4 in the task's folder.

    A longer clip is cut to the speech, a shorter one goes forth and back. RenderRefusedError naming video_url where no face
    is found, audio_url where there is nothing to hear.
    """
    control.progress(0.0)
    clip = open_clip(task, "video_url")
    speech = input_path(task, "audio_url")
    probe_input(speech, "audio_url")
    sound = mono(speech, RATE, "audio_url", control.check, at_pictures=False)
    if len(sound) < RATE // 20:
        raise RenderRefusedError("There is no sound in the speech. Choose another file.", "audio_url")
    fps = max(clip.fps, _FEWEST_FPS)
    wanted = math.ceil(len(sound) * fps / RATE)
    lips = lips_of(sound, fps, wanted)
    control.progress(_HEARD)
    mouths = _mouths(clip, fps, wanted, control)
    width, height = clip.even_size
    out = task.path / "lipsync.mp4"
    target = Target(out, width, height, fps, Sound(speech, at_pictures=False), _tags(task))
    frames = _frames(clip, fps, mouths, lips, out.with_suffix(".frames"))
    with writing(target, control.check) as writer, closing(frames):
        for index, frame in enumerate(frames):
            control.progress(_FOUND + (0.97 - _FOUND) * index / wanted)
            writer.write_rgb(frame)
        made = writer.frames
    control.progress(1.0)
    extra = {**_told(task, clip, len(sound) / RATE, mouths), "frames": made, "fps": float(fps)}
    return RenderOutput("video", (str(out),), width, height, float(made / fps), extra)


def _mouths(clip: Clip, fps: Fraction, wanted: int, control: RenderControl) -> list[Mouth]:
    """The mouth in the frames that are needed; refused where hardly any has a face."""
    expected = max(min(round(clip.seconds * fps), wanted), 1)

    def watched() -> Iterator[Bytes]:
        for index, frame in zip(range(wanted), frames_at(clip, fps), strict=False):
            control.progress(_HEARD + (_FOUND - _HEARD) * min(index / expected, 1.0))
            yield frame

    mouths = track_mouth(watched())
    if sum(mouth.sure > 0 for mouth in mouths) < max(_SEEN * len(mouths), 1):
        words = "No face was found in the video. Choose one in which a face looks towards the camera, not too small."
        raise RenderRefusedError(words, clip.field_name)
    return mouths


def _frames(clip: Clip, fps: Fraction, mouths: list[Mouth], lips: Lips, store: Path) -> Generator[Bytes, None, None]:
    """The film's frames, the mouth as the speech wants it."""
    shown = forth_and_back(frames_at(clip, fps), len(mouths), len(lips.opening), store)
    with closing(shown):
        for number, (index, frame) in enumerate(shown):
            mouth = mouths[min(index, len(mouths) - 1)]
            yield evened(opened(frame, mouth, float(lips.opening[number]), float(lips.spread[number])))


def _tags(task: RenderTask) -> dict[str, str]:
    """The speech's words go along, so that subtitles know them; titles where they were given."""
    words = tags_of(input_path(task, "audio_url")).get(KNOWN_TEXT_TAG, "")
    given = {"title": str(task.input.get("video_title") or ""), "album": str(task.input.get("audio_title") or "")}
    return {name: value for name, value in {KNOWN_TEXT_TAG: words, **given}.items() if value}


def _told(task: RenderTask, clip: Clip, seconds: float, mouths: list[Mouth]) -> dict[str, object]:
    notes = []
    for name, actual in (("video_duration", clip.seconds), ("audio_duration", seconds)):
        said = task.input.get(name)
        if isinstance(said, (int, float)) and actual and abs(said - actual) > 0.5:
            notes.append(f"{name} is {actual:.2f} s, not {said:g} s as was said.")
    return {"method": METHOD, "notes": notes,
            "face_share": round(sum(mouth.sure > 0 for mouth in mouths) / len(mouths), 3)}
