"""`studio chains` against an engine over loopback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from studio.cli.main import run
from studio.domain.account import KEY_VARIABLES, Account, Service
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from tests.unit.app.chain_renderers import RENDERERS, UNTIL
from tests.unit.cli.test_main import answer, home
from tests.unit.domain.chains import ask, take
from tests.unit.engine.rig import KEY, Rig, engine

__all__ = ["home"]


@pytest.fixture
def rig(tmp_path: Path, home: Path) -> Iterator[Rig]:  # the fixture of the other file
    keys = dict.fromkeys(KEY_VARIABLES.values(), KEY)
    with patch.dict(os.environ, keys), engine(tmp_path / "service") as rig:
        assert isinstance(rig.options.renderers, dict)
        rig.options.renderers.update(RENDERERS)
        AccountBook(Paths.of_home(home)).add(Account("work", Service.CANNON_STUDIO, rig.url))
        yield rig


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Two pictures, the second one of which fails until there is a file."""
    path = tmp_path / "chain.json"
    steps = [
        {"name": "first", "operation": "image.generate", "input": {
            "prompt": ask("idea", label="Idea"), "resolution": ask("size", default="1K")}},
        {"name": "second", "operation": "image.edit", "input": {
            "prompt": f"brighter {UNTIL}{tmp_path / 'light'}", "image_url": take("first"), "resolution": "1K"}},
    ]
    path.write_text(json.dumps({"format": "studio-chain", "version": 1, "title": "Brighter", "steps": steps}), "utf-8")
    return path


@pytest.mark.slow
def test_a_chain_is_imported_shown_run_retried_and_removed(
    rig: Rig, chain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = answer(capsys, "chains", "import", str(chain))
    assert (kept["id"], kept["shipped"]) == ("brighter", False)
    assert [one["id"] for one in answer(capsys, "chains", "list")["chains"]][-1] == "brighter"
    shown = answer(capsys, "chains", "show", "Brighter", "--account", "work")
    assert [(one["name"], one["required"], one["default"]) for one in shown["asks"]] == [("idea", True, None),
                                                                                        ("size", False, "1K")]
    assert shown["estimate"]["total"] == 0
    failed = answer(capsys, "chains", "run", "brighter", "--account", "work", "-p", "idea=a pier", "--wait", code=1)
    assert (failed["state"], failed["step"], failed["answers"]) == ("failed", 2, {"idea": "a pier", "size": "1K"})
    assert [step["state"] for step in failed["steps"]] == ["done", "failed"]
    assert "light is wrong" in failed["error"]["message"]
    (tmp_path / "light").touch()
    done = answer(capsys, "chains", "retry", failed["id"], "--wait")
    assert [(step["state"], step["attempt"]) for step in done["steps"]] == [("done", 1), ("done", 2)]
    assert done["steps"][0]["job"]["id"] == failed["steps"][0]["job"]["id"]
    assert [one["state"] for one in answer(capsys, "chains", "runs")["runs"]] == ["done"]
    assert answer(capsys, "chains", "cancel", done["id"], code=1)["error"]["code"] == "not_cancellable"
    saved = answer(capsys, "chains", "save", done["steps"][1]["job"]["assets"][0]["id"], "--title", "Again")
    assert [step["name"] for step in saved["steps"]] == ["image", "image-edit"]
    assert Path(answer(capsys, "chains", "export", "again", "--to", str(tmp_path / "again.json"))["path"]).is_file()
    assert answer(capsys, "chains", "remove", "brighter") == {"removed": "brighter"}
    assert answer(capsys, "chains", "show", "brighter", code=1)["error"]["kind"] == "not_found"


@pytest.mark.slow
def test_people_read_the_same(rig: Rig, chain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "light").touch()
    assert run(["chains", "import", str(chain)]) == 0
    assert run(["chains", "show", "brighter", "--account", "work"]) == 0
    shown = capsys.readouterr().out
    assert "-p idea=…  Idea (needed)" in shown
    assert "-p size=…  Resolution (usually 1K)" in shown
    assert run(["chains", "run", "brighter", "--account", "work", "-p", "idea=a pier", "--wait"]) == 0
    said = capsys.readouterr()
    assert "2. second" in said.out
    assert said.out.rstrip().endswith(".png")
    assert "studio: Free." in said.err
    assert run(["chains", "runs"]) == 0
    assert "done" in capsys.readouterr().out


@pytest.mark.slow
def test_a_held_run_goes_on_when_it_is_let(
    rig: Rig, chain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "light").touch()
    answer(capsys, "chains", "import", str(chain))
    answer(capsys, "jobs", "pause")
    began = answer(capsys, "chains", "run", "brighter", "--account", "work", "-p", "idea=a pier")
    assert (began["state"], began["steps"][0]["state"]) == ("running", "queued")
    assert answer(capsys, "chains", "pause", began["id"])["paused"] is True
    assert answer(capsys, "chains", "resume", began["id"])["paused"] is False
    cancelled = answer(capsys, "chains", "cancel", began["id"])
    assert (cancelled["state"], cancelled["steps"][0]["state"]) == ("cancelled", "cancelled")


@pytest.mark.slow
def test_resuming_the_jobs_works_a_run_to_its_end(
    rig: Rig, chain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "light").touch()
    answer(capsys, "chains", "import", str(chain))
    answer(capsys, "jobs", "pause")
    answer(capsys, "chains", "run", "brighter", "--account", "work", "-p", "idea=a pier")
    answer(capsys, "jobs", "resume")
    assert [one["state"] for one in answer(capsys, "chains", "runs")["runs"]] == ["done"]


@pytest.mark.slow
def test_what_is_not_right_makes_no_run(rig: Rig, chain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "chains", "import", str(chain))
    for words, field in ((("-p", "size=1K"), "idea"), (("-p", "idea=x", "-p", "size=9K"), "first.resolution"),
                         (("-p", "idea=x", "-p", "colour=red"), "colour")):
        assert answer(capsys, "chains", "run", "brighter", "--account", "work", *words, code=1)["error"]["field"] == field
    assert run(["chains", "run", "brighter", "-p", "idea"]) == 2
    assert answer(capsys, "chains", "remove", "talking-portrait", code=1)["error"]["code"] == "shipped"
    assert answer(capsys, "chains", "wait", "run_none", code=1)["error"]["kind"] == "not_found"
    assert answer(capsys, "chains", "runs") == {"runs": []}
