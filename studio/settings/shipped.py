"""Where the files that come with the product lie: in the installed package, else in the checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_ROOTS = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def shipped(name: str) -> Path:
    """The path of a resource, such as "icons/play.svg". FileNotFoundError if neither place has it."""
    for root in _ROOTS:
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"resource {name} is neither in {_ROOTS[0]} nor in {_ROOTS[1]}")
