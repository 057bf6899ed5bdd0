"""The sound of a film: a given track made to fit its length, a clip's sound that goes on, a soundscape of the scene."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import av.error
import numpy as np

from studio.engine.render.changes.sound_onward import went_on
from studio.engine.render.clip.reading import Clip
from studio.engine.render.sound.loudness import SILENCE, integrated_loudness
from studio.engine.render.sound.mastering import fade, limit
from studio.engine.render.sound.noise import RATE, Stereo
from studio.engine.render.sound.sound_files import read_sound, sound_blocks
from studio.engine.render.task import RenderRefusedError
from studio.media.errors import MediaError

LOUDEST, SOFTEST = -14.0, -24.0     # LUFS: a track between the two keeps its own level
CEILING_DB = -1.0
_MOST_GAIN_DB = 24.0
_JOINT_S, _HEAD_S, _TAIL_S = 0.35, 0.02, 0.6
_SHORTEST_S = 0.05
_ENDING_S = 6.0                     # of a clip's sound: what its going on is made of
_UNDER_DB = -9.0                    # a soundscape beside a track: this much softer than alone


def fitted_track(path: Path, seconds: float, field_name: str) -> tuple[Stereo, str]:
    """(the sound of a file, (samples, 2) at 48 kHz and exactly `seconds` long; "trimmed", "looped" or "whole").

    A longer one fades out at its end, a shorter one begins again with a crossfade. Its loudness is brought between -24 and
    -14 LUFS, its peaks under -1 dBTP. RenderRefusedError naming the field for what has no sound or cannot be read.
    """
    try:
        sound = read_sound(path, seconds + _JOINT_S)
    except (MediaError, av.error.FFmpegError, ValueError) as error:
        words = f"The sound of “{path.name}” cannot be read. Copy or download it again, or choose another file."
        raise RenderRefusedError(error.message if isinstance(error, MediaError) else words, field_name) from error
    if len(sound) < _SHORTEST_S * RATE:
        raise RenderRefusedError(f"“{path.name}” has no sound. Choose a file with sound.", field_name)
    count = round(seconds * RATE)
    how = "whole"
    if len(sound) > count:
        sound, how = sound[:count].copy(), "trimmed"
    elif len(sound) < count - round(0.02 * RATE):
        sound, how = _looped(sound, count), "looped"
    else:
        sound = np.concatenate([sound, np.zeros((count - len(sound), 2), np.float32)])
    levelled = limit(_levelled(sound), CEILING_DB)
    return fade(np.ascontiguousarray(levelled, np.float32), _HEAD_S, min(_TAIL_S, seconds / 4)), how


def gone_on(clip: Clip, seconds: float, seed: int) -> Stereo | None:
    """The sound of a clip as it goes on after the clip's end, exactly `seconds` long and fading at its end; None where the
    clip has none."""
    kept: deque[Stereo] = deque()
    count = held = 0
    end = round(clip.seconds * RATE) if clip.seconds else None
    try:
        for block in sound_blocks(clip.path):
            room = len(block) if end is None else min(len(block), end - count)
            if room <= 0:
                break
            kept.append(block[:room])
            count, held = count + room, held + room
            while held - len(kept[0]) > _ENDING_S * RATE:
                held -= len(kept.popleft())
    except (MediaError, av.error.FFmpegError, ValueError):
        if not kept:
            return None  # a broken sound is no reason not to go on from the pictures
    if held < _SHORTEST_S * RATE:
        return None
    source = np.ascontiguousarray(np.concatenate(kept), np.float32)
    more = round(seconds * RATE)
    return np.ascontiguousarray(went_on(source, more, seed)[len(source) :][:more], np.float32)


def mixed(track: Stereo, soundscape: Stereo) -> Stereo:
    """A track with a soundscape softly under it."""
    under = soundscape * np.float32(10 ** (_UNDER_DB / 20))
    return np.ascontiguousarray(limit(track + under, CEILING_DB), np.float32)


def _levelled(sound: Stereo) -> Stereo:
    loudness = integrated_loudness(sound)
    if loudness <= SILENCE + 1:
        return sound
    gain_db = float(np.clip(np.clip(loudness, SOFTEST, LOUDEST) - loudness, -60.0, _MOST_GAIN_DB))
    return np.asarray(sound * np.float32(10 ** (gain_db / 20)), np.float32)


def _looped(sound: Stereo, count: int) -> Stereo:
    """The sound again and again, each beginning faded into the end before it at equal power."""
    joint = min(round(_JOINT_S * RATE), len(sound) // 3)
    turn = np.linspace(0, np.pi / 2, joint, dtype=np.float32)[:, None]
    out = np.zeros((count, 2), np.float32)
    at = 0
    while at < count:
        piece = sound.copy()
        if at:
            piece[:joint] *= np.sin(turn)
        if at + len(sound) < count:
            piece[len(piece) - joint :] *= np.cos(turn)
        room = min(len(piece), count - at)
        out[at : at + room] += piece[:room]
        at += len(sound) - joint
    return out
