"""The history from the command line: lists that are narrowed, a file, and what was sent and answered."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from studio.cli.main import run
from tests.unit.cli.test_main import answer, home

__all__ = ["home"]


@pytest.mark.slow
def test_jobs_are_narrowed_exported_and_shown_raw(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer(capsys, "jobs", "pause")
    made = [answer(capsys, "submit", "image.generate", "-p", f"prompt=take {number}", "--label", label)
            for number, label in enumerate(("Lakes", "Hills"))]
    day = datetime.now().astimezone().date()

    def ids(*options: str) -> list[object]:
        return [job["id"] for job in answer(capsys, "jobs", "list", *options)["jobs"]]

    both = [made[1]["id"], made[0]["id"]]
    assert ids() == both
    assert ids("--order", "oldest") == both[::-1]
    assert ids("--label", "Lakes") == [made[0]["id"]]
    assert ids("--operation", "image.generate", "--account", "local", "--kind", "image", "--since", str(day)) == both
    assert ids("--until", str(day - timedelta(days=1))) == []
    assert ids("--min-credits", "1") == []
    assert ids("--state", "queued", "--limit", "1") == both[:1]
    target = tmp_path / "jobs.json"
    written = answer(capsys, "jobs", "export", "--format", "json", "--to", str(target), "--label", "Hills")
    assert written == {"path": str(target), "jobs": 1}
    assert json.loads(target.read_text(encoding="utf-8")) == answer(capsys, "jobs", "list", "--label", "Hills")
    raw = answer(capsys, "jobs", "show", str(both[0]), "--raw")
    assert (raw["id"], raw["request"]["input"]["prompt"], raw["answers"]) == (both[0], "take 1", [])
    assert run(["jobs", "show", str(both[0]), "--raw"]) == 0
    assert json.loads(capsys.readouterr().out) == raw
    assert answer(capsys, "jobs", "show", "job_none", "--raw", code=1)["error"]["kind"] == "not_found"
