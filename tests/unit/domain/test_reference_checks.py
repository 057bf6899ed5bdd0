"""What is said of a reference before it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.kinds import MediaKind
from studio.domain.reference import PictureEdit, TakenMedia, centred_box, ratio_of
from studio.domain.reference_checks import warnings_of


def image(width: int, height: int) -> TakenMedia:
    return TakenMedia("file:///x.png", "x.png", MediaKind.IMAGE, "image/png", width, height)


def timed(kind: MediaKind, seconds: float) -> TakenMedia:
    return TakenMedia("file:///x", "x", kind, duration_s=seconds)


@pytest.mark.parametrize(("field", "media", "values", "words"), [
    ("image_url", image(1920, 1080), {"aspect_ratio": "16:9", "resolution": "1080p"}, []),
    ("image_url", image(1920, 1440), {"aspect_ratio": "16:9"}, ["shape is not 16:9"]),
    ("reference_image_urls", image(1920, 1440), {"aspect_ratio": "16:9"}, []),
    ("reference_image_urls", image(120, 90), {}, ["small (120 × 90 pixels)"]),
    ("image_url", image(640, 360), {"aspect_ratio": "16:9", "resolution": "4k"}, ["enlarged 6 times"]),
    ("image_url", image(640, 360), {"aspect_ratio": "auto", "resolution": 7}, []),
])
def test_pictures(field: str, media: TakenMedia, values: dict[str, object], words: list[str]) -> None:
    found = warnings_of("video.generate", field, media, values)
    assert len(found) == len(words)
    assert all(part in one for part, one in zip(words, found, strict=True))


@pytest.mark.parametrize(("operation", "field", "media", "values", "words"), [
    ("sora2.character.create", "video_url", timed(MediaKind.VIDEO, 3.0), {}, ""),
    ("sora2.character.create", "video_url", timed(MediaKind.VIDEO, 9.0), {}, "at most 4 s"),
    ("sora2.character.create", "video_url", timed(MediaKind.VIDEO, 1.0), {}, "at least 2 s"),
    ("video.generate", "audio_url", timed(MediaKind.AUDIO, 30.0), {"duration": 5}, "the rest is not heard"),
    ("video.generate", "audio_url", timed(MediaKind.AUDIO, 5.2), {"duration": 5}, ""),
])
def test_clips_and_sound(operation: str, field: str, media: TakenMedia, values: dict[str, object], words: str) -> None:
    found = warnings_of(operation, field, media, values)
    assert words in "".join(found)
    assert bool(found) == bool(words)


def test_measures_in_words() -> None:
    assert image(1024, 768).measures == "1,024 × 768"
    assert TakenMedia("x", "x", MediaKind.VIDEO, width=1280, height=720, duration_s=4.21).measures == "1,280 × 720 · 4.2 s"
    assert TakenMedia("x", "x", MediaKind.AUDIO).measures == ""


@pytest.mark.parametrize("words", ["", "16", "16:0", "a:b", None, 4, "0:1", "9999:1", "nan:1"])
def test_no_ratio(words: object) -> None:
    assert ratio_of(words) is None


@given(st.integers(1, 20000), st.integers(1, 20000), st.floats(0.02, 50))
def test_the_box_in_the_middle_has_the_ratio(width: int, height: int, ratio: float) -> None:
    box = centred_box(width, height, ratio)
    PictureEdit(box=box)
    left, top, right, bottom = box
    assert (right - left) * width / ((bottom - top) * height) == pytest.approx(ratio, rel=1e-3)
    assert left == pytest.approx(1 - right)
    assert top == pytest.approx(1 - bottom)


@pytest.mark.parametrize("box", [(0.5, 0, 0.5, 1), (-0.1, 0, 1, 1), (0, 0, 1, 1.1), (0.6, 0, 0.4, 1)])
def test_a_box_that_holds_nothing_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        PictureEdit(box=box)


def test_an_edit_that_changes_nothing() -> None:
    assert PictureEdit(turns=4).changes_nothing
    assert not PictureEdit(mirrored=True).changes_nothing
    assert Path(TakenMedia("file:///x.png", "x", MediaKind.IMAGE).uri).suffix == ".png"
