"""The ledger as people get it: sums over real jobs, and a file for a spreadsheet."""

from __future__ import annotations

import csv
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from studio.app.core import Core
from studio.domain.errors import LocalError
from studio.domain.job import JobRequest
from studio.domain.ledger import EntryKind, Grouping, LedgerQuery
from studio.domain.state import JobState
from tests.unit.app.paid import NAME, PICTURE_COSTS, paid, picture, until


@pytest.mark.slow
async def test_a_job_that_is_cancelled_over_there_is_charged_nothing_and_that_is_known(tmp_path: Path) -> None:
    async with paid(tmp_path, renderer="slow") as (core, rig):
        job = await core.submit(picture(prompt="a lake 30"))
        await until(core, job.id, lambda one: one.state is JobState.RUNNING)
        assert (await core.standing(NAME)).reserved == PICTURE_COSTS
        cancelled = await core.cancel(job.id)
        assert cancelled.state is JobState.CANCELLED
        entries = await core.costs.entries(LedgerQuery(job_id=job.id))
        assert [(one.kind, one.amount) for one in reversed(entries)] == [
            (EntryKind.ESTIMATED, PICTURE_COSTS), (EntryKind.CHARGED, 0.0)]
        assert (await core.standing(NAME)).reserved == 0
        assert rig.client.get("/api/v1/status").json()["creditsRemaining"] == 1000


@pytest.mark.slow
async def test_the_ledger_and_the_service_agree_after_a_mixed_lot(tmp_path: Path) -> None:
    async with paid(tmp_path) as (core, rig):
        wanted = [picture(), picture(resolution="4K"), JobRequest("image.generate", NAME, {"prompt": "x"})]
        for job in [await core.submit(request) for request in wanted]:
            await core.wait(job.id, 30)
        left = rig.client.get("/api/v1/status").json()["creditsRemaining"]
        total = (await core.costs.sums(None, LedgerQuery(account=NAME)))[0]
        assert total.spent == 1000 - left
        assert total.estimated == total.charged
        by_label = {one.key: one.jobs for one in await core.costs.sums(Grouping.LABEL, LedgerQuery())}
        assert by_label == {"Lakes": 2, "": 1}


async def test_the_file_has_every_line_and_nothing_that_a_spreadsheet_runs(core: Core, tmp_path: Path) -> None:
    for label in ('=HYPERLINK("http://x")', "Ätna, “Sommer”", None):
        job = await core.submit(JobRequest("image.generate", "local", {"prompt": "x"}, label))
        await core.cancel(job.id)
    target = tmp_path / "costs.csv"
    target.write_text("old")
    assert await core.costs.export(target, LedgerQuery()) == 3
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["label"] for row in rows] == ["", "Ätna, “Sommer”", '\'=HYPERLINK("http://x")']
    assert {row["kind"] for row in rows} == {"estimated"}
    assert all(row["credits"] == "0" and row["moment"].endswith("Z") for row in rows)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.skipif(os.name == "nt", reason="a folder in the file's place is refused in other words there")
async def test_a_file_that_cannot_be_written_is_said_and_leaves_nothing(core: Core, tmp_path: Path) -> None:
    (tmp_path / "costs.csv").mkdir()
    with pytest.raises(LocalError, match="cannot be written"):
        await core.costs.export(tmp_path / "costs.csv", LedgerQuery())
    with pytest.raises(LocalError):
        await core.costs.export(tmp_path / "nowhere" / "costs.csv", LedgerQuery())
    assert not list(tmp_path.glob("*.part"))


async def test_sums_go_into_a_file_by_week_too(core: Core, tmp_path: Path) -> None:
    job = await core.submit(JobRequest("image.generate", "local", {"prompt": "x"}, "=1+1"))
    await core.cancel(job.id)
    today = datetime.now().astimezone().date()
    monday = (today - timedelta(days=today.weekday())).isoformat()
    weeks = await core.costs.sums(Grouping.WEEK, LedgerQuery())
    assert [(one.key, one.jobs) for one in weeks] == [(monday, 1)]
    assert await core.costs.export_sums(tmp_path / "weeks.json", Grouping.WEEK, LedgerQuery()) == 1
    written = json.loads((tmp_path / "weeks.json").read_text(encoding="utf-8"))
    assert (written["by"], written["totals"][0]["key"], written["total"]["jobs"]) == ("week", monday, 1)
    assert await core.costs.export_sums(tmp_path / "labels.csv", Grouping.LABEL, LedgerQuery()) == 1
    with (tmp_path / "labels.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["label"], row["jobs"], row["spent"]) for row in rows] == [("'=1+1", "1", "0")]
    with pytest.raises(LocalError):
        await core.costs.export_sums(tmp_path / "none" / "x.csv", Grouping.DAY, LedgerQuery())
