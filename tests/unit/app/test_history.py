"""The history as the person gets it: real jobs, what was answered, and files of what is filtered."""

from __future__ import annotations

import asyncio
import csv
import json
from datetime import datetime
from pathlib import Path

import pytest

from studio.app.core import Core
from studio.app.history import kind_of
from studio.app.history_export import COLUMNS, Form
from studio.cli.documents import of_job
from studio.domain.errors import LocalError, NotFoundError
from studio.domain.history import HistoryQuery
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.query import JobQuery
from tests.unit.app.paid import NAME, paid, picture


async def some(core: Core, count: int, label: str | None = None) -> list[Job]:
    await core.pause_queue()
    return [await core.submit(JobRequest("image.generate", "local", {"prompt": f"=take {number}"}, label))
            for number in range(count)]


async def test_json_has_the_keys_of_the_list_and_csv_nothing_that_a_spreadsheet_runs(core: Core, tmp_path: Path) -> None:
    jobs = await some(core, 3, "@Ätna")
    told: list[tuple[int, int]] = []
    written = tmp_path / "jobs.json"
    assert await core.history.export(written, Form.JSON, HistoryQuery(), lambda *news: told.append(news)) == 3
    assert told == [(3, 3)]
    documents = json.loads(written.read_text(encoding="utf-8"))["jobs"]
    stored = await core.jobs(JobQuery())
    assert documents == json.loads(json.dumps([await of_job(core, job) for job in stored], default=str))
    table = tmp_path / "jobs.csv"
    assert await core.history.export(table, Form.CSV, HistoryQuery(label="@Ätna")) == 3
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [job.id for job in reversed(jobs)]
    assert {row["label"] for row in rows} == {"'@Ätna"}
    assert rows[0]["prompt"] == "'=take 2"
    assert await core.history.export(table, Form.CSV, HistoryQuery(search="nothing")) == 0
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 1


async def test_an_export_that_is_stopped_or_fails_leaves_what_was_there(core: Core, tmp_path: Path) -> None:
    await some(core, 2)
    target = tmp_path / "jobs.csv"
    target.write_text("old")

    def stop(_done: int, _of: int) -> None:
        task.cancel()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(core.history.export(target, Form.CSV, HistoryQuery(), stop))
    assert task.cancelled()
    assert target.read_text() == "old"
    with pytest.raises(LocalError):
        await core.history.export(tmp_path / "none" / "jobs.csv", Form.CSV, HistoryQuery())
    assert [path.name for path in tmp_path.glob("jobs*")] == ["jobs.csv"]


async def test_a_kind_is_a_kind_of_operations_known_or_not(core: Core) -> None:
    await some(core, 2)
    assert (await core.history.outline(HistoryQuery(kind=MediaKind.IMAGE))).total == 2
    assert (await core.history.outline(HistoryQuery(kind=MediaKind.AUDIO))).total == 0
    assert (await core.history.outline(HistoryQuery(kind=MediaKind.VIDEO, operations=("image.generate",)))).total == 0
    today = datetime.now().astimezone().date()
    assert [bar.operation for bar in await core.history.bars(HistoryQuery(), today)] == ["image.generate"] * 2
    gone = {"acme.music.make": MediaKind.AUDIO, "sora9.video": MediaKind.VIDEO, "acme.thing": MediaKind.IMAGE,
            "prompt.enhance.video2": MediaKind.PROMPT}
    assert {name: kind_of(name, {}) for name in gone} == gone


@pytest.mark.slow
async def test_request_and_answers_come_without_secrets(tmp_path: Path) -> None:
    async with paid(tmp_path) as (core, _):
        job = await core.wait((await core.submit(picture(prompt="a lake"))).id, 30)
        raw = await core.history.raw(job.id)
        assert raw.request["operation"] == "image.generate"
        assert raw.request["account"] == NAME
        assert isinstance(raw.request["input"], dict)
        assert raw.request["input"]["prompt"] == "a lake"
        assert raw.answers
        said = json.dumps([answer.body for answer in raw.answers])
        assert "?token" not in said
        assert "cs_test_" not in said
        assert str(job.remote_id) in said
        with pytest.raises(NotFoundError):
            await core.history.raw("job_none")
