"""R1 in the size of a test run: kill -9 of studio and engine while jobs are made. `packaging/drill kills` goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.engine_life import quick_lives
from tests.drills.kills import KillDrill

KILLS = 300 if quick_lives() else 60


@pytest.mark.slow
def test_every_job_is_accounted_for_after_kills(tmp_path: Path) -> None:
    drill = KillDrill(tmp_path / "home", seed=20)
    books = drill.run(KILLS)
    assert books.wrong == []
    assert (books.lost, books.twice, books.unfinished) == (0, 0, 0)
    assert drill.kills.total() >= KILLS
    assert drill.kills["engine"] > 0
    assert len(drill.kills) > 3  # at points of its own too
    assert books.states["done"] > 0
    assert books.remote_jobs >= books.states["done"]


@pytest.mark.slow
def test_two_windows_on_one_folder_share_the_work(tmp_path: Path) -> None:
    """Real processes, one of them stopped and going on, one of them killed."""
    drill = KillDrill(tmp_path / "home", seed=21)
    books = drill.run_two(16)
    assert books.wrong == []
    assert (books.lost, books.twice, books.unfinished) == (0, 0, 0)
    assert drill.stops == 8
    assert books.states["done"] > 0


@pytest.mark.slow
def test_three_crashes_in_the_same_step_park_a_job(tmp_path: Path) -> None:
    """The count outlives the processes; parked is not lost: the person's retry goes on under the same key."""
    drill = KillDrill(tmp_path / "home", seed=22)
    books = drill.run_to_the_parking()
    assert drill.kills == {"before the request": 3}
    assert books.parked > 0
    assert books.wrong == []
    assert set(books.states) <= {"done", "cancelled"}
    assert books.states["done"] > 0
