"""soundfx.generate: words to sounds, length, spectra, order, distance, timing to a clip, the preview, refusals."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from studio.engine.render.effects.catalogue import BY_NAME, PLACES, SOUNDS
from studio.engine.render.effects.footage import watch
from studio.engine.render.effects.render import render_effects
from studio.engine.render.effects.touch import Touch
from studio.engine.render.effects.words import read_words
from studio.engine.render.sound.loudness import integrated_loudness, true_peak_db
from studio.engine.render.sound.sound_files import read_sound
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.encode import VideoWriter
from studio.media.probe import probe
from tests.unit.engine.render.hearing import RATE, URL, Sound, band_share, centroid, onsets, planted_clip, rendered


def made(folder: Path, prompt: str, media: Path | None = None, /, **values: object) -> tuple[RenderOutput, Sound]:
    if media is not None:
        values["video_url"] = URL
    out = rendered(render_effects, "cannon:soundfx.generate", folder, media, prompt=prompt, **{"seed": 3, **values})
    return out, read_sound(out.main)


def names(prompt: str) -> list[str]:
    return [cue.sound.name for cue in read_words(prompt).cues]


def times(out: RenderOutput, name: str) -> list[float]:
    sounds = out.extra["sounds"]
    assert isinstance(sounds, list)
    return next(one["times"] for one in sounds if one["name"] == name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [sound.name for sound in SOUNDS])
def test_each_sound_sounds_and_dies_away(name: str) -> None:
    sound = BY_NAME[name]
    rng = np.random.default_rng(3)
    if sound.bed is not None:
        bed = sound.bed(rng, 2.0)
        assert bed.shape == (2 * RATE, 2)
        assert np.isfinite(bed).all()
        assert float(np.abs(bed).max()) > 0.05
        return
    assert sound.single is not None
    take = sound.single(rng, Touch())
    assert np.isfinite(take).all()
    assert 0.1 < float(np.abs(take).max()) < 6
    assert float(np.abs(take[-3:]).max()) < 0.05 * float(np.abs(take).max())
    again = sound.single(np.random.default_rng(3), Touch())
    assert np.array_equal(take, again)


def test_the_catalogue_is_whole() -> None:
    assert len(BY_NAME) == len(SOUNDS) >= 70
    assert all((sound.bed is None) != (sound.single is None) for sound in SOUNDS)
    assert {name for _, beds in PLACES for name, _ in beds} <= BY_NAME.keys()
    for sound in SOUNDS:
        assert sound.name in names(sound.name), sound.name


@pytest.mark.parametrize(("prompt", "expected"), [
    ("footsteps on gravel in the rain, thunder far away", {"footsteps", "rain", "thunder"}),
    ("a car engine revving while sirens wail in the city", {"engine", "siren", "city"}),
    ("three knocks on the door, then it slams shut", {"knocking", "door"}),
    ("UI click and a notification ping", {"click", "notification"}),
    ("glass shattering", {"glass"}), ("clinking glasses in a busy cafe", {"clink", "crowd"}),
    ("whoosh followed by a big impact", {"whoosh", "impact"}),
    ("typing on a keyboard, a clock ticking", {"typing", "clock"}),
    ("a calm beach", {"waves", "gulls"}), ("a dog barks in the park", {"dog", "breeze", "birds"}),
    ("laser blast", {"laser"}), ("slow steps in the snow", {"footsteps"}),
])
def test_words_name_their_sounds(prompt: str, expected: set[str]) -> None:
    assert set(names(prompt)) == expected


def test_modifiers_are_heard_in_their_clause() -> None:
    heard = read_words("loud footsteps on gravel in a cave, distant thunder on the left")
    cues = {cue.sound.name: cue for cue in heard.cues}
    assert cues["footsteps"].touch.surface == "gravel"
    assert cues["footsteps"].far == 0
    assert cues["thunder"].far > 0.5
    assert cues["thunder"].pan == -0.75
    assert cues["footsteps"].gain > cues["thunder"].gain
    assert read_words("footsteps in a cave").room == "cave"
    assert [cue.count for cue in read_words("three knocks, then 5 beeps").cues] == [3, 5]


def test_negatives() -> None:
    heard = read_words("rain and thunder with birds", negative="thunder, birds, purple")
    assert [cue.sound.name for cue in heard.cues] == ["rain"]
    assert heard.not_understood == ("purple",)
    assert names("rain without thunder") == ["rain"]
    assert names("no thunder or wind just rain") == ["rain"]
    assert read_words("bell in a cave", negative="reverb").room is None


@pytest.mark.slow
@pytest.mark.parametrize(("prompt", "seconds"),
                         [("heavy rain", 2.0), ("a single bell", 1.37), ("ui click", 0.5), ("whoosh", None)])
def test_length_level_and_peaks(tmp_path: Path, prompt: str, seconds: float | None) -> None:
    out, sound = made(tmp_path, prompt, **({} if seconds is None else {"duration_seconds": seconds}))
    assert len(sound) == round((seconds or 8.0) * RATE)
    assert out.duration_s == len(sound) / RATE
    assert true_peak_db(sound) <= -1.0
    assert -32 < integrated_loudness(sound) < -15
    assert float(np.abs(sound[-30:]).max()) < 0.01


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second, other = (made(tmp_path / name, "rain and footsteps", seed=seed, duration_seconds=1.5)[0].main.read_bytes()
                            for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert first == second
    assert first != other


@pytest.mark.slow
def test_spectra_differ(tmp_path: Path) -> None:
    rain, engine, drops = (made(tmp_path / name, name, duration_seconds=2.0)[1] for name in ("rain", "engine", "wind"))
    assert centroid(rain) > 2 * centroid(engine)
    assert centroid(rain) > 4 * centroid(drops)
    assert band_share(engine, 20, 400) > 5 * band_share(rain, 20, 400)


@pytest.mark.slow
def test_far_is_duller_and_softer_than_near(tmp_path: Path) -> None:
    near, far = (made(tmp_path / str(i), words, duration_seconds=4.0)[1] for i,
                 words in enumerate(("gunshot", "gunshot far away")))
    assert centroid(far) < 0.6 * centroid(near)


@pytest.mark.slow
def test_events_come_as_often_and_in_the_order_that_the_words_say(tmp_path: Path) -> None:
    out, sound = made(tmp_path, "three knocks, then glass shattering", duration_seconds=4.0)
    knocks, glass = times(out, "knocking"), times(out, "glass")
    assert len(knocks) == 3
    assert max(knocks) < 2.0 <= min(glass)
    heard = onsets(sound, 0.2)
    for moment in (*knocks, glass[0]):
        assert min(abs(moment - one) for one in heard) < 0.03, (moment, heard)
    gap = sound[round(1.5 * RATE) : round(1.9 * RATE)]
    assert float(np.abs(gap).max()) < 0.05 * float(np.abs(sound).max())


@pytest.mark.slow
def test_steps_keep_their_pace(tmp_path: Path) -> None:
    out, _ = made(tmp_path, "fast footsteps on wood", duration_seconds=4.0)
    steps = times(out, "footsteps")
    assert np.median(np.diff(steps)) == pytest.approx(0.54 / 1.45, rel=0.1)


@pytest.mark.slow
def test_prompt_influence_weighs_adjectives_and_air(tmp_path: Path) -> None:
    def gain(influence: float) -> float:
        return read_words("loud bell", influence=influence).cues[0].gain

    assert gain(0.0) == 1 < gain(0.7) < gain(1.0)
    dry, airy = (made(tmp_path / str(share), "three knocks", duration_seconds=3.0,
                      prompt_influence=share)[1] for share in (1.0, 0.0))
    assert float(airy[-RATE:].std()) > 10 * float(dry[-RATE:].std())


@pytest.mark.slow
def test_sounds_fall_on_the_motion_and_the_cut(tmp_path: Path) -> None:
    clip = planted_clip(tmp_path / "clip.mp4", dashes=(0.75, 1.5, 3.0), cuts=(2.25,))
    out, sound = made(tmp_path / "out", "impact and whoosh", clip)
    assert len(sound) == 4 * RATE
    assert times(out, "impact") == pytest.approx([0.75, 1.5, 3.0], abs=0.045)
    assert times(out, "whoosh") == pytest.approx([2.25], abs=0.001)
    assert out.extra["cuts"] == [2.25]
    heard = onsets(sound, 0.3)
    for moment in (0.75, 1.5, 3.0):
        assert min(abs(moment - one) for one in heard) < 0.06, heard
    around = np.abs(sound[round(1.9 * RATE) : round(2.7 * RATE)]).max(axis=1)
    loudest = 1.9 + float(np.argmax(np.convolve(around, np.ones(2400) / 2400, "same"))) / RATE
    assert loudest == pytest.approx(2.25, abs=0.15)


@pytest.mark.slow
def test_beds_swell_with_the_motion(tmp_path: Path) -> None:
    clip = planted_clip(tmp_path / "clip.mp4", seconds=3.0, dashes=(1.4, 1.6, 1.8, 2.0))
    _, sound = made(tmp_path / "out", "engine", clip)
    still, moving = (float(sound[round(a * RATE) : round(b * RATE)].std()) for a, b in ((0.2, 1.0), (1.5, 2.0)))
    assert moving > 1.5 * still


@pytest.mark.slow
def test_the_preview_has_the_same_pictures_and_the_mixed_sound(tmp_path: Path) -> None:
    time = np.arange(2 * RATE) / RATE
    own = np.repeat((0.2 * np.sin(2 * np.pi * 3000 * time)).astype(np.float32)[:, None], 2, axis=1)
    clip = planted_clip(tmp_path / "clip.mp4", seconds=2.0, dashes=(1.0,), audio=own)
    out, sound = made(tmp_path / "out", "impact", clip)
    assert out.extra["video_copied"] is True
    assert len(out.files) == 2
    preview = Path(out.files[1])
    with av.open(str(preview)) as new, av.open(str(clip)) as old:
        copied = [bytes(packet) for packet in new.demux(video=0) if packet.size]
        given = [bytes(packet) for packet in old.demux(video=0) if packet.size]
    assert copied == given
    info = probe(preview)
    assert info.duration_s == pytest.approx(2.0, abs=1 / 24)
    mixed = read_sound(preview)
    assert abs(len(mixed) - 2 * RATE) <= 1024
    tone = band_share(mixed[: RATE // 2], 2900, 3100)
    assert tone > 0.8
    blow = np.abs(mixed[RATE : RATE + 4800]).max()
    assert blow > 2 * np.abs(mixed[: RATE // 2]).max()
    assert onsets(mixed, 0.4)[0] == pytest.approx(onsets(sound, 0.4)[0], abs=0.03)
    head = preview.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


@pytest.mark.slow
def test_a_clip_that_cannot_be_copied_is_encoded_again(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 65, 49, "bgr0"
        for number in range(10):
            picture = np.full((49, 65, 3), 200 if number >= 5 else 30, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="bgr0")))
        container.mux(stream.encode(None))
    out, sound = made(tmp_path / "out", "click", path)
    assert out.extra["video_copied"] is False
    info = probe(out.files[1])
    assert (info.video_codec, info.has_audio) == ("h264", True)
    assert info.duration_s == pytest.approx(len(sound) / RATE, abs=0.1)
    assert out.extra["cuts"] == [0.5]


@pytest.mark.slow
def test_vp8_stays_webm(tmp_path: Path) -> None:
    path = tmp_path / "clip.webm"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=12)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(12):
            picture = np.full((48, 64, 3), 20 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    out, _ = made(tmp_path / "out", "wind", path)
    info = probe(out.files[1])
    assert (Path(out.files[1]).suffix, info.video_codec, info.audio_codec) == (".webm", "vp8", "opus")
    assert out.extra["video_copied"] is True


@pytest.mark.slow
def test_a_bounce_is_an_accent(tmp_path: Path) -> None:
    clip = tmp_path / "ball.mp4"
    floor = [0.5, 1.3, 2.1]
    with VideoWriter(clip, 96, 96, fps=24, repeatable=True, preset="ultrafast") as writer:
        for number in range(60):
            height = min(abs(number / 24 - hit) for hit in (*floor, 2.9, -0.3)) / 0.4
            picture = np.full((96, 96, 3), 40, np.uint8)
            top = int(76 - 66 * (1 - (1 - height) ** 2))
            picture[top : top + 14, 40:54] = (230, 200, 40)
            writer.write_rgb(picture)
    accents = [one.at_s for one in watch(clip, 10.0, lambda share: None).accents]
    for hit in floor:
        assert min(abs(hit - one) for one in accents) < 0.09, accents


@pytest.mark.slow
def test_duration_given_beside_a_clip(tmp_path: Path) -> None:
    clip = planted_clip(tmp_path / "clip.mp4", seconds=2.0)
    out, sound = made(tmp_path / "out", "rain", clip, duration_seconds=1.0)
    assert len(sound) == RATE
    assert probe(out.files[1]).duration_s == pytest.approx(2.0, abs=0.05)


def test_only_unknown_words_are_refused_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(RenderRefusedError) as caught:
        made(tmp_path, "a purple idea")
    assert caught.value.field_name == "prompt"
    assert "footsteps" in caught.value.message
    with pytest.raises(RenderRefusedError):
        made(tmp_path, "rain", negative_tags="rain")


@pytest.mark.parametrize("kind", ["text", "cut", "audio"])
def test_bad_clips_are_refused_by_field(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "clip.mp4"
    if kind == "text":
        path.write_text("no video at all " * 20)
    elif kind == "cut":
        path.write_bytes(planted_clip(tmp_path / "whole.mp4", seconds=1.0).read_bytes()[:700])
    else:
        path = made(tmp_path / "sound", "click", duration_seconds=0.5)[0].main
    with pytest.raises(RenderRefusedError) as caught:
        made(tmp_path / "out", "rain", path)
    assert caught.value.field_name == "video_url"


def test_mode_and_missing_clip(tmp_path: Path) -> None:
    for values, field in (({"mode": "purple"}, "mode"), ({"mode": "video_context"}, "video_url")):
        with pytest.raises(RenderRefusedError) as caught:
            made(tmp_path, "rain", **values)
        assert caught.value.field_name == field
    clip = planted_clip(tmp_path / "clip.mp4", seconds=1.0)
    out, sound = made(tmp_path / "out", "rain", clip, mode="text", duration_seconds=0.5)
    assert (len(out.files), len(sound)) == (1, RATE // 2)


def test_a_cancel_ends_it(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        render_effects(RenderTask("cannon:soundfx.generate", {"prompt": "rain"}, {}, str(tmp_path)), RenderControl(tmp_path))
    assert not list(tmp_path.glob("*.mp3*"))
