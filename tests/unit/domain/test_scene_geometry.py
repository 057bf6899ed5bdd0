"""Boxes, hits, lining up, snapping, and the placement in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.scene_board import Layer, SceneBoard
from studio.domain.scene_geometry import (
    ALIGNMENTS,
    Box,
    Guide,
    aligned,
    box_of,
    contains,
    corners,
    from_frame,
    photo_point,
    snap,
    snapped_angle,
    to_frame,
)
from studio.domain.scene_words import placement_words, with_placement, without_placement

FRAME = (1920, 1080)
LAYER = Layer("file:///a.jpg", width=400, height=200, x=960, y=540, scale=1.0, id="a")


def test_the_box_of_a_turned_photo() -> None:
    assert box_of(LAYER) == Box(760, 440, 400, 200)
    box = box_of(replace(LAYER, rotation=90))
    assert (box.left, box.top, box.width, box.height) == pytest.approx((860, 340, 200, 400))
    assert corners(replace(LAYER, rotation=90))[0] == pytest.approx((1060, 340)), "its top left is at the top right"


@pytest.mark.slow
@given(st.floats(-180, 180), st.floats(-500, 500), st.floats(-500, 500))
def test_there_and_back(rotation: float, x: float, y: float) -> None:
    layer = replace(LAYER, rotation=rotation)
    assert from_frame(layer, *to_frame(layer, x, y)) == pytest.approx((x, y), abs=1e-6)


def test_what_a_point_hits() -> None:
    turned = replace(LAYER, rotation=90)
    assert contains(LAYER, 780, 540)
    assert not contains(turned, 780, 540)
    assert contains(turned, 960, 360)


def test_a_point_on_the_photo_knows_of_mirroring() -> None:
    assert photo_point(LAYER, 760, 440) == pytest.approx((0, 0))
    assert photo_point(LAYER, 1160, 640) == pytest.approx((1, 0.5))
    assert photo_point(replace(LAYER, mirrored=True), 760, 440) == pytest.approx((1, 0))


@pytest.mark.parametrize("rotation", [0, 30, 90])
@pytest.mark.parametrize("to", ALIGNMENTS)
def test_lining_up(to: str, rotation: float) -> None:
    box = box_of(aligned(replace(LAYER, x=300, y=200, rotation=rotation), to, FRAME))
    found = {
        "left": box.left, "centre": box.columns()[1] - 960, "right": box.right - 1920,
        "top": box.top, "middle": box.rows()[1] - 540, "bottom": box.bottom - 1080,
    }[to]
    assert found == pytest.approx(0, abs=1e-6)


def test_snapping_to_the_frame_s_middle_and_edges() -> None:
    found = snap(Box(765, 300, 400, 200), FRAME, [], 12)
    assert (found.dx, found.dy) == (-5, 0)
    assert found.guides == (Guide(True, 960.0),)
    found = snap(Box(6, 875, 400, 200), FRAME, [], 12)
    assert (found.dx, found.dy) == (-6, 5)
    assert set(found.guides) == {Guide(True, 0.0), Guide(False, 1080.0)}


def test_snapping_to_another_photo_and_to_nothing() -> None:
    other = Box(1000, 300, 200, 400)
    found = snap(Box(590, 305, 400, 200), FRAME, [other], 12)
    assert (found.dx, found.dy) == (10, -5)
    assert Guide(True, 1000.0) in found.guides
    assert Guide(False, 300.0) in found.guides
    assert snap(Box(100, 200, 333, 111), FRAME, [], 8) == snap(Box(100, 200, 333, 111), FRAME, [], 8)
    assert not snap(Box(100, 200, 333, 111), FRAME, [], 8).guides


@pytest.mark.slow
@given(st.floats(-500, 2500), st.floats(-500, 1500), st.floats(20, 900), st.floats(20, 900), st.floats(0, 30))
def test_a_snap_never_goes_further_than_its_reach(x: float, y: float, wide: float, high: float, reach: float) -> None:
    found = snap(Box(x, y, wide, high), FRAME, [Box(300, 300, 300, 300)], reach)
    assert abs(found.dx) <= reach
    assert abs(found.dy) <= reach
    moved = Box(x + found.dx, y + found.dy, wide, high)
    for guide in found.guides:
        assert min(abs(guide.at - at) for at in (moved.columns() if guide.upright else moved.rows())) < 0.51


def test_angles_snap() -> None:
    assert [snapped_angle(a) for a in (2, -2, 44, 88.5, 20)] == [0, 0, 45, 90, 20]


# in words


def board(*layers: Layer) -> SceneBoard:
    return SceneBoard(layers=layers)


LEFT = Layer("file:///a.jpg", width=300, height=900, x=400, y=600, id="a")
RIGHT = Layer("file:///b.jpg", width=300, height=600, x=1500, y=600, id="b")


def test_side_and_size() -> None:
    assert placement_words(board(LEFT, RIGHT)) == "the first large on the left; the second on the right"
    small = replace(RIGHT, scale=0.5, x=960, y=200)
    assert placement_words(board(LEFT, small)) == "the first large on the left; the second small in the middle at the top"
    assert placement_words(board()) == ""


def test_front_and_behind_where_they_overlap() -> None:
    close = replace(RIGHT, x=600)
    assert placement_words(board(LEFT, close)) == "the first large on the left in front; the second on the left behind"
    third = replace(RIGHT, id="c", x=700)
    words = placement_words(board(LEFT, close, third))
    assert words == "the first large on the left in front; the second on the left; the third on the left behind"


@pytest.mark.slow
@given(st.text(max_size=80).map(str.strip), st.floats(0, 1920), st.floats(0, 1080), st.floats(0.05, 2))
def test_the_person_s_words_come_back(scene: str, x: float, y: float, scale: float) -> None:
    there = board(LEFT, replace(RIGHT, x=x, y=y, scale=scale))
    sent = with_placement(scene, there)
    assert without_placement(sent) == scene
    if scene:
        assert sent.endswith(placement_words(there))
        assert with_placement(without_placement(sent), there) == sent
    else:
        assert sent == ""


def test_too_long_is_left_alone() -> None:
    assert with_placement("x" * 4990, board(LEFT, RIGHT)) == "x" * 4990


def test_the_local_engine_s_reader_understands_every_clause() -> None:
    from studio.engine.render.composite.wishes import Wish, read_wishes

    close = replace(RIGHT, x=1200, width=1800)
    sent = with_placement("two friends in a meadow", board(LEFT, close))
    assert sent.endswith("the first large on the left in front; the second on the right behind")
    wishes, understood = read_wishes(sent, ["person", "object"])
    assert wishes == (Wish("left", 1), Wish("right", -1))
    assert len(understood) == 2
