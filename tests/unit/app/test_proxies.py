"""Copies in their folder: made once, found again, bounded, given up without a trace."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from studio.app.proxies import Proxies
from studio.domain.errors import InputError
from tests.media_files import write_clip

HASH = "ab" * 32


async def test_made_once_and_found_again(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "c.mp4", seconds=0.3)
    proxies = Proxies(tmp_path / "proxies")
    told: list[float] = []
    one, other = await asyncio.gather(proxies.of(source, HASH, told.append), proxies.of(source, HASH, told.append))
    assert one == other == tmp_path / "proxies" / f"{HASH}.mp4"
    assert told == sorted(told)  # one making, not two
    source.unlink()
    assert await proxies.of(source, HASH, told.append) == one


async def test_what_cannot_be_decoded_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "b.mp4"
    broken.write_bytes(b"nothing of the kind" * 20)
    with pytest.raises(InputError, match="not a picture, video or sound"):
        await Proxies(tmp_path / "proxies").of(broken, HASH, lambda _share: None)
    assert list((tmp_path / "proxies").iterdir()) == []


@pytest.mark.slow
async def test_cancelled_it_leaves_nothing(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "c.mp4", seconds=3.0, width=320, height=192)
    task = asyncio.ensure_future(Proxies(tmp_path / "proxies").of(source, HASH, lambda _share: None))
    while not list((tmp_path / "proxies").glob(".*.mp4")):
        await asyncio.sleep(0.02)
        assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((tmp_path / "proxies").iterdir()) == []


async def test_those_not_played_for_longest_go_first(tmp_path: Path) -> None:
    folder = tmp_path / "proxies"
    folder.mkdir()
    for age, name in enumerate(("new", "older", "oldest")):
        (folder / f"{name}.mp4").write_bytes(b"x" * 4000)
        os.utime(folder / f"{name}.mp4", (1_000_000 - age, 1_000_000 - age))
    source = write_clip(tmp_path / "c.mp4", seconds=0.2)
    await Proxies(folder, largest=10_000 + 4000).of(source, HASH, lambda _share: None)
    left = {path.stem for path in folder.iterdir()}
    assert HASH in left
    assert "new" in left
    assert "oldest" not in left
