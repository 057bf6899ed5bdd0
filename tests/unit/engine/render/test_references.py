"""Reference pictures: palette, composition and subject come over, as far as the balance says; what cannot is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data as skimage_data

from studio.engine.render.cutout import find_faces
from studio.engine.render.image import render_image
from studio.engine.render.reference import Change, Palette, Reference, follow, in_rgb, joined
from studio.engine.render.references.composition import best_window, likeness
from studio.engine.render.references.given import given_references
from studio.engine.render.references.subjects import is_asked
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.engine.render.video import render_video
from tests.unit.engine.render.footage import pictures
from tests.unit.engine.render.photos import portrait, saved

data: Any = skimage_data
Rgb = NDArray[np.uint8]


@pytest.fixture
def media(tmp_path: Path) -> dict[str, str]:
    return {"face": saved(tmp_path, portrait(256), "face.png"), "cup": saved(tmp_path, shrunk(data.coffee()), "cup.png"),
            "rocket": saved(tmp_path, shrunk(data.rocket()), "rocket.png")}


def shrunk(picture: Rgb) -> Rgb:
    return np.asarray(cv2.resize(picture[..., :3], (240, 160), interpolation=cv2.INTER_AREA), np.uint8)


def drawn(folder: Path, media: dict[str, str], prompt: str, *names: str, size: str = "144p", canvas: bool = False,
          **more: object) -> tuple[Rgb, RenderOutput]:
    field = "reference_images" if canvas else "reference_image_urls"
    values = {"prompt": prompt, "seed": 3, "resolution": size, "aspect_ratio": "16:9",
              **({field: list(names)} if names else {}), **more}
    operation = "canvas:image.generate" if canvas else "cannon:image.generate"
    output = render_image(RenderTask(operation, values, media, str(folder)), RenderControl(folder))
    with Image.open(output.main) as image:
        return np.asarray(image.convert("RGB")), output


def apart(picture: Rgb, *references: Rgb) -> float:
    """How far a picture's palette is from that of references."""
    return Palette.of([picture]).unlike(joined([Palette.of([one]) for one in references]))


@pytest.mark.slow
def test_the_palette_comes_nearer_with_the_balance(tmp_path: Path, media: dict[str, str]) -> None:
    cup = shrunk(data.coffee())
    found = [apart(drawn(tmp_path, media, "mountain lake at noon", "cup", reference_prompt_balance=balance)[0], cup)
             for balance in (0.0, 0.15, 0.3, 0.45, 0.6, 0.74)]
    assert all(later < earlier - 0.5 for earlier, later in pairwise(found)), found
    assert found[-1] < 0.5 * found[0]


def test_the_composition_comes_nearer_with_the_balance() -> None:
    scene = np.asarray(cv2.resize(data.rocket()[..., :3], (256, 170)), np.uint8)
    wanted = Reference.of(np.ascontiguousarray(scene[20:, ::-1][:, :200]))  # turned round, cut otherwise
    windows = [best_window(scene, 0.1, [wanted], weight) for weight in (0.0, 0.2, 0.4, 0.7, 1.0)]
    alike = [window.likeness for window in windows]
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(alike))
    assert alike[-1] > alike[0] + 0.15
    assert not windows[0].mirrored
    assert (windows[0].left, windows[0].width) == pytest.approx((0.1, 0.8))
    assert windows[-1].mirrored


@pytest.mark.slow
def test_the_drawn_picture_is_composed_more_like_its_reference(tmp_path: Path, media: dict[str, str]) -> None:
    reference = [Reference.of(shrunk(data.rocket()))]
    plain, _ = drawn(tmp_path, media, "mountain lake at noon")
    led, output = drawn(tmp_path, media, "mountain lake at noon", "rocket", reference_prompt_balance=0.7)
    assert likeness(led, reference) > likeness(plain, reference) + 0.1
    told = output.extra["references"]
    assert isinstance(told, dict)
    assert told["taken"] == ["palette", "composition"]
    assert -1 <= told["composed_like"] <= 1


@pytest.mark.slow
def test_nothing_is_taken_at_balance_nought(tmp_path: Path, media: dict[str, str]) -> None:
    plain, _ = drawn(tmp_path, media, "a woman on a beach")
    same, output = drawn(tmp_path, media, "a woman on a beach", "face", "cup", reference_prompt_balance=0.0)
    assert np.array_equal(plain, same)
    assert output.extra["references"] == {"followed": 2, "balance": 0.0, "taken": []}


@pytest.mark.slow
@pytest.mark.parametrize(("prompt", "balance", "comes"), [
    ("a woman on a beach at noon", 0.6, True), ("a woman on a beach at noon", 0.1, False),
    ("a beach at noon", 0.6, False), ("a beach at noon", 0.9, True), ("this woman on a beach at noon", 0.1, True),
])
def test_the_subject_comes_when_the_prompt_or_the_balance_says_so(tmp_path: Path, media: dict[str, str], prompt: str,
                                                                 balance: float, comes: bool) -> None:
    picture, output = drawn(tmp_path, media, prompt, "face", size="360p", reference_prompt_balance=balance)
    told = output.extra["references"]
    assert isinstance(told, dict)
    assert ("subject" in told["taken"]) == comes
    assert bool(find_faces(picture)) == comes
    if comes:
        assert told["subjects"][0]["kind"] == "person"


@pytest.mark.slow
def test_a_subject_keeps_its_colours_and_its_likeness(tmp_path: Path, media: dict[str, str]) -> None:
    picture, _ = drawn(tmp_path, media, "this woman on a beach at noon", "face", size="360p")
    face = find_faces(picture)[0].pixels(*picture.shape[:2])
    own = find_faces(portrait(256))[0].pixels(256, 256)
    here, there = picture[face[1] : face[3], face[0] : face[2]], portrait(256)[own[1] : own[3], own[0] : own[2]]
    assert Palette.of([here]).unlike(Palette.of([there])) < 22
    size = (48, 48)
    one, other = (cv2.cvtColor(cv2.resize(part, size), cv2.COLOR_RGB2GRAY).astype(float).ravel() for part in (here, there))
    assert np.corrcoef(one, other)[0, 1] > 0.8


@pytest.mark.slow
def test_several_references_count_alike_and_up_to_the_allowed_number(tmp_path: Path, media: dict[str, str]) -> None:
    both, output = drawn(tmp_path, media, "sea at noon", "cup", "rocket", reference_prompt_balance=0.7)
    cup, rocket = shrunk(data.coffee()), shrunk(data.rocket())
    one, _ = drawn(tmp_path, media, "sea at noon", "cup", reference_prompt_balance=0.7)
    assert apart(both, cup, rocket) < apart(one, cup, rocket)
    told = output.extra["references"]
    assert isinstance(told, dict)
    assert told["followed"] == 2
    _, nine = drawn(tmp_path, media, "sea at noon", *["cup", "rocket", "face"] * 3)
    assert isinstance(nine.extra["references"], dict)
    assert nine.extra["references"]["followed"] == 9
    for canvas, most in ((False, 9), (True, 3)):
        with pytest.raises(RenderRefusedError, match=f"At most {most}") as refused:
            drawn(tmp_path, media, "sea", *["cup"] * (most + 1), canvas=canvas)
        assert refused.value.field_name == ("reference_images" if canvas else "reference_image_urls")
    drawn(tmp_path, media, "sea", *["cup"] * 3, canvas=True)


@pytest.mark.slow
def test_odd_pictures_are_followed_too(tmp_path: Path) -> None:
    odd = {"dot": Image.new("RGB", (1, 1), (200, 30, 30)), "grey": Image.new("L", (50, 30), 90),
           "clear": Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "thin": Image.new("RGB", (600, 9), (10, 90, 200))}
    media = {}
    for name, image in odd.items():
        media[name] = str(tmp_path / f"{name}.png")
        image.save(media[name])
    for name in odd:
        drawn(tmp_path, media, "sea", name, reference_prompt_balance=1.0)
    task = RenderTask("cannon:image.generate", {"reference_image_urls": ["clear"]}, media, str(tmp_path))
    assert (given_references(task, "reference_image_urls", RenderControl(tmp_path))[0].rgb == 255).all()


def test_a_change_of_colours_can_be_undone() -> None:
    own, goal = Palette.of([shrunk(data.coffee())]), Palette.of([portrait(128)])
    change = Change.between(own, goal, 0.6)
    middle = np.full((4, 4, 3), (120, 100, 110), np.uint8)
    there = in_rgb(middle, change.made)
    assert not np.allclose(there, middle, atol=6)
    assert np.allclose(in_rgb(there, change.unmade), middle, atol=3)
    assert own.unlike(own) == pytest.approx(0, abs=1e-3)
    assert np.array_equal(follow(middle, [], 0.0), middle)


@pytest.mark.parametrize(("prompt", "asked"), [
    ("the person from the reference in a park", True), ("this bottle on a table", True), ("my dog at the beach", True),
    ("the woman in the photo walks", True), ("put image 1 on a beach", True), ("the same woman in Paris", True),
    ("a dog at the beach", False), ("this is a beach", False), ("my favourite place", False), ("a photo of a lake", False),
])
def test_which_prompts_speak_of_the_references(prompt: str, asked: bool) -> None:
    assert is_asked(prompt) == asked


def filmed(folder: Path, media: dict[str, str], **values: object) -> tuple[list[Rgb], dict[str, object]]:
    given = {"prompt": "mountain lake at noon, static", "duration": 1, "resolution": "144p", "seed": 3, **values}
    output = render_video(RenderTask("cannon:video.generate", given, media, str(folder)), RenderControl(folder))
    return pictures(output.main), dict(output.extra)


@pytest.mark.slow
def test_a_film_takes_the_palette(tmp_path: Path, media: dict[str, str]) -> None:
    cup = shrunk(data.coffee())
    plain, _ = filmed(tmp_path, media)
    led, extra = filmed(tmp_path, media, reference_image_urls=["cup"])
    for at in (0, 12, 23):
        assert apart(led[at], cup) < 0.75 * apart(plain[at], cup)
    assert extra["references"] == {"followed": 1, "taken": ["palette"], "subjects": [], "notes": []}


@pytest.mark.slow
def test_a_film_takes_the_subject(tmp_path: Path, media: dict[str, str]) -> None:
    seen, extra = filmed(tmp_path, media, prompt="a woman in a meadow at noon, truck right", resolution="360p",
                         reference_image_urls=["face"])
    told = extra["references"]
    assert isinstance(told, dict)
    assert told["taken"] == ["palette", "subject"]
    faces = [find_faces(seen[at]) for at in (0, 12, 23)]
    assert all(faces), "she is there all the time"
    assert faces[0][0].left > faces[2][0].left + 0.005, "and goes by as the camera moves right"


@pytest.mark.slow
def test_a_start_picture_is_met_and_coloured_on_the_way(tmp_path: Path, media: dict[str, str]) -> None:
    cup = shrunk(data.coffee())
    alone, _ = filmed(tmp_path, media, image_url="rocket")
    led, _ = filmed(tmp_path, media, image_url="rocket", reference_image_urls=["cup"])
    assert float(np.abs(alone[0].astype(int) - led[0]).mean()) < 2
    assert apart(led[23], cup) < apart(alone[23], cup) - 5


def test_references_between_two_pictures_are_refused(tmp_path: Path, media: dict[str, str]) -> None:
    with pytest.raises(RenderRefusedError, match="nothing that references could change") as refused:
        filmed(tmp_path, media, image_url="rocket", end_image_url="cup", reference_image_urls=["face"])
    assert refused.value.field_name == "reference_image_urls"
