"""Pictures: turned, counted, in their own colours, moving, and large ones by tiles out of a process of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QColorSpace, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.ui.viewer import layer as layers
from studio.ui.viewer import tiles as tile_files
from studio.ui.viewer import view_decoder
from studio.ui.viewer.histogram import counts_of
from studio.ui.viewer.picture import PictureView
from studio.ui.viewer.tiles import places_in
from tests.media_files import write_picture

Corner = tuple[int, int]


def quarters(path: Path, width: int = 400, height: int = 200) -> Path:
    """Red, green, blue and white quarters, from the upper left on."""
    pixels = np.zeros((height, width, 3), np.uint8)
    half, middle = height // 2, width // 2
    pixels[:half, :middle], pixels[:half, middle:] = (255, 0, 0), (0, 255, 0)
    pixels[half:, :middle], pixels[half:, middle:] = (0, 0, 255), (255, 255, 255)
    Image.fromarray(pixels).save(path)
    return path


def shown(view: PictureView, across: float, down: float) -> QColor:
    """The colour at a share of the fitted picture as it is seen."""
    target = view.target()
    at = QPointF(target.left() + across * target.width(), target.top() + down * target.height())
    image = view.grab().toImage()
    return image.pixelColor((at * image.devicePixelRatio()).toPoint())


def names(view: PictureView) -> list[str]:
    """What stands in the four corners."""
    known = {(255, 0, 0): "red", (0, 255, 0): "green", (0, 0, 255): "blue", (255, 255, 255): "white"}
    colours = [shown(view, *corner) for corner in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))]
    return [known.get((one.red(), one.green(), one.blue()), one.name()) for one in colours]


def open_picture(qtbot: QtBot, view: PictureView, path: Path, width: int | None = None, height: int | None = None) -> None:
    with qtbot.waitSignal(view.shown, timeout=10000):
        view.show_picture(path, None, width, height)


def test_a_picture_is_turned_for_the_eye_only(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    path = quarters(tmp_path / "q.png")
    before = path.read_bytes()
    open_picture(qtbot, view, path, 400, 200)
    assert names(view) == ["red", "green", "blue", "white"]
    QTest.keyClick(view, Qt.Key.Key_R)
    assert view.turns == 1
    assert view.target().width() < view.target().height()
    assert names(view) == ["blue", "red", "white", "green"]
    QTest.keyClick(view, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert names(view) == ["green", "white", "red", "blue"]
    view.actual_size()
    view.zoom_by(4.0)
    assert shown(view, 0.5, 0.5).isValid()
    open_picture(qtbot, view, quarters(tmp_path / "r.png"), 400, 200)
    assert view.turns == 0
    assert path.read_bytes() == before


def test_the_histogram_counts_values(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    image = QImage(100, 50, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 20, 30))
    red, green, blue = counts_of(image)
    assert (red[10], green[20], blue[30]) == (5000, 5000, 5000)
    assert sum(red) == 5000
    open_picture(qtbot, view, quarters(tmp_path / "q.png"), 400, 200)
    plain = view.grab().toImage()
    QTest.keyClick(view, Qt.Key.Key_H)
    histogram = view.histogram
    assert histogram is not None
    qtbot.waitUntil(lambda: histogram.counts is not None, timeout=5000)
    assert histogram.counts is not None
    assert histogram.counts[0][255] == histogram.counts[0][0]
    assert view.grab().toImage() != plain
    QTest.keyClick(view, Qt.Key.Key_H)
    assert view.grab().toImage() == plain


def test_an_embedded_profile_is_respected(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    profile = bytes(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile().data())
    path = tmp_path / "p3.png"
    Image.new("RGB", (64, 64), (200, 60, 60)).save(path, icc_profile=profile)
    open_picture(qtbot, view, path, 64, 64)
    seen = shown(view, 0.5, 0.5)
    # Display P3 (200, 60, 60) in sRGB, by the two spaces' own matrices: a stronger red, less green
    assert abs(seen.red() - 215) <= 3
    assert seen.green() < 55


def write_gif(path: Path, colours: list[tuple[int, int, int]], ms: int = 40) -> Path:
    frames = [Image.new("RGB", (40, 30), colour) for colour in colours]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=ms, loop=0)
    return path


@pytest.mark.parametrize("name", ["m.gif", "m.webp"])
def test_an_animation_moves_and_holds_two_frames_at_most(
    qtbot: QtBot, view: PictureView, tmp_path: Path, name: str
) -> None:
    path = write_gif(tmp_path / name, [(255, 0, 0), (0, 255, 0), (0, 0, 255)])
    view.show_picture(path, None, 40, 30)
    animation = view.animation
    assert animation is not None
    qtbot.waitUntil(lambda: animation.is_running, timeout=5000)
    seen: set[str] = set()

    def all_three() -> bool:
        colour = shown(view, 0.5, 0.5)
        seen.add(max(("red", colour.red()), ("green", colour.green()), ("blue", colour.blue()), key=lambda one: one[1])[0])
        return len(seen) == 3 and animation.shown > 4  # it goes round

    qtbot.waitUntil(all_three, timeout=10000)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert animation.is_paused
    stands = animation.shown
    qtbot.wait(120)
    assert animation.shown == stands
    view.clear()
    assert not animation.is_running


def test_a_still_gif_does_not_move(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    open_picture(qtbot, view, write_gif(tmp_path / "s.gif", [(9, 9, 9)]), 40, 30)
    qtbot.wait(150)
    assert view.animation is not None
    assert not view.animation.is_running
    assert view.has_picture


def test_a_large_picture_comes_by_tiles(
    qtbot: QtBot, view: PictureView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_decoder, "MOST_PIXELS", 1_000_000)  # as if this one were too large for the window
    path = quarters(tmp_path / "large.png", 3000, 1500)
    said: list[str] = []
    view.detail.connect(said.append)
    open_picture(qtbot, view, path)
    assert view.layer.size == QSize(3000, 1500)
    assert names(view) == ["red", "green", "blue", "white"]
    assert said[0].startswith("Loading all")
    view.zoom_to(2.0, QPointF(204, 154))
    tiles = view.layer.tiles
    assert tiles is not None
    qtbot.waitUntil(lambda: (view.grab() is not None) and tiles.is_whole and tiles.is_sharp, timeout=15000)
    middle = view.grab().toImage()
    ratio = view.devicePixelRatioF()
    colours = [middle.pixelColor(round(x * ratio), round(y * ratio)).name() for x, y in ((150, 100), (250, 100), (150, 200))]
    assert colours == ["#ff0000", "#00ff00", "#0000ff"]
    assert 0 < tiles.bytes <= tile_files.CACHE_BYTES
    view.turn()
    view.actual_size()
    qtbot.waitUntil(lambda: (view.grab() is not None) and tiles.is_sharp, timeout=15000)
    view.clear()
    assert view.layer.tiles is None


def test_tiles_cover_what_is_seen_and_no_more() -> None:
    size = QSize(16000, 9000)
    box = QRectF(0, 0, 1600, 900)
    whole = places_in(box, box, size, 3)
    assert len(whole) == 4 * 3
    assert sum(target.width() * target.height() for _, target in whole) == pytest.approx(1600 * 900)
    near = places_in(QRectF(-8000, -4000, 16000, 9000), QRectF(0, 0, 800, 600), size, 0)
    assert {place.column for place, _ in near} == {15, 16, 17}
    assert {place.row for place, _ in near} == {7, 8}


@pytest.mark.slow
def test_sixteen_thousand_pixels_a_side(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    grey = np.add.outer(np.arange(16000) // 64, np.arange(16000) // 64).astype(np.uint8)
    path = tmp_path / "huge.jpg"
    Image.fromarray(grey).save(path, quality=60)
    with qtbot.waitSignal(view.shown, timeout=60000):
        view.show_picture(path, None, 16000, 16000)
    tiles = view.layer.tiles
    assert tiles is not None
    qtbot.waitUntil(lambda: tiles.is_whole, timeout=60000)
    view.actual_size()
    for _ in range(6):
        view.pan(-700, -500)
        qtbot.waitUntil(lambda: (view.grab() is not None) and tiles.is_sharp, timeout=20000)
    assert tiles.bytes <= tile_files.CACHE_BYTES
    assert layers.ENOUGH < 1.1


def test_the_file_may_change_its_size_behind_the_asset(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    open_picture(qtbot, view, write_picture(tmp_path / "p.png", 300, 100), 640, 480)  # the store says otherwise
    assert view.layer.size == QSize(300, 100)
    assert view.target().width() == pytest.approx(3 * view.target().height())
