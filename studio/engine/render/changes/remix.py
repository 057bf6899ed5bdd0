"""sora2.video.remix: the scene drawn anew from another prompt, in the clip's own timing: its cuts, the camera's way, how
much moves when, and how loud it is when."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from studio.engine.render.changes.finishing import Delivery, finished
from studio.engine.render.changes.remix_film import ShotFilm, known_move
from studio.engine.render.changes.sound_onward import sound_at_pictures
from studio.engine.render.changes.source import Bytes, encoding, framing_of, open_source, working_rate
from studio.engine.render.changes.timing import Curve, Shot, stretched, watch
from studio.engine.render.clip.reading import Clip
from studio.engine.render.clip.writing import Sound
from studio.engine.render.scene.compose import sound_of
from studio.engine.render.scene.words import SceneWords, read_prompt, stable_seed
from studio.engine.render.sound.noise import RATE, Stereo
from studio.engine.render.sound.soundscape import soundscape
from studio.engine.render.task import Origin, RenderControl, RenderOutput, RenderTask
from studio.media.colour import yuv420_to_rgb
from studio.media.encode import encode_audio

_WATCHED = 0.25          # share of the progress
_FASTEST = Fraction(30)
_LEVEL_S = 0.04          # how finely the loudness is followed
_SILENT_DB = -60.0
_MOST_GAIN_DB = 12.0


def render_video_remix(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:sora2.video.remix` to an MP4 in the task's folder.

    What is seen comes from the prompt, and from the seed and settings of the job that made the clip where this engine made
    it; a video without sound, or with silence, is answered with one. `extra`: `scene`, `shots`, `camera`, `from_origin`.
    RenderRefusedError naming sora_video_id or source_video_url for what is no video.
    """
    control.progress(0.0)
    clip = open_source(task)
    prompt = str(task.input.get("prompt") or "")
    seed = task.input.get("seed")
    seed = seed if isinstance(seed, int) else stable_seed(prompt)
    words = read_prompt(prompt, negative=_negative(task.origin))
    shots = watch(clip, lambda share: control.progress(_WATCHED * share))
    own_rate = working_rate(clip)
    fps = min(own_rate, _FASTEST)
    seconds = task.input.get("duration")
    frames = round(seconds * fps) if isinstance(seconds, int) else max(round(shots[-1].end * fps / own_rate), 1)
    shots = stretched(shots, frames)
    framing = framing_of(task, clip)
    size = framing.out_width, framing.out_height
    crf, preset = encoding(task)
    delivery = Delivery(task.path / "video.mp4", fps, _sound(task.path, clip, words, frames / fps, seed), {}, crf, preset)
    films = _frames(shots, words, size, fps, seed, task.origin, control)
    first = next(films)
    made = delivery.write((first, _again(first, films)), control, frames, _WATCHED + 0.05)
    move = known_move(task.origin, shots)
    extra: dict[str, object] = {
        "seed": seed, "scene": {"place": words.place, "time": words.time, "weather": words.weather, "style": words.style,
                                "subjects": [subject.kind for subject in words.subjects]},
        "shots": [round(float(shot.begin / fps), 3) for shot in shots], "cuts": len(shots) - 1,
        "camera": move.name if move is not None else "as measured in the video", "from_origin": task.origin is not None,
    }
    return finished(task, control, delivery, made, extra)


def _negative(origin: Origin | None) -> str | None:
    value = origin.input.get("negative_prompt") if origin is not None else None
    return str(value) if value else None


def _frames(shots: tuple[Shot, ...], words: SceneWords, size: tuple[int, int], fps: Fraction, seed: int,
            origin: Origin | None, control: RenderControl) -> Iterator[Bytes]:
    """All shots, each drawn when its turn comes."""
    move = known_move(origin, shots)
    for number, shot in enumerate(shots):
        film = ShotFilm(words, shot, size, float(fps), seed, number, move, control)
        for planes in film.frames():
            control.check()
            yield yuv420_to_rgb(*planes)


def _again(first: Bytes, rest: Iterator[Bytes]) -> Iterator[Bytes]:
    yield first
    yield from rest


def _sound(folder: Path, clip: Clip, words: SceneWords, seconds: Fraction, seed: int) -> Sound | None:
    """The new scene's sound, as loud at each moment as the old one was; None where there was no sound track."""
    if not clip.has_sound:
        return None
    count = round(seconds * RATE)
    own = sound_at_pictures(clip.path, max(round(clip.seconds * RATE), 1))
    path = folder / "sound.wav"
    encode_audio(path, in_loudness_of(soundscape(sound_of(words), float(seconds), seed), own, count), RATE, "audio/wav")
    return Sound(path, at_pictures=False)


def in_loudness_of(sound: Stereo, own: Stereo, count: int) -> Stereo:
    """`sound` (n, 2) with the course of loudness of `own`, whose length is brought to `count` samples."""
    out = np.zeros((count, 2), np.float32)
    out[: min(count, len(sound))] = sound[:count]
    goal, has = np.sqrt(_power(own)), np.sqrt(_soft(_power(out)))
    goal = np.interp(np.linspace(0, 1, len(has)), np.linspace(0, 1, len(goal)), goal)
    silent = 10 ** (_SILENT_DB / 20)
    gain = np.where(goal < silent, 0.0, np.minimum(goal / np.maximum(has, silent), 10 ** (_MOST_GAIN_DB / 20)))
    block = round(_LEVEL_S * RATE)
    fine = np.interp(np.arange(count), (np.arange(len(gain)) + 0.5) * block, gain).astype(np.float32)
    return np.asarray(np.clip(out * fine[:, None], -0.97, 0.97), np.float32)


def _power(sound: Stereo) -> Curve:
    """The mean square of each block."""
    block = round(_LEVEL_S * RATE)
    count = max(-(-len(sound) // block), 1)
    padded = np.zeros((count * block, 2), np.float64)
    padded[: len(sound)] = sound
    return np.asarray(np.mean(np.square(padded.reshape(count, -1)), axis=1), np.float64)


def _soft(power: Curve) -> Curve:
    return np.asarray(np.convolve(np.pad(power, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid"), np.float64)
