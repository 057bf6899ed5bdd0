"""The queue from the command line: held, arranged, changed, cleared, and filled with many at once."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PIL import Image

from studio.cli.main import run
from studio.domain.account import KEY_VARIABLES, Account, Service
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from tests.unit.cli.test_main import answer, home
from tests.unit.engine.rig import KEY, Rig, engine

__all__ = ["home"]
PICTURE = ("submit", "image.generate", "--account", "work", "-p", "resolution=1K")


@pytest.fixture
def rig(tmp_path: Path, home: Path) -> Iterator[Rig]:  # the fixture of the other file
    keys = dict.fromkeys(KEY_VARIABLES.values(), KEY)
    with patch.dict(os.environ, keys), engine(tmp_path / "service", plan="pro", credits=1000) as rig:
        AccountBook(Paths.of_home(home)).add(Account("work", Service.CANNON_STUDIO, rig.url))
        yield rig


@pytest.fixture
def held(rig: Rig, capsys: pytest.CaptureFixture[str]) -> Rig:
    """Nothing leaves the queue."""
    document = answer(capsys, "jobs", "pause")
    assert document == {"paused": True, "pauses": [{"scope": "all", "name": ""}]}
    return rig


def waiting(capsys: pytest.CaptureFixture[str], *names: str) -> list[str]:
    """Ids of pictures that wait, of these words."""
    return [str(answer(capsys, *PICTURE, "-p", f"prompt={name}")["id"]) for name in names]


@pytest.mark.slow
def test_accounts_and_jobs_are_held_and_let_go(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "jobs", "pause", "--account", "work")
    job, other = waiting(capsys, "a lake", "a pier")
    shown = answer(capsys, "jobs", "pause", "--job", job)
    assert shown["pauses"] == [{"scope": "account", "name": "work"}, {"scope": "job", "name": job}]
    assert answer(capsys, "jobs", "show", job)["waiting_for"] == "paused"
    assert answer(capsys, "jobs", "resume", "--account", "work")["pauses"] == [{"scope": "job", "name": job}]
    assert answer(capsys, "jobs", "show", other)["waiting_for"] is None
    answer(capsys, "jobs", "resume", code=1)  # works what may go to its end; one is held still
    assert answer(capsys, "jobs", "show", other)["state"] == "done"
    assert answer(capsys, "jobs", "show", job)["waiting_for"] == "paused"
    assert answer(capsys, "jobs", "resume", "--all") == {"paused": False, "pauses": []}
    assert [one["id"] for one in answer(capsys, "jobs", "resume")["jobs"]] == [job]
    assert answer(capsys, "jobs", "pause", "--account", "nobody", code=1)["error"]["kind"] == "not_found"
    assert run(["jobs", "pause", "--account", "work", "--all"]) == 2


@pytest.mark.slow
def test_waiting_jobs_are_put_in_order_and_sent_in_it(held: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = waiting(capsys, "one", "two", "three")
    assert answer(capsys, "jobs", "move", third, "--before", second)["waiting"] == [first, third, second]
    assert answer(capsys, "jobs", "move", second, "--first")["waiting"] == [second, first, third]
    assert answer(capsys, "jobs", "move", second, first, "--last") == {"account": "work", "waiting": [third, second, first]}
    assert run(["jobs", "move", first, "--first"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()[1:]] == [first, third, second]
    assert run(["jobs", "move", first]) == 2
    done = answer(capsys, "jobs", "resume")
    at = {str(job["id"]): str(job["submitted_at"]) for job in done["jobs"]}
    assert max(at[first], at[third]) <= at[second]  # two at once, as its limit is not known
    assert answer(capsys, "jobs", "move", first, "--first", code=1)["error"]["code"] == "not_waiting"


@pytest.mark.slow
def test_a_waiting_job_is_changed_and_another_made_like_it(held: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    (job,) = waiting(capsys, "a lake")
    before = answer(capsys, "jobs", "show", job)
    after = answer(capsys, "jobs", "edit", job, "-p", "prompt=a river", "-p", "aspect_ratio=16:9", "--without", "resolution")
    assert after["input"] == {"prompt": "a river", "aspect_ratio": "16:9"}
    same = ("id", "idempotency_key", "position", "created_at")
    assert [after[name] for name in same] == [before[name] for name in same]
    whole = answer(capsys, "jobs", "edit", job, "--input", '{"prompt": "a brook", "resolution": "4K"}')
    assert whole["input"] == {"prompt": "a brook", "resolution": "4K"}
    assert whole["credits"]["estimated"] > before["credits"]["estimated"]
    wrong = answer(capsys, "jobs", "edit", job, "-p", "resolution=9K", code=1)
    assert wrong["error"]["field"] == "resolution"
    twin = answer(capsys, "jobs", "duplicate", job)
    assert twin["input"] == whole["input"]
    assert twin["id"] != job
    assert len(answer(capsys, "jobs", "duplicate", job, str(twin["id"]))["jobs"]) == 2
    answer(capsys, "jobs", "cancel", "--waiting")
    assert answer(capsys, "jobs", "edit", job, "-p", "prompt=x", code=1)["error"]["code"] == "not_editable"


@pytest.mark.slow
def test_jobs_are_labelled_and_cancelled_together(held: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, three, four = waiting(capsys, "one", "two", "three", "four")
    assert {job["label"] for job in answer(capsys, "jobs", "label", one, two, "--label", " Day  1 ")["jobs"]} == {"Day 1"}
    assert answer(capsys, "jobs", "labels") == {
        "labels": [{"label": "Day 1", "waiting": 2, "running": 0, "done": 0, "failed": 0, "cancelled": 0}]}
    assert [job["id"] for job in answer(capsys, "jobs", "list", "--search", "day 1")["jobs"]] == [two, one]
    assert answer(capsys, "jobs", "label", two, "--none")["jobs"][0]["label"] is None
    assert answer(capsys, "jobs", "cancel", "--label", "Day 1") == {"cancelled": 1}
    assert answer(capsys, "jobs", "show", one)["state"] == "cancelled"
    assert answer(capsys, "jobs", "cancel", three)["state"] == "cancelled"
    assert answer(capsys, "jobs", "cancel", "--waiting", "--account", "nobody") == {"cancelled": 0}
    assert answer(capsys, "jobs", "cancel", "--all") == {"cancelled": 2}
    assert {answer(capsys, "jobs", "show", job)["state"] for job in (two, four)} == {"cancelled"}
    for wrong in ([], [one, "--all"], ["--account", "work"], [one, "--label", "x"]):
        assert run(["jobs", "cancel", *wrong]) == 2


@pytest.mark.slow
def test_many_jobs_come_out_of_one_submission(held: Rig, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    jobs = answer(capsys, *PICTURE[:-2], "-p", "prompt=a lake", "--count", "2", "--matrix", "aspect_ratio=1:1,16:9",
                  "--matrix", 'resolution=["1K", "4K"]')["jobs"]
    cells = [(job["input"]["aspect_ratio"], job["input"]["resolution"]) for job in jobs]
    assert cells == [(shape, size) for shape in ("1:1", "16:9") for size in ("1K", "4K") for _ in range(2)]
    assert len({job["input"]["seed"] for job in jobs}) == 8
    assert {job["label"] for job in jobs} == {"a lake"}
    lines = tmp_path / "prompts.txt"
    lines.write_text("one\n\n  two  \nthree\n", encoding="utf-8")
    made = answer(capsys, *PICTURE, "--prompts", str(lines), "--label", "Three")["jobs"]
    assert [job["input"]["prompt"] for job in made] == ["one", "two", "three"]
    assert {job["label"] for job in made} == {"Three"}
    with patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"four\n"))):
        assert len(answer(capsys, *PICTURE, "--prompts", "-")["jobs"]) == 1
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("b.png", "a.png"):
        Image.new("RGB", (256, 256), "navy" if name == "a.png" else "teal").save(folder / name)
    (folder / "notes.txt").write_text("no picture", encoding="utf-8")
    (folder / ".hidden.png").write_bytes(b"x")
    of_files = answer(capsys, "submit", "video.generate", "--account", "work", "-p", "prompt=x", "--folder",
                      f"image_url={folder}")["jobs"]
    assert len({job["input"]["image_url"] for job in of_files}) == 2
    assert all(str(job["input"]["image_url"]).startswith("file:") for job in of_files)


@pytest.mark.slow
def test_a_batch_that_is_not_right_makes_no_job(held: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    for field, *options in (
        ("count", "--count", "600"), ("nothing", "--matrix", "nothing=1,2"), ("resolution", "--matrix", "resolution=1K,9K"),
        ("matrix", "--matrix", "resolution"), ("resolution", "--matrix", "resolution=[1"),
        ("resolution", "--matrix", "resolution=,"), ("prompts", "--prompts", "nowhere.txt"),
        ("prompt", "--folder", "prompt=nowhere"), ("folder", "--folder", "x"),
    ):
        wrong = answer(capsys, *PICTURE, "-p", "prompt=x", *options, code=1)
        assert wrong["error"]["field"] == field
    assert answer(capsys, "jobs", "list") == {"jobs": []}


@pytest.mark.slow
def test_a_job_is_asked_about_again(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    (job,) = waiting(capsys, "a lake")
    answer(capsys, "jobs", "wait", job)
    assert run(["jobs", "check", job, "--json"]) == 0
    shown = capsys.readouterr()
    document: dict[str, Any] = json.loads(shown.out)
    assert (document["id"], document["state"], len(document["assets"])) == (job, "done", 1)
    assert "everything that the service has is here" in shown.err
    answer(capsys, "jobs", "pause")
    (held_back,) = waiting(capsys, "a pier")
    assert answer(capsys, "jobs", "check", held_back, code=1)["error"]["code"] == "no_remote_id"
