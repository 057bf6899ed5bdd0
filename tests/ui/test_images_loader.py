"""The loader decodes in worker threads, newest first, and forgets what nobody looks at any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPixmap
from pytestqt.qtbot import QtBot

from studio.ui.images import loader as loading
from studio.ui.images.cache import PixmapCache
from studio.ui.images.decoder import PictureDecoder
from studio.ui.images.loader import ImageLoader
from studio.ui.images.reading import Fit, PictureKey, Reading, ReadProblem, read_picture, render
from tests.ui.media_core import write_picture


@pytest.fixture
def loader(qtbot: QtBot) -> Iterator[ImageLoader]:
    answer = ImageLoader()
    yield answer
    answer.close()
    qtbot.waitUntil(lambda: not answer._work.begun, timeout=5000)


def test_a_picture_arrives_at_the_asked_size_and_then_comes_from_the_cache(
    qtbot: QtBot, loader: ImageLoader, tmp_path: Path
) -> None:
    path = write_picture(tmp_path / "a.png", 640, 360)
    with qtbot.waitSignal(loader.loaded, timeout=5000) as blocker:
        assert loader.request(path, QSize(160, 120), "a") is None
    assert blocker.args == ["a"]
    pixmap = loader.request(path, QSize(160, 120), "a")
    assert pixmap is not None
    assert pixmap.size() == QSize(160, 120)


def test_decoding_happens_off_the_gui_thread(
    qtbot: QtBot, loader: ImageLoader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def noted(key: PictureKey) -> Reading:
        threads.append(threading.get_ident())
        return render(key)

    monkeypatch.setattr(loading, "render", noted)
    with qtbot.waitSignal(loader.loaded, timeout=5000):
        loader.request(write_picture(tmp_path / "a.png"), QSize(32, 24), 1)
    assert threads
    assert threading.get_ident() not in threads


def test_the_newest_request_is_decoded_first_and_old_generations_are_dropped(
    qtbot: QtBot, loader: ImageLoader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, decoded = threading.Event(), []

    def slow(key: PictureKey) -> Reading:
        gate.wait(60)
        decoded.append(Path(key.path).name)
        return render(key)

    monkeypatch.setattr(loading, "render", slow)
    monkeypatch.setattr(loading, "WORKERS", 1)
    paths = [write_picture(tmp_path / f"{n}.png", hue=n) for n in range(6)]
    size = QSize(32, 24)
    loader.request(paths[0], size, 0)  # is begun at once and holds the only worker
    qtbot.waitUntil(lambda: bool(loader._work.begun), timeout=5000)
    for number in (1, 2, 3):
        loader.request(paths[number], size, number)
    loader.next_generation()  # the view scrolled: only 2, 4 and 5 are in sight now
    for number in (2, 4, 5):
        loader.request(paths[number], size, number)
    gate.set()
    qtbot.waitUntil(loader.is_idle, timeout=5000)
    assert decoded == ["0.png", "5.png", "4.png", "2.png"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("missing.png", None, ReadProblem.MISSING),
        ("words.png", b"these are words", ReadProblem.UNSUPPORTED),
        ("cut.png", "half", ReadProblem.DAMAGED),
        ("empty.jpg", b"", ReadProblem.UNSUPPORTED),
    ],
)
def test_a_file_that_is_no_picture_fails_with_its_reason(
    qtbot: QtBot, loader: ImageLoader, tmp_path: Path, name: str, content: bytes | str | None, problem: ReadProblem
) -> None:
    path = tmp_path / name
    if content == "half":
        whole = write_picture(tmp_path / "whole.png", 400, 300).read_bytes()
        path.write_bytes(whole[:60])
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with qtbot.waitSignal(loader.failed, timeout=5000) as blocker:
        loader.request(path, QSize(32, 24), "x")
    assert blocker.args == ["x", problem]
    assert loader.is_unreadable(path)
    assert loader.request(path, QSize(32, 24), "x") is None
    assert loader.is_idle()  # and it is left alone for a while


def test_cover_cuts_the_middle_and_corners_are_round(tmp_path: Path) -> None:
    image = Image.new("RGB", (300, 100), "red")
    image.paste((0, 0, 255), (100, 0, 200, 100))
    path = tmp_path / "wide.png"
    image.save(path)
    reading = render(PictureKey(str(path), 100, 100, 10))
    assert reading.image is not None
    assert reading.image.size() == QSize(100, 100)
    assert reading.image.pixelColor(50, 50) == QColor("blue")
    assert reading.image.pixelColor(2, 50).blue() == 255
    assert reading.image.pixelColor(0, 0).alpha() == 0


def test_a_turned_photo_stands_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (80, 40), "red")
    image.paste((0, 0, 255), (40, 0, 80, 40))
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right by 90 degrees to view
    image.save(path, exif=exif, quality=100, subsampling=0)
    reading = read_picture(str(path), QSize(20, 40), Fit.CONTAIN)
    assert reading.image is not None
    assert reading.source == QSize(40, 80)
    assert reading.image.size() == QSize(20, 40)
    assert reading.image.pixelColor(10, 5).red() > 200
    assert reading.image.pixelColor(10, 35).blue() > 200
    cover = render(PictureKey(str(path), 40, 40, 4)).image
    assert cover is not None
    assert cover.pixelColor(20, 4).red() > 200
    assert cover.pixelColor(20, 36).blue() > 200


def test_the_cache_is_bounded_in_bytes_and_drops_what_was_not_looked_at(qtbot: QtBot) -> None:
    one = QPixmap(100, 100)
    cost = PixmapCache.cost(one)
    cache = PixmapCache(limit_bytes=3 * cost)
    for name in "abc":
        cache.put(name, QPixmap(100, 100))
    cache.get("a")
    cache.put("d", QPixmap(100, 100))
    assert "a" in cache
    assert "b" not in cache
    assert cache.bytes == 3 * cost
    cache.put("huge", QPixmap(1000, 1000))
    assert "huge" not in cache
    cache.clear()
    assert cache.bytes == 0


def test_the_decoder_gives_the_newest_and_only_that(qtbot: QtBot, tmp_path: Path) -> None:
    decoder = PictureDecoder()
    got: list[Reading] = []
    decoder.decoded.connect(lambda reading, _whole: got.append(reading))
    first, second = write_picture(tmp_path / "1.png", 320, 200), write_picture(tmp_path / "2.png", 100, 80)
    decoder.decode(str(first), None)
    decoder.decode(str(second), None)
    qtbot.waitUntil(lambda: bool(got), timeout=5000)
    qtbot.wait(50)
    assert [reading.source for reading in got] == [QSize(100, 80)]
    decoder.decode(str(first), None)
    decoder.cancel()
    qtbot.wait(100)
    assert len(got) == 1
