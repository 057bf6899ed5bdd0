"""R6: whatever a file is, it is shown or refused with a reason, within bounded time and memory, and the next one is fine.

`python -m tests.drills.hostile_media --count 100000` is the long run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from studio.domain.errors import InputError
from studio.domain.kinds import MediaKind
from studio.library.content import of_brought
from studio.library.metadata import read_recipe
from studio.library.previews import make_preview, preview_problem, scrub_sheet_path, waveform_path
from tests.hostile_media import EITHER, REFUSED, SHOWN, Specimen, bad, mutated, odd_but_good, seeds

LONGEST_S = 25.0


def look(specimen: Specimen, thumbnails: Path) -> str:
    """Do everything with a file that the window would do; how it ended."""
    kind, key = MediaKind(specimen.kind), f"{abs(hash(specimen.path)):064x}"
    brought = is_taken(specimen.path)
    made = make_preview(specimen.path, kind, key, thumbnails)
    if made is None and kind is not MediaKind.AUDIO:
        assert preview_problem(thumbnails, key), "a reason is kept"
    if kind is not MediaKind.IMAGE:
        waveform_path(specimen.path, key, thumbnails)
    if kind is MediaKind.VIDEO:
        scrub_sheet_path(specimen.path, key, thumbnails)
    read_recipe(specimen.path)
    shown = made is not None if kind is not MediaKind.AUDIO else brought
    return SHOWN if shown else REFUSED


def is_taken(path: Path) -> bool:
    """Whether the file would be let into the library; a refusal says what to do."""
    try:
        of_brought(path, path.name, fully=True)
    except InputError as error:
        return not (error.message and error.advice)
    return True


@pytest.mark.parametrize("made", [odd_but_good, pytest.param(bad, marks=pytest.mark.slow)])
def test_odd_files_are_shown_and_bad_ones_refused(made: Callable[[Path], list[Specimen]], tmp_path: Path) -> None:
    before = psutil.Process().memory_info().rss
    for specimen in made(tmp_path):
        began = time.monotonic()
        ended = look(specimen, tmp_path / "previews")
        assert specimen.ends in (EITHER, ended), specimen.path.name
        assert time.monotonic() - began < LONGEST_S, specimen.path.name
    assert psutil.Process().memory_info().rss - before < 300_000_000


@pytest.mark.slow
def test_mutated_files_are_shown_or_refused(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    for specimen in mutated(seeds(tmp_path / "seeds"), tmp_path, 150, random.Random(7)):
        look(specimen, tmp_path / "previews")
