"""image.edit, from the words to the file: each instruction measured by what it is for."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from studio.engine.render.cutout import find_faces
from studio.engine.render.edit.detail import noise_level
from studio.engine.render.edit.edit_image import render_edit
from studio.engine.render.edit.frames import lean
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError
from tests.unit.engine.render.photos import URL, Bytes, landscape, pixels, portrait, run, saved, still_life


def edited(folder: Path, photo: Bytes | str, prompt: str, **more: object) -> RenderOutput:
    path = photo if isinstance(photo, str) else saved(folder, photo)
    given: dict[str, object] = {"prompt": prompt, "image_url": URL, **more}
    return run(render_edit, "cannon:image.edit", folder, {URL: path}, given)


def after(folder: Path, photo: Bytes, prompt: str, **more: object) -> Bytes:
    return pixels(edited(folder, photo, prompt, **more))


def grey(rgb: Bytes) -> Bytes:
    return np.asarray(cv2.cvtColor(rgb[..., :3], cv2.COLOR_RGB2GRAY), np.uint8)


def chroma(rgb: Bytes) -> float:
    return float((rgb.max(axis=2).astype(int) - rgb.min(axis=2)).mean())


def detail(rgb: Bytes) -> float:
    return float(cv2.Laplacian(grey(rgb), cv2.CV_32F).var())


@pytest.mark.slow
def test_light_and_colour_go_where_they_are_told(tmp_path: Path) -> None:
    photo = portrait()
    mean = float(photo.mean())
    assert after(tmp_path / "a", photo, "brighter").mean() > mean + 8
    assert after(tmp_path / "b", photo, "darker").mean() < mean - 8
    warm, cool = after(tmp_path / "c", photo, "warmer"), after(tmp_path / "d", photo, "cooler")
    lean_of = [float(one[..., 0].mean() - one[..., 2].mean()) for one in (cool, photo, warm)]
    assert lean_of[0] < lean_of[1] - 8 < lean_of[2] - 16
    assert after(tmp_path / "e", photo, "more contrast").std() > photo.std() + 5
    assert after(tmp_path / "f", photo, "less contrast").std() < photo.std() - 5
    assert chroma(after(tmp_path / "g", photo, "more saturated")) > chroma(photo) * 1.15
    assert chroma(after(tmp_path / "h", photo, "muted colours")) < chroma(photo) * 0.75
    assert chroma(after(tmp_path / "i", photo, "black and white")) == 0


def test_a_percentage_is_met(tmp_path: Path) -> None:
    photo = portrait(128)
    for share in (20, -30):
        words = f"{'brighter' if share > 0 else 'darker'} by {abs(share)} %"
        changed = after(tmp_path / str(share), photo, words)
        assert changed.mean() / photo.mean() == pytest.approx(1 + share / 100, abs=0.03)


def test_words_of_amount_count(tmp_path: Path) -> None:
    photo = portrait(96)
    means = [
        after(tmp_path / str(at), photo, f"{words} brighter").mean() for at, words in enumerate(("a little", "", "much"))
    ]
    assert photo.mean() < means[0] < means[1] < means[2]


def test_several_wishes_in_one_sentence_and_what_was_not_understood(tmp_path: Path) -> None:
    output = edited(tmp_path, portrait(96), "make it warmer, rotate right and give her a hat")
    assert output.extra["applied"] == ["warmer", "rotated by 90° clockwise"]
    assert output.extra["not_understood"] == ["hat"]


def test_nothing_understood_is_refused_with_what_can_be_done(tmp_path: Path) -> None:
    for name, prompt in (("a", "make the dog wear a hat"), ("b", "  ")):
        with pytest.raises(RenderRefusedError, match="remove or replace the background") as refused:
            edited(tmp_path / name, portrait(64), prompt)
        assert refused.value.field_name == "prompt"


@pytest.mark.slow
def test_the_background_is_taken_away(tmp_path: Path) -> None:
    photo = portrait()
    cut = after(tmp_path, photo, "remove the background")
    assert cut.shape == (256, 256, 4)
    alpha = cut[..., 3]
    assert (alpha[45:95, 98:128] > 250).mean() > 0.98, "the face stays"
    assert (alpha[:60, 150:220] < 5).mean() > 0.9, "the wall beside her goes"
    assert 0.2 < (alpha > 127).mean() < 0.6
    seam = (alpha > 8) & (alpha < 247)
    assert 0.001 < seam.mean() < 0.08, "a soft edge, and only an edge"


@pytest.mark.slow
def test_only_the_background_is_blurred_or_grey(tmp_path: Path) -> None:
    photo = portrait()
    face, wall = np.s_[50:100, 95:135], np.s_[10:130, 175:230]
    soft = after(tmp_path / "a", photo, "blur the background much")
    assert detail(soft[wall]) < 0.25 * detail(photo[wall])
    assert np.abs(soft[face].astype(int) - photo[face]).mean() < 2
    plain = after(tmp_path / "b", photo, "make the background black and white")
    assert chroma(plain[130:160, 0:20]) < 12
    assert chroma(plain[160:200, 40:90]) > 0.9 * chroma(photo[160:200, 40:90])


@pytest.mark.slow
def test_the_background_is_replaced(tmp_path: Path) -> None:
    blue = after(tmp_path / "a", portrait(), "change the background to plain blue")
    assert tuple(blue[20, 230]) == (0x2F, 0x66, 0xC4)
    assert tuple(blue[20, 20]) == (0x2F, 0x66, 0xC4)
    beach = after(tmp_path / "b", portrait(), "put her on a beach at dusk")
    assert np.abs(beach[:80, 150:].astype(int) - portrait()[:80, 150:]).mean() > 30
    assert find_faces(beach), "she is still there"


@pytest.mark.slow
def test_the_sky_is_replaced_and_the_land_stays(tmp_path: Path) -> None:
    photo = landscape()
    evening = after(tmp_path, photo, "replace the sky with a sunset", seed=2)
    assert evening[:70, :, 0].mean() > evening[:70, :, 2].mean() + 15
    assert np.abs(evening[120:].astype(int) - photo[120:]).mean() < 30


@pytest.mark.slow
def test_what_the_picture_does_not_show_is_told(tmp_path: Path) -> None:
    output = edited(tmp_path / "a", still_life(), "pixelate the faces and make it brighter")
    assert output.extra["applied"] == ["brighter"]
    assert output.extra["not_understood"] == ["pixelate the faces: no face was found"]
    with pytest.raises(RenderRefusedError, match="no face was found") as refused:
        edited(tmp_path / "b", still_life(), "pixelate the faces")
    assert refused.value.field_name == "prompt"


@pytest.mark.slow
def test_a_pixelated_face_has_nothing_left_but_blocks(tmp_path: Path) -> None:
    photo = portrait(400)
    face = find_faces(photo)[0]
    left, top, right, bottom = face.pixels(400, 400)
    high, wide = (bottom - top) // 4, (right - left) // 4
    middle = np.s_[top + high : bottom - high, left + wide : right - wide]
    hidden = after(tmp_path, photo, "pixelate the face")
    assert len(np.unique(hidden[middle].reshape(-1, 3), axis=0)) <= 25
    assert len(np.unique(photo[middle].reshape(-1, 3), axis=0)) > 500
    assert np.array_equal(hidden[300:], photo[300:])


def test_quarter_turns_and_flips_keep_every_pixel(tmp_path: Path) -> None:
    photo = still_life(120)
    assert np.array_equal(after(tmp_path / "a", photo, "rotate right"), np.rot90(photo, -1))
    assert np.array_equal(after(tmp_path / "b", photo, "rotate left"), np.rot90(photo))
    assert np.array_equal(after(tmp_path / "c", photo, "upside down"), np.rot90(photo, 2))
    assert np.array_equal(after(tmp_path / "d", photo, "mirror it"), photo[:, ::-1])
    assert np.array_equal(after(tmp_path / "e", photo, "flip vertically"), photo[::-1])


def test_a_free_turn_has_no_empty_corners(tmp_path: Path) -> None:
    white = np.full((90, 140, 3), 255, np.uint8)
    for degrees in (3, 17, 45, 100, 200):
        turned = after(tmp_path / str(degrees), white, f"rotate {degrees} degrees")
        assert turned.min() > 250
        assert min(turned.shape[:2]) > 20


def test_a_leaning_horizon_is_set_straight(tmp_path: Path) -> None:
    photo = landscape(400, 300)
    matrix = cv2.getRotationMatrix2D((200, 150), 4, 1.35)
    tilted = np.asarray(cv2.warpAffine(photo, matrix, (400, 300), borderMode=cv2.BORDER_REFLECT), np.uint8)
    assert abs(lean(tilted)) == pytest.approx(4, abs=0.6)
    straight = after(tmp_path, tilted, "straighten")
    assert abs(lean(straight)) < 0.5


@pytest.mark.slow
def test_a_crop_keeps_the_face_and_the_form_rules_the_frame(tmp_path: Path) -> None:
    wide = np.ascontiguousarray(np.pad(portrait(), ((0, 0), (300, 0), (0, 0)), mode="edge"))
    square = after(tmp_path / "a", wide, "crop to square")
    assert square.shape[:2] == (256, 256)
    assert find_faces(square)
    tall = edited(tmp_path / "b", portrait(), "brighter", aspect_ratio="9:16", resolution="1K")
    assert (tall.width, tall.height) == (576, 1024)
    assert tall.extra["applied"] == ["brighter", "framed 9:16", "resolution 1K"]
    assert find_faces(pixels(tall))


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("resize to 120x60", (120, 60)),
        ("half the size", (128, 128)),
        ("make it 100 px wide", (100, 100)),
        ("crop 25% off the top", (256, 192)),
    ],
)
def test_sizes_are_met(tmp_path: Path, words: str, size: tuple[int, int]) -> None:
    output = edited(tmp_path, portrait(), words)
    assert (output.width, output.height) == size


@pytest.mark.slow
def test_sharpness_noise_and_grain(tmp_path: Path) -> None:
    photo = still_life()
    assert detail(after(tmp_path / "a", photo, "sharpen")) > 1.25 * detail(photo)
    assert detail(after(tmp_path / "b", photo, "softer")) < 0.8 * detail(photo)
    rng = np.random.default_rng(1)
    noisy = np.clip(photo + rng.normal(0, 14, photo.shape), 0, 255).astype(np.uint8)
    clean = after(tmp_path / "c", noisy, "denoise")
    before, now = (float(((one.astype(int) - photo) ** 2).mean()) for one in (noisy, clean))
    assert now < 0.5 * before
    assert noise_level(after(tmp_path / "d", photo, "add film grain")) > noise_level(photo) + 2


def test_text_is_set_where_it_is_told(tmp_path: Path) -> None:
    flat = np.full((200, 300, 3), 90, np.uint8)
    top = after(tmp_path / "a", flat, 'add the text "Hello" at the top in red')
    rows = np.flatnonzero((top != 90).any(axis=(1, 2)))
    assert rows.max() < 60
    assert ((top[..., 0] > 180) & (top[..., 1] < 90)).sum() > 60
    low = after(tmp_path / "b", flat, 'write "a much longer line that has to be wrapped twice at least" in large letters')
    rows = np.flatnonzero((low != 90).any(axis=(1, 2)))
    assert rows.min() > 60
    assert rows.max() < 199


def test_one_colour_becomes_another_and_skin_stays(tmp_path: Path) -> None:
    photo = portrait()
    dyed = after(tmp_path, photo, "turn the orange suit blue")
    suit, face = np.s_[170:200, 40:70], np.s_[55:95, 100:130]
    assert dyed[suit][..., 2].mean() > dyed[suit][..., 0].mean() + 40
    assert np.abs(dyed[face].astype(int) - photo[face]).mean() < 14


def test_transparency_is_kept(tmp_path: Path) -> None:
    photo = np.dstack([portrait(64), np.zeros((64, 64), np.uint8)])
    photo[16:48, 8:24, 3] = 255
    changed = after(tmp_path, photo, "rotate right and make it brighter")
    assert changed.shape == (64, 64, 4)
    assert np.array_equal(changed[..., 3], np.rot90(photo[..., 3], -1))


def test_a_camera_on_its_side_is_set_upright(tmp_path: Path) -> None:
    path = tmp_path / "side.jpg"
    image = Image.fromarray(still_life(120))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(path, exif=exif)
    output = edited(tmp_path, str(path), "brighter")
    assert (output.width, output.height) == (80, 120)


def test_the_same_words_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (edited(tmp_path / name, portrait(96), "film grain, vintage", seed=seed).main.read_bytes()
                           for name, seed in (("a", 4), ("b", 4), ("c", 5)))  # fmt: skip
    assert first == again != other


@pytest.mark.slow
def test_odd_pictures_come_through(tmp_path: Path) -> None:
    words = (
        "brighter, sharpen, denoise, vignette, film grain, blur, glow, fog, hdr, enhance it, crop to square, "
        "rotate 10 degrees, "
        'text "x", cartoon, mosaic, add snow, remove the background, replace the sky with stars, straighten'
    )
    for at, shape in enumerate(((1, 1), (1, 40), (40, 1), (2, 3), (17, 16))):
        output = edited(tmp_path / str(at), np.full((*shape, 3), 120, np.uint8), words)
        assert output.width
        assert output.height
        assert "brighter" in str(output.extra["applied"])


def test_refusals_name_the_field(tmp_path: Path) -> None:
    text = tmp_path / "text.png"
    text.write_text("this is no picture")
    with pytest.raises(RenderRefusedError) as refused:
        edited(tmp_path, str(text), "brighter")
    assert refused.value.field_name == "image_url"
    with pytest.raises(RenderRefusedError, match="fetched") as refused:
        run(render_edit, "cannon:image.edit", tmp_path, {}, {"prompt": "brighter", "image_url": URL})
    assert refused.value.field_name == "image_url"


def test_a_cancel_leaves_no_picture(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        edited(tmp_path, portrait(64), "brighter")
    assert not (tmp_path / "image.png").exists()
