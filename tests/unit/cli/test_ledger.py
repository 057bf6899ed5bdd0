"""The ledger, budgets and held jobs from the command line."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from studio.cli.main import run
from studio.domain.account import KEY_VARIABLES, Account, Budget, Service
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from tests.unit.cli.test_main import answer, home
from tests.unit.engine.rig import KEY, Rig, engine

__all__ = ["home"]
PICTURE = ("submit", "image.generate", "--account", "work", "-p", "prompt=a lake", "-p", "resolution=1K", "--label", "Lakes")


@pytest.fixture
def rig(tmp_path: Path, home: Path) -> Iterator[Rig]:  # the fixture of the other file
    keys = dict.fromkeys(KEY_VARIABLES.values(), KEY)
    with patch.dict(os.environ, keys), engine(tmp_path / "service", plan="pro", credits=100) as rig:
        AccountBook(Paths.of_home(home)).add(Account("work", Service.CANNON_STUDIO, rig.url, budget=Budget(ask_above=3)))
        yield rig


@pytest.mark.slow
def test_a_job_above_the_limit_waits_and_is_sent_once_approved(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    job = answer(capsys, *PICTURE)
    assert (job["state"], job["waiting_for"]) == ("queued", "budget")
    assert job["credits"] == {"estimated": 4.0, "charged": None}
    assert job["error"]["kind"] == "budget"
    assert run(["jobs", "show", str(job["id"])]) == 0
    assert f"studio jobs approve {job['id']}" in capsys.readouterr().err
    assert answer(capsys, "jobs", "approve", str(job["id"]))["waiting_for"] is None
    done = answer(capsys, "jobs", "wait", str(job["id"]))
    assert done["credits"] == {"estimated": 4.0, "charged": 4.0}
    assert answer(capsys, "jobs", "approve", "job_none", code=1)["error"]["kind"] == "not_found"


@pytest.mark.slow
def test_a_budget_is_shown_set_and_taken_away(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "accounts", "budget", "work", "--per-day", "50", "--ask-above", "-1")
    assert shown == {"account": "work", "ask_above": None, "per_day": 50.0, "per_month": None, "today": 0.0,
                     "this_month": 0.0, "reserved": 0.0}
    assert answer(capsys, "accounts", "budget", "work") == shown
    wrong = answer(capsys, "accounts", "budget", "work", "--per-month", "20", code=1)
    assert wrong["error"]["field"] == "budget.per_day"
    assert run(["accounts", "budget", "work"]) == 0
    assert "today: 0 of 50 credits" in capsys.readouterr().out


@pytest.mark.slow
def test_the_ledger_is_listed_summed_up_and_written(rig: Rig, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer(capsys, "accounts", "budget", "work", "--ask-above", "-1")
    job = answer(capsys, *PICTURE, "--wait")
    entries = answer(capsys, "ledger", "list", "--job", str(job["id"]))["entries"]
    assert [(one["kind"], one["credits"]) for one in entries] == [("charged", 4.0), ("estimated", 4.0)]
    assert list(entries[0]) == ["seq", "job", "account", "operation", "label", "at", "kind", "credits"]
    assert answer(capsys, "ledger", "list", "--before", str(entries[0]["seq"]), "--limit", "1")["entries"] == entries[1:]
    sums = answer(capsys, "ledger", "totals", "--by", "label", "--account", "work")
    assert [(one["key"], one["spent"], one["jobs"]) for one in sums["totals"]] == [("Lakes", 4.0, 1)]
    assert sums["total"]["unknown"] == {"jobs": 0, "estimated": 0.0}
    assert answer(capsys, "ledger", "totals", "--since", "2999-01-01")["totals"] == []
    target = tmp_path / "costs.csv"
    assert answer(capsys, "ledger", "export", "--to", str(target)) == {"path": str(target), "entries": 2}
    with target.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["job"] for row in csv.DictReader(stream)] == [job["id"]] * 2
    assert run(["ledger", "totals", "--by", "operation"]) == 0
    assert "image.generate" in capsys.readouterr().out


@pytest.mark.slow
def test_a_held_queue_goes_on_with_resume(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "accounts", "budget", "work", "--ask-above", "-1")
    assert answer(capsys, "jobs", "pause")["paused"] is True
    job = answer(capsys, *PICTURE)
    assert (job["state"], job["waiting_for"]) == ("queued", "paused")
    assert [one["state"] for one in answer(capsys, "jobs", "resume")["jobs"]] == ["done"]
