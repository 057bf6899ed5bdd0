"""The arithmetic of the grid, held by properties: cells never overlap, and what is under a point is what was put there."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.gallery.layout import GridLayout, Metrics
from studio.ui.gallery.selection import Selection

layouts = st.builds(GridLayout, st.integers(100, 2600), st.lists(st.integers(1, 60), min_size=1, max_size=12))


@given(layouts, st.data())
def test_a_point_inside_a_cell_finds_that_cell(layout: GridLayout, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, layout.count - 1))
    box = layout.box(index)
    for x, y in ((box.x, box.y), (box.x + box.width - 1, box.y + box.height - 1)):
        assert layout.index_at(x, y) == index
    assert layout.index_at(box.x - 1, box.y) is None
    assert layout.index_at(box.x, box.y + box.height) is None


@given(layouts, st.integers(0, 5000), st.integers(1, 1200))
def test_visible_says_exactly_the_cells_that_touch_the_pixels(layout: GridLayout, top: int, height: int) -> None:
    bottom = top + height
    said = {index for _, first, end in layout.visible(top, bottom) for index in range(first, end)}
    touching = set()
    for index in range(layout.count):
        box = layout.box(index)
        if box.y < bottom and box.y + box.height > top:
            touching.add(index)
    assert touching <= said
    for index in said - touching:  # only rows whose gap is in sight
        box = layout.box(index)
        assert box.y < bottom
        assert box.y + layout.pitch > top


@pytest.mark.slow
@given(layouts)
def test_columns_are_even_and_end_at_the_margin(layout: GridLayout) -> None:
    m = layout.metrics
    lefts = [layout.column_x(column) for column in range(layout.columns)]
    gaps = {right - left - layout.cell_width for left, right in pairwise(lefts)}
    assert all(m.gap <= gap <= m.gap + 1 for gap in gaps)
    assert layout.cell_width >= m.cell


@pytest.mark.slow
@given(layouts, st.data())
def test_a_step_down_and_up_again_stays_in_the_column(layout: GridLayout, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, layout.count - 1))
    below = layout.stepped(index, 1)
    assert layout.box(below).y >= layout.box(index).y
    assert layout.box(below).x <= layout.box(index).x
    above = layout.stepped(index, -1)
    assert layout.box(above).y <= layout.box(index).y


def test_steps_go_over_headings() -> None:
    layout = GridLayout(2 * 148 + 10 + 32, [3, 4], Metrics())
    assert layout.columns == 2
    assert [layout.stepped(n, 1) for n in range(7)] == [2, 2, 3, 5, 6, 5, 6]
    assert [layout.stepped(n, -1) for n in range(7)] == [0, 1, 0, 2, 2, 3, 4]
    assert layout.stepped(0, 100) == 5
    assert layout.stepped(6, -100) == 1


def test_a_million_cells_cost_no_more_than_ten() -> None:
    layout = GridLayout(1280, [250] * 4000)
    assert layout.count == 1_000_000
    spans = list(layout.visible(layout.height // 2, layout.height // 2 + 800))
    assert sum(end - first for _, first, end in spans) < 80


def test_the_neighbour_takes_over_when_the_current_one_goes() -> None:
    selection = Selection()
    selection.only("a")
    selection.forget(["a"], "b")
    assert selection.current == "b"
    assert selection.ids == {"b"}
    selection.forget(["x"], "c")
    assert selection.current == "b"


def test_ranges_start_at_the_anchor() -> None:
    order = list("abcdef")

    def between(one: str, other: str) -> list[str]:
        first, last = sorted((order.index(one), order.index(other)))
        return order[first : last + 1]

    selection = Selection()
    selection.only("b")
    selection.extend("d", between)
    assert selection.ids == set("bcd")
    selection.extend("a", between)
    assert selection.ids == set("ab")
    selection.toggle("f")
    assert selection.ids == set("abf")
    selection.keep("af".__contains__)
    assert selection.ids == set("af")
