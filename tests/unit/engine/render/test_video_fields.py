"""The fields of video.generate beside its pictures: sound, negative prompt, extended prompt, mark, content check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.contracts.check import check
from studio.contracts.operations import find
from studio.engine.render.filming.request import read_request
from studio.engine.render.filming.soundtrack import CEILING_DB, LOUDEST, SOFTEST, fitted_track, mixed
from studio.engine.render.filming.watermark import Watermark
from studio.engine.render.filming.wording import extended, left_out, read_extended, unsafe_words
from studio.engine.render.scene.words import read_prompt
from studio.engine.render.sound.loudness import integrated_loudness, true_peak_db
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderRefusedError, RenderTask
from studio.engine.render.video import render_video
from tests.unit.engine.render.footage import heard, lasts, moving_portrait, pictures, tone, write_clip, write_sound
from tests.unit.engine.render.photos import portrait, saved

Rgb = NDArray[np.uint8]
RATE = 48_000


def filmed(folder: Path, media: dict[str, str] | None = None, **values: object) -> tuple[Path, dict[str, object]]:
    folder.mkdir(exist_ok=True)
    given = {"prompt": "mountain lake at noon", "duration": 1, "resolution": "144p", "seed": 3, **values}
    output = render_video(RenderTask("cannon:video.generate", given, media or {}, str(folder)), RenderControl(folder))
    return output.main, dict(output.extra)


def refused(folder: Path, media: dict[str, str] | None = None, **values: object) -> RenderRefusedError:
    with pytest.raises(RenderRefusedError) as caught:
        filmed(folder, media, **values)
    assert not list(folder.glob("*.mp4*"))
    return caught.value


def test_the_contract_takes_every_field_here() -> None:
    for name in ("video.generate", "image.generate"):
        operation = find("cannon", name)
        assert operation is not None
        assert operation.engine_omits == frozenset()
    operation = find("cannon", "video.generate")
    assert operation is not None
    given: dict[str, Any] = {
        "prompt": "sea", "model": "seedance2", "duration": 3, "image_url": "a", "end_image_url": "b", "aspect_ratio": "3:4",
        "resolution": "4k", "audio": True, "audio_url": "c", "negative_prompt": "dogs", "prompt_extend": True,
        "watermark": True, "seed": 1, "nsfw_checker": False, "reference_image_urls": ["d"] * 9,
    }
    assert check(operation, given, engine=True).payload() == given


# -- sound

def test_a_long_track_is_trimmed_and_fades_out(tmp_path: Path) -> None:
    sound, how = fitted_track(write_sound(tmp_path / "a.wav", tone(5.0)), 3.0, "audio_url")
    assert how == "trimmed"
    assert sound.shape == (3 * RATE, 2)
    assert float(np.abs(sound[-200:]).max()) < 0.01 < float(np.abs(sound[RATE : RATE + 200]).max())


def test_a_short_track_begins_again_without_a_gap(tmp_path: Path) -> None:
    sound, how = fitted_track(write_sound(tmp_path / "a.wav", tone(1.1)), 4.0, "audio_url")
    assert how == "looped"
    assert len(sound) == 4 * RATE
    steps = np.sqrt(np.mean(sound[: 68 * RATE // 20].reshape(-1, RATE // 20, 2) ** 2, axis=(1, 2)))[1:]
    assert steps.min() > 0.3 * np.median(steps), "no hole"
    assert steps.max() < 1.6 * np.median(steps), "no bump"


def test_a_track_that_fits_is_left_whole(tmp_path: Path) -> None:
    assert fitted_track(write_sound(tmp_path / "a.wav", tone(2.0)), 2.0, "audio_url")[1] == "whole"


@pytest.mark.slow
@pytest.mark.parametrize(("level", "wanted"), [(0.98, LOUDEST), (0.004, SOFTEST), (0.12, None)])
def test_a_track_is_brought_to_a_sane_level(tmp_path: Path, level: float, wanted: float | None) -> None:
    path = write_sound(tmp_path / "a.wav", tone(3.0, 1000.0, level))
    before = integrated_loudness(tone(3.0, 1000.0, level))
    sound, _ = fitted_track(path, 3.0, "audio_url")
    after = integrated_loudness(sound[: 2 * RATE])
    assert after == pytest.approx(before if wanted is None else wanted, abs=0.7)
    assert true_peak_db(sound) <= CEILING_DB + 0.1


def test_silence_stays_silent_and_noise_under_a_track_is_softer(tmp_path: Path) -> None:
    quiet, _ = fitted_track(write_sound(tmp_path / "a.wav", tone(1.0, level=0.0)), 2.0, "audio_url")
    assert float(np.abs(quiet).max()) == 0
    scape = tone(2.0, 300.0, 0.2)
    assert integrated_loudness(mixed(quiet, scape)) == pytest.approx(integrated_loudness(scape) - 9, abs=0.5)


@pytest.mark.slow
def test_the_track_is_in_the_film_from_its_first_to_its_last_frame(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mp3", tone(0.7), codec="libmp3lame")
    film, extra = filmed(tmp_path / "f", {"a": str(path)}, audio_url="a", duration=2)
    assert extra["soundtrack"] == "looped"
    assert extra["has_sound"] is True
    frames, whole = lasts(film)
    assert frames == 2.0
    assert whole == pytest.approx(2.0, abs=0.03)
    sound = heard(film)
    for at in (0.2, 1.0, 1.6):
        part = sound[round(at * RATE) : round(at * RATE) + 4096] * np.hanning(4096)
        assert np.argmax(np.abs(np.fft.rfft(part))) * RATE / 4096 == pytest.approx(440, abs=13)


@pytest.mark.slow
def test_sound_only_where_it_is_asked_for(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", tone(2.0))
    silent, extra = filmed(tmp_path / "0")
    assert extra["has_sound"] is False
    assert float(np.abs(heard(silent)).max()) == 0
    scape, _ = filmed(tmp_path / "1", audio=True, prompt="waves at the sea")
    assert float(np.abs(heard(scape)).max()) > 0.01
    both, _ = filmed(tmp_path / "2", {"a": str(path)}, audio=True, audio_url="a", prompt="waves at the sea")
    track, _ = filmed(tmp_path / "3", {"a": str(path)}, audio_url="a", prompt="waves at the sea")
    difference = heard(both)[: RATE // 2] - heard(track)[: RATE // 2]
    assert 0.001 < float(np.sqrt(np.mean(difference**2))) < float(np.sqrt(np.mean(heard(track) ** 2)))


def test_what_has_no_sound_is_refused_by_its_field(tmp_path: Path) -> None:
    text = tmp_path / "t.mp3"
    text.write_text("no sound")
    mute = write_clip(tmp_path / "mute.mp4", moving_portrait(6, 64, 48))
    for url in (str(text), str(mute), saved(tmp_path, portrait(64))):
        assert refused(tmp_path / "f", {"a": url}, audio_url="a").field_name == "audio_url"
    assert refused(tmp_path / "f", {}, audio_url="gone").field_name == "audio_url"


# -- words

@pytest.mark.slow
def test_what_the_negative_prompt_names_is_not_drawn(tmp_path: Path) -> None:
    prompt = "a lighthouse by the sea at noon, static"
    with_it, _ = filmed(tmp_path / "a", prompt=prompt)
    without, extra = filmed(tmp_path / "b", prompt=prompt, negative_prompt="lighthouse, blurry")
    bare, _ = filmed(tmp_path / "c", prompt="by the sea at noon, static")
    assert extra["left_out"] == ["lighthouse"]
    one, other, none = (pictures(path)[12].astype(int) for path in (with_it, without, bare))
    assert float(np.abs(other - none).mean()) < 1.0, "as if it had never been named"
    assert float(np.abs(one - none).mean()) > 2 * float(np.abs(other - none).mean())
    assert float((np.abs(one - none).max(axis=2) > 30).mean()) > 0.004
    assert left_out("a dog and a cat", "dogs") == ["dog"]
    assert left_out("a dog", None) == []


def test_an_extended_prompt_keeps_its_words_and_adds_to_them(tmp_path: Path) -> None:
    own = "a red car in the desert"
    longer = extended(own, 5, "16:9", RenderControl(tmp_path))
    assert len(longer) > 2 * len(own)
    assert all(word in longer.lower() for word in own.split())
    words, plain = read_extended(own, longer, None), read_prompt(own)
    assert (words.place, words.subjects, words.season) == (plain.place, plain.subjects, plain.season)
    assert not (tmp_path / "progress").exists(), "the film has not begun"


@pytest.mark.slow
def test_an_extended_prompt_changes_the_film_and_is_told(tmp_path: Path) -> None:
    plain, before = filmed(tmp_path / "a", prompt="a castle on a hill")
    more, extra = filmed(tmp_path / "b", prompt="a castle on a hill", prompt_extend=True)
    off, _ = filmed(tmp_path / "c", prompt="a castle on a hill", prompt_extend=False)
    assert "extended_prompt" not in before
    assert str(extra["extended_prompt"]).lower().startswith("a castle on a hill")
    assert plain.read_bytes() == off.read_bytes()
    assert float(np.abs(pictures(plain)[23].astype(int) - pictures(more)[23]).mean()) > 0.8


def test_a_cancel_is_heard_while_the_prompt_is_extended(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        extended("a lake", 5, "16:9", RenderControl(tmp_path))


@pytest.mark.parametrize(("prompt", "found"), [
    ("a naked man on a beach", ("naked",)), ("gore and porn", ("gore", "porn")), ("a woman in nude lipstick", ()),
    ("a naked mole rat", ()), ("a cock crowing at dawn in Sussex", ()), ("a scene without nudity", ()),
    ("Gore-Tex jacket", ()), ("a lighthouse at dusk", ()),
])
def test_the_content_check_reads_words(prompt: str, found: tuple[str, ...]) -> None:
    assert unsafe_words(prompt) == found


@pytest.mark.slow
def test_the_content_check_says_what_it_is(tmp_path: Path) -> None:
    _, extra = filmed(tmp_path / "a", nsfw_checker=True)
    told = extra["content_check"]
    assert isinstance(told, dict)
    assert told["checked"] == ["prompt"]
    assert "no classifier" in told["method"]
    error = refused(tmp_path / "b", prompt="a naked man", nsfw_checker=True)
    assert error.field_name == "prompt"
    assert "naked" in error.message
    filmed(tmp_path / "c", prompt="a naked man", nsfw_checker=False)
    media = {"p": saved(tmp_path, portrait(64))}
    error = refused(tmp_path / "d", media, image_url="p", nsfw_checker=True)
    assert error.field_name == "nsfw_checker"
    assert "image_url" in error.message


# -- mark

@pytest.mark.parametrize("size", [(256, 144), (144, 256), (64, 64), (1920, 1080), (34, 20)])
def test_the_mark_is_small_and_in_its_corner(size: tuple[int, int]) -> None:
    width, height = size
    mark = Watermark(width, height)
    left, top, right, bottom = mark.box
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    planes = (np.full((height, width), 90, np.uint8), *(np.full((height // 2, width // 2), 100, np.uint8) for _ in range(2)))
    marked = mark.put(planes)  # type: ignore[arg-type]
    assert (planes[0] == 90).all(), "the film's own frame is left as it is"
    changed = marked[0] != 90
    changed[top:bottom, left:right] = False
    assert not changed.any()
    assert int(marked[0].max()) > 130
    if min(size) >= 144:
        assert (right - left) * (bottom - top) < 0.05 * width * height


@pytest.mark.parametrize("value", [16, 90, 235])
def test_the_mark_is_seen_on_any_ground(value: int) -> None:
    planes = tuple(np.full(shape, value if at == 0 else 128, np.uint8) for at, shape in enumerate(((360, 640), (180, 320),
                                                                                                  (180, 320))))
    marked = Watermark(640, 360).put(planes)  # type: ignore[arg-type]
    assert int(np.abs(marked[0].astype(int) - value).max()) >= 40


@pytest.mark.slow
def test_the_film_bears_the_mark_only_where_asked(tmp_path: Path) -> None:
    plain, extra = filmed(tmp_path / "a")
    off, _ = filmed(tmp_path / "b", watermark=False)
    marked, told = filmed(tmp_path / "c", watermark=True)
    assert plain.read_bytes() == off.read_bytes()
    assert "watermark" not in extra
    assert told["watermark"] is True
    left, top, right, bottom = Watermark(256, 144).box
    off_by = np.abs(pictures(plain)[12].astype(int) - pictures(marked)[12])
    assert float(off_by[top:bottom, left:right].max()) > 50
    assert float(off_by[: top - 8].mean()) < 1.0


# -- what does not go together

@pytest.mark.parametrize(("values", "field"), [
    ({"image_url": "p", "first_frame_url": "p"}, "first_frame_url"),
    ({"image_url": "p", "end_image_url": "p", "last_frame_url": "p"}, "last_frame_url"),
    ({"source_video_url": "c", "first_clip_url": "c"}, "first_clip_url"),
    ({"image_url": "p", "source_video_url": "c"}, "image_url"),
    ({"end_image_url": "p"}, "end_image_url"),
    ({"source_video_url": "c", "last_frame_url": "p"}, "last_frame_url"),
    ({"last_frame_url": "gone", "image_url": "p"}, "last_frame_url"),
    ({"source_video_url": "gone"}, "source_video_url"),
    ({"reference_image_urls": ["gone"]}, "reference_image_urls"),
    ({"reference_image_urls": ["p"] * 10}, "reference_image_urls"),
])
def test_fields_that_cannot_be_used_are_refused_by_name(tmp_path: Path, values: dict[str, object], field: str) -> None:
    media = {"p": saved(tmp_path, portrait(64)), "c": str(write_clip(tmp_path / "c.mp4", moving_portrait(6, 64, 48)))}
    error = refused(tmp_path / "f", media, **values)
    assert error.field_name == field
    assert error.message


@pytest.mark.slow
def test_the_model_that_was_asked_for_is_told(tmp_path: Path) -> None:
    assert filmed(tmp_path / "a", model="seedance2")[1]["requested_model"] == "seedance2"
    assert "requested_model" not in filmed(tmp_path / "b")[1]


def test_both_names_of_a_field_are_the_same(tmp_path: Path) -> None:
    media = {"p": saved(tmp_path, portrait(96))}
    requests = []
    for start, end in (("image_url", "end_image_url"), ("first_frame_url", "last_frame_url")):
        values = {"prompt": "x", start: "p", end: "p"}
        requests.append(read_request(RenderTask("cannon:video.generate", values, media, str(tmp_path))))
    one, other = requests
    assert (one.photo, one.last, one.width, one.seed) == (other.photo, other.last, other.width, other.seed)
    assert (one.last_field, other.last_field) == ("end_image_url", "last_frame_url")
