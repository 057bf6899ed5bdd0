"""Chains by the real program on the real engine: kill -9 in the middle of one, again and again, makes each step once; those
that come with Studio come to their end."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
import skimage

from tests.e2e.command import Command, read_beside

KILLS = 10
PARKED = "stopped 3 times in a row"
CHAIN = {
    "format": "studio-chain", "version": 1, "title": "Four steps", "steps": [
        {"name": "words", "operation": "prompt.enhance.image", "input": {"prompt": {"$ask": {"name": "idea"}}}},
        {"name": "picture", "operation": "image.generate", "input": {"prompt": {"$from": "words"}, "resolution": "1K"}},
        {"name": "drawn", "operation": "style.transfer", "input": {
            "image_url": {"$from": "picture"}, "style": "watercolour", "resolution": "720p"}},
        {"name": "clip", "operation": "smartmotion.generate", "input": {"file_url": {"$from": "drawn"}, "duration": 1}},
    ],
}


def state_of(home: Path, run: str) -> str:
    """Read beside the program that writes it."""
    return str(dict(read_beside(home / "studio.db", "SELECT id, state FROM chain_runs"))[run])


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Command]:
    command = Command(tmp_path / "home")
    yield command
    command.close()


@pytest.mark.slow
def test_runs_that_are_killed_again_and_again_make_each_step_once(studio: Command, tmp_path: Path) -> None:
    file = tmp_path / "chain.json"
    file.write_text(json.dumps(CHAIN), "utf-8")
    assert studio("chains", "import", file).code == 0
    chance = random.Random(7)
    killed = runs = 0
    while killed < KILLS:
        began = studio("chains", "run", "four-steps", "-p", "idea=a boat on a lake", "--json")
        assert began.code == 0, began.err
        run, runs = began.document["id"], runs + 1
        while killed < KILLS and state_of(studio.home, run) == "running":
            process = studio.start("chains", "wait", run, log=tmp_path / f"life{killed}.log")
            time.sleep(chance.uniform(0.5, 2.0))
            killed += process.poll() is None
            process.kill()
            process.wait(60)
        ended = studio("chains", "wait", run, "--json")
        while ended.code == 1 and PARKED in ended.err:  # three of the kills in a row met the same step: the person's word
            assert studio("chains", "retry", run, "--json").document["steps"]
            ended = studio("chains", "wait", run, "--json")
        assert ended.code == 0, ended.err
        assert [step["state"] for step in ended.document["steps"]] == ["done"] * 4
        assert [step["attempt"] for step in ended.document["steps"]] == [1] * 4
        assert len(studio("jobs", "list", "--json").document["jobs"]) == 4 * runs
        assert studio.engine_jobs() == 4 * runs, "a step was made twice"


@pytest.mark.slow
def test_the_chains_that_come_with_studio_come_to_their_end(studio: Command) -> None:
    portrait = Path(skimage.__file__).parent / "data" / "astronaut.png"
    for name, answers, kinds in (
        ("idea-to-clip", ("idea=a red boat on a lake", "resolution=1K", "seconds=1"), ["prompt", "image", "video"]),
        ("clip-with-sound", ("prompt=waves at a beach", "seconds=1", "resolution=1080p"), ["audio", "video", "video"]),
        ("talking-portrait", ("words=Good morning.", f"portrait=@{portrait}", "seconds=2"), ["audio", *["video"] * 3]),
    ):
        words = [word for answer in answers for word in ("-p", answer)]
        done = studio("chains", "run", name, *words, "--wait", "--json")
        assert done.code == 0, done.err
        made = [step["job"]["assets"][0] for step in done.document["steps"]]
        assert [asset["kind"] for asset in made] == kinds
        with av.open(made[-1]["path"]) as film:
            assert len(film.streams.video) == 1
            assert len(film.streams.audio) == (name != "idea-to-clip")
        assert studio("chains", "show", name, "--json").document["estimate"]["total"] == 0
