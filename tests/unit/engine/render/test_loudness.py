"""The measuring and mastering that all sounds share: BS.1770 by its own test signals, peaks, rooms, exact MP3 files."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from studio.engine.render.sound.filters import convolve, equalize, high_pass, low_pass, peak
from studio.engine.render.sound.loudness import SILENCE, integrated_loudness, true_peak_db
from studio.engine.render.sound.mastering import fade, limit, master
from studio.engine.render.sound.reverb import ROOMS, reverberate
from studio.engine.render.sound.sound_files import read_sound, write_mp3
from tests.unit.engine.render.hearing import RATE, Sound


def sine(frequency: float, seconds: float, level_db: float = 0.0, channels: int = 2, phase: float = 0.0) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * frequency * time + phase)
    return np.stack([wave] * channels, axis=1).astype(np.float32)


def music_like(seconds: float = 6.0) -> Sound:
    rng = np.random.default_rng(4)
    time = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * f * time) for f in (110, 220.5, 331, 442)) * (0.3 + 0.7 * (time % 0.5 < 0.1))
    return np.stack([wave, wave], axis=1).astype(np.float32) * 0.1 + rng.normal(0, 0.01, (len(time), 2)).astype(np.float32)


def test_a_full_scale_tone_in_one_channel_is_minus_3_lufs() -> None:
    sound = sine(997, 3)
    sound[:, 1] = 0
    assert integrated_loudness(sound) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize("level", [-23.0, -33.0, -14.0])
def test_a_stereo_tone_reads_its_level(level: float) -> None:
    assert integrated_loudness(sine(1000, 3, level)) == pytest.approx(level, abs=0.1)


def test_quiet_parts_are_gated() -> None:
    """EBU Tech 3341, case 3: 10 s at -36, 60 s at -23, 10 s at -36 dBFS read -23 (here at a third of the length)."""
    sound = np.concatenate([sine(1000, 3, -36), sine(1000, 20, -23), sine(1000, 3, -36)])
    assert integrated_loudness(sound) == pytest.approx(-23.0, abs=0.1)
    with_silence = np.concatenate([sine(1000, 4, -20), np.zeros((4 * RATE, 2), np.float32)])
    assert integrated_loudness(with_silence) == pytest.approx(-20.0, abs=0.35)


def test_the_weighting_hears_treble_more_and_bass_less() -> None:
    middle, high, low = (integrated_loudness(sine(f, 2, -20)) for f in (1000, 5000, 30))
    assert high - middle == pytest.approx(3.3, abs=0.4)
    assert low < middle - 5


def test_silence_and_a_click_too_short_for_a_block() -> None:
    assert integrated_loudness(np.zeros((RATE, 2), np.float32)) == SILENCE
    assert -20 < integrated_loudness(sine(1000, 0.1, -10)) < -8
    assert true_peak_db(np.zeros((10, 2), np.float32)) == -120


def test_a_peak_between_the_samples_is_found() -> None:
    sound = sine(RATE / 4, 1, -6, phase=np.pi / 4)
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-9.0, abs=0.05)
    assert true_peak_db(sound) == pytest.approx(-6.0, abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("target", [-14.0, -20.0])
def test_mastering_reaches_its_loudness_under_the_ceiling(target: float) -> None:
    sound = master(music_like(), target, -1.5)
    assert integrated_loudness(sound) == pytest.approx(target, abs=0.2)
    assert true_peak_db(sound) <= -1.45


def test_the_limiter_leaves_alone_what_is_low_enough() -> None:
    quiet = sine(300, 0.5, -10)
    assert np.array_equal(limit(quiet, -1.0), quiet)
    loud = quiet.copy()
    loud[12_000] = 1.5
    limited = limit(loud, -1.0)
    assert true_peak_db(limited) <= -0.95
    far = slice(0, 8000)
    assert np.allclose(limited[far], loud[far], atol=1e-4)


def test_fades_begin_and_end_in_silence() -> None:
    sound = fade(np.ones((RATE, 2), np.float32), 0.1, 0.2)
    assert sound[0, 0] == sound[-1, 0] == 0
    assert sound[RATE // 2, 0] == 1


def test_filters_do_what_their_names_say() -> None:
    for section, loud, soft in ((low_pass(500), 100, 4000), (high_pass(2000), 8000, 200), (peak(1000, 12), 1000, 6000)):
        kept, lost = (float(equalize(sine(f, 0.5, -20), section)[RATE // 4 :].std()) for f in (loud, soft))
        assert kept > 3.5 * lost, section


def test_convolution_by_blocks_is_convolution() -> None:
    rng = np.random.default_rng(2)
    sound, impulse = rng.normal(size=40_000).astype(np.float32), rng.normal(size=900)
    expected = np.convolve(sound, impulse)[:40_000]
    assert np.allclose(convolve(sound, impulse), expected, atol=2e-3)


def test_a_room_dies_away_in_its_time() -> None:
    click = np.zeros(3 * RATE, np.float32)
    click[0] = 1
    answer = reverberate(click, ROOMS["hall"])
    def level(at: float) -> float:
        return float(10 * np.log10(np.mean(np.square(answer[int(at * RATE) : int((at + 0.1) * RATE)])) + 1e-20))

    assert level(0.1) - level(1.05) == pytest.approx(60 * 0.95 / ROOMS["hall"].seconds, abs=8)
    assert float(np.corrcoef(answer[:, 0], answer[:, 1])[0, 1]) < 0.3


@pytest.mark.parametrize("count", [24_000, 50_001, 1152])
def test_an_mp3_gives_back_exactly_its_samples_and_tags(tmp_path: Path, count: int) -> None:
    sound = music_like()[:count]
    path = tmp_path / "sound.mp3"
    write_mp3(path, sound, {"title": "A tune", "lyrics": "La la\nläuft"})
    back = read_sound(path)
    assert len(back) == count
    assert float(np.corrcoef(back[:, 0], sound[:, 0])[0, 1]) > 0.99
    assert 20 * np.log10(float(back.std() / sound.std())) == pytest.approx(0, abs=0.15)
    with av.open(str(path)) as container:
        assert container.metadata["title"] == "A tune"
        assert container.metadata["lyrics"] == "La la\nläuft"
    assert [file.name for file in tmp_path.iterdir()] == ["sound.mp3"]


@pytest.mark.slow
def test_the_codec_does_not_lift_peaks_over_the_ceiling(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    loud = limit(rng.normal(0, 0.4, (RATE, 2)).astype(np.float32), -1.0)
    write_mp3(tmp_path / "loud.mp3", loud, {})
    assert true_peak_db(read_sound(tmp_path / "loud.mp3")) <= -1.0
