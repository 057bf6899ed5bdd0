"""style.transfer: the whole picture changes plainly, the face stays the same person's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import color, metrics

from studio.contracts.canvas.style import STYLES
from studio.engine.render import style_transfer
from studio.engine.render.sizes import short_side_size
from studio.engine.render.style_transfer import read_style, render_style
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError
from studio.engine.render.treatments import likeness
from studio.engine.render.treatments.apply import PAINTER_STYLES, TREATMENTS, treated
from tests.unit.engine.render.photos import URL, Bytes, pixels, portrait, run, saved, still_life

# scikit-image ships no types.
deltaE_cie76: Any = color.deltaE_cie76  # noqa: N816 - its name there
rgb2lab: Any = color.rgb2lab
structural_similarity: Any = metrics.structural_similarity
FACE = (0.13, 0.38, 0.35, 0.54)  # top, bottom, left, right of the portrait's face, in shares: measured by eye


def styled(folder: Path, photo: Bytes, **given: object) -> RenderOutput:
    path = saved(folder, photo)
    return run(render_style, "canvas:style.transfer", folder, {URL: path}, {"image_url": URL, "resolution": "720p", **given})


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real shapes, a quarter of the size: what is tested with it does not hang on how many pixels there are."""
    real = short_side_size

    def quarter(*words: str) -> tuple[int, int]:
        width, height = real(*words)
        return max(2, width // 8 * 2), max(2, height // 8 * 2)

    monkeypatch.setattr(style_transfer, "short_side_size", quarter)


def luma(rgb: Bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(rgb @ np.array([0.299, 0.587, 0.114]))


@pytest.mark.slow
@pytest.mark.parametrize("style", [*STYLES, *PAINTER_STYLES])
def test_the_face_stays_and_the_picture_changes(style: str) -> None:
    photo = portrait(512)
    result = treated(photo, style, 3, lambda share: None)
    assert result.faces
    difference = deltaE_cie76(rgb2lab(photo), rgb2lab(result.rgb)).mean()
    assert difference >= (8 if style in STYLES else 6), f"{style}: ΔE {difference:.1f}"
    rows, columns = (slice(round(FACE[at] * 512), round(FACE[at + 1] * 512)) for at in (0, 2))
    like = structural_similarity(luma(photo[rows, columns]), luma(result.rgb[rows, columns]), data_range=255)
    assert like >= 0.6, f"{style}: SSIM {like:.2f}"


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_likeness_at_the_size_of_the_result(tmp_path: Path, style: str) -> None:
    output = styled(tmp_path, portrait(512), style=style, resolution="1080p", seed=1)
    assert (output.width, output.height) == (1080, 1080)
    photo, result = portrait_at(1080), pixels(output)
    rows, columns = (slice(round(FACE[at] * 1080), round(FACE[at + 1] * 1080)) for at in (0, 2))
    like = structural_similarity(luma(photo[rows, columns]), luma(result[rows, columns]), data_range=255)
    assert like >= 0.6, f"{style}: SSIM {like:.2f}"
    assert deltaE_cie76(rgb2lab(photo[::2, ::2]), rgb2lab(result[::2, ::2])).mean() >= 8


def portrait_at(side: int) -> Bytes:
    return np.asarray(cv2.resize(portrait(512), (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.slow
def test_every_preset_of_the_contract_is_a_treatment_and_each_looks_different() -> None:
    assert set(STYLES) == set(TREATMENTS)
    results = [treated(portrait(128), style, 1, lambda share: None).rgb.astype(int) for style in STYLES]
    for at, one in enumerate(results):
        for other in results[at + 1 :]:
            assert np.abs(one - other).mean() > 6


@pytest.mark.parametrize(
    ("words", "style"),
    [
        ("Oil painting", "oil painting"),
        ("in the manner of Van Gogh", "oil painting"),
        ("a loose watercolor, brighter", "watercolour"),
        ("charcoal drawing", "pencil sketch"),
        ("manga", "comic"),
        ("cyberpunk city", "neon"),
        ("like an old polaroid", "vintage film"),
        ("film noir, 1940s", "noir"),
        ("stained glass", "mosaic"),
        ("soft pastel on paper", "pastel"),
        ("sepia", "sepia"),
        ("pen and ink", "ink"),
    ],
)
def test_own_words_come_to_the_nearest_treatment(words: str, style: str) -> None:
    wish = read_style(words)
    assert wish.style == style
    assert wish.note is None


def test_unknown_words_and_none_are_told() -> None:
    assert read_style("").note
    unknown = read_style("zorblax quantum")
    assert unknown.style in TREATMENTS
    assert unknown.note is not None
    assert "zorblax" in unknown.note


@pytest.mark.usefixtures("small")
def test_words_of_colour_beside_the_style_count(tmp_path: Path) -> None:
    plain = styled(tmp_path / "a", portrait(), style="watercolour", seed=1)
    warm = styled(tmp_path / "b", portrait(), style="watercolour, much warmer", seed=1)
    assert warm.extra["applied"] == ["warmer (much)"]
    lean = [float(pixels(one)[..., 0].mean() - pixels(one)[..., 2].mean()) for one in (plain, warm)]
    assert lean[1] > lean[0] + 10


@pytest.mark.usefixtures("small")
def test_the_shape_stays_and_the_answer_tells(tmp_path: Path) -> None:
    output = styled(tmp_path, still_life(), style="comic")
    assert (output.width, output.height) == (270, 180)
    assert (output.extra["style"], output.extra["faces"]) == ("comic", 0)
    assert "note" not in output.extra


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for style in ("watercolour", "mosaic", "vintage film"):
        first, again, other = (
            styled(tmp_path / f"{style}{at}", portrait(), style=style, seed=seed).main.read_bytes()
            for at, seed in enumerate((7, 7, 8))
        )
        assert first == again != other


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_odd_pictures_come_through(tmp_path: Path) -> None:
    for at, shape in enumerate(((1, 1), (30, 20))):
        for style in STYLES:
            output = styled(tmp_path / f"{style}{at}", np.full((*shape, 3), 130, np.uint8), style=style)
            assert pixels(output).shape[2] == 3


def test_refusals_name_the_field(tmp_path: Path) -> None:
    strip = saved(tmp_path, np.zeros((1, 30, 3), np.uint8))
    text = tmp_path / "text.png"
    text.write_text("no picture")
    for media, field in (({URL: strip}, "image_url"), ({URL: str(text)}, "image_url"), ({}, "image_url")):
        with pytest.raises(RenderRefusedError) as refused:
            run(render_style, "canvas:style.transfer", tmp_path, media, {"image_url": URL, "style": "ink"})
        assert refused.value.field_name == field
    good = saved(tmp_path, portrait(64))
    with pytest.raises(RenderRefusedError) as refused:
        run(render_style, "canvas:style.transfer", tmp_path, {URL: good}, {"image_url": URL, "resolution": "huge"})
    assert refused.value.field_name == "resolution"


def test_a_cancel_leaves_no_picture(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        styled(tmp_path, portrait(64), style="oil painting")
    assert not (tmp_path / "image.png").exists()


def test_similarity_is_that_of_scikit_image() -> None:
    first, second = luma(portrait(128)), luma(treated(portrait(128), "oil painting", 1, lambda share: None).rgb)
    own = likeness.similarity(first.astype(np.float32), second.astype(np.float32))
    assert own == pytest.approx(structural_similarity(first, second, data_range=255), abs=0.02)
