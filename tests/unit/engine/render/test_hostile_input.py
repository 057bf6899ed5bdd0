"""Whatever is typed or dropped ends in a picture, a video, or a refusal that names the field: never in another error."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.engine.render.image import render_image
from studio.engine.render.scene import vocabulary
from studio.engine.render.scene.compose import compose_scene
from studio.engine.render.scene.finish import flatten
from studio.engine.render.scene.words import read_prompt
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.engine.render.video import render_video
from studio.media.probe import probe

URL = "http://engine/photo"
_TABLES = (
    vocabulary.PLACES,
    vocabulary.TIMES,
    vocabulary.WEATHERS,
    vocabulary.SEASONS,
    vocabulary.STYLES,
    vocabulary.SUBJECTS,
    vocabulary.ACTIONS,
    vocabulary.MOODS,
    vocabulary.FEATURES,
)
KNOWN = sorted({phrase.strip() for table in _TABLES for phrases in table.values() for phrase in phrases.split(",")})
ODD = (
    "!!! ... ,,, ???",
    "🐶🌊🔥",
    "ein Hund läuft am Strand bei Sonnenuntergang",
    "夜の東京、雨",
    "λίμνη την αυγή",
    "\u0000\u202e\ufeff",
    "no no no without not",
    "a a a an one 99999999999999999999 dogs",
    "day night dawn dusk snow rain fog storm clear summer winter",
    "underwater volcano in a room on the moon in the forest, no sky",
    "x" * 5000,
    "a red dog, " * 450,
    "'s 's -s - -- &",
    "-",
    "s",
    "portrait of 40 astronauts underwater, close-up",
    "train bridge tram car bus whale boat in space",
    "\n\t lake \r\n",
)
_phrases = st.lists(st.sampled_from(KNOWN), min_size=1, max_size=8).map(", ".join)
_prompts = st.one_of(_phrases, st.text(max_size=60), st.tuples(_phrases, st.text(max_size=12)).map(" ".join))
_sizes = st.sampled_from([(64, 48), (48, 64), (16, 16), (96, 24), (24, 90)])


def draw(prompt: str, size: tuple[int, int], seed: int) -> None:
    """A picture of that size, whatever the words say, and not one flat colour."""
    picture = flatten(compose_scene(read_prompt(prompt), *size, seed))
    assert picture.shape == (size[1], size[0], 3)
    assert int(np.ptp(picture)) > 8


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ODD, ids=range(len(ODD)))
def test_odd_prompts_give_a_picture(prompt: str) -> None:
    draw(prompt, (64, 48), 5)


@given(_prompts, _sizes, st.integers(0, 2**31 - 1))
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_any_prompt_gives_a_picture(prompt: str, size: tuple[int, int], seed: int) -> None:
    draw(prompt, size, seed)


@pytest.mark.slow
@given(_prompts, _sizes, st.integers(0, 2**31 - 1))
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_many_prompts_give_pictures(prompt: str, size: tuple[int, int], seed: int) -> None:
    draw(prompt, size, seed)


def photo(width: int = 60, height: int = 40) -> Image.Image:
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:height, 0:width]
    ramp = np.dstack([x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), np.full_like(x, 90)]).astype(np.int64)
    return Image.fromarray(np.clip(ramp + rng.integers(-9, 9, ramp.shape), 0, 255).astype(np.uint8))


def _exif_turned(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo().save(path, format="JPEG", exif=exif)


def _animated(kind: str) -> Callable[[Path], None]:
    return lambda path: photo().save(
        path, format=kind, save_all=True, append_images=[photo().rotate(90 * i) for i in (1, 2)]
    )


def _wide(path: Path) -> None:
    Image.fromarray(np.asarray(photo().convert("L"), np.uint16) * 257).save(path, format="PNG")


def _heic(path: Path) -> None:
    pillow_heif.from_pillow(photo()).save(str(path.with_suffix(".heic")))
    path.with_suffix(".heic").replace(path)


PHOTOS: dict[str, Callable[[Path], None]] = {
    "1x1": lambda path: photo(1, 1).save(path, format="PNG"),
    "3x5000": lambda path: photo(3, 5000).save(path, format="PNG"),
    "5000x3": lambda path: photo(5000, 3).save(path, format="PNG"),
    "flat": lambda path: Image.new("RGB", (50, 30), "white").save(path, format="PNG"),
    "black": lambda path: Image.new("RGB", (50, 30)).save(path, format="JPEG"),
    "clear": lambda path: Image.new("RGBA", (50, 30), (9, 9, 9, 0)).save(path, format="PNG"),
    "rgba": lambda path: photo().convert("RGBA").save(path, format="PNG"),
    "palette": lambda path: photo().convert("P").save(path, format="PNG", transparency=0),
    "one bit": lambda path: photo().convert("1").save(path, format="PNG"),
    "grey": lambda path: photo().convert("L").save(path, format="JPEG"),
    "grey alpha": lambda path: photo().convert("LA").save(path, format="PNG"),
    "16 bit": _wide,
    "cmyk": lambda path: photo().convert("CMYK").save(path, format="JPEG"),
    "gif": _animated("GIF"),
    "webp": _animated("WEBP"),
    "exif": _exif_turned,
    "heic": _heic,
}


def _render(folder: Path, path: Path, operation: str = "cannon:video.generate") -> RenderOutput:
    if operation.endswith("video.generate"):
        values = {
            "prompt": "slow orbit",
            "duration": 1,
            "resolution": "64p",
            "aspect_ratio": "16:9",
            "image_url": URL,
            "seed": 3,
        }
        return render_video(RenderTask(operation, values, {URL: str(path)}, str(folder)), RenderControl(folder))
    values = {"prompt": "lake", "resolution": "64p", "aspect_ratio": "1:1", "reference_images": [URL], "seed": 3}
    return render_image(RenderTask(operation, values, {URL: str(path)}, str(folder)), RenderControl(folder))


@pytest.mark.slow
@pytest.mark.parametrize("name", PHOTOS)
def test_every_kind_of_photo_comes_to_life(name: str, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    PHOTOS[name](path)
    out = _render(tmp_path, path)
    told = probe(out.main)
    assert (told.width, told.height) == (out.width, out.height) == (114, 64)
    assert _render(tmp_path, path, "canvas:image.generate").width == 64


def damaged(whole: bytes, rng: random.Random) -> bytes:
    """Cut off, some bytes changed, a piece left out, or a piece doubled."""
    at, kind = rng.randrange(len(whole)), rng.randrange(4)
    if kind == 0:
        return whole[:at]
    if kind == 1:
        spoiled = bytearray(whole)
        for _ in range(rng.randrange(1, 12)):
            spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
        return bytes(spoiled)
    end = min(len(whole), at + rng.randrange(1, 40))
    return whole[:at] + whole[end:] if kind == 2 else whole[:end] + whole[at:]


def _survives(folder: Path, seed: int, name: str) -> str:
    rng, path = random.Random(f"{name} {seed}"), folder / "photo"
    PHOTOS[name](path)
    path.write_bytes(damaged(path.read_bytes(), rng))
    operation, refusal = rng.choice(["cannon:video.generate", "canvas:image.generate"]), None
    try:
        _render(folder, path, operation)
    except RenderRefusedError as error:
        refusal = error
    if refusal is None:
        return "rendered"
    assert refusal.field_name == ("image_url" if operation.endswith("video.generate") else "reference_images")
    assert len(refusal.message) > 20
    return "refused"


@pytest.mark.slow
def test_a_damaged_photo_is_refused_by_name_or_rendered(tmp_path: Path) -> None:
    names = ("rgba", "cmyk", "gif", "webp", "heic", "16 bit", "exif", "palette")
    seen = {_survives(tmp_path, seed, name) for name in names for seed in range(3)}
    assert seen == {"refused", "rendered"}


@pytest.mark.slow
def test_many_damaged_photos(tmp_path: Path) -> None:
    for name in PHOTOS:
        for seed in range(10):
            _survives(tmp_path, 1000 + seed, name)
