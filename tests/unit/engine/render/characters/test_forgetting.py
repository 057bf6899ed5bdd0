"""Kept characters are forgotten when nobody has used them for long, and never while a job needs them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from studio.engine.files import KEPT_FOLDER, Files, now_ms
from studio.engine.records import Finish, JobRecord
from studio.engine.render.characters.forgetting import ABOUT, FOLDER, UNUSED_MS, forget_unused
from studio.engine.render.characters.keeping import Character, UnknownCharacterError, keep, recall
from studio.engine.render.characters.poses import Poses
from studio.engine.store import Store

OLD, NEW = "char_00000000000000aa", "char_00000000000000bb"


def make(kept: Path, name: str, age_ms: int = 0) -> Path:
    """A character of one flat pose, used last so long ago."""
    pose = np.full((8, 6, 4), 200, np.uint8)
    keep(kept, Character(name, "Mia", "person", Poses((pose,), None, frozenset(), 0.04, 0, False)), None)
    home = kept / FOLDER / name
    _set_back(home / ABOUT, age_ms)
    return home


def _set_back(path: Path, age_ms: int) -> None:
    then = (now_ms() - age_ms) / 1000
    os.utime(path, (then, then))


def test_what_is_unused_goes_and_what_is_used_stays(tmp_path: Path) -> None:
    make(tmp_path, OLD, UNUSED_MS + 1000)
    make(tmp_path, NEW, UNUSED_MS - 60_000)
    assert forget_unused(tmp_path, now_ms() - UNUSED_MS, ()) == [OLD]
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [NEW]
    with pytest.raises(UnknownCharacterError):
        recall(tmp_path, OLD)
    assert recall(tmp_path, NEW).name == "Mia"
    assert forget_unused(tmp_path / "never made", now_ms(), ()) == []


def test_a_use_begins_the_time_anew(tmp_path: Path) -> None:
    make(tmp_path, OLD, UNUSED_MS + 1000)
    recall(tmp_path, OLD)
    assert forget_unused(tmp_path, now_ms() - UNUSED_MS, ()) == []
    assert forget_unused(tmp_path, now_ms() + 1000, ()) == [OLD]


def test_leavings_of_a_crash_go_and_strange_things_stay(tmp_path: Path) -> None:
    home = make(tmp_path, OLD, UNUSED_MS + 1000)
    half, gone = home.with_name(f".{NEW}.77.part"), home.with_name(f".{NEW}.gone")
    for folder in (half, gone):
        folder.mkdir()
        (folder / "pose-00.png").write_bytes(b"x")
        _set_back(folder, UNUSED_MS + 1000)
    fresh = home.with_name(f".{NEW}.78.part")
    fresh.mkdir()
    assert forget_unused(tmp_path, now_ms() - UNUSED_MS, (OLD,)) == []
    assert {path.name for path in (tmp_path / FOLDER).iterdir()} == {OLD, fresh.name}


async def test_the_sweep_spares_what_an_unfinished_job_names(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    files = Files(store, tmp_path, "http://127.0.0.1:1")
    home = make(tmp_path / KEPT_FOLDER, OLD, UNUSED_MS + 1000)
    values = {"prompt": "Mia waves", "character_ids": [OLD]}
    await store.add(JobRecord("req_1", "cannon", "sora2.character.video", values, {}, 1, now_ms()))
    await files.sweep()
    assert home.is_dir()
    await store.finish("req_1", Finish("failed", now_ms(), error_code="cancelled"))
    await files.sweep()
    assert not home.exists()
    await store.close()
