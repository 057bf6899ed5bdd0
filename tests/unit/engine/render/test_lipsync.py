"""lipsync.generate: the mouth of a real face is found and followed, opens with the voice and in time; nothing else moves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engine.render.clip.writing import tags_of
from studio.engine.render.lipsync.frame_store import forth_and_back
from studio.engine.render.lipsync.mouth import opened
from studio.engine.render.lipsync.render import render_lipsync
from studio.engine.render.lipsync.speech import RATE, lips_of
from studio.engine.render.lipsync.tracking import Mouth, track_mouth
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from tests.unit.engine.render.footage import (
    Rgb,
    Samples,
    heard,
    lasts,
    moving_portrait,
    pictures,
    portrait,
    tone,
    write_clip,
    write_sound,
)
from tests.unit.engine.render.test_subtitles import resampled, spoken

WORDS = "Hello, my name is Anna. We all go home."


def run(folder: Path, clip: Path, speech: Path, /, **values: object) -> RenderOutput:
    given = {"video_url": "clip", "audio_url": "speech", **values}
    task = RenderTask("cannon:lipsync.generate", given, {"clip": str(clip), "speech": str(speech)}, str(folder))
    return render_lipsync(task, RenderControl(folder))


def speech_file(folder: Path, seconds: float | None = None) -> Path:
    speech = spoken(WORDS)
    sound = resampled(speech.samples, speech.rate, 48_000)
    sound = sound if seconds is None else sound[: round(seconds * 48_000)]
    return write_sound(folder / "speech.wav", np.stack([sound, sound], 1))


def grey_mouth(frame: Rgb, mouth: Mouth) -> NDArray[np.float32]:
    """The part of a frame around a mouth."""
    half = round(mouth.width * 0.8)
    x, y = round(mouth.x), round(mouth.y)
    part = frame[y - half // 2 : y + half, x - half : x + half]
    return np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.float32)


@pytest.mark.slow
def test_the_mouth_is_found_and_followed() -> None:
    frames = moving_portrait(30, 256, 256)
    mouths = track_mouth(iter(frames))
    assert len(mouths) == 30
    assert all(mouth.sure == 1.0 for mouth in mouths)
    # Where the mouth of the portrait is: (224, 147) in the 512 pixels, by eye; followed through the sway of the clip.
    for index in (0, 13, 29):
        phase, scale = index * 0.13, 320 / 256 * (1 + 0.02 * np.sin(index * 0.13 * 0.7))
        matrix = cv2.getRotationMatrix2D((0, 0), 2.0 * np.sin(phase * 0.9), scale)
        middle = np.array([230.0, 165.0]) + 320 * 0.04 * np.array([np.sin(phase), 0.5 * np.cos(phase)])
        turned = np.linalg.inv(matrix[:, :2]) @ (np.array([224.0, 147.0]) - middle) + 128
        assert mouths[index].x == pytest.approx(turned[0], abs=3)
        assert mouths[index].y == pytest.approx(turned[1], abs=3)
        assert 0.12 * 256 / 1.6 < mouths[index].width < 0.2 * 256
    steps = np.diff([(mouth.x, mouth.y) for mouth in mouths], axis=0)
    assert float(np.abs(np.diff(steps, axis=0)).max()) < 1.0  # it glides: no frame jumps


def test_no_face_no_mouth() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (120, 160, 3), np.uint8)
    assert all(mouth.sure == 0 for mouth in track_mouth(iter([noise] * 8)))
    assert track_mouth(iter([])) == []


def test_opening_changes_the_mouth_and_nothing_else() -> None:
    frame = moving_portrait(1, 256, 256)[0]
    mouth = track_mouth(iter([frame]))[0]
    assert opened(frame, mouth, 0.0, 0.0) is frame
    dark = []
    for opening in (0.3, 0.6, 1.0):
        made = opened(frame, mouth, opening, 0.0)
        changed = np.abs(made.astype(int) - frame).max(axis=2) > 3
        rows, columns = np.nonzero(changed)
        assert rows.min() > mouth.y - 1.2 * mouth.width
        assert rows.max() < mouth.y + 1.9 * mouth.width
        assert columns.min() > mouth.x - 1.9 * mouth.width
        assert columns.max() < mouth.x + 1.9 * mouth.width
        dark.append(int((grey_mouth(made, mouth) < 60).sum()))
    assert dark[0] < dark[1] < dark[2]
    assert dark[2] > 0.1 * mouth.width**2
    wide, narrow = (opened(frame, mouth, 0.7, spread) for spread in (1.0, -1.0))

    def breadth(made: Rgb) -> int:
        return int(np.ptp(np.nonzero(grey_mouth(made, mouth) < 60)[1]))

    assert breadth(wide) > breadth(narrow) + 2


@pytest.mark.parametrize("mouth", [Mouth(0, 0, 40, 0, 0, 1), Mouth(63, 63, 300, 0.4, 0.05, 1), Mouth(-500, 10, 50, 0, 0, 1),
                                   Mouth(30, 30, 2, 0, 0, 1), Mouth(30, 30, 40, 0, 0, 0)])
def test_a_mouth_anywhere_breaks_nothing(mouth: Mouth) -> None:
    frame = np.full((64, 64, 3), 120, np.uint8)
    assert opened(frame, mouth, 1.0, -1.0).shape == frame.shape
    assert (frame == 120).all()


def vowel(formants: tuple[float, float], seconds: float = 0.5) -> Samples:
    """A buzz of 120 Hz through two resonances."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = np.zeros(len(time))
    for part in range(1, 40):
        hz = 120.0 * part
        gain = sum(1 / (1 + ((hz - formant) / 90) ** 2) for formant in formants) / part**0.5
        sound += gain * np.sin(2 * np.pi * hz * time)
    return np.asarray(0.2 * sound / np.abs(sound).max(), np.float32)


def test_vowels_shape_the_mouth() -> None:
    rest = np.zeros(RATE // 2, np.float32)
    sound = np.concatenate([rest, vowel((750, 1200)), rest, vowel((300, 2300)), rest, vowel((320, 800)), rest])
    lips = lips_of(sound, Fraction(30), 105)
    silence, ah, ee, oo = (slice(15 * at + 4, 15 * at + 11) for at in (0, 1, 3, 5))
    assert lips.opening[silence].max() < 0.05
    assert lips.opening[ah].mean() > lips.opening[ee].mean() + 0.15
    assert lips.opening[ee].min() > 0.1
    assert lips.spread[ee].mean() > 0.3 > -0.3 > lips.spread[oo].mean()
    assert lips_of(np.zeros(10, np.float32), Fraction(24), 3).opening.tolist() == [0, 0, 0]


def lag_of(opening: NDArray[np.floating], fps: float, sound: Samples) -> float:
    """By how many seconds the opening follows the loudness of a sound at 48 kHz, to 5 ms; and how alike they are."""
    step = 240
    power = sound[: len(sound) // step * step].reshape(-1, step) ** 2
    level = np.clip(10 * np.log10(np.convolve(power.mean(axis=1), np.ones(8) / 8, mode="same") + 1e-9) + 50, 0, None)
    moments = np.arange(len(level)) * step / 48_000 + step / 96_000
    seen = np.interp(moments, (np.arange(len(opening)) + 0.5) / fps, opening)
    level, seen = level - level.mean(), seen - seen.mean()
    scores = {shift: float(np.dot(level[60:-60], seen[60 + shift : len(seen) - 60 + shift])) for shift in range(-40, 41)}
    best = max(scores, key=lambda shift: scores[shift])
    alike = scores[best] / (np.linalg.norm(level[60:-60]) * np.linalg.norm(seen[60 + best : len(seen) - 60 + best]))
    assert alike > 0.6
    return best * step / 48_000


@pytest.mark.slow
def test_the_mouth_moves_with_the_voice_and_in_time(tmp_path: Path) -> None:
    still = moving_portrait(1, 256, 256)[0]
    clip = write_clip(tmp_path / "clip.mp4", [still] * 20, fps=25, sound=tone(0.8))
    speech = speech_file(tmp_path)
    out = run(tmp_path, clip, speech, video_title="Anna", audio_duration=60.0)
    seconds = len(heard(speech)) / 48_000
    assert out.duration_s == pytest.approx(seconds, abs=1 / 25)
    assert lasts(out.main)[0] == pytest.approx(out.duration_s)
    assert out.extra["face_share"] == 1.0
    assert len(out.extra["notes"]) == 1  # type: ignore[arg-type]
    frames = pictures(out.main)
    mouth = track_mouth(iter([still]))[0]
    rest = grey_mouth(still, mouth)
    moved = np.array([np.abs(grey_mouth(frame, mouth) - rest).mean() for frame in frames])
    sound = heard(out.main)
    lag = lag_of(moved, 25.0, sound)
    print(f"the mouth follows the voice by {lag * 1000:.0f} ms")
    assert abs(lag) <= 0.04
    expected = heard(speech)
    count = min(len(sound), len(expected))
    assert float(np.corrcoef(sound[:count], expected[:count])[0, 1]) > 0.98
    away = np.abs(np.stack(frames)[:, :60].astype(int) - still[:60]).mean()
    assert away < 4  # hair and background stay as they were
    assert not list(tmp_path.glob("*.frames")) + list(tmp_path.glob("*.part")) + list(tmp_path.glob("*silent*"))


@pytest.mark.slow
def test_a_longer_clip_is_cut_to_the_speech(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", moving_portrait(30, 128, 128))
    out = run(tmp_path, clip, speech_file(tmp_path, 0.5))
    assert out.duration_s == pytest.approx(0.5, abs=1 / 24)
    assert len(pictures(out.main)) == 12


def test_a_shorter_clip_goes_forth_and_back(tmp_path: Path) -> None:
    frames = [np.full((8, 8, 3), 20 * index, np.uint8) for index in range(4)]
    shown = list(forth_and_back(iter(frames), 4, 11, tmp_path / "store"))
    assert [index for index, _ in shown] == [0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2]
    assert all(abs(int(frame.mean()) - 20 * index) <= 1 for index, frame in shown)
    assert [index for index, _ in forth_and_back(iter(frames), 4, 2, tmp_path / "store")] == [0, 1]
    assert [index for index, _ in forth_and_back(iter(frames[:1]), 1, 3, tmp_path / "store")] == [0, 0, 0]
    assert not (tmp_path / "store").exists()


def test_known_words_go_along_for_subtitles(tmp_path: Path) -> None:
    small = np.asarray(cv2.resize(portrait(), (256, 256)), np.uint8)
    clip = write_clip(tmp_path / "clip.mp4", [small] * 3)
    voice = write_clip(tmp_path / "voice.mp4", [np.zeros((16, 16, 3), np.uint8)] * 6, sound=tone(0.25),
                       tags={"lyrics": WORDS})
    assert tags_of(run(tmp_path, clip, voice).main)["lyrics"] == WORDS


@pytest.mark.parametrize(("kind", "field"), [("no face", "video_url"), ("no sound", "audio_url"), ("text", "audio_url"),
                                             ("empty", "audio_url")])
def test_refusals_name_the_field(tmp_path: Path, kind: str, field: str) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (64, 64, 3), np.uint8)
    clip = write_clip(tmp_path / "clip.mp4", [noise] * 6)
    speech = speech_file(tmp_path, 0.3)
    if kind == "text":
        speech.write_text("no sound")
    elif kind == "empty":
        write_sound(speech, tone(0.01))
    elif kind == "no sound":
        speech = clip
    with pytest.raises(RenderRefusedError) as caught:
        run(tmp_path, clip, speech)
    assert caught.value.field_name == field
    assert not list(tmp_path.glob("lipsync*"))


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", moving_portrait(3, 128, 128))
    speech = speech_file(tmp_path, 0.3)
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        run(tmp_path, clip, speech)
    assert not list(tmp_path.glob("lipsync*"))
