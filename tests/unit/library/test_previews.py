"""Previews: in all sizes, by content, with the reason where there is none, within a bound, and made again by themselves."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from studio.app.asset_previews import AssetPreviews
from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.domain.preview_sizes import PREVIEW_SIZES, sized
from studio.library import preview_cache, previews
from studio.library.library import Library
from studio.library.preview_cache import sweep_previews
from studio.library.previews import make_preview, preview_path, preview_problem, scrub_sheet_path, waveform_path
from studio.library.system_thumbnails import adopt_system_thumbnail
from studio.settings.paths import Paths
from tests.hostile_media import write_tone
from tests.media_files import write_clip, write_picture

KEY = "ab" * 32


def test_a_preview_is_made_in_all_sizes_from_one_look(tmp_path: Path) -> None:
    source = write_picture(tmp_path / "in.jpg", 2000, 1000)
    made = make_preview(source, MediaKind.IMAGE, KEY, tmp_path / "th")
    assert made == preview_path(tmp_path / "th", KEY)
    for size in PREVIEW_SIZES:
        with Image.open(sized(made, size)) as image:
            assert image.size == (size, size // 2)
    assert sized(made, 1) == preview_path(tmp_path / "th", KEY, 128)
    assert sized(made, 4000) == made
    source.unlink()
    assert make_preview(source, MediaKind.IMAGE, KEY, tmp_path / "th") == made, "the file is not looked at again"


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "save"), [("RGB", {}), ("RGBA", {}), ("P", {}), ("L", {}), ("RGB", {"icc": True})])
def test_png_of_every_mode_look_as_they_do_through_pillow(mode: str, save: dict[str, bool], tmp_path: Path) -> None:
    picture = Image.open(write_picture(tmp_path / "a.png", 1300, 1040)).convert("RGB")
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() if save else None
    picture.convert(mode).save(tmp_path / "in.png", icc_profile=profile)
    made = make_preview(tmp_path / "in.png", MediaKind.IMAGE, KEY, tmp_path / "th")
    flat, shown = Image.new("RGB", picture.size, (32, 32, 36)), Image.open(tmp_path / "in.png").convert("RGBA")
    flat.paste(shown, mask=shown.getchannel("A"))
    wanted = np.asarray(flat.resize((512, 410), Image.Resampling.BOX), np.float32)
    assert made is not None
    assert np.abs(np.asarray(Image.open(made), np.float32) - wanted).mean() < 5


def test_what_cannot_be_shown_keeps_its_reason_and_is_not_tried_at_each_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "odd.png"
    source.write_bytes(write_picture(tmp_path / "a.png").read_bytes()[:120])
    assert make_preview(source, MediaKind.IMAGE, KEY, tmp_path / "th") is None
    reason = preview_problem(tmp_path / "th", KEY)
    assert reason is not None
    assert "“odd.png” is" in reason
    write_picture(source)
    assert make_preview(source, MediaKind.IMAGE, KEY, tmp_path / "th") is None, "the same content is known to fail"
    monkeypatch.setattr(previews, "_TRY_AGAIN_S", -1.0)
    assert make_preview(source, MediaKind.IMAGE, KEY, tmp_path / "th") is not None
    gone = make_preview(tmp_path / "gone.png", MediaKind.IMAGE, "cd" * 32, tmp_path / "th")
    assert (gone, preview_problem(tmp_path / "th", "cd" * 32)) == (None, None), "a file that is gone may come back"


@pytest.mark.slow
def test_a_waveform_is_400_pairs_of_lowest_and_highest(tmp_path: Path) -> None:
    path = waveform_path(write_tone(tmp_path / "tone.flac", "flac", 2.0), KEY, tmp_path / "th")
    assert path is not None
    pairs = np.frombuffer(path.read_bytes(), np.uint8).reshape(400, 2)
    assert abs(int(pairs[200, 0]) - 66) < 6, "half of full scale below silence"
    assert abs(int(pairs[200, 1]) - 190) < 6
    clip = waveform_path(write_clip(tmp_path / "clip.mp4", sound=True), "cd" * 32, tmp_path / "th")
    assert clip is not None
    assert waveform_path(write_clip(tmp_path / "silent.mp4"), "ef" * 32, tmp_path / "th") is None


def test_a_scrub_sheet_is_ten_moments_beside_each_other(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "clip.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=20)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(60):
            grey = np.full((180, 320, 3), 20 + number // 6 * 22, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, "rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    path = scrub_sheet_path(tmp_path / "clip.mp4", KEY, tmp_path / "th")
    assert path is not None
    sheet = Image.open(path).convert("L")
    assert sheet.size == (1600, 90)
    found = np.asarray(sheet)[45, 80::160].astype(int)
    assert np.abs(found - (20 + np.arange(10) * 22)).max() < 12, found


def test_the_cache_is_held_to_its_bound_by_last_use(tmp_path: Path) -> None:
    names = [tmp_path / f"{n:02x}" / f"{n:064x}.jpg" for n in range(10)]
    for age, path in enumerate(names):
        path.parent.mkdir()
        path.write_bytes(bytes(1000))
        os.utime(path, (time.time() - age * 86_400 * 2,) * 2)
    preview_cache.touch(names[9])
    assert sweep_previews(tmp_path, 20_000) == 0
    assert sweep_previews(tmp_path, 5_000) == 6
    assert [path.exists() for path in names] == [True] * 3 + [False] * 6 + [True]


def test_writing_much_leads_to_a_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[Path] = []
    monkeypatch.setattr(preview_cache, "sweep_previews", swept.append)
    for _ in range(3):
        preview_cache.count_written(tmp_path, 60_000_000)
        time.sleep(0.01)
    assert swept == [tmp_path]


@pytest.mark.skipif(os.name == "nt", reason="the specification is of Linux desktops")
def test_the_desktop_s_thumbnail_is_taken_where_it_is_of_this_very_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    original = write_picture(tmp_path / "mine ä.png", 1000, 800)
    address = original.resolve().as_uri()
    info = PngImagePlugin.PngInfo()
    info.add_text("Thumb::URI", address)
    info.add_text("Thumb::MTime", str(int(original.stat().st_mtime)))
    folder = tmp_path / "cache" / "thumbnails" / "x-large"
    folder.mkdir(parents=True)
    kept = folder / f"{hashlib.md5(address.encode(), usedforsecurity=False).hexdigest()}.png"
    Image.new("RGB", (512, 410), "red").save(kept, pnginfo=info)
    assert adopt_system_thumbnail(write_picture(tmp_path / "other.png"), "cd" * 32, tmp_path / "th") is None
    made = adopt_system_thumbnail(original, KEY, tmp_path / "th")
    assert made == make_preview(original, MediaKind.IMAGE, KEY, tmp_path / "th")
    assert made is not None
    pixel = Image.open(made).getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 240
    os.utime(original, (1, 1))
    assert adopt_system_thumbnail(original, "ef" * 32, tmp_path / "th") is None, "the file changed since"


@pytest.mark.slow
async def test_the_doors_of_the_app(library: Library, paths: Paths, tmp_path: Path) -> None:
    doors = AssetPreviews(paths, library)
    clip = write_clip(tmp_path / "clip.mp4", sound=True)
    asset = Asset("asset_1", MediaKind.VIDEO, clip, "video/mp4", KEY, 1)
    waveform, sheet = await doors.waveform(asset), await doors.scrub_sheet(asset)
    assert waveform is not None
    assert waveform.stat().st_size == 800
    assert sheet is not None
    picture = Asset("asset_2", MediaKind.IMAGE, write_picture(tmp_path / "a.png"), "image/png", "cd" * 32, 1)
    assert (await doors.waveform(picture), await doors.scrub_sheet(picture)) == (None, None)
    assert await doors.problem(picture) is None
