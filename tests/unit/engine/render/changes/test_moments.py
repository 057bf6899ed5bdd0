"""Pictures as planes: taken from other places of themselves as finely as by a cubic, blended, laid over."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from studio.engine.render.changes.flow import grid
from studio.engine.render.changes.moments import (
    Picture,
    Places,
    blended,
    gone_over,
    in_chroma,
    in_fine,
    lay_over,
    parts_below,
    picture_of,
    remapped,
    source_of,
)
from studio.engine.render.clip.reading import clip_of, planes_at, probe_input
from studio.media.colour import rgb_to_yuv420
from studio.media.encode import VideoWriter
from tests.unit.engine.render.changes.clips import panned
from tests.unit.engine.render.footage import write_clip

COLUMNS, ROWS = 160, 90


def picture() -> Picture:
    return picture_of(rgb_to_yuv420(panned(1)[0]))


def shifted(x: float, y: float) -> Places:
    """Everywhere by so many pixels."""
    at = grid(ROWS, COLUMNS) + np.array([x, y], np.float32)
    half = grid(ROWS // 2, COLUMNS // 2) * np.float32(2) + np.float32(0.5) + np.array([x, y], np.float32)
    return Places(in_fine(at), in_chroma(half))


def off(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one[4:-4, 4:-4].astype(int) - other[4:-4, 4:-4]).mean())


def test_nothing_moved_is_nothing_changed() -> None:
    whole = picture()
    same = remapped(source_of(whole), shifted(0, 0))
    assert off(same.luma, whole.luma) < 0.6
    assert off(same.chroma, whole.chroma) < 0.01
    assert [plane.shape for plane in same.planes] == [(90, 160), (45, 80), (45, 80)]


@pytest.mark.parametrize(("x", "y"), [(3.0, -2.0), (0.5, 0.5), (1.3, 0.0)])
def test_a_shift_is_as_fine_as_a_cubic_one(x: float, y: float) -> None:
    whole = picture()
    at = grid(ROWS, COLUMNS) + np.array([x, y], np.float32)
    best, plain = (cv2.remap(whole.luma, at, np.empty((0, 0), np.float32), way, borderMode=cv2.BORDER_REFLECT_101)
                   for way in (cv2.INTER_CUBIC, cv2.INTER_LINEAR))
    moved = remapped(source_of(whole), shifted(x, y)).luma
    assert off(moved, np.asarray(best)) < max(0.35 * off(np.asarray(plain), np.asarray(best)), 0.7)


def test_chroma_goes_where_luma_goes() -> None:
    luma = np.zeros((ROWS, COLUMNS), np.uint8)
    luma[40:50, 60:80] = 200
    moved = remapped(source_of(Picture(luma, np.dstack([luma[::2, ::2]] * 2))), shifted(-8, 4))
    for found, scale in ((moved.luma, 1), (moved.chroma[..., 1], 2)):
        rows, columns = np.nonzero(found > 100)
        assert columns.mean() * scale == pytest.approx(77.5, abs=1)
        assert rows.mean() * scale == pytest.approx(40.5, abs=1)


def test_laying_over_touches_its_part_alone() -> None:
    below, above = picture(), Picture(np.full((20, 30), 9, np.uint8), np.full((10, 15, 2), 7, np.uint8))
    before = below.luma.copy()
    lay_over(below, above, (40, 10, 70, 30), np.ones((20, 30), np.float32))
    assert (below.luma[10:30, 40:70] == 9).all()
    assert (below.chroma[5:15, 20:35] == 7).all()
    below.luma[10:30, 40:70] = before[10:30, 40:70]
    assert np.array_equal(below.luma, before)
    dark, bright = (Picture(np.full((4, 4), level, np.uint8), np.full((2, 2, 2), level, np.uint8)) for level in (0, 100))
    assert (blended(dark, bright, np.full((4, 4), 0.5, np.float32)).luma == 50).all()


def test_what_moves_is_seen_once_on_its_way() -> None:
    frames = panned(7, speed=1.0)
    first, middle, last = (picture_of(rgb_to_yuv420(frames[index])) for index in (0, 3, 6))
    way = gone_over(first, last, 0.5)
    mix = np.asarray(cv2.addWeighted(first.luma, 0.5, last.luma, 0.5, 0.0))
    assert off(way.luma, middle.luma) < 0.5 * off(mix, middle.luma)
    other = Picture(255 - first.luma, first.chroma)
    assert np.array_equal(gone_over(first, other, 0.5).luma, cv2.addWeighted(first.luma, 0.5, other.luma, 0.5, 0.0))


def test_rectangles_hold_all_that_lacks() -> None:
    share = np.ones((23, 40), np.float32)
    assert list(parts_below(share, 4, COLUMNS, ROWS)) == []
    share[3, 5], share[15:20, 30:] = 0.2, 0.9
    parts = list(parts_below(share, 4, COLUMNS, ROWS))
    assert all(value % 2 == 0 for part in parts for value in part)
    for row, column in np.argwhere(share < 0.98):
        assert any(left <= column * 4 and column * 4 + 4 <= right and top <= row * 4 and min(row * 4 + 4, ROWS) <= bottom
                   for left, top, right, bottom in parts)
    assert len(parts) == 3


def test_the_engines_own_files_come_out_as_they_are(tmp_path: Path) -> None:
    frames = panned(6)
    with VideoWriter(tmp_path / "own.mp4", COLUMNS, ROWS) as writer:
        for frame in frames:
            writer.write_rgb(frame)
    clip = clip_of(tmp_path / "own.mp4", "video", probe_input(tmp_path / "own.mp4", "video"))
    with av.open(str(clip.path)) as container:
        held = [np.asarray(frame.to_ndarray(), np.uint8) for frame in container.decode(video=0)]
    found = list(planes_at(clip, clip.fps))
    assert len(found) == len(held) == 6
    for planes, whole in zip(found, held, strict=True):
        assert np.array_equal(np.concatenate([plane.reshape(-1) for plane in planes]), whole.reshape(-1))


def test_other_files_are_brought_to_the_same_colours(tmp_path: Path) -> None:
    """Odd sides, and colours by another matrix."""
    frames = [np.full((91, 161, 3), (200, 60, 40), np.uint8)] * 3
    path = write_clip(tmp_path / "other.mp4", frames, pix_fmt="yuv444p")
    clip = clip_of(path, "video", probe_input(path, "video"))
    y, u, v = next(planes_at(clip, clip.fps))
    assert y.shape == (92, 162)
    assert u.shape == v.shape == (46, 81)
    expected = rgb_to_yuv420(np.full((2, 2, 3), (200, 60, 40), np.uint8))
    for plane, wanted in zip((y, u, v), expected, strict=True):
        assert float(plane.mean()) == pytest.approx(float(wanted.mean()), abs=2)
