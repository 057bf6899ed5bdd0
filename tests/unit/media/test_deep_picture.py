"""Large pictures in a process: overview, tiles of every level, upright and in sRGB; what cannot be read is answered."""

from __future__ import annotations

import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.media import deep_picture
from studio.media.deep_picture import TILE, Pyramid, open_large, pixels, quick_overview
from studio.media.pictures import PictureLimits
from studio.media.tile_messages import ASK, HEAD, KIND_OVERVIEW, KIND_TILE, KIND_WHOLE


def test_tiles_of_every_level_make_the_picture() -> None:
    rng = np.random.default_rng(3)
    whole = rng.integers(0, 255, (700, 1300, 3), np.uint8)
    pyramid = Pyramid(Image.fromarray(whole))
    put = np.zeros_like(whole)
    for row in range(2):
        for column in range(3):
            tile = pyramid.tile(0, column, row)
            assert tile is not None
            put[row * TILE : row * TILE + tile.height, column * TILE : column * TILE + tile.width] = np.asarray(tile)
    assert (put == whole).all()
    assert pyramid.tile(0, 3, 0) is None
    half = pyramid.tile(1, 1, 0)
    assert half is not None
    assert half.size == (650 - TILE, 350)
    assert pyramid.tile(9, 0, 0) is not None


def test_pixels_are_blue_first() -> None:
    data, alpha = pixels(Image.new("RGB", (1, 1), (1, 2, 3)))
    assert (data[:3], alpha) == (bytes((3, 2, 1)), 0)
    data, alpha = pixels(Image.new("RGBA", (1, 1), (1, 2, 3, 4)))
    assert (data, alpha) == (bytes((3, 2, 1, 4)), 1)


def test_a_turned_jpeg_stands_upright_in_both(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new("RGB", (3000, 1000), (10, 200, 30))
    picture.save(tmp_path / "t.jpg", exif=exif)
    quick = quick_overview(tmp_path / "t.jpg")
    assert quick is not None
    small, whole = quick
    assert whole == (1000, 3000)
    assert small.width < small.height
    assert open_large(tmp_path / "t.jpg").size == (1000, 3000)


def test_one_beyond_the_usual_limits_is_read_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deep_picture, "DEFAULT_LIMITS", PictureLimits(max_pixels=1000))
    Image.new("P", (60, 50), 3).save(tmp_path / "p.png")
    image = open_large(tmp_path / "p.png")
    assert (image.mode, image.size) == ("RGB", (60, 50))


def test_the_line_tells_size_overview_and_tiles(tmp_path: Path) -> None:
    Image.new("RGB", (2600, 600), (9, 8, 7)).save(tmp_path / "p.png")
    here, there = Pipe()
    thread = threading.Thread(target=_served, args=(tmp_path / "p.png", there))
    thread.start()
    kinds = [HEAD.unpack_from(here.recv_bytes())[:3] for _ in range(2)]
    assert kinds == [(KIND_OVERVIEW, 2600, 600), (KIND_WHOLE, 2600, 600)]
    for place, wanted in (((0, 5, 1), (40, 88)), ((1, 0, 0), (512, 300)), ((0, 9, 9), (0, 0))):
        here.send_bytes(ASK.pack(*place))
        data = here.recv_bytes()
        kind, level, column, row, width, packed = HEAD.unpack_from(data)
        assert (kind, level, column, row) == (KIND_TILE, *place)
        assert (width, packed >> 1) == wanted
        assert len(data) == HEAD.size + width * (packed >> 1) * 4
    here.close()
    thread.join(60)
    assert not thread.is_alive()


def _served(path: Path, line: Connection) -> None:
    try:
        deep_picture._serve(path, line)
    except (EOFError, OSError):
        return
