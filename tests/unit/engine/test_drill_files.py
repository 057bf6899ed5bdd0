"""The drills that come along: each file is taken, each kind of fault is in one of them, and the words beside them hold."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import httpx
import pytest

from studio.engine.fault_rules import KINDS, WEBHOOK_KINDS, FaultRule, read_faults
from tests.unit.engine.rig import engine

FOLDER = Path(__file__).parents[3] / "resources" / "drills"
FILES = sorted(FOLDER.glob("*.json"))
WORDS = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_is_taken_and_named(path: Path) -> None:
    assert read_faults(path)
    assert f"`{path.name}`" in WORDS


def test_together_they_show_each_kind() -> None:
    rules = [rule for path in FILES for rule in read_faults(path)]
    assert {rule.do for rule in rules} == set(KINDS)
    assert {rule.webhook for rule in rules if rule.do == "webhook"} == set(WEBHOOK_KINDS)


def test_the_words_name_each_key_and_kind() -> None:
    keys = {field.name for field in fields(FaultRule) if field.init}
    named = set(re.findall(r"`(?:match\.)?(\w+)`", WORDS))
    assert keys <= named
    assert {*KINDS, *WEBHOOK_KINDS} <= named
    assert set(re.findall(r"`([\w-]+\.json)`", WORDS)) == {path.name for path in FILES}


@pytest.mark.slow
def test_busy_and_lost_answers_as_a_client_meets_them(tmp_path: Path) -> None:
    with engine(tmp_path / "busy", faults=FOLDER / "busy.json") as rig:
        answers = [rig.post() for _ in range(3)]
        assert [one.status_code for one in answers] == [429, 429, 202]
        assert answers[0].headers["Retry-After"] == "3"
        polls = [rig.client.get("/api/v1/requests/none").status_code for _ in range(60)]
        assert 3 < polls.count(503) < 25
    with engine(tmp_path / "lost", faults=FOLDER / "lost-answers.json") as rig:
        for _ in range(2):
            with pytest.raises(httpx.TransportError):
                rig.post(key="one intent")
        found = rig.post(key="one intent")
        assert (found.status_code, found.json()["status"]) == (202, "queued")


def test_videos_that_cannot_be_paid_for(tmp_path: Path) -> None:
    with engine(tmp_path, faults=FOLDER / "no-credits.json", plan="pro") as rig:
        refused = rig.post("video.generate")
        assert (refused.status_code, refused.json()["error"]["code"]) == (402, "insufficient_credits")
        assert rig.client.post("/v1/video/generate", json={"prompt": "a"}).status_code == 402
        assert rig.post("image.generate").status_code == 202
