"""Downloads in many blocks: the writing thread, settling on the way, and what a disk says that fails."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from pathlib import Path

import pytest

from studio.net.download import DownloadLimits
from studio.net.errors import NoAnswerError
from studio.net.part import PartFile, Version
from studio.net.transport import Transport
from tests.unit.net.raw_server import RawServer, Seen, endless, file_script, head, raw, reply, until

DATA = bytes(range(256)) * 12_000  # 3 MB
SUM = hashlib.sha256(DATA).hexdigest()
SMALL = DownloadLimits(block=100_000, settle=500_000)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "result.part"


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much was on the way to the disk at each settling."""
    sizes: list[int] = []
    settle = PartFile.settle

    def counted(self: PartFile) -> None:
        sizes.append(self.size)
        settle(self)

    monkeypatch.setattr(PartFile, "settle", counted)
    return sizes


async def test_many_blocks_in_order(server: RawServer, transport: Transport, part: Path, settled: list[int]) -> None:
    server.say(file_script(DATA))
    reports: list[tuple[int, int | None]] = []
    told = await transport.download(f"{server.url}/f", part, limits=SMALL, report=lambda *one: reports.append(one))
    assert told == SUM
    assert part.read_bytes() == DATA
    assert len(reports) > 10
    assert reports == sorted(reports)
    assert reports[-1] == (len(DATA), len(DATA))
    assert 1 <= len(settled) <= len(DATA) // SMALL.settle


async def test_a_file_that_ends_with_a_block(server: RawServer, transport: Transport, part: Path) -> None:
    async def pieces(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"Content-Length": "200000"}))
        for _ in range(2):
            writer.write(b"x" * 100_000)
            await writer.drain()

    server.say(pieces)
    limits = DownloadLimits(block=1, settle=1)  # every chunk is a block
    assert await transport.download(f"{server.url}/f", part, limits=limits) == hashlib.sha256(b"x" * 200_000).hexdigest()


@pytest.mark.parametrize("method", ["write", "settle"])
async def test_a_disk_that_fails_on_the_way(
    server: RawServer, transport: Transport, part: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PartFile, method, full)
    server.say(file_script(DATA))
    with pytest.raises(OSError, match="No space"):
        await transport.download(f"{server.url}/f", part, limits=SMALL)
    assert len(server.seen) == 1  # asking again would not mend it


async def test_a_connection_that_always_breaks_is_given_up(server: RawServer, transport: Transport, part: Path) -> None:
    """Each try brings a little, so that none of them is fruitless: the count of tries ends it."""
    server.say(*(file_script(DATA, cut_after=20_000) for _ in range(20)))
    with pytest.raises(NoAnswerError, match="broke 5 times"):
        await transport.download(f"{server.url}/f", part, limits=DownloadLimits(attempts=5))
    assert len(server.seen) == 5
    assert part.stat().st_size == 100_000


async def test_a_file_without_a_length_may_end_early_only_by_its_frame(
    server: RawServer, transport: Transport, part: Path
) -> None:
    """Chunked, and whole by its frame: there is no total to compare with."""
    body = b"7\r\nwhole f\r\n3\r\nile\r\n0\r\n\r\n"
    server.say(raw(head(200, {"Transfer-Encoding": "chunked"}) + body))
    assert await transport.download(f"{server.url}/f", part) == hashlib.sha256(b"whole file").hexdigest()


async def test_shorter_than_the_version_that_was_begun(server: RawServer, transport: Transport, part: Path) -> None:
    """A 206 whose range names no total: the total of the first try counts."""
    part.write_bytes(DATA[:1000])
    part.with_name("result.part.json").write_text('{"validator": "\\"v1\\"", "total": 5000}')
    server.say(reply(206, DATA[1000:3000], {"Content-Range": "bytes 1000-2999/*"}))
    with pytest.raises(NoAnswerError):
        await transport.download(f"{server.url}/f", part, limits=DownloadLimits(attempts=1))
    assert part.stat().st_size == 3000
    assert part.with_name("result.part.json").exists()  # to go on from


async def test_another_file_that_is_shorter_starts_anew(server: RawServer, transport: Transport, part: Path) -> None:
    """416: what is there lies behind the end of what the server has now."""
    part.write_bytes(DATA)
    part.with_name("result.part.json").write_text('{"validator": "\\"v1\\"", "total": 9000000}')
    new = b"short"
    server.say(reply(416, b"", {"Content-Range": "bytes */5"}), file_script(new))
    assert await transport.download(f"{server.url}/f", part) == hashlib.sha256(new).hexdigest()
    assert "range" not in server.seen[1].headers


async def test_a_slow_link_that_is_fast_enough_goes_on(server: RawServer, transport: Transport, part: Path) -> None:
    async def steady(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"Content-Length": "50000"}))
        for _ in range(5):
            writer.write(b"x" * 10_000)
            await writer.drain()
            await asyncio.sleep(0.03)

    server.say(steady)
    limits = DownloadLimits(window_s=0.02, slowest=1000)
    assert await transport.download(f"{server.url}/f", part, limits=limits) == hashlib.sha256(b"x" * 50_000).hexdigest()


async def test_an_endless_file_leaves_no_thread_behind(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(endless(b"x" * 65536, {"Connection": "close"}))
    fetching = asyncio.ensure_future(transport.download(f"{server.url}/f", part, limits=SMALL))
    await until(lambda: part.exists() and part.stat().st_size >= 300_000)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    size = part.stat().st_size
    await asyncio.sleep(0.05)
    assert part.stat().st_size == size


def test_a_part_file_that_is_closed_says_so(part: Path) -> None:
    file = PartFile(part)
    with pytest.raises(ValueError, match="closed"):
        file.restart(Version())
    file.resume()
    file.write([b"one", b"two"])
    file.settle()
    assert file.finish() == hashlib.sha256(b"onetwo").hexdigest()
    for call in (lambda: file.write([b"x"]), file.finish):
        with pytest.raises(ValueError, match="closed"):
            call()
    file.settle()  # nothing is left to settle
    file.close()
    assert part.read_bytes() == b"onetwo"


def test_settling_does_not_hold_up_writing(part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PartFile(part)
    file.resume()
    began, go_on = threading.Event(), threading.Event()

    def slow(_descriptor: int) -> None:
        began.set()
        assert go_on.wait(60)

    monkeypatch.setattr(os, "fdatasync", slow, raising=False)
    settling = threading.Thread(target=file.settle)
    settling.start()
    assert began.wait(60)
    file.write([b"beside it"])
    go_on.set()
    settling.join()
    monkeypatch.undo()
    assert file.finish() == hashlib.sha256(b"beside it").hexdigest()
