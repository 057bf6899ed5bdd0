"""The board's document: placing, stacking, limits, keeping, undo."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import InputError
from studio.domain.scene_board import (
    MOST_LAYERS,
    RATIOS,
    History,
    Layer,
    SceneBoard,
    Stroke,
    frame_size,
    placed_at_first,
    turned,
)
from studio.domain.scene_board_file import as_object, of_object
from studio.domain.scene_geometry import box_of

A, B, C, D = (f"file:///inputs/{name}.jpg" for name in "abcd")


def board(*uris: str, size: tuple[int, int] = (900, 1200)) -> SceneBoard:
    answer = SceneBoard().with_images([(uri, uri[-5:]) for uri in uris])
    for uri in uris:
        answer = answer.sized(uri, *size)
    return answer


@pytest.mark.parametrize(("ratio", "size"), [("16:9", (1920, 1080)), ("9:16", (1080, 1920)), ("1:1", (1080, 1080))])
def test_the_frame_s_short_side_is_1080(ratio: str, size: tuple[int, int]) -> None:
    assert frame_size(ratio) == size


def test_an_unknown_ratio_counts_as_wide() -> None:
    assert frame_size("7:0") == (1920, 1080)


def test_new_photos_stand_from_left_to_right_within_the_frame() -> None:
    layers = board(A, B).layers
    assert [layer.uri for layer in layers] == [A, B]
    assert layers[0].x < layers[1].x
    for layer in layers:
        box = box_of(layer)
        assert box.left >= 0
        assert box.right <= 1920
        assert box.top >= 0
        assert box.bottom <= 1080


def test_photos_that_come_in_another_order_stand_in_their_own() -> None:
    first = board(B)
    both = first.with_images([(A, "a"), (B, "b")])
    assert [layer.x for layer in both.layers] == [layer.x for layer in board(A, B).layers]


def test_what_was_moved_stays_when_another_photo_comes() -> None:
    there = board(A)
    moved = there.changed(there.layers[0].id, lambda layer: replace(layer, x=1300.0))
    both = moved.with_images([(A, "a"), (B, "b")])
    assert both.layers[0].x == 1300.0
    assert abs(both.layers[1].x - 1300.0) > 300


def test_what_was_taken_off_comes_back_as_it_was() -> None:
    there = board(A, B)
    moved = there.changed(there.layers[0].id, lambda layer: replace(layer, x=1300.0, rotation=12))
    alone = moved.with_images([(B, "b")])
    again = alone.with_images([(A, "a"), (B, "b")], gone=[moved.layers[0]])
    assert again.layers[0] == moved.layers[0]
    assert alone.with_images([(B, "b")], gone=[moved.layers[0]]) is alone


def test_the_same_photo_twice_is_two_layers() -> None:
    twice = SceneBoard().with_images([(A, "a"), (A, "a")])
    assert twice.images() == [A, A]
    assert len({layer.id for layer in twice.layers}) == 2
    assert twice.with_images([(A, "a"), (A, "a")]) is twice


def test_no_more_than_three() -> None:
    assert board(A, B, C, D).images() == [A, B, C]
    assert MOST_LAYERS == 3


def test_a_size_that_becomes_known_moves_only_what_nobody_moved() -> None:
    fresh = SceneBoard().with_images([(A, "a")])
    assert fresh.sized(A, 1600, 900).layers[0].size[0] > 800
    moved = fresh.changed(fresh.layers[0].id, lambda layer: replace(layer, x=700.0, rotation=5))
    known = moved.sized(A, 1600, 900).layers[0]
    assert (known.x, known.rotation) == (700.0, 5)
    assert known.size[1] == pytest.approx(moved.layers[0].size[1])
    assert known.width == 1600


def test_stacking_goes_as_far_as_it_goes() -> None:
    there = board(A, B, C)
    last = there.layers[2].id
    assert there.restacked(last, 1).images() == [A, C, B]
    assert there.restacked(last, 9).images() == [C, A, B]
    assert there.restacked(last, -1) is there
    assert there.restacked("nobody", 1) is there
    assert there.without(last).images() == [A, B]


def test_another_frame_keeps_the_shares() -> None:
    there = board(A, B)
    tall = there.in_ratio("9:16")
    for before, after in zip(there.layers, tall.layers, strict=True):
        assert after.x / 1080 == pytest.approx(before.x / 1920)
        assert after.y / 1920 == pytest.approx(before.y / 1080)
        assert after.scale == before.scale
    assert there.in_ratio("5:4") is there


@given(x=st.floats(-1e6, 1e6), y=st.floats(-1e6, 1e6), scale=st.floats(1e-6, 1e6), rotation=st.floats(-1e4, 1e4))
def test_a_photo_can_always_be_grasped(x: float, y: float, scale: float, rotation: float) -> None:
    there = board(A)
    layer = there.changed(there.layers[0].id, lambda one: replace(one, x=x, y=y, scale=scale, rotation=rotation)).layers[0]
    assert 0 <= layer.x <= 1920
    assert 0 <= layer.y <= 1080
    assert min(layer.size) >= 20
    assert max(layer.size) <= 4 * 1920 + 1
    assert -180 < layer.rotation <= 180


def test_angles() -> None:
    assert [turned(angle) for angle in (0, 180, -180, 190, -190, 720)] == [0, 180, 180, -170, 170, 0]


# undo


def test_undo_and_redo() -> None:
    one, two, three = SceneBoard(), board(A), board(A, B)
    history = History(one).pushed(two).pushed(three)
    assert history.undone().now == two
    assert history.undone().undone().now == one
    assert history.undone().undone().undone().now == one
    assert history.undone().redone().now == three
    assert history.redone() is history
    assert history.undone().pushed(replace(two, scene="beach")).redone().now.scene == "beach"


def test_steps_of_a_group_are_one_until_it_is_closed() -> None:
    history = History(SceneBoard())
    for scene in ("a", "ab", "abc"):
        history = history.pushed(SceneBoard(scene=scene), "typing")
    history = history.closed().pushed(SceneBoard(scene="abcd"), "typing")
    assert history.undone().now.scene == "abc"
    assert history.undone().undone().now.scene == ""


def test_nothing_changed_is_no_step() -> None:
    history = History(board(A))
    assert history.pushed(history.now) is history


@pytest.mark.slow
@given(st.lists(st.sampled_from(["push", "undo", "redo"]), max_size=60))
def test_undoing_all_leads_back_to_the_beginning(steps: list[str]) -> None:
    history = History(SceneBoard())
    for number, step in enumerate(steps):
        if step == "push":
            history = history.pushed(SceneBoard(scene=str(number)))
        else:
            history = history.undone() if step == "undo" else history.redone()
    while history.past:
        history = history.undone()
    assert history.now == SceneBoard()


# as a file

_FLOATS = st.floats(0, 1000, allow_nan=False).map(lambda value: round(value, 3))
_SHARES = st.floats(0, 1).map(lambda value: round(value, 5))
_POINTS = st.lists(st.tuples(_SHARES, _SHARES), min_size=1, max_size=5).map(tuple)
_STROKES = st.builds(Stroke, _POINTS, _SHARES, st.booleans())
_LAYERS = st.builds(
    Layer, st.sampled_from([A, B, "https://example.org/x.png"]), st.text(max_size=9), st.just(900), st.just(1200), _FLOATS,
    _FLOATS, st.floats(0.1, 2), st.floats(-179, 180), st.booleans(), st.booleans(),
    st.lists(_STROKES, max_size=3).map(tuple),
)


@pytest.mark.slow
@given(st.sampled_from(RATIOS), st.lists(_LAYERS, max_size=3), st.text(max_size=40), st.booleans())
def test_a_board_comes_back_from_its_file(ratio: str, layers: list[Layer], scene: str, says: bool) -> None:
    made = SceneBoard(ratio, tuple(layers), scene, says)
    for layer in layers:
        made = made.changed(layer.id, lambda one: one)
    assert of_object(json.loads(json.dumps(as_object(made)))) == made


def _broken(**changes: object) -> dict[str, object]:
    return {**as_object(board(A, B)), **changes}


@pytest.mark.parametrize(
    "kept",
    [
        None, [], {}, {"format": "something"}, _broken(version=99), _broken(version="1"), _broken(ratio="2:1"),
        _broken(layers=[{}]), _broken(layers="x"), _broken(layers=[{"uri": "javascript:1", "id": "a"}]), _broken(scene=5),
        _broken(layers=[{**as_object(board(A))["layers"][0], "x": float("nan")}]),  # type: ignore[index]
        _broken(layers=[{**as_object(board(A))["layers"][0], "strokes": [{"points": [[1]]}]}]),  # type: ignore[index]
        _broken(layers=[as_object(board(A))["layers"][0]] * 2),  # type: ignore[index]
    ],
)
def test_what_is_no_board_is_refused_in_words(kept: object) -> None:
    with pytest.raises(InputError) as told:
        of_object(kept)
    assert told.value.message


def test_a_file_with_wild_numbers_is_brought_within_limits() -> None:
    kept = as_object(board(A))
    kept["layers"][0]["scale"] = 90000.0  # type: ignore[index]
    layer = of_object(kept).layers[0]
    assert max(layer.size) <= 4 * 1920 + 1


def test_placed_at_first_uses_three_places() -> None:
    places = {round(placed_at_first(Layer(A, width=100, height=100), (1920, 1080), n).x) for n in range(6)}
    assert len(places) == 3
