"""What the long works on the library report: imports and rescans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.domain.asset import Asset

Report = Callable[[int, int], None]
"""Hears how many are done and how many there are, as far as that is known; may raise to end the work."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """`assets`: what was taken in; `known`: what the library had already; `refused`: files and why, in words."""

    assets: tuple[Asset, ...] = ()
    known: tuple[Asset, ...] = ()
    refused: tuple[tuple[Path, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RescanResult:
    """How many assets' files were found again, found elsewhere, found with other content, or not found; and files of the
    media folder that are no asset's. Nothing is deleted and nothing is imported by it."""

    found_again: int = 0
    moved: int = 0
    changed: int = 0
    missing: int = 0
    new_files: int = 0
