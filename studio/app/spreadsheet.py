"""Text for the cells of a CSV file, so that no spreadsheet runs a person's own words as a formula."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet would take for a formula at the beginning of a cell (OWASP, CSV injection)."""


def cell(text: str) -> str:
    """The text as it may stand in a cell: an apostrophe before what would be run, also behind leading spaces."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip(" ").startswith(_FORMULA[:4]) else text
