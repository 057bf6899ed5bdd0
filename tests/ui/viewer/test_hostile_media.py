"""Files that are not what they say: each is shown, or a reason stands there; none ends the window or holds it up."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.domain.kinds import MediaKind
from studio.ui.viewer.player import Player
from studio.ui.viewer.viewer import Viewer
from tests.media_files import write_clip, write_picture
from tests.ui.media_core import make_asset
from tests.ui.test_viewer import plays


def png_of(width: int, height: int, data: bytes) -> bytes:
    """A PNG that declares so much, however little it holds."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_bytes(b"<html>not a picture</html>" * 40)


def absurd(path: Path) -> None:
    path.write_bytes(png_of(60_000, 60_000, b"\0" * 50_000))


def bomb(path: Path) -> None:
    path.write_bytes(png_of(16_000, 16_000, b"\0" * 4_000_000))


def absurd_gif(path: Path) -> None:
    write_picture(path.with_suffix(".png"))
    Image.open(path.with_suffix(".png")).save(path)
    data = bytearray(path.read_bytes())
    data[6:10] = struct.pack("<HH", 65535, 65535)
    path.write_bytes(data)


def cut_png(path: Path) -> None:
    data = write_picture(path, 400, 300).read_bytes()
    path.write_bytes(data[:60])


BROKEN: list[tuple[str, Callable[[Path], None]]] = [
    ("empty.png", empty), ("text.jpg", text), ("absurd.png", absurd), ("absurd.gif", absurd_gif), ("cut.png", cut_png),
]


@pytest.mark.parametrize(("name", "make"), BROKEN, ids=[name for name, _ in BROKEN])
def test_a_broken_picture_says_why(
    qtbot: QtBot, viewer: Viewer, tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    path = tmp_path / name
    make(path)
    viewer.show_asset(make_asset(1, path=path))
    qtbot.waitUntil(lambda: bool(viewer.failure), timeout=20000)
    assert viewer.message.view.words == viewer.failure
    assert len(viewer.failure) > 20
    good = make_asset(2, path=write_picture(tmp_path / "good.png", 64, 48), width=64, height=48)
    viewer.show_asset(good)  # and the next one is shown as if nothing had been
    qtbot.waitUntil(lambda: viewer.picture.is_whole, timeout=10000)
    assert not viewer.failure


@pytest.mark.slow
def test_a_bomb_bursts_in_its_own_process(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    bomb(tmp_path / "bomb.png")
    viewer.show_asset(make_asset(1, path=tmp_path / "bomb.png", width=16_000, height=16_000))
    qtbot.waitUntil(lambda: bool(viewer.failure) or viewer.picture.has_picture, timeout=60000)


def test_a_gif_of_a_million_frames_moves_at_once(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    head = b"GIF89a\x02\0\x02\0\x80\0\0\xff\0\0\0\0\xff" + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    frame = b"\x21\xf9\x04\0\x02\0\0\0\x2c\0\0\0\0\x02\0\x02\0\0\x02\x02%s\0"  # 20 ms; all red, or all blue
    pair = frame % b"\x84\x51" + frame % b"\x8c\x53"
    (tmp_path / "many.gif").write_bytes(head + pair * 500_000 + b"\x3b")
    viewer.show_asset(make_asset(1, path=tmp_path / "many.gif", width=2, height=2))
    qtbot.waitUntil(lambda: viewer.picture.has_picture, timeout=5000)
    animation = viewer.picture.animation
    assert animation is not None
    qtbot.waitUntil(lambda: animation.shown > 5, timeout=5000)


def middle(viewer: Viewer) -> QColor:
    image = viewer.picture.grab().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2)


def test_odd_pictures_are_shown(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    red = (200, 30, 40)
    cmyk, deep, other, turned, float_tiff = (tmp_path / name for name in ("c.jpg", "d.png", "o.png", "t.jpg", "f.tif"))
    Image.new("RGB", (80, 60), red).convert("CMYK").save(cmyk, quality=95)
    Image.fromarray(np.full((60, 80), 40_000, np.uint16)).save(deep)
    Image.new("RGB", (80, 60), red).save(other, format="JPEG", quality=95)  # a JPEG that is called PNG
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 60), red).save(turned, exif=exif, quality=95)
    Image.fromarray(np.full((60, 80), 0.5, np.float32)).save(float_tiff)
    wanted = {cmyk: red, deep: (156, 156, 156), other: red, turned: red, float_tiff: None}
    for number, (path, colour) in enumerate(wanted.items()):
        viewer.show_asset(make_asset(number, path=path, width=None, height=None))
        qtbot.waitUntil(lambda: viewer.picture.is_whole or bool(viewer.failure), timeout=15000)
        assert not viewer.failure, path
        seen = middle(viewer)
        if colour is not None:
            parts = zip((seen.red(), seen.green(), seen.blue()), colour, strict=True)
            assert all(abs(one - other) < 12 for one, other in parts), (path, seen.name())
    viewer.show_asset(make_asset(9, path=turned, width=None, height=None))
    qtbot.waitUntil(lambda: viewer.picture.is_whole, timeout=10000)
    assert viewer.picture.layer.size.width() < viewer.picture.layer.size.height()


def no_pictures(path: Path) -> None:
    """Sound alone in a file that says it is a video."""
    with av.open(str(path), "w", format="mp4") as container:
        track = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        for number in range(40):
            frame.pts = number * 1024
            container.mux(track.encode(frame))
        container.mux(track.encode(None))


def cut_clip(path: Path) -> None:
    data = write_clip(path, seconds=1.0).read_bytes()
    path.write_bytes(data[: len(data) // 3])


CLIPS: list[tuple[str, Callable[[Path], None]]] = [
    ("empty.mp4", empty), ("text.mp4", text), ("cut.mp4", cut_clip),
]


@pytest.mark.slow
@plays("Could not open media", "Invalid data", "moov atom", "Immediate exit", "Could not find codec")
@pytest.mark.parametrize(("name", "make"), CLIPS, ids=[name for name, _ in CLIPS])
def test_a_broken_clip_says_why(
    qtbot: QtBot, viewer: Viewer, tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    path = tmp_path / name
    make(path)
    viewer.show_asset(make_asset(1, kind=MediaKind.VIDEO, path=path, duration_s=1.0))
    viewer.toggle_play()
    qtbot.waitUntil(lambda: bool(viewer.failure), timeout=30000)
    assert viewer.stage.failure_bar.isVisible()
    assert "cannot be played here" in viewer.stage.failure_bar.words.text()
    assert viewer.stage.failure_bar.words.text().count("Another program") == 1


@pytest.mark.slow
@plays()
def test_a_video_without_pictures_is_heard_and_says_so(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    no_pictures(tmp_path / "sound-alone.mp4")
    viewer.show_asset(make_asset(1, kind=MediaKind.VIDEO, path=tmp_path / "sound-alone.mp4", duration_s=0.93))
    with qtbot.waitSignal(viewer.player.ended, timeout=15000):  # also where there is no sound device to notice the end
        viewer.toggle_play()
    assert viewer.stage.said == "There is only sound in this file"
    assert not viewer.player.is_playing
    viewer.toggle_play()  # once more from its beginning
    qtbot.waitUntil(lambda: 0 < viewer.player.position_s < 0.8, timeout=5000)
    assert not viewer.failure


def _is_after(player: Player, before: float) -> bool:
    return player.frame_s > before


@plays()
def test_frames_of_uneven_length_are_stepped_one_by_one(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "uneven.mp4"
    times = [0, 40, 200, 220, 700, 740]  # milliseconds
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.options = {"bf": "0"}
        for number, ms in enumerate(times):
            frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), number * 40, np.uint8), "rgb24")
            frame.pts, frame.time_base = ms, Fraction(1, 1000)
            stream.codec_context.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    viewer.show_asset(make_asset(1, kind=MediaKind.VIDEO, path=path, duration_s=0.78, width=96, height=64))
    playback = viewer.playback
    playback.step(True)
    qtbot.waitUntil(lambda: playback.frames_shown > 0, timeout=15000)
    seen = [round(playback.player.frame_s * 1000)]
    for _ in range(4):
        before = playback.player.frame_s
        playback.step(True)
        qtbot.waitUntil(partial(_is_after, playback.player, before), timeout=5000)
        seen.append(round(playback.player.frame_s * 1000))
    assert seen == times[:5]
    playback.step(False)
    qtbot.waitUntil(lambda: round(playback.player.frame_s * 1000) == times[3], timeout=5000)
