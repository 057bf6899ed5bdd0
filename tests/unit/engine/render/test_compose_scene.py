"""scene.compose: subjects found, placed, lit and told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.contracts.canvas.scene import SCENES
from studio.engine.render import compose_scene
from studio.engine.render.compose_scene import render_scene
from studio.engine.render.composite.staging import Ground, place
from studio.engine.render.composite.wishes import Wish, across, read_wishes
from studio.engine.render.cutout import Cutout, cut_out, find_faces
from studio.engine.render.harmony import harmonized, lab_of
from studio.engine.render.sizes import short_side_size
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError
from tests.unit.engine.render.photos import Bytes, pixels, portrait, run, saved, still_life

PLACES_OF_PRESETS = {
    "beach": "sea",
    "city": "street",
    "forest": "forest",
    "mountains": "mountain",
    "studio": "studio",
    "park": "meadow",
    "desert": "desert",
    "living room": "room",
    "night sky": "meadow",
    "snow": "snowfield",
}
WOMAN, CUP, BALL = "https://engine.test/woman", "https://engine.test/cup", "https://engine.test/ball"


def ball(alpha: bool = True) -> Bytes:
    """A green ball, cut out already or before a plain wall."""
    y, x = np.mgrid[-1:1:120j, -1:1:120j]
    inside = np.hypot(x, y) < 0.7
    colour = np.where(inside[..., None], np.array([40, 190, 60]), np.array([225, 220, 215])).astype(np.uint8)
    return np.dstack([colour, np.where(inside, 255, 0).astype(np.uint8)]) if alpha else colour


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The right shape at a third of the size, so that the scenes are drawn quickly."""
    real = short_side_size

    def third(*words: str) -> tuple[int, int]:
        width, height = real(*words)
        return width // 6 * 2, height // 6 * 2

    monkeypatch.setattr(compose_scene, "short_side_size", third)


def composed(folder: Path, *urls: str, **given: object) -> RenderOutput:
    photos = {WOMAN: portrait(), CUP: still_life(), BALL: ball()}
    media = {url: saved(folder, photos[url], f"{url[-4:]}.png") for url in urls}
    return run(render_scene, "canvas:scene.compose", folder, media, {"images": list(urls), "resolution": "720p", **given})


def greenness(picture: Bytes) -> tuple[float, float]:
    """(share of pixels that are the ball's, the middle of their x as a share)."""
    values = picture.astype(int)
    own = (values[..., 1] > values[..., 0] + 50) & (values[..., 1] > values[..., 2] + 40)
    columns = np.flatnonzero(own.any(axis=0))
    return float(own.mean()), float(columns.mean() / picture.shape[1]) if columns.size else -1.0


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_two_subjects_stand_before_a_backdrop_in_their_order(tmp_path: Path) -> None:
    output = composed(tmp_path, WOMAN, BALL, seed=1)
    picture = pixels(output)
    assert picture.shape == (240, 426, 3)
    share, x = greenness(picture)
    assert 0.01 < share < 0.2
    assert x > 0.55
    faces = find_faces(picture)
    assert faces
    assert faces[0].left < 0.5
    told = output.extra["subjects"]
    assert told == [
        {"picture": 1, "kind": "person", "found_by": "face", "side": "left", "place": "cut by the frame"},
        {"picture": 2, "kind": "object", "found_by": "alpha", "side": "right", "place": "standing"},
    ]
    assert output.extra["scene"] == {"place": "studio"}


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_words_place_the_subjects(tmp_path: Path) -> None:
    output = composed(tmp_path, WOMAN, BALL, scene="plain studio, the ball left in front", seed=1)
    assert greenness(pixels(output))[1] < 0.45
    subjects = output.extra["subjects"]
    assert isinstance(subjects, list)
    assert [one["side"] for one in subjects] == ["right", "left"]
    assert subjects[1]["place"] == "in front"


@pytest.mark.slow
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("scene", SCENES)
def test_every_preset_gives_a_place_with_the_subjects_in_it(tmp_path: Path, scene: str) -> None:
    output = composed(tmp_path, WOMAN, BALL, scene=scene, seed=2)
    picture = pixels(output)
    assert picture[:80].std() > 1
    assert find_faces(picture)
    told = output.extra["scene"]
    assert isinstance(told, dict)
    assert told["place"] == PLACES_OF_PRESETS[scene]


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_three_subjects_fit_and_none_is_lost(tmp_path: Path) -> None:
    output = composed(tmp_path, CUP, WOMAN, BALL, scene="a park on a sunny day", seed=3)
    subjects = output.extra["subjects"]
    assert isinstance(subjects, list)
    assert [one["side"] for one in subjects] == ["left", "middle", "right"]
    assert find_faces(pixels(output))


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_standing_thing_throws_a_shadow(tmp_path: Path) -> None:
    with_ball = pixels(composed(tmp_path / "a", BALL, BALL.replace("ball", "cup"), seed=1)).astype(int)
    ground = with_ball[222:236]
    assert ground.min(axis=2).min() < ground.mean() - 25, "a dark place under it"


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (
        composed(tmp_path / str(at), WOMAN, BALL, scene="beach", seed=seed).main.read_bytes()
        for at, seed in enumerate((5, 5, 6))
    )
    assert first == again != other


def test_refusals_name_the_field(tmp_path: Path) -> None:
    text = tmp_path / "text.png"
    text.write_text("no picture")
    flat = saved(tmp_path, np.full((60, 60, 3), 128, np.uint8), "flat.png")
    good = saved(tmp_path, ball(), "ball.png")
    for media, words in (
        ({WOMAN: str(text), BALL: good}, "Picture 1"),
        ({WOMAN: good, BALL: flat}, "In picture 2 no subject"),
        ({WOMAN: good}, "Picture 2 has not been fetched"),
    ):
        with pytest.raises(RenderRefusedError, match=words) as refused:
            run(render_scene, "canvas:scene.compose", tmp_path, media, {"images": [WOMAN, BALL]})
        assert refused.value.field_name == "images"
    with pytest.raises(RenderRefusedError) as refused:
        run(render_scene, "canvas:scene.compose", tmp_path, {WOMAN: good}, {"images": [WOMAN]})
    assert refused.value.field_name == "images"
    with pytest.raises(RenderRefusedError) as refused:
        composed(tmp_path, WOMAN, BALL, resolution="huge")
    assert refused.value.field_name == "resolution"


def test_a_cancel_leaves_no_picture(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        composed(tmp_path, WOMAN, BALL)
    assert not (tmp_path / "image.png").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the dog left, she sits in front", (Wish("", 1), Wish("left"))),
        ("a beach, the woman on the right", (Wish("right"), Wish())),
        ("second picture behind", (Wish(), Wish("", -1))),
        ("on the left side of the river", (Wish(), Wish())),
    ],
)
def test_wishes(words: str, expected: tuple[Wish, ...]) -> None:
    assert read_wishes(words, ["person", "object"])[0] == expected


def test_order_from_left_to_right() -> None:
    assert across((Wish(), Wish(), Wish())) == (0, 1, 2)
    assert across((Wish("right"), Wish(), Wish("left"))) == (2, 1, 0)
    assert across((Wish(), Wish("left"))) == (1, 0)


def shape(height: int, width: int, *, cut: bool = False) -> Cutout:
    alpha = np.zeros((100, 100), np.float32)
    alpha[100 - height - (0 if cut else 5) : 100 if cut else 95, 50 - width // 2 : 50 + width // 2] = 1
    return Cutout(alpha, np.zeros((100, 100, 3), np.uint8), (), "alpha")


def test_places_are_in_the_frame_and_in_perspective() -> None:
    ground = Ground(0.5, 0.9, 0.3)
    assert ground.person_at(0.9) == pytest.approx(0.3)
    assert ground.person_at(0.7) == pytest.approx(0.15)
    assert ground.foot_of(0.15) == pytest.approx(0.7)
    placed = place([shape(60, 30), shape(60, 30, cut=True)], [Wish(), Wish()], ground, 1600, 900)
    standing, bust = sorted(placed, key=lambda one: one.number)
    assert standing.grounded
    assert standing.top + standing.height < 900
    assert not bust.grounded
    assert bust.top + bust.height >= 900
    for one in placed:
        assert one.left > -100
        assert one.left + one.width < 1700
    behind = place([shape(60, 30), shape(60, 30)], [Wish(), Wish("", -1)], ground, 1600, 900)
    assert behind[0].number == 1, "drawn first"
    assert behind[0].height < behind[1].height


def test_harmony_is_gentle_and_goes_the_right_way() -> None:
    photo, alpha = portrait(), np.ones((256, 256), np.float32)
    night = np.full((64, 64, 3), (10, 14, 40), np.uint8)
    lit = harmonized(photo, alpha, night)
    before, now = lab_of(photo).reshape(-1, 3).mean(0), lab_of(lit).reshape(-1, 3).mean(0)
    assert -35 < now[0] - before[0] < -8
    assert -14 < now[2] - before[2] < -2
    same = harmonized(photo, alpha, photo)
    assert np.abs(same.astype(int) - photo).mean() < 6


def test_a_plain_wall_is_cut_away_and_nothing_is_found_in_nothing() -> None:
    found = cut_out(ball(alpha=False))
    assert found is not None
    truth = ball()[..., 3] > 127
    own = found.alpha > 0.5
    assert (truth & own).sum() / (truth | own).sum() > 0.95
    assert cut_out(np.full((80, 80, 3), 90, np.uint8)) is None
    assert cut_out(np.zeros((1, 1, 3), np.uint8)) is None


def test_colours_of_the_old_background_do_not_come_along() -> None:
    found = cut_out(ball(alpha=False))
    assert found is not None
    seam = (found.alpha > 0.15) & (found.alpha < 0.85)
    assert seam.any()
    assert float(found.colours[seam][:, 0].mean()) < 120, "nearer to the ball's red (40) than to the wall's (225)"
