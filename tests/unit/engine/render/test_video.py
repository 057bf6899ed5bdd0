"""render_video for both services: the file as asked for, the photo recognisable, refusals by field, a quick cancel."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.engine.render.motion.camera import choose_move
from studio.engine.render.motion.depth import photo_depth
from studio.engine.render.motion.photo import PhotoFilm
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderRefusedError, RenderTask
from studio.engine.render.video import read_request, render_video
from studio.media.colour import yuv420_to_rgb
from tests.unit.media.test_pictures import huge_png

URL = "http://127.0.0.1/photo"


def photo(width: int = 240, height: int = 160) -> Image.Image:
    """A blue sky over green ground with a red figure in the middle."""
    y, x = np.mgrid[0:height, 0:width] / height
    pixels = np.where((y < 0.55)[..., None], (110, 160, 230), (70, 110, 50)) + (y * 30)[..., None]
    rng = np.random.default_rng(1)
    pixels += rng.normal(0, 14, (height, width, 1)) * (y >= 0.55)[..., None]
    figure = (np.abs(x - width / height / 2) < 0.12) & (y > 0.3) & (y < 0.9)
    pixels[figure] = (190, 40, 30)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def task_of(
    folder: Path, operation: str = "cannon:video.generate", media: Path | None = None, /, **values: object
) -> RenderTask:
    return RenderTask(operation, {"prompt": "a lake at dawn", **values}, {URL: str(media)} if media else {}, str(folder))


def decoded(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]


def test_both_services_read_alike(tmp_path: Path) -> None:
    picture = tmp_path / "standing.png"
    photo(100, 160).save(picture)
    cannon = read_request(task_of(tmp_path, duration=3, aspect_ratio="4:3", resolution="720p", seed=9, audio=True))
    assert (cannon.width, cannon.height, cannon.frames, cannon.seed, cannon.audio) == (960, 720, 72, 9, True)
    default = read_request(task_of(tmp_path))
    assert (default.width, default.height, default.seconds, default.audio) == (1920, 1080, 5, False)
    assert default.seed == read_request(task_of(tmp_path)).seed
    canvas = read_request(task_of(tmp_path, "canvas:video.generate", picture, image_url=URL, duration=10))
    assert (canvas.width, canvas.height, canvas.seconds) == (1080, 1920, 10)


@pytest.mark.parametrize(("values", "field"), [
    ({"aspect_ratio": "wide"}, "aspect_ratio"), ({"resolution": "huge"}, "resolution"), ({"duration": 4000}, "duration"),
    ({"image_url": "http://127.0.0.1/other"}, "image_url"),
])
def test_values_that_cannot_be_used(tmp_path: Path, values: dict[str, object], field: str) -> None:
    with pytest.raises(RenderRefusedError) as caught:
        read_request(task_of(tmp_path, **values))
    assert caught.value.field_name == field
    assert caught.value.message


@pytest.mark.parametrize("kind", ["cut", "bomb", "text"])
@pytest.mark.parametrize(("operation", "field"), [
    ("cannon:video.generate", "first_frame_url"), ("canvas:video.generate", "image_url"),
])
def test_bad_photos_are_refused_by_field(tmp_path: Path, kind: str, operation: str, field: str) -> None:
    media = tmp_path / "given.jpg"
    if kind == "cut":
        photo().save(media)
        media.write_bytes(media.read_bytes()[:1500])
    elif kind == "bomb":
        huge_png(media, 30_000, 30_000)
    else:
        media.write_text("no picture")
    with pytest.raises(RenderRefusedError) as caught:
        render_video(task_of(tmp_path, operation, media, **{field: URL}), RenderControl(tmp_path))
    assert caught.value.field_name == field
    assert "given.jpg" in caught.value.message
    assert not list(tmp_path.glob("*.mp4*"))


@pytest.mark.slow
def test_a_cancel_stops_at_once_and_leaves_no_file(tmp_path: Path) -> None:
    control = RenderControl(tmp_path)
    caught: list[BaseException] = []

    def work() -> None:
        try:
            render_video(task_of(tmp_path, resolution="360p", duration=30), control)
        except RenderCancelledError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive() and not list(tmp_path.glob("*.part*")):
        time.sleep(0.02)
    (tmp_path / RenderControl.CANCEL).touch()
    thread.join(60)
    assert not thread.is_alive()
    assert caught
    assert {path.name for path in tmp_path.iterdir()} <= {"cancel", "progress"}


def film_of_photo(prompt: str, **more: object) -> PhotoFilm:
    return PhotoFilm(photo(), 192, 108, choose_move(prompt, 1), frames=48, fps=24, seed=6, **more)  # type: ignore[arg-type]


def cropped(width: int, height: int) -> NDArray[np.int16]:
    """The photo as it should fill the frame."""
    whole = photo()
    tall = round(whole.width * height / width)
    top = (whole.height - tall) // 2
    return np.asarray(whole.crop((0, top, whole.width, top + tall)).resize((width, height)), np.int16)


def test_a_photo_starts_as_itself_and_then_moves() -> None:
    film = film_of_photo("slow dolly forward")
    first, last = (yuv420_to_rgb(*film.planes(index)).astype(np.int16) for index in (0, 47))
    assert np.abs(first - cropped(192, 108)).mean() < 9
    assert np.abs(first - last).mean() > 2
    again = film_of_photo("slow dolly forward")
    assert all(np.array_equal(one, two) for one, two in zip(film.planes(30), again.planes(30), strict=True))


@pytest.mark.parametrize("prompt", ["truck left", "orbit", "tilt up", "zoom out", "handheld", "static"])
def test_a_photo_stays_recognisable_in_every_move(prompt: str) -> None:
    film = film_of_photo(prompt)
    wanted = cropped(192, 108)[::6, ::6].astype(float).ravel()
    for index in (0, 24, 47):
        seen = yuv420_to_rgb(*film.planes(index))[::6, ::6].astype(float).ravel()
        assert np.corrcoef(seen, wanted)[0, 1] > 0.75


def test_bending_is_smooth_enough_not_to_tear() -> None:
    film = film_of_photo("fast truck right", windy=True)
    for progress, seconds in ((0.0, 0.0), (1.0, 2.0)):
        places = film._bend(progress, seconds)
        places[..., 0] += (np.arange(places.shape[1]) * 4)[None, :]
        assert float(np.diff(places[..., 0], axis=1).min()) > 0.8  # no pixel passes its neighbour: nothing folds over


def test_the_figure_is_nearer_than_the_sky() -> None:
    guess = photo_depth(np.asarray(photo(), np.uint8))
    rows, columns = guess.depth.shape
    assert guess.depth[int(rows * 0.8), columns // 2] > guess.depth[int(rows * 0.1), columns // 8] + 0.3
    assert guess.sky[: rows // 5].mean() > 0.6 > 0.1 > guess.sky[-rows // 5 :].mean()


@pytest.mark.slow
def test_air_and_light_are_laid_over_a_photo() -> None:
    plain, lit = film_of_photo("static"), film_of_photo("static", light=True)
    snowy = film_of_photo("static", particles="snow")
    base = plain.planes(20)[0].astype(int)
    assert 0.001 < (np.abs(snowy.planes(20)[0].astype(int) - base) > 20).mean() < 0.2
    assert 1.0 < (lit.planes(20)[0].astype(int) - base).mean() < 25


@pytest.mark.slow
def test_a_whole_video_from_a_prompt(tmp_path: Path) -> None:
    control = RenderControl(tmp_path)
    values: dict[str, object] = {"duration": 1, "resolution": "720p", "aspect_ratio": "1:1", "seed": 5, "audio": True}
    out = render_video(task_of(tmp_path, **values), control)
    assert (out.kind, out.width, out.height, out.duration_s) == ("video", 720, 720, 1.0)
    assert out.extra == {"seed": 5, "fps": 24, "frames": 24, "has_sound": True}
    assert (tmp_path / "progress").read_text() == "1.0000"
    content = out.main.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(out.main)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == (720, 720)
        assert float((container.duration or 0) / av.time_base) == pytest.approx(1.0, abs=1 / 24)
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert float(np.sqrt(np.mean(sound**2))) > 0.02
    frames = decoded(out.main)
    assert len(frames) == 24
    assert np.abs(frames[0].astype(int) - frames[-1].astype(int)).mean() > 1
    second = tmp_path / "again"
    second.mkdir()
    again = render_video(task_of(second, **values), RenderControl(second))
    assert all(np.array_equal(one, two) for one, two in zip(frames, decoded(again.main), strict=True))


@pytest.mark.slow
def test_a_whole_video_from_a_photo(tmp_path: Path) -> None:
    media = tmp_path / "photo.png"
    photo().save(media)
    task = task_of(tmp_path, "canvas:video.generate", media, image_url=URL, duration=1, resolution="360p", audio=False)
    out = render_video(task, RenderControl(tmp_path))
    assert (out.width, out.height, out.extra["has_sound"]) == (640, 360, False)
    frames = decoded(out.main)
    assert len(frames) == 24
    assert np.abs(frames[0].astype(int) - cropped(640, 360)).mean() < 14
    with av.open(str(out.main)) as container:
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert sound.shape[1] >= 47_000
    assert float(np.abs(sound).max()) < 1e-3
