"""R3 in the size of a test run: submits through a proxy that delays and cuts. `packaging/drill submits` goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.cutting_proxy import STAGES
from tests.drills.submits import drill

SUBMITS = 1_000


@pytest.mark.slow
def test_no_submit_is_made_twice_or_lost(tmp_path: Path) -> None:
    tally = drill(tmp_path / "home", SUBMITS, seed=30)
    assert tally.books.wrong == []
    assert tally.books.states == {"done": SUBMITS}
    assert tally.books.remote_jobs == SUBMITS
    assert all(tally.cuts[stage] > 0 for stage in STAGES)
    assert tally.naive.twice > 0  # the weather was bad enough to show what it does to a simple client
    print(f"rate 0 of {SUBMITS}; a simple client: {tally.naive.rate:.3f} of {tally.naive.submits}")
