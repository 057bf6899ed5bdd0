"""The README's Python examples, run as they stand against a real engine that plays both services."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.domain.account import KEY_VARIABLES, OFFICIAL_URLS, Service
from tests.unit.engine.rig import Rig, engine

ROOT = Path(__file__).parents[2]
HEADING = "## As a library"
EXAMPLE_KEY = "cl_live_abc123"
ENGINE_KEY = "rehearsal"


def section() -> str:
    _, heading, rest = (ROOT / "README.md").read_text("utf-8").partition(f"\n{HEADING}\n")
    assert heading, f"README.md has no section {HEADING!r}"
    return rest.split("\n## ", 1)[0]


BLOCKS = re.findall(r"^```python\n(.*?)^```", section(), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Rig]]:
    """One engine for each of the keys that the examples use."""
    with (
        engine(tmp_path_factory.mktemp("services"), key=EXAMPLE_KEY) as played,
        engine(tmp_path_factory.mktemp("engine"), key=ENGINE_KEY) as local,
    ):
        yield {EXAMPLE_KEY: played, ENGINE_KEY: local}


# Of each example: what it prints, ENGINE standing for its engine's address, and which files it leaves.
ENDS: list[tuple[str, tuple[str, ...]]] = [
    (r"Video URL: ENGINE/files/\S+\.mp4\nCredits used: 0\n", ()),
    (r"Credits left: \S+\nSaved: lighthouse\.png for 0 credits\n", ("lighthouse.png",)),
    ("", (r"\S+\.mp4",) * 3),
    (r"ENGINE/files/\S+\.mp4\n", ()),
    (r"ENGINE/files/\S+\.mp4\nfree\n", ("harbour.png",)),
]


def test_every_example_is_run() -> None:
    assert len(BLOCKS) == len(ENDS)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(ENDS)))
def test_an_example_runs(
    services: dict[str, Rig], number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The official addresses lead to an engine here, and port 8765 to the other one; nothing else is changed."""
    played, local = services[EXAMPLE_KEY].url, services[ENGINE_KEY].url
    monkeypatch.setitem(OFFICIAL_URLS, Service.CANVAS_LABS, f"{played}/v1")
    monkeypatch.setitem(OFFICIAL_URLS, Service.CANNON_STUDIO, played)
    for variable in KEY_VARIABLES.values():
        monkeypatch.setenv(variable, EXAMPLE_KEY)
    monkeypatch.chdir(tmp_path)
    source = BLOCKS[number].replace("http://127.0.0.1:8765", local)
    exec(compile(source, f"README example {number + 1}", "exec"), {"__name__": "__main__"})  # noqa: S102  our own README
    said, names = ENDS[number]
    address = re.escape(local if local in source else played)
    assert re.fullmatch(said.replace("ENGINE", address), capsys.readouterr().out)
    saved = sorted(path for path in tmp_path.iterdir() if path.stat().st_size > 0)
    assert len(saved) == len(names)
    assert all(re.fullmatch(name, path.name) for name, path in zip(names, saved, strict=True))


@pytest.mark.slow
def test_the_services_own_example_says_what_it_says_there(
    services: dict[str, Rig], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also when it is written without a close: its thread goes with it."""
    played = services[EXAMPLE_KEY].url
    monkeypatch.setitem(OFFICIAL_URLS, Service.CANVAS_LABS, f"{played}/v1")
    names: dict[str, object] = {}
    exec(compile(BLOCKS[0], "README example 1", "exec"), names)  # noqa: S102  our own README
    url, credits_used = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"Video URL: {re.escape(played)}/files/\S+\.mp4", url)
    assert credits_used == "Credits used: 0"
    names.clear()
    assert not [thread for thread in threading.enumerate() if thread.name == "studio-client"]
