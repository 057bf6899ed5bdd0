"""Sparse rows, marks and the long list, held against a plain list that knows everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.asset import Asset
from studio.domain.outline import MARK_EVERY, DayCount, Mark, Outline
from studio.ui.gallery.days import days_of, first_of
from studio.ui.gallery.long_list import LongList
from tests.ui.media_core import make_asset

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = 20


def assets(count: int) -> list[Asset]:
    """Newest first, some 40 a day."""
    return [make_asset(2 * n, at=BEGAN + timedelta(minutes=36 * n)) for n in range(count, 0, -1)]


def outline(truth: list[Asset]) -> Outline:
    marks = tuple(Mark(at, truth[at].id) for at in range(0, len(truth), MARK_EVERY))
    return Outline(len(truth), marks, tuple(DayCount(day.day, day.count) for day in days_of(truth)))


def page_at(truth: list[Asset], before: str | None, offset: int) -> list[Asset]:
    """What a store answers, also where `before` is in the trash: the numbers in the ids are in the order of time."""
    first = 0 if before is None else sum(asset.id >= before for asset in truth)
    return truth[first + offset : first + offset + PAGE]


def fetch(known: LongList, truth: list[Asset], position: int) -> None:
    start = known.missing(position, min(position + 5, known.total))
    if start is not None:
        page = page_at(truth, *known.start_before(start))
        known.put(start, page, full=len(page) == PAGE, wanted=(position, position + 5))


def agrees(known: LongList, truth: list[Asset]) -> None:
    assert known.total == len(truth)
    assert sum(day.count for day in known.days) == len(truth)
    for at in range(len(truth)):
        asset = known.rows.surely_at(at)
        if asset is not None:
            assert asset.id == truth[at].id
            assert known.rows.position(asset.id) == at
    assert sum(known.rows.at(at) is not None for at in range(len(truth))) == len(known.rows)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(260, 700), st.lists(st.tuples(st.sampled_from(["fetch", "new", "gone", "other"]), st.integers(0, 10_000)),
                                       max_size=15))
def test_whatever_comes_and_goes_each_row_stands_where_the_store_has_it(
    count: int, steps: list[tuple[str, int]]
) -> None:
    truth = assets(count)
    known = LongList(PAGE)
    known.replace(truth[:PAGE], whole=False)
    known.take(outline(truth))
    newest = 2 * count
    for what, number in steps:
        if what == "fetch":
            fetch(known, truth, number % len(truth))
        elif what == "new":
            newest += 1
            asset = make_asset(newest, at=BEGAN + timedelta(minutes=18 * newest))
            at = known.place_of(asset)
            assert at == 0
            truth.insert(0, asset)
            known.insert(0, asset)
        elif what == "gone":
            in_memory = [asset for span in known.rows.spans() if not span.doubted for asset in span.assets]
            asset = in_memory[number % len(in_memory)]
            truth.remove(asset)
            known.take_out([asset.id])
        else:  # another process: nothing is heard of it until the next outline
            del truth[number % len(truth)]
            known.take(outline(truth))
            known.rows.put(0, truth[:PAGE])
        agrees(known, truth)


@pytest.mark.slow
def test_memory_is_bounded_but_what_is_selected_stays() -> None:
    truth = assets(9000)
    known = LongList(200)
    known.replace(truth[:200], whole=False)
    known.take(outline(truth))
    known.rows.pinned = {truth[0].id}
    for start in range(200, 9000, 200):
        known.put(start, truth[start : start + 200], full=True, wanted=(start, start + 40))
    assert len(known.rows) <= 4200
    assert known.rows.position(truth[0].id) == 0
    assert known.rows.at(8900) == truth[8900]
    assert known.rows.at(2000) is None


def test_a_day_is_found_or_the_nearest_one_before_it() -> None:
    days = days_of(assets(120))
    assert first_of(days, days[1].day) == days[0].count
    assert first_of(days, days[-1].day - timedelta(days=3)) == 120
    assert first_of(days, days[0].day + timedelta(days=3)) == 0
