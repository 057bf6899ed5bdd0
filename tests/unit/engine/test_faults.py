"""Fault drills: each kind as a client meets it, and files of rules that are wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.engine.errors import EngineError
from studio.engine.fault_rules import FaultRule, read_faults
from tests.unit.engine.rig import Rig, engine


@contextmanager
def _drill(home: Path, *rules: dict[str, Any]) -> Iterator[Rig]:
    path = home / "faults.json"
    path.write_text(json.dumps(list(rules)))
    with engine(home, faults=path) as rig:
        yield rig


def _jobs(rig: Rig) -> int:
    import sqlite3

    connection = sqlite3.connect(rig.options.folder / "engine.db")
    count = connection.execute("SELECT COUNT(*) FROM jobs").fetchone()[0]
    connection.close()
    return int(count)


def _read_until_it_breaks(rig: Rig, url: str) -> tuple[bytes, str]:
    got = b""
    with rig.bare.stream("GET", url) as answer:
        try:
            for chunk in answer.iter_raw():
                got += chunk
        except httpx.RemoteProtocolError:
            return got, answer.headers["etag"]
    raise AssertionError("the download was whole")


CREATE = {"method": "POST", "path": "/api/v1/requests"}


def test_a_status_with_its_headers_is_answered_and_nothing_is_done(tmp_path: Path) -> None:
    rule = {"match": CREATE, "times": 2, "do": "status", "status": 429, "headers": {"Retry-After": "3"}}
    with _drill(tmp_path, rule) as rig:
        answers = [rig.post() for _ in range(3)]
        assert [answer.status_code for answer in answers] == [429, 429, 202]
        assert answers[0].headers["Retry-After"] == "3"
        assert answers[0].json()["error"]["code"] == "rate_limited"
        assert _jobs(rig) == 1


def test_a_connection_broken_before_leaves_no_job(tmp_path: Path) -> None:
    with _drill(tmp_path, {"match": CREATE, "times": 1, "do": "drop_before"}) as rig:
        with pytest.raises(httpx.RemoteProtocolError):
            rig.post()
        assert _jobs(rig) == 0


def test_a_connection_broken_after_leaves_one_job_that_its_key_finds(tmp_path: Path) -> None:
    with _drill(tmp_path, {"match": CREATE, "times": 1, "do": "drop_after"}) as rig:
        with pytest.raises(httpx.RemoteProtocolError):
            rig.post(key="intent")
        assert _jobs(rig) == 1
        assert rig.finished(rig.post(key="intent").json()["id"])["status"] == "succeeded"
        assert _jobs(rig) == 1


def test_a_cut_download_is_resumed(tmp_path: Path) -> None:
    with _drill(tmp_path, {"match": {"path": "/files/*"}, "times": 1, "do": "cut_body"}) as rig:
        url = rig.finished(rig.create("video.generate", duration=1))["output"]["video_url"]
        got, etag = _read_until_it_breaks(rig, url)
        assert 0 < len(got) < 2024
        rest = rig.bare.get(url, headers={"Range": f"bytes={len(got)}-", "If-Range": etag})
        assert rest.status_code == 206
        assert len(got) + len(rest.content) == 2024


def test_a_result_expires_and_a_slow_answer_comes(tmp_path: Path) -> None:
    slow = {"match": {"path": "/api/v1/status"}, "do": "slow", "delay_s": 0.2, "times": 1}
    with _drill(tmp_path, {"match": {"path": "/files/*"}, "times": 1, "do": "expire"}, slow) as rig:
        url = rig.finished(rig.create())["output"]["image_url"]
        assert [rig.bare.get(url).status_code for _ in range(2)] == [404, 200]
        began = time.monotonic()
        assert rig.client.get("/api/v1/status").status_code == 200
        assert time.monotonic() - began >= 0.2


def test_a_rule_for_one_operation_spares_the_others(tmp_path: Path) -> None:
    with _drill(tmp_path, {"match": {"operation": "video.generate"}, "do": "status", "status": 500}) as rig:
        assert rig.post("video.generate").status_code == 500
        assert rig.client.post("/v1/video/generate", json={"prompt": "a"}).status_code == 500
        assert rig.post("image.generate").status_code == 202


def test_chance_is_the_same_for_the_same_seed() -> None:
    def draw() -> list[bool]:
        rule = FaultRule("status", p=0.3, seed=4)
        return [rule.strikes("GET", "/", None) for _ in range(200)]

    assert draw() == draw()
    assert 30 < sum(draw()) < 90


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "no JSON"), ("{}", "list"), ("[1]", "object"), ('[{"do": "explode"}]', "do must be"),
        ('[{"do": "webhook", "webhook": "eat"}]', "webhook must be"), ('[{"do": "slow", "often": 1}]', "often"),
        ('[{"do": "slow", "match": {"host": "a"}}]', "host"), ('[{"do": "slow", "times": "2"}]', "times"),
        ('[{"do": "slow", "p": 2}]', "p must be"), ('[{"do": "status", "status": 99}]', "status"),
        ('[{"do": "status", "headers": {"a": 1}}]', "headers"), ('[{"do": "slow", "match": {"path": 1}}]', "match.path"),
    ],
)
def test_a_wrong_rule_is_refused_in_words(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "faults.json"
    path.write_text(text)
    with pytest.raises(EngineError, match=word):
        read_faults(path)


def test_a_missing_file_of_rules_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be read"), engine(tmp_path, faults=tmp_path / "none.json"):
        pass
