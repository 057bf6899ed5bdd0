"""Probing and small pictures of files that are whole, cut, or something else."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.media.encode import VideoWriter, encode_audio
from studio.media.errors import MediaError, NotMediaError
from studio.media.posters import poster_frame
from studio.media.probe import probe
from studio.media.thumbnails import make_thumbnail


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds, black at first, then a red and blue picture."""
    path = tmp_path_factory.mktemp("media") / "clip.mp4"
    shown = np.zeros((90, 160, 3), np.uint8)
    shown[:, :80], shown[:, 80:] = (220, 20, 20), (20, 20, 220)
    with VideoWriter(path, 160, 90, fps=24) as writer:
        for index in range(48):
            writer.write_rgb(np.zeros_like(shown) if index < 10 else shown)
    return path


def test_picture_video_and_sound(video: Path, tmp_path: Path) -> None:
    Image.new("RGB", (31, 17)).save(tmp_path / "a.png")
    assert (probe(tmp_path / "a.png").kind, probe(tmp_path / "a.png").width) == ("image", 31)
    assert (probe(video).kind, probe(video).has_audio, probe(video).audio_codec) == ("video", False, None)
    encode_audio(tmp_path / "a.mp3", np.zeros((48_000, 2), np.float32))
    assert (probe(tmp_path / "a.mp3").kind, probe(tmp_path / "a.mp3").video_codec) == ("audio", None)


def test_missing_and_foreign_files(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "none.mp4")
    (tmp_path / "text.mp4").write_text("not a video " * 50)
    with pytest.raises(NotMediaError, match=r"text\.mp4"):
        probe(tmp_path / "text.mp4")


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_cut_videos_give_media_errors(video: Path, tmp_path: Path, share: float) -> None:
    whole = video.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(MediaError):
        probe(cut)
    with pytest.raises(MediaError):
        poster_frame(cut)


def test_mutated_videos_never_crash(video: Path, tmp_path: Path) -> None:
    whole = np.frombuffer(video.read_bytes(), np.uint8)
    rng = np.random.default_rng(11)
    path = tmp_path / "fuzz.mp4"
    for _ in range(40):
        damaged = whole.copy()
        damaged[rng.integers(0, min(len(whole), 1600), 12)] = rng.integers(0, 256, 12)
        path.write_bytes(damaged.tobytes())
        with contextlib.suppress(MediaError):  # anything else that it raises fails the test
            assert probe(path).kind in ("video", "audio")


def test_the_poster_is_not_black(video: Path) -> None:
    poster = poster_frame(video)
    assert poster.size == (160, 90)
    left, right = poster.getpixel((40, 45)), poster.getpixel((120, 45))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] > 180 > 80 > left[2]
    assert right[2] > 180 > 80 > right[0]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_thumbnails_fit_and_resemble(tmp_path: Path, suffix: str) -> None:
    y, x = np.mgrid[0:600, 0:900]
    large = Image.fromarray(np.dstack([x * 255 // 900, y * 255 // 600, (x + y) * 255 // 1500]).astype(np.uint8))
    large.save(tmp_path / f"large.{suffix}")
    size = make_thumbnail(tmp_path / f"large.{suffix}", 128, tmp_path / "small.jpg")
    assert size == (128, 85)
    with Image.open(tmp_path / "small.jpg") as small:
        off = np.abs(np.asarray(small, int) - np.asarray(large.resize((128, 85)), int))
    assert off.mean() < 5
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"large.{suffix}", "small.jpg"]


def test_a_thumbnail_of_a_turned_photo_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 8
    Image.new("RGB", (400, 200), (9, 90, 200)).save(tmp_path / "turned.jpg", exif=exif)
    assert make_thumbnail(tmp_path / "turned.jpg", 64, tmp_path / "t.png") == (32, 64)


def test_transparency_is_kept_or_laid_over_grey(tmp_path: Path) -> None:
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    make_thumbnail(tmp_path / "clear.png", 32, tmp_path / "t.png")
    make_thumbnail(tmp_path / "clear.png", 32, tmp_path / "t.jpg")
    with Image.open(tmp_path / "t.png") as kept, Image.open(tmp_path / "t.jpg") as flat:
        assert kept.mode == "RGBA"
        grey = flat.getpixel((5, 5))
        assert isinstance(grey, tuple)
        assert max(grey) < 60
