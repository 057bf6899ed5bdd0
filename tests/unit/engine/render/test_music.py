"""music.generate: length, loudness, styles that differ by measure, every field's effect, refusals, the same bytes again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from studio.engine.render.music.compose import compose
from studio.engine.render.music.form import plan
from studio.engine.render.music.harmony import SCALES, Key, chord_at, voiced
from studio.engine.render.music.instruments import INSTRUMENTS
from studio.engine.render.music.render import render_music
from studio.engine.render.music.request import read_request
from studio.engine.render.music.rhythm import BEATS
from studio.engine.render.music.score import Score
from studio.engine.render.music.styles import STYLES
from studio.engine.render.music.tones import note
from studio.engine.render.music.voice import RANGES, sung, syllables
from studio.engine.render.music.words import read_words
from studio.engine.render.sound.loudness import integrated_loudness, true_peak_db
from studio.engine.render.sound.sound_files import read_sound
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from tests.unit.engine.render.hearing import RATE, Sound, band_share, centroid, pitch_classes, rendered, tempo


def made(folder: Path, /, **values: object) -> tuple[RenderOutput, Sound]:
    out = rendered(render_music, "cannon:music.generate", folder,
                   **{"prompt": "pop", "duration_seconds": 6.0, "seed": 5, **values})
    return out, read_sound(out.main)


def score_of(prompt: str, **values: object) -> Score:
    return compose(read_request({"prompt": prompt, "duration_seconds": 30.0, "seed": 5, **values}))


def parts(score: Score) -> set[str]:
    return {one.part for one in score.notes} | ({"drums"} if score.strokes else set())


@pytest.mark.slow
@pytest.mark.parametrize(("prompt", "seconds"),
                         [("calm piano", 1.0), ("rock", 3.3), ("ambient drone", 3.017), ("jazz", 4.0)])
def test_length_loudness_and_peaks(tmp_path: Path, prompt: str, seconds: float) -> None:
    out, sound = made(tmp_path, prompt=prompt, duration_seconds=seconds)
    assert len(sound) == round(seconds * RATE)
    assert out.duration_s == pytest.approx(seconds, abs=1e-4)
    assert integrated_loudness(sound) == pytest.approx(-14.0, abs=0.5)
    assert true_peak_db(sound) <= -1.0
    assert float(np.abs(sound[-50:]).max()) < 0.02
    assert float(np.corrcoef(sound[:, 0], sound[:, 1])[0, 1]) < 0.999


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second, other = (made(tmp_path / name, seed=seed, duration_seconds=2.0)[0].main.read_bytes() for name,
                            seed in (("a", 1), ("b", 1), ("c", 2)))
    assert first == second
    assert first != other


@pytest.mark.slow
def test_styles_differ_by_measure(tmp_path: Path) -> None:
    lofi, metal, ambient = (made(tmp_path / name, prompt=name)[1] for name in ("lofi", "metal",
                                                                                                      "ambient"))
    assert centroid(metal) > 3 * centroid(lofi)
    assert centroid(metal) > 3 * centroid(ambient)
    assert band_share(lofi, 0, 160) > 5 * band_share(ambient, 0, 160)


@pytest.mark.slow
@pytest.mark.parametrize("bpm", [90, 128])
def test_the_tempo_that_is_asked_for_is_heard(tmp_path: Path, bpm: int) -> None:
    out, sound = made(tmp_path, prompt=f"house {bpm} bpm", duration_seconds=8.0, prompt_influence=1.0)
    assert out.extra["tempo_bpm"] == bpm
    heard = tempo(sound)
    assert any(abs(found / bpm - ratio) < 0.02 * ratio for found in heard for ratio in (0.5, 1, 2)), heard


@pytest.mark.slow
def test_the_key_that_is_asked_for_is_heard(tmp_path: Path) -> None:
    for number, (words, tonic, scale) in enumerate((("F# minor", 6, "minor"), ("C major", 0, "major"))):
        out, sound = made(tmp_path / str(number), prompt=f"solo piano in {words}", duration_seconds=5.0)
        shares = pitch_classes(sound)
        inside = {(tonic + step) % 12 for step in SCALES[scale]}
        assert sum(shares[tone] for tone in inside) > 0.85
        assert out.extra["key"] == words


def test_tempi_and_scales_follow_the_style() -> None:
    assert score_of("lofi").bpm < 92 < 150 < score_of("drum and bass").bpm
    assert score_of("waltz").beats == 3
    assert score_of("happy pop").key.scale == "major"
    assert score_of("sad pop").key.scale == "minor"
    assert score_of("slow rock").bpm < score_of("rock").bpm < score_of("fast rock").bpm


def test_every_style_composes_and_its_players_exist() -> None:
    for style in STYLES:
        assert {one for one in (style.lead, style.chords, style.bass, style.pad, style.arp) if one} <= INSTRUMENTS.keys()
        assert style.beat is None or style.beat in BEATS
        score = score_of(style.name)
        assert score.notes, style.name
        end = score.bars * score.beats
        assert score.sections[-1].last == score.bars - 1
        assert 24 < end * score.beat_s <= 30.01, style.name
    assert len({style.name for style in STYLES}) == len(STYLES) >= 25


@pytest.mark.parametrize("instrument", sorted(INSTRUMENTS))
def test_each_instrument_sounds_at_its_pitch(instrument: str) -> None:
    sound = note(instrument, 57, 60, 7)
    assert np.isfinite(sound).all()
    assert 0.05 < float(np.abs(sound).max()) < 3
    body = sound[2400:26_400].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(body * np.hanning(len(body)), 1 << 17))
    frequency = np.fft.rfftfreq(1 << 17, 1 / RATE)
    root = 220.0 * (0.5 if instrument == "bells" else 1)
    near = spectrum[(frequency > root * 0.97) & (frequency < root * 1.03)].max()
    assert near > 0.1 * spectrum.max()


def test_sections_fill_the_bars_whatever_their_number() -> None:
    for bars in range(1, 260):
        sections = plan(bars)
        assert sections[0].first == 0
        assert all(a.last + 1 == b.first for a, b in pairwise(sections))
        assert sections[-1].last == bars - 1
    kinds = [one.kind for one in plan(70)]
    assert kinds[0] == "intro"
    assert kinds[-1] == "outro"
    assert {"verse", "chorus", "bridge"} <= set(kinds)
    assert {one.kind for one in plan(70, loop=True)} == {"verse", "chorus", "bridge"}


def test_the_melody_stays_in_its_scale_unless_it_is_to_be_strange() -> None:
    def outside(strange: float) -> int:
        score = score_of("pop in C major", weirdness_constraint=strange)
        steps = {(score.key.tonic + step) % 12 for step in SCALES[score.key.scale]}
        return sum(1 for one in score.notes if one.pitch % 12 not in steps)

    assert outside(0.0) == 0
    assert outside(1.0) > 10


def test_what_is_to_be_left_out_is_not_played() -> None:
    assert parts(score_of("rock")) >= {"drums", "bass", "chords", "lead", "pad"}
    assert parts(score_of("rock", negative_tags="drums, bass")) & {"drums", "bass"} == set()
    assert parts(score_of("rock without drums")) & {"drums"} == set()
    assert {one.drum for one in score_of("pop", negative_tags="hi-hats, cymbals").strokes} & {"hat", "open",
                                                                                              "crash"} == set()
    brief = read_request({"prompt": "rock", "negative_tags": "guitar", "seed": 1})
    assert not any("guitar" in name and name != "bass guitar" for name in brief.players.values())
    assert "piano" in read_request({"prompt": "no drums or bass calm piano", "seed": 1}).players.values()
    told = read_words("rock", "drums, purple")
    assert told.left_out_unknown == ("purple",)


def test_named_instruments_play() -> None:
    brief = read_request({"prompt": "calm pop with violin and harp", "seed": 1, "prompt_influence": 1.0})
    assert {"violin", "harp"} <= set(brief.players.values())
    assert "violin" not in read_request({"prompt": "calm pop with violin", "seed": 1,
                                         "prompt_influence": 0.0}).players.values()


def test_weights_move_towards_and_away_from_the_style() -> None:
    near, far = (read_request({"prompt": "metal", "seed": 1, "style_weight": weight}) for weight in (1.0, 0.0))
    assert near.signature.name == "metal"
    assert far.signature.name == "pop"
    assert near.bpm > far.bpm + 15
    assert set(far.players.values()).isdisjoint({"distorted guitar"})
    calm, loose = (read_request({"prompt": "calm rock", "seed": 1, "prompt_influence": share}) for share in (1.0, 0.0))
    assert calm.bpm < loose.bpm
    assert calm.energy < loose.energy == 0


@pytest.mark.slow
def test_who_sings(tmp_path: Path) -> None:
    assert read_request({"prompt": "pop", "seed": 1}).voice is None
    assert read_request({"prompt": "pop with vocals", "seed": 1}).voice == "f"
    assert read_request({"prompt": "pop song sung by a man", "seed": 1}).voice == "m"
    assert read_request({"prompt": "pop", "instrumental": False, "seed": 1}).voice == "f"
    assert read_request({"prompt": "pop with vocals", "instrumental": True, "seed": 1}).voice is None
    assert read_request({"prompt": "pop with vocals", "negative_tags": "vocals", "seed": 1}).voice is None
    custom = {"custom_mode": True, "style": "folk", "title": "Home", "prompt": "[Verse]\nOh lay me down",
              "duration_seconds": 12.0}
    for gender in ("m", "f"):
        brief = read_request({**custom, "vocal_gender": gender, "seed": 1})
        pitches = [one.pitch for one in compose(brief).notes if one.part == "voice"]
        assert pitches
        assert RANGES[gender][0] <= min(pitches) <= max(pitches) <= RANGES[gender][1]
    out, _ = made(tmp_path, **custom, vocal_gender="m")
    assert (out.extra["title"], out.extra["vocal_gender"], out.extra["style"]) == ("Home", "m", "folk")


def test_lyrics_give_the_vowels() -> None:
    voice = syllables("[Chorus]\nSee the moon go")
    assert [next(voice) for _ in range(4)] == ["i", "e", "u", "o"]
    hum = syllables("")
    assert next(hum) == "m"
    def formant(vowel: str) -> float:
        spectrum = np.abs(np.fft.rfft(sung("f", 62, 60, 7, vowel)))
        frequency = np.fft.rfftfreq(len(sung("f", 62, 60, 7, vowel)), 1 / RATE)
        return float(spectrum[(frequency > 600) & (frequency < 1400)].sum() / spectrum[frequency < 4000].sum())

    assert formant("a") > 2 * formant("i")


def test_chords_are_led_by_small_steps() -> None:
    key = Key(0, "major")
    assert set(chord_at(key, 1, sevenths=False).tones) == {0, 4, 7}
    assert set(chord_at(Key(9, "minor"), 5, sevenths=False).tones) == {4, 8, 11}
    before = voiced(chord_at(key, 1, sevenths=False), None)
    after = voiced(chord_at(key, 4, sevenths=False), before)
    assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) <= 7


@pytest.mark.slow
def test_modes(tmp_path: Path) -> None:
    loop = read_request({"prompt": "house", "mode": "loop", "duration_seconds": 8.0, "seed": 1})
    score = compose(loop)
    assert score.bars * score.beats * score.beat_s == pytest.approx(8.0, abs=0.01)
    assert read_request({"prompt": "pop", "mode": "song", "seed": 1}).voice == "f"
    out, sound = made(tmp_path, prompt="house", mode="loop", duration_seconds=4.0)
    assert float(np.sqrt(np.mean(np.square(sound[-RATE // 4 :])))) > 0.02
    assert out.extra["instrumental"] is True


@pytest.mark.parametrize(("values", "field"), [
    ({"persona_id": "p1", "custom_mode": True, "style": "pop", "title": "x"}, "persona_id"),
    ({"audio_weight": 0.5}, "audio_weight"),
    ({"mode": "backwards"}, "mode"),
])
def test_refusals_name_their_field(tmp_path: Path, values: dict[str, object], field: str) -> None:
    with pytest.raises(RenderRefusedError) as caught:
        made(tmp_path, **values)
    assert caught.value.field_name == field


@pytest.mark.slow
def test_the_answer_tells_what_was_understood(tmp_path: Path) -> None:
    out, _ = made(tmp_path, prompt="sad waltz in D minor", provider="kie", model="V5", negative_tags="drums",
                  duration_seconds=3.0)
    told = out.extra
    assert (told["requested_provider"], told["requested_model"]) == ("kie", "V5")
    assert (told["style"], told["key"], told["time_signature"], told["left_out"]) == ("waltz", "D minor", "3/4", ["drums"])
    assert told["moods"] == ["sad"]
    assert "drums" not in str(told["instruments"])
    assert told["title"] == "Sad waltz in D minor"


def test_a_cancel_ends_it_and_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        render_music(RenderTask("cannon:music.generate", {"prompt": "pop"}, {}, str(tmp_path)), RenderControl(tmp_path))
    assert not list(tmp_path.glob("*.mp3*"))
