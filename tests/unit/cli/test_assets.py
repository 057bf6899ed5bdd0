"""`studio assets` and `studio collections` beyond listing and moving files: marks, filters, lineage, folders, rescans."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.cli.main import run
from tests.media_files import write_picture
from tests.unit.cli.test_main import answer, home

__all__ = ["home"]


@pytest.fixture
def ids(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> list[str]:
    """Two pictures, out of a folder that holds something else too."""
    folder = tmp_path / "folder"
    folder.mkdir()
    write_picture(folder / "one.png", 640, 480)
    write_picture(folder / "two.png", 64, 48, hue=3)
    (folder / "notes.txt").write_text("no media")
    said = answer(capsys, "assets", "import", str(folder))
    assert [Path(one["path"]).name for one in said["refused"]] == ["notes.txt"]
    return [asset["id"] for asset in said["assets"]]


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    return [asset["id"] for asset in answer(capsys, "assets", "list", *options)["assets"]]


@pytest.mark.slow
def test_marks_are_set_and_asked_for(capsys: pytest.CaptureFixture[str], ids: list[str]) -> None:
    one, two = ids
    (tagged,) = answer(capsys, "assets", "tag", one, "--add", "Client A", "--add", "keeper")["assets"]
    assert tagged["tags"] == ["Client A", "keeper"]
    assert answer(capsys, "assets", "tag", one, "--remove", "KEEPER")["assets"][0]["tags"] == ["Client A"]
    assert answer(capsys, "assets", "star", one)["assets"][0]["starred"] is True
    assert answer(capsys, "assets", "colour", "red", two)["assets"][0]["colour"] == "red"
    for options, expected in (
        (["--tag", "client a", "--starred", "--min-side", "400", "--since", "2020-01-01", "--not-missing"], [one]),
        (["--colour", "red", "--max-side", "60", "--not-starred"], [two]), (["--search", "client", "--job", "job_1"], []),
        (["--operation", "video.generate", "--account", "local", "--model", "x", "--min-duration", "1"], []),
        (["--until", "2020-01-01", "--min-credits", "1", "--missing"], []), (["--before", two], [one]),
    ):
        assert listed(capsys, *options) == expected, options
    assert answer(capsys, "assets", "star", one, "--off")["assets"][0]["starred"] is False
    assert answer(capsys, "assets", "colour", "none", two)["assets"][0]["colour"] is None
    assert answer(capsys, "assets", "colour", "pink", two, code=1)["error"]["code"] == "no_colour"
    for words in (["assets", "tag", one], ["assets", "list", "--colour", "pink"], ["assets", "list", "--since", "soon"]):
        assert answer(capsys, *words, code=2)["error"]["kind"] == "usage"


@pytest.mark.slow
def test_collections(capsys: pytest.CaptureFixture[str], ids: list[str]) -> None:
    one, two = ids
    mine = answer(capsys, "collections", "create", "Mine")
    assert (mine["title"], mine["query"], mine["count"]) == ("Mine", None, 0)
    assert answer(capsys, "collections", "add", "mine", one, two)["count"] == 2
    assert answer(capsys, "collections", "remove", mine["id"], one)["count"] == 1
    shown = answer(capsys, "collections", "show", "Mine")
    assert [asset["id"] for asset in shown["assets"]] == listed(capsys, "--collection", mine["id"]) == [two]
    smart = answer(capsys, "collections", "create", "Large", "--min-side", "400", "--since", "2020-02-03")
    assert smart["query"]["min_side"] == 400
    assert [asset["id"] for asset in answer(capsys, "collections", "show", "large")["assets"]] == [one]
    assert [found["title"] for found in answer(capsys, "collections", "list")["collections"]] == ["Large", "Mine"]
    assert answer(capsys, "collections", "remove", "Mine") == {"removed": mine["id"]}
    assert answer(capsys, "collections", "show", "Mine", code=1)["error"]["kind"] == "not_found"
    assert answer(capsys, "assets", "list", "--collection", mine["id"], code=1)["error"]["kind"] == "not_found"
    assert run(["collections", "list"]) == 0
    assert smart["id"] in capsys.readouterr().out


@pytest.mark.slow
def test_lineage_and_rescan(capsys: pytest.CaptureFixture[str], ids: list[str]) -> None:
    found = answer(capsys, "assets", "lineage", ids[0])
    assert (found["root"], found["links"], found["truncated"]) == (ids[0], [], False)
    assert [asset["id"] for asset in found["assets"]] == [ids[0]]
    assert answer(capsys, "assets", "lineage", "asset_none", code=1)["error"]["kind"] == "not_found"
    Path(answer(capsys, "assets", "show", ids[0])["path"]).unlink()
    assert answer(capsys, "assets", "rescan")["rescan"] == {
        "found_again": 0, "moved": 0, "changed": 0, "missing": 1, "new_files": 0}
    assert listed(capsys, "--missing") == [ids[0]]
    assert answer(capsys, "assets", "show", ids[0])["missing_since"]
    assert answer(capsys, "assets", "delete", "--anyway", *ids)["assets"][0]["deleted_at"]
    assert run(["assets", "rescan"]) == 0
    assert "missing" in capsys.readouterr().out
