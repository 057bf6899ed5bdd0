"""Pictures laid on a picture: place, size, angle, mirroring, alpha, brush strokes."""

from __future__ import annotations

import numpy as np
import pytest

from studio.media.collage import Bytes, Line, Piece, covering, laid, refined

GROUND: Bytes = np.full((100, 200, 3), 40, np.uint8)


def sheet(rows: int = 40, columns: int = 60, *, alpha: int = 255) -> Bytes:
    """Red on the left half, blue on the right."""
    rgba = np.zeros((rows, columns, 4), np.uint8)
    rgba[:, : columns // 2, 0] = 255
    rgba[:, columns // 2 :, 2] = 255
    rgba[..., 3] = alpha
    return rgba


def colour(picture: Bytes, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in picture[y, x])


def test_a_piece_lies_where_it_is_put() -> None:
    picture = laid(GROUND, [Piece(sheet(), 100, 50, 60, 40)])
    assert colour(picture, 72, 50) == (255, 0, 0)
    assert colour(picture, 127, 50) == (0, 0, 255)
    assert colour(picture, 68, 50) == colour(picture, 132, 50) == (40, 40, 40)
    assert colour(picture, 100, 28) == (40, 40, 40)
    assert colour(picture, 90, 31) == (255, 0, 0)


def test_mirrored_and_smaller() -> None:
    picture = laid(GROUND, [Piece(sheet(), 100, 50, 30, 20, mirrored=True)])
    assert colour(picture, 90, 50) == (0, 0, 255)
    assert colour(picture, 110, 50) == (255, 0, 0)
    assert colour(picture, 80, 50) == (40, 40, 40)


def test_turned_clockwise() -> None:
    picture = laid(GROUND, [Piece(sheet(), 100, 50, 60, 40, rotation=90)])
    assert colour(picture, 100, 25) == (255, 0, 0), "what was left is on top"
    assert colour(picture, 100, 75) == (0, 0, 255)
    assert colour(picture, 75, 50) == (40, 40, 40)


def test_alpha_mixes_and_the_last_piece_is_on_top() -> None:
    picture = laid(GROUND, [Piece(sheet(), 100, 50, 60, 40), Piece(sheet(alpha=128), 130, 50, 60, 40)])
    red, _, blue = colour(picture, 115, 50)
    assert red == pytest.approx(128, abs=2)
    assert blue == pytest.approx(127, abs=2)
    assert colour(GROUND, 100, 50) == (40, 40, 40), "the ground itself stays"


def test_a_piece_beyond_the_edge_is_cut() -> None:
    picture = laid(GROUND, [Piece(sheet(), 0, 0, 60, 40)])
    assert picture.shape == GROUND.shape
    assert colour(picture, 5, 5) == (0, 0, 255)


def test_what_is_cut_away_does_not_bleed() -> None:
    rgba = np.zeros((40, 40, 4), np.uint8)
    rgba[..., 0] = 255  # red everywhere, shown nowhere but in a green middle
    rgba[10:30, 10:30] = (0, 255, 0, 255)
    picture = laid(GROUND, [Piece(rgba, 100, 50, 60, 60)])
    assert int(picture[..., 0].max()) <= 45


def test_the_ground_is_covered_without_distortion() -> None:
    wide = np.zeros((50, 200, 3), np.uint8)
    wide[:, 75:125] = 255
    square = covering(wide, 100, 100)
    assert square.shape == (100, 100, 3)
    assert int(square.mean()) > 240, "its middle fills the square"


def test_strokes_add_and_take_away_in_their_order() -> None:
    alpha = np.zeros((100, 200), np.uint8)
    across = ((0.1, 0.25), (0.9, 0.25))
    added = refined(alpha, [Line(across, 0.05, adds=True)])
    assert int(added[50, 100]) == 255
    assert int(added[20, 100]) == 0
    assert int(alpha.max()) == 0, "the given one stays"
    both = refined(alpha, [Line(across, 0.05, adds=True), Line(((0.5, 0.25),), 0.05, adds=False)])
    assert int(both[50, 100]) == 0
    assert int(both[50, 40]) == 255
