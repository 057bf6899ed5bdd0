"""image.generate of both services, from the input to a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.contracts.canvas.style import STYLES
from studio.engine.render.image import render_image
from studio.engine.render.scene.words import read_prompt
from studio.engine.render.sizes import long_side_size, short_side_size
from studio.engine.render.style_words import painter_knows
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real sizes, a sixth of them: what is tested here does not hang on how many pixels there are."""
    from studio.engine.render import image

    def sixth(size: tuple[int, int]) -> tuple[int, int]:
        return max(32, size[0] // 12 * 2), max(32, size[1] // 12 * 2)

    monkeypatch.setattr(image, "long_side_size", lambda *a: sixth(long_side_size(*a)))
    monkeypatch.setattr(image, "short_side_size", lambda *a: sixth(short_side_size(*a)))


def render(
    folder: Path,
    operation: str = "cannon:image.generate",
    media: dict[str, str] | None = None,
    *,
    given: Mapping[str, object] | None = None,
    **more: object,
) -> RenderOutput:
    folder.mkdir(exist_ok=True)
    return render_image(RenderTask(operation, {**(given or {}), **more}, media or {}, str(folder)), RenderControl(folder))


def pixels(output: RenderOutput) -> NDArray[np.uint8]:
    with Image.open(output.main) as image:
        assert image.format == "PNG"
        assert image.mode == "RGB"
        assert image.size == (output.width, output.height)
        return np.asarray(image)


@pytest.mark.slow
def test_one_k_picture_in_full(tmp_path: Path) -> None:
    output = render(tmp_path / "a", prompt="lake at dawn", aspect_ratio="16:9", resolution="1K", seed=5)
    assert output.kind == "image"
    assert (output.width, output.height) == (1024, 576)
    assert output.extra["seed"] == 5
    assert pixels(output).std() > 15
    assert (tmp_path / "a" / "progress").read_text() == "1.0000"
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["image.png", "progress"]


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_seed_comes_from_the_prompt_and_is_told(tmp_path: Path) -> None:
    first, again, other, seeded = (
        render(tmp_path / name, given={"prompt": prompt, **extra})
        for name, prompt, extra in (
            ("a", "desert at dusk", {}),
            ("b", "desert at dusk", {}),
            ("c", "desert at dawn", {}),
            ("d", "desert at dusk", {"seed": 0}),
        )
    )
    assert first.extra["seed"] == again.extra["seed"] != other.extra["seed"]
    assert first.main.read_bytes() == again.main.read_bytes() != seeded.main.read_bytes()
    assert seeded.extra["seed"] == 0


@pytest.mark.usefixtures("small")
def test_both_contracts_and_their_defaults(tmp_path: Path) -> None:
    cannon, canvas = render(tmp_path / "a", prompt="sea"), render(tmp_path / "b", "canvas:image.generate", prompt="sea")
    assert cannon.width == cannon.height == 1024 // 12 * 2
    assert canvas.width == canvas.height == 1080 // 12 * 2


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (short_side_size("720p", "16:9"), (1280, 720)),
        (short_side_size("1080p", "9:16"), (1080, 1920)),
        (short_side_size("4k", "4:3"), (2880, 2160)),
        (short_side_size("720p", "4:3"), (960, 720)),
        (short_side_size("1080p", "1:1"), (1080, 1080)),
        (long_side_size("1K", "3:4"), (768, 1024)),
        (long_side_size("2K", "16:9"), (2048, 1152)),
        (long_side_size("4K", "1:1"), (4096, 4096)),
        (long_side_size("1K", "21:9"), (1024, 438)),
    ],
)
def test_sizes(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert size == expected


@pytest.mark.parametrize("words", [("8p", "1:1"), ("large", "1:1"), ("1080p", "wide"), ("1080p", "0:1"), ("1080p", "99:1")])
def test_unknown_sizes_are_refused(words: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"is no|too long"):
        short_side_size(*words)


def test_refusals_name_the_field(tmp_path: Path) -> None:
    for field, given in (
        ("prompt", {"prompt": "  "}),
        ("resolution", {"prompt": "sea", "resolution": "huge"}),
        ("aspect_ratio", {"prompt": "sea", "aspect_ratio": "round"}),
    ):
        with pytest.raises(RenderRefusedError) as refused:
            render(tmp_path / field, given=given)
        assert refused.value.field_name == field


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_reference_gives_its_palette(tmp_path: Path) -> None:
    red = tmp_path / "red.png"
    ramp = np.linspace(0, 1, 64)[:, None, None] * np.array([230, 40, 30.0]) + 10
    Image.fromarray(np.broadcast_to(ramp, (64, 64, 3)).astype(np.uint8)).save(red)
    plain = pixels(render(tmp_path / "a", prompt="sea at noon", seed=1))
    led = pixels(
        render(
            tmp_path / "b",
            "cannon:image.generate",
            {"http://x/red": str(red)},
            prompt="sea at noon",
            seed=1,
            reference_image_urls=["http://x/red"],
        )
    )
    unled = pixels(
        render(
            tmp_path / "c",
            "cannon:image.generate",
            {"http://x/red": str(red)},
            prompt="sea at noon",
            seed=1,
            reference_image_urls=["http://x/red"],
            reference_prompt_balance=0,
        )
    )
    assert led[..., 0].mean() - led[..., 2].mean() > plain[..., 0].mean() - plain[..., 2].mean() + 40
    assert np.array_equal(plain, unled)


def test_a_reference_that_is_no_picture(tmp_path: Path) -> None:
    text = tmp_path / "text.png"
    text.write_text("this is no picture")
    for operation, field in (
        ("cannon:image.generate", "reference_image_urls"),
        ("canvas:image.generate", "reference_images"),
    ):
        with pytest.raises(RenderRefusedError) as refused:
            render(tmp_path / field, operation, {"u": str(text)}, given={"prompt": "sea", field: ["u"]})
        assert refused.value.field_name == field
        with pytest.raises(RenderRefusedError, match="not been fetched"):
            render(tmp_path / field, operation, {}, given={"prompt": "sea", field: ["u"]})


def test_cancel_stops_at_once_and_leaves_no_picture(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        render(tmp_path, prompt="sea")
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_quality_changes_how_finely_it_is_drawn_and_not_what(tmp_path: Path) -> None:
    def drawn(quality: str | None) -> NDArray[np.int16]:
        return pixels(render(tmp_path / str(quality), prompt="harbour at noon", seed=4, quality=quality)).astype(np.int16)

    low, medium, none, high = (drawn(quality) for quality in ("low", "medium", None, "high"))
    assert np.array_equal(medium, none)
    for other in (low, high):
        assert other.shape == medium.shape
        assert 0.2 < np.abs(other - medium).mean() < 14, "the same composition, drawn otherwise"

    def detail(picture: NDArray[np.int16]) -> float:
        return float(np.abs(np.diff(picture.astype(np.float32).mean(2), axis=1)).mean())

    assert detail(low) < 0.9 * detail(medium)


def test_high_quality_never_draws_beyond_the_limit() -> None:
    from studio.engine.render.image import _Request

    words = read_prompt("sea")
    sizes = {s: _Request(words, s, s // 2, 1, (), 0.6, "high").drawn_size() for s in (64, 1024, 3072, 4096, 8192)}
    assert sizes == {64: (128, 64), 1024: (2048, 1024), 3072: (4096, 2048), 4096: (4096, 2048), 8192: (8192, 4096)}
    assert _Request(words, 64, 32, 1, (), 0.6, "low").drawn_size() == (32, 16)


@pytest.mark.slow
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("style", [*STYLES, "brighter and warmer"])
def test_every_style_has_an_effect(tmp_path: Path, style: str) -> None:
    plain = pixels(render(tmp_path / "a", prompt="harbour at noon", seed=4))
    output = render(tmp_path / "b", prompt="harbour at noon", seed=4, style=style)
    one, other = (cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for picture in (plain, pixels(output)))
    assert float(np.linalg.norm(one - other, axis=2).mean()) > 4, "mean ΔE"
    assert "no style known here and was left out" not in str(output.extra.get("style_note"))


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_style_that_nobody_knows_is_said_to_be_left_out(tmp_path: Path) -> None:
    plain, unknown, photo = (
        render(tmp_path / name, prompt="harbour at noon", seed=4, style=style)
        for name, style in (("a", None), ("b", "zyxophile"), ("c", "photorealistic"))
    )
    assert np.array_equal(pixels(plain), pixels(unknown))
    assert "“zyxophile”" in str(unknown.extra["style_note"])
    assert "mosaic" in str(unknown.extra["style_note"])
    assert "style_note" not in photo.extra
    assert all(painter_knows(words) for words in ("noir", "watercolor", "photo"))
    assert not any(painter_knows(words) for words in ("pop art", "baroque"))


def test_the_model_that_was_asked_for_is_told(tmp_path: Path) -> None:
    output = render(tmp_path / "a", "canvas:image.generate", prompt="sea", resolution="144p")
    assert "requested_model" not in output.extra
    output = render(tmp_path / "b", prompt="sea", resolution="144p", model="seedream5")
    assert output.extra["requested_model"] == "seedream5"
