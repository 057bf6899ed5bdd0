"""Media brought into the formats that services take: which need it, what comes out, and what stays as it is."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from studio.media.convert import Conversion, How, conversion_for, convert
from studio.media.errors import MediaTooLargeError, TruncatedMediaError
from studio.media.pictures import open_picture
from studio.media.probe import probe


def picture(path: Path, size: tuple[int, int] = (64, 40), **more: object) -> Path:
    if path.suffix == ".heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.linear_gradient("L").resize(size).convert("RGB").save(path, **more)  # type: ignore[arg-type]
    return path


def clip(path: Path, codec: str, sound: str | None = None, seconds: float = 0.5) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=24)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        track = out.add_stream(sound, rate=48000, layout="stereo") if sound else None
        for number in range(round(24 * seconds)):
            pixels = np.full((64, 96, 3), 20 + number * 8 % 200, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode())
        if isinstance(track, av.AudioStream):
            _tone(out, track, seconds)
    return path


def _tone(out: av.container.OutputContainer, track: av.AudioStream, seconds: float) -> None:
    count = round(48000 * seconds)
    wave = np.sin(np.arange(count) / 20).astype(np.float32) * 0.3
    frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
    frame.sample_rate = 48000
    resampler = av.AudioResampler(format=track.codec_context.format, layout="stereo", rate=48000,
                                  frame_size=track.codec_context.frame_size or 0)
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(track.encode(piece))
    out.mux(track.encode(None))


def sound_file(path: Path, codec: str, seconds: float = 0.5) -> Path:
    with av.open(str(path), "w") as out:
        track = out.add_stream(codec, rate=48000, layout="stereo")
        assert isinstance(track, av.AudioStream)
        _tone(out, track, seconds)
    return path


def done(path: Path, out: Path, *, moving: bool = False) -> tuple[Conversion, list[float]]:
    needed = conversion_for(path, moving=moving)
    assert needed is not None
    steps: list[float] = []
    convert(path, needed, out, steps.append)
    return needed, steps


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
def test_usual_pictures_stay_as_they_are(tmp_path: Path, name: str) -> None:
    assert conversion_for(picture(tmp_path / name), moving=False) is None


@pytest.mark.parametrize(("name", "mime"), [
    ("a.gif", "image/png"), ("a.tiff", "image/png"), ("a.bmp", "image/png"), ("a.avif", "image/jpeg"),
    ("a.heic", "image/jpeg"),
])
def test_other_pictures_are_converted_and_named(tmp_path: Path, name: str, mime: str) -> None:
    path = picture(tmp_path / name)
    needed, _ = done(path, tmp_path / "out.part")
    assert needed.words.startswith("Converted from ")
    made = probe(tmp_path / "out.part")
    assert (made.mime, made.width, made.height) == (mime, 64, 40)
    before, after = (np.asarray(open_picture(one).convert("L"), dtype=np.int16) for one in (path, tmp_path / "out.part"))
    assert np.abs(before - after).max() <= 6


def test_what_is_see_through_stays_so(tmp_path: Path) -> None:
    Image.new("RGBA", (20, 20), (200, 10, 10, 90)).save(tmp_path / "a.avif")
    done(tmp_path / "a.avif", tmp_path / "out.part")
    with Image.open(tmp_path / "out.part") as made:
        assert made.mode == "RGBA"
        assert abs(made.getpixel((10, 10))[3] - 90) <= 3  # type: ignore[index]


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_camera_s_turn_is_applied(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = picture(tmp_path / "a.jpg", exif=exif, quality=95)
    needed, _ = done(path, tmp_path / "out.part")
    assert "upright" in needed.words
    with Image.open(tmp_path / "out.part") as made:
        assert made.getexif().get(0x0112, 1) == 1
        assert made.size == ((40, 64) if orientation >= 5 else (64, 40))
        wanted = np.asarray(open_picture(path).convert("L"), np.int16)
        assert np.abs(np.asarray(made.convert("L"), np.int16) - wanted).max() < 8


def test_cmyk_becomes_srgb(tmp_path: Path) -> None:
    Image.new("CMYK", (20, 20), (0, 200, 200, 0)).save(tmp_path / "a.jpg")
    done(tmp_path / "a.jpg", tmp_path / "out.part")
    with Image.open(tmp_path / "out.part") as made:
        assert made.mode == "RGB"


def test_an_animation_is_a_picture_or_a_clip_by_its_place(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (61, 41), colour) for colour in ("red", "lime", "blue")]
    path = tmp_path / "a.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[100, 400, 100])
    still, _ = done(path, tmp_path / "still.part")
    assert "3 pictures" in still.words
    with Image.open(tmp_path / "still.part") as made:
        assert made.convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    moving, steps = done(path, tmp_path / "clip.part", moving=True)
    assert moving.how is How.ANIMATION
    assert steps[-1] == 1.0
    info = probe(tmp_path / "clip.part")
    assert (info.mime, info.video_codec, info.width, info.height) == ("video/mp4", "h264", 60, 40)
    assert info.duration_s == pytest.approx(0.6, abs=0.08)
    with av.open(str(tmp_path / "clip.part")) as read:
        times = [float(frame.time or 0) for frame in read.decode(video=0)]
    assert times[:3] == pytest.approx([0, 0.1, 0.5], abs=0.02)


def test_mp4_stays_and_mov_is_rewritten_without_loss(tmp_path: Path) -> None:
    assert conversion_for(clip(tmp_path / "a.mp4", "libx264", "aac"), moving=True) is None
    path = clip(tmp_path / "a.mov", "libx264", "aac")
    needed, _ = done(path, tmp_path / "out.part")
    assert needed.how is How.REWRAP
    info = probe(tmp_path / "out.part")
    assert (info.mime, info.video_codec, info.audio_codec) == ("video/mp4", "h264", "aac")
    assert _frames(path) == _frames(tmp_path / "out.part")


def _frames(path: Path) -> list[bytes]:
    with av.open(str(path), format="mov") as read:
        return [frame.to_ndarray(format="rgb24").tobytes() for frame in read.decode(video=0)]


def test_other_codecs_are_encoded_anew_with_their_sound(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.webm", "libvpx-vp9", "libopus")
    needed, steps = done(path, tmp_path / "out.part")
    assert needed.words == "Converted from WebM (VP9) to MP4 (H.264)."
    assert steps == sorted(steps)
    info = probe(tmp_path / "out.part")
    assert (info.mime, info.video_codec, info.audio_codec) == ("video/mp4", "h264", "aac")
    assert info.duration_s == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("name", "codec"), [("a.flac", "flac"), ("a.ogg", "libopus")])
def test_sound_becomes_mp3(tmp_path: Path, name: str, codec: str) -> None:
    path = sound_file(tmp_path / name, codec)
    done(path, tmp_path / "out.part")
    info = probe(tmp_path / "out.part")
    assert info.mime == "audio/mpeg"
    assert info.duration_s == pytest.approx(0.5, abs=0.1)


def test_mp3_and_wav_stay(tmp_path: Path) -> None:
    assert conversion_for(sound_file(tmp_path / "a.mp3", "libmp3lame"), moving=False) is None
    assert conversion_for(sound_file(tmp_path / "a.wav", "pcm_s16le"), moving=False) is None


def test_what_is_too_long_is_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.media.convert.MAX_SECONDS", 0.2)
    with pytest.raises(MediaTooLargeError, match="too long"):
        conversion_for(clip(tmp_path / "a.webm", "libvpx-vp9"), moving=True)


def test_a_step_ends_it(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.webm", "libvpx-vp9")
    needed = conversion_for(path, moving=True)
    assert needed is not None

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(path, needed, tmp_path / "out.part", stop)


def test_a_cut_file_is_damaged_and_nothing_worse(tmp_path: Path) -> None:
    whole = clip(tmp_path / "a.webm", "libvpx-vp9", seconds=2)
    for share in (0.3, 0.6, 0.9):
        cut = tmp_path / f"{share}.webm"
        cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
        try:
            needed = conversion_for(cut, moving=True)
            if needed is not None:
                convert(cut, needed, tmp_path / "out.part", lambda _: None)
        except TruncatedMediaError:
            continue
        assert probe(tmp_path / "out.part").kind == "video"
