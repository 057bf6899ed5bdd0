"""Where each cell of the grid lies: pure arithmetic over day sections, the same cost at a hundred and at a million cells.

Nothing here knows Qt or assets. A section is a day with its number of cells; its cells follow one another in rows of equal
cells under a heading. Positions are in pixels from the top left of the whole content.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in pixels. `aspect` is width by height of a cell, `cell` the width it has at least. With a `row`, a line of so
    many pixels takes the whole width instead."""

    cell: int = 148
    aspect: float = 4 / 3
    gap: int = 10
    margin: int = 16
    header: int = 48
    after_section: int = 6
    row: int | None = None


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int


class Section(NamedTuple):
    """A day: the index of its first cell, how many cells, where its heading begins and how many rows of cells it has."""

    first: int
    cells: int
    top: int
    rows: int


class GridLayout:
    """Lays `counts` cells out in `width` pixels. Made anew when either changes: one step a section."""

    def __init__(self, width: int, counts: Sequence[int], metrics: Metrics | None = None) -> None:
        self.metrics = metrics or Metrics()
        m = self.metrics
        inner = max(m.cell, width - 2 * m.margin)
        self.columns = 1 if m.row else max(1, (inner + m.gap) // (m.cell + m.gap))
        self.cell_width = (inner - m.gap * (self.columns - 1)) // self.columns
        self.cell_height = m.row or max(1, round(self.cell_width / m.aspect))
        self._spare = inner - self.cell_width * self.columns - m.gap * (self.columns - 1)
        self.pitch = self.cell_height + m.gap
        # plain lists, made in C: with ten years of days this is done at each change of the width
        self._counts = counts = list(counts)
        self._firsts = list(accumulate(counts, initial=0))
        self.count = self._firsts.pop()
        around, pitch, columns = m.header + m.after_section, self.pitch, self.columns
        self._tops = list(accumulate([around - count // -columns * pitch for count in counts], initial=0))
        below = self._tops.pop()
        self.height = below + m.margin if counts else 0
        self._lefts = [self.column_x(column) for column in range(self.columns)]

    @property
    def section_count(self) -> int:
        return len(self._counts)

    def section(self, number: int) -> Section:
        count = self._counts[number]
        return Section(self._firsts[number], count, self._tops[number], -(-count // self.columns))

    def column_x(self, column: int) -> int:
        """Left edge of a column. Left-over pixels are dealt out so that the last column ends at the margin."""
        spread = column * self._spare // (self.columns - 1) if self.columns > 1 else 0
        return self.metrics.margin + column * (self.cell_width + self.metrics.gap) + spread

    def section_of(self, index: int) -> int:
        return bisect_right(self._firsts, index) - 1

    def box(self, index: int) -> Box:
        """Where the cell lies."""
        section = self.section(self.section_of(index))
        row, column = divmod(index - section.first, self.columns)
        y = section.top + self.metrics.header + row * self.pitch
        return Box(self._lefts[column], y, self.cell_width, self.cell_height)

    def boxes(self, number: int, first: int, end: int) -> Iterator[tuple[int, Box]]:
        """(index, where it lies) of the cells from `first` to `end` of one section."""
        start, top = self._firsts[number], self._tops[number] + self.metrics.header
        lefts, columns, pitch = self._lefts, self.columns, self.pitch
        for index in range(first, end):
            row, column = divmod(index - start, columns)
            yield index, Box(lefts[column], top + row * pitch, self.cell_width, self.cell_height)

    def index_at(self, x: int, y: int) -> int | None:
        """The cell under a point, None between cells."""
        if not self._counts or y < 0:
            return None
        section = self.section(max(0, bisect_right(self._tops, y) - 1))
        row, below = divmod(y - section.top - self.metrics.header, self.pitch)
        if row < 0 or row >= section.rows or below >= self.cell_height:
            return None
        for column in range(self.columns):
            left = self.column_x(column)
            if left <= x < left + self.cell_width:
                index = section.first + row * self.columns + column
                return index if index < section.first + section.cells else None
        return None

    def visible(self, top: int, bottom: int) -> Iterator[tuple[int, int, int]]:
        """(section, first, end) of the cells that touch the pixels from `top` to `bottom`; a section may have none."""
        if not self._counts:
            return
        number = max(0, bisect_right(self._tops, top) - 1)
        while number < len(self._counts) and self._tops[number] < bottom:
            section = self.section(number)
            start = section.top + self.metrics.header
            first_row = max(0, (top - start) // self.pitch)
            end_row = max(0, min(section.rows, -(-(bottom - start) // self.pitch)))
            first = section.first + min(section.cells, first_row * self.columns)
            end = section.first + min(section.cells, end_row * self.columns)
            yield number, first, max(first, end)
            number += 1

    def stepped(self, index: int, rows: int) -> int:
        """The cell `rows` rows below (or above) in the same column, over headings; the last of a shorter row where there is
        none in that column. At the ends the cell stays what it was, except for the first and the last row's own cells."""
        number, last = self.section_of(index), len(self._counts) - 1
        section = self.section(number)
        row, column = divmod(index - section.first, self.columns)
        row += rows
        while row < 0:
            if number == 0:
                return min(column, self.section(0).cells - 1)
            number -= 1
            row += self.section(number).rows
        while row >= self.section(number).rows:
            if number == last:
                row = self.section(number).rows - 1
                break
            row -= self.section(number).rows
            number += 1
        section = self.section(number)
        return section.first + min(row * self.columns + column, section.cells - 1)
