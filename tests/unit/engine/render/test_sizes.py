"""Every aspect ratio and resolution of both contracts gives its exact size, up to 4K."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import av
import pytest
from PIL import Image

from studio.contracts.cannon.image import ImageGenerate as CannonImage
from studio.contracts.cannon.video import VideoGenerate as CannonVideo
from studio.contracts.canvas.image import ImageGenerate as CanvasImage
from studio.contracts.canvas.video import VideoGenerate as CanvasVideo
from studio.contracts.wire import AspectRatio, RequestModel
from studio.engine.render.image import render_image
from studio.engine.render.sizes import long_side_size, short_side_size
from studio.engine.render.task import RenderControl, RenderTask
from studio.engine.render.video import read_request, render_video

Size = tuple[int, int]
RATIOS: tuple[str, ...] = get_args(AspectRatio)
SHORT = {
    ("720p", "16:9"): (1280, 720), ("720p", "9:16"): (720, 1280), ("720p", "1:1"): (720, 720),
    ("720p", "4:3"): (960, 720), ("720p", "3:4"): (720, 960),
    ("1080p", "16:9"): (1920, 1080), ("1080p", "9:16"): (1080, 1920), ("1080p", "1:1"): (1080, 1080),
    ("1080p", "4:3"): (1440, 1080), ("1080p", "3:4"): (1080, 1440),
    ("4k", "16:9"): (3840, 2160), ("4k", "9:16"): (2160, 3840), ("4k", "1:1"): (2160, 2160),
    ("4k", "4:3"): (2880, 2160), ("4k", "3:4"): (2160, 2880),
}
LONG = {
    ("1K", "16:9"): (1024, 576), ("1K", "9:16"): (576, 1024), ("1K", "1:1"): (1024, 1024),
    ("1K", "4:3"): (1024, 768), ("1K", "3:4"): (768, 1024),
    ("2K", "16:9"): (2048, 1152), ("2K", "9:16"): (1152, 2048), ("2K", "1:1"): (2048, 2048),
    ("2K", "4:3"): (2048, 1536), ("2K", "3:4"): (1536, 2048),
    ("4K", "16:9"): (4096, 2304), ("4K", "9:16"): (2304, 4096), ("4K", "1:1"): (4096, 4096),
    ("4K", "4:3"): (4096, 3072), ("4K", "3:4"): (3072, 4096),
}


def words_of(model: type[RequestModel], field: str) -> tuple[str, ...]:
    return get_args(model.model_fields[field].annotation)


@pytest.mark.parametrize(("model", "table"), [(CannonImage, LONG), (CannonVideo, SHORT), (CanvasImage, SHORT)])
def test_the_tables_hold_all_that_the_contracts_have(model: type[RequestModel], table: dict[tuple[str, str], Size]) -> None:
    sizes, ratios = words_of(model, "resolution"), words_of(model, "aspect_ratio")
    assert set(table) == {(size, ratio) for size in sizes for ratio in ratios}
    assert set(ratios) == set(RATIOS)


@pytest.mark.parametrize("named", SHORT, ids=" ".join)
def test_sizes_by_the_short_side(named: tuple[str, str], tmp_path: Path) -> None:
    assert short_side_size(*named) == SHORT[named]
    values = {"prompt": "sea", "resolution": named[0], "aspect_ratio": named[1]}
    request = read_request(RenderTask("cannon:video.generate", values, {}, str(tmp_path)))
    assert (request.width, request.height) == SHORT[named]


@pytest.mark.parametrize("named", LONG, ids=" ".join)
def test_sizes_by_the_long_side(named: tuple[str, str]) -> None:
    assert long_side_size(*named) == LONG[named]


@pytest.mark.parametrize("resolution", words_of(CanvasVideo, "resolution"))
def test_a_canvas_video_lies_or_stands_as_its_photo(resolution: str, tmp_path: Path) -> None:
    for size, ratio in (((40, 30), "16:9"), ((30, 30), "16:9"), ((30, 40), "9:16"), (None, "16:9")):
        values: dict[str, object] = {"prompt": "sea", "resolution": resolution}
        media = {}
        if size is not None:
            Image.new("RGB", size).save(tmp_path / "p.png")
            media, values = {"u": str(tmp_path / "p.png")}, {**values, "image_url": "u"}
        request = read_request(RenderTask("canvas:video.generate", values, media, str(tmp_path)))
        assert (request.width, request.height) == SHORT[resolution, ratio]


@pytest.mark.slow
@pytest.mark.parametrize("ratio", RATIOS)
def test_every_ratio_is_drawn_and_filmed(ratio: str, tmp_path: Path) -> None:
    values = {"prompt": "mountain lake at dawn", "resolution": "96p", "aspect_ratio": ratio, "duration": 1}
    still = render_image(RenderTask("canvas:image.generate", values, {}, str(tmp_path)), RenderControl(tmp_path))
    with Image.open(still.main) as image:
        assert image.size == (still.width, still.height) == short_side_size("96p", ratio)
    film = render_video(RenderTask("cannon:video.generate", values, {}, str(tmp_path)), RenderControl(tmp_path))
    with av.open(str(film.main)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (film.width, film.height) == short_side_size("96p", ratio)
        assert sum(1 for _ in container.decode(video=0)) == 24


@pytest.mark.slow
def test_a_still_in_4k(tmp_path: Path) -> None:
    values = {"prompt": "mountain lake at dawn", "resolution": "4K", "aspect_ratio": "16:9", "quality": "high"}
    still = render_image(RenderTask("cannon:image.generate", values, {}, str(tmp_path)), RenderControl(tmp_path))
    with Image.open(still.main) as image:
        assert image.size == (4096, 2304)
        assert len(image.resize((64, 36)).getcolors(64 * 36) or []) > 500


@pytest.mark.slow
def test_a_second_of_film_in_4k(tmp_path: Path) -> None:
    values = {"prompt": "mountain lake at dawn", "resolution": "4k", "duration": 1}
    film = render_video(RenderTask("cannon:video.generate", values, {}, str(tmp_path)), RenderControl(tmp_path))
    with av.open(str(film.main)) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (3840, 2160)
        assert sum(1 for _ in container.decode(video=0)) == 24
