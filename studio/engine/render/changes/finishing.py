"""Writing a changed clip with its sound, and the answer about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from studio.engine.render.changes.sound_onward import prolonged
from studio.engine.render.changes.source import Bytes, carried_tags, encoding
from studio.engine.render.clip.reading import Clip
from studio.engine.render.clip.writing import Sound, Target, writing
from studio.engine.render.sound.noise import RATE
from studio.engine.render.task import RenderControl, RenderOutput, RenderTask
from studio.media.encode import encode_audio

_WRITTEN = 0.97
Planes = tuple[Bytes, Bytes, Bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is written, and where. The file's size is that of its first frame."""

    path: Path
    fps: Fraction
    sound: Sound | None
    tags: Mapping[str, str]
    crf: int
    preset: str

    def write(self, frames: tuple[Bytes | Planes, Iterator[Bytes | Planes]], control: RenderControl, expected: int,
              begin: float = 0.1) -> Made:
        """Write all frames (the first one, and all with it), sRGB or as the file holds them; progress goes from `begin` on
        over the `expected` number."""
        height, width = (frames[0][0] if isinstance(frames[0], tuple) else frames[0]).shape[:2]
        target = Target(self.path, width, height, self.fps, self.sound, self.tags, self.crf, self.preset)
        with writing(target, control.check) as writer:
            for index, frame in enumerate(frames[1]):
                control.progress(min(begin + (_WRITTEN - begin) * index / max(expected, 1), _WRITTEN))
                if isinstance(frame, tuple):
                    writer.write_yuv(*frame)
                else:
                    writer.write_rgb(frame)
        return Made(width, height, writer.frames)


@dataclass(frozen=True, slots=True)
class Made:
    """What has been written."""

    width: int
    height: int
    frames: int


def written(task: RenderTask, clip: Clip, fps: Fraction, more: int = 0) -> Delivery:
    """A clip written anew with its own sound, which goes on for `more` frames after the clip's end."""
    sound = Sound(clip.path) if clip.has_sound else None
    if more and sound is not None:
        seconds = max(round(clip.seconds * fps), 1) / fps
        longer = prolonged(clip.path, float(seconds), float(more / fps), seed=task.input.get("seed"))
        path = task.path / "sound.wav"
        encode_audio(path, longer, RATE, "audio/wav")
        sound = Sound(path, at_pictures=False)
    crf, preset = encoding(task)
    return Delivery(task.path / "video.mp4", fps, sound, carried_tags(clip), crf, preset)


def finished(task: RenderTask, control: RenderControl, delivery: Delivery, made: Made,
             extra: Mapping[str, object]) -> RenderOutput:
    """The answer. Told beside `extra`: the rate, the number of frames, whether there is sound, the model asked for."""
    control.progress(1.0)
    told: dict[str, object] = {**extra, "fps": float(delivery.fps), "frames": made.frames,
                               "has_sound": delivery.sound is not None}
    if task.input.get("model") is not None:
        told["requested_model"] = task.input["model"]
    return RenderOutput("video", (str(delivery.path),), made.width, made.height, float(made.frames / delivery.fps), told)
