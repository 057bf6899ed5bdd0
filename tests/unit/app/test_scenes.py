"""The scene board's files: cut-outs, the flat picture, boards saved and opened, over the real library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.app.core import Core
from studio.contracts.canvas.scene import SCENES
from studio.domain.errors import InputError, LocalError
from studio.domain.scene_board import SceneBoard, Stroke
from studio.media.pictures import open_picture
from studio.settings.paths import Paths
from studio.settings.shipped import shipped


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    core = await Core.open(Paths.of_home(tmp_path / "home"))
    yield core
    await core.close()


def ball(path: Path, colour: str = "#d03020") -> Path:
    """A ball before a plain wall: something that stands out."""
    image = Image.new("RGB", (240, 240), "#8fa0b0")
    ImageDraw.Draw(image).ellipse((50, 50, 190, 190), fill=colour)
    image.save(path)
    return path


def file_of(uri: str) -> Path:
    return Path(url2pathname(urlsplit(uri).path))


@pytest.mark.slow
async def test_a_subject_is_cut_out_once_and_kept(core: Core, tmp_path: Path) -> None:
    uri = await core.attach(ball(tmp_path / "ball.png"))
    path = await core.scenes.cut_out(uri)
    assert path is not None
    alpha = np.asarray(Image.open(path).getchannel("A"))
    assert int(alpha[120, 120]) > 240
    assert int(alpha[8, 8]) < 10
    made = path.stat().st_mtime_ns
    assert await core.scenes.cut_out(uri) == path
    assert path.stat().st_mtime_ns == made


@pytest.mark.slow
async def test_where_nothing_stands_out_there_is_no_cut_out(core: Core, tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (200, 200), "#445566").save(plain)
    uri = await core.attach(plain)
    assert await core.scenes.cut_out(uri) is None
    assert await core.scenes.cut_out(uri) is None, "known from the cache"
    assert await core.scenes.cut_out("https://example.org/a.png") is None


async def test_a_file_that_is_not_the_library_s_is_refused(core: Core, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        await core.scenes.cut_out(ball(tmp_path / "mine.png").as_uri())


@pytest.mark.slow
async def test_the_flat_picture_is_what_the_board_shows(core: Core, tmp_path: Path) -> None:
    red = await core.attach(ball(tmp_path / "red.png"))
    blue = await core.attach(ball(tmp_path / "blue.png", "#2040c0"))
    board = SceneBoard("1:1").with_images([(red, "red"), (blue, "blue")]).sized(red, 240, 240).sized(blue, 240, 240)
    first, second = board.layers
    board = board.changed(first.id, lambda one: replace(one, x=300.0, y=540.0, scale=2.0))
    board = board.changed(second.id, lambda one: replace(one, x=800.0, y=540.0, scale=2.0, cut_out=False))
    uri = await core.scenes.flatten(board, None)
    picture = np.asarray(open_picture(file_of(uri)).convert("RGB"))
    assert picture.shape == (1080, 1080, 3)
    assert picture[540, 300, 0] > 180
    assert picture[540, 800, 2] > 160
    assert np.allclose(picture[320, 80], (220, 216, 209), atol=6), "cut out: the paper shows"
    assert np.allclose(picture[320, 580], (0x8F, 0xA0, 0xB0), atol=6), "not cut out: its own wall"
    cut = board.changed(first.id, lambda one: replace(one, strokes=(Stroke(((0.5, 0.5),), 0.1, False),)))
    uri = await core.scenes.flatten(cut, shipped("scenes/park.jpg"))
    refined = np.asarray(open_picture(file_of(uri)).convert("RGB"))
    assert refined[540, 300, 0] < 150, "the brush took the middle away, and the park shows"


@pytest.mark.slow
async def test_a_board_is_saved_and_opened(core: Core, tmp_path: Path) -> None:
    uri = await core.attach(ball(tmp_path / "ball.png"))
    board = SceneBoard("4:3", scene="at the lake", says_placement=True).with_images([(uri, "ball.png")])
    folder = await asyncio.to_thread(core.scenes.make_folder)
    path = await core.scenes.save(board, folder / "lake.scene.json")
    assert await core.scenes.open(path) == board


async def test_what_cannot_be_opened_says_why(core: Core, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        await core.scenes.open(tmp_path / "nowhere.json")
    (tmp_path / "torn.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="no scene board"):
        await core.scenes.open(tmp_path / "torn.json")
    gone = SceneBoard().with_images([((core.paths.inputs / "gone.png").as_uri(), "gone.png")])
    await core.scenes.save(gone, tmp_path / "gone.json")
    with pytest.raises(InputError):
        await core.scenes.open(tmp_path / "gone.json")


async def test_closing_ends_what_is_computed(core: Core, tmp_path: Path) -> None:
    uri = await core.attach(ball(tmp_path / "ball.png"))
    asyncio.get_running_loop().call_later(0.3, core.scenes.close)  # while its process still loads its libraries
    with pytest.raises(LocalError, match="could not be worked on"):
        await asyncio.wait_for(core.scenes.cut_out(uri), 20)


@pytest.mark.parametrize("name", SCENES)
def test_every_preset_has_a_small_picture(name: str) -> None:
    path = shipped(f"scenes/{name.replace(' ', '-')}.jpg")
    assert path.stat().st_size < 40_000
    with Image.open(path) as image:
        assert image.size == (640, 360)
