"""Downloads that break, lie and go on."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
from pathlib import Path

import pytest

from studio.net.download import DownloadLimits
from studio.net.errors import BadAnswerError, ForbiddenAddressError, NoAnswerError, TooLargeError
from studio.net.origin import Key
from studio.net.part import PartFile
from studio.net.transport import Transport
from tests.unit.net.raw_server import RawServer, Seen, endless, file_script, head, raw, reply, silent, until

DATA = bytes(range(256)) * 12_000  # 3 MB: several blocks
SUM = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "result.part"


async def test_a_whole_file(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(file_script(DATA))
    reports: list[tuple[int, int | None]] = []
    assert await transport.download(f"{server.url}/f", part, report=lambda *numbers: reports.append(numbers)) == SUM
    assert part.read_bytes() == DATA
    assert reports[-1] == (len(DATA), len(DATA))
    assert [name.name for name in part.parent.iterdir()] == ["result.part"]
    assert server.seen[0].headers["accept-encoding"] == "identity"


async def test_it_goes_on_where_the_connection_broke(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(*[file_script(DATA, cut_after=1_100_000)] * 2, file_script(DATA))
    assert await transport.download(f"{server.url}/f", part) == SUM
    starts = [one.headers.get("range", "bytes=0-") for one in server.seen]
    assert starts[0] == "bytes=0-"
    assert all(int(start[6:-1]) >= 900_000 * place for place, start in enumerate(starts))
    assert part.read_bytes() == DATA


async def test_it_goes_on_after_a_kill(server: RawServer, part: Path) -> None:
    """Cancelled in the middle (as a kill leaves it), a second process fetches only what is missing."""

    async def slow_half(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"ETag": '"v1"', "Content-Length": str(len(DATA))}) + DATA[:2_500_000])
        await writer.drain()
        await asyncio.sleep(30)

    server.say(slow_half)
    first = Transport()
    fetching = asyncio.ensure_future(first.download(f"{server.url}/f", part, limits=DownloadLimits(block=250_000)))
    await until(lambda: part.exists() and part.stat().st_size >= 2_000_000)
    fetching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await fetching
    await first.aclose()
    there = part.stat().st_size
    server.say(file_script(DATA))
    second = Transport()
    assert await second.download(f"{server.url}/f?new=signature", part) == SUM
    await second.aclose()
    assert server.seen[-1].headers["range"] == f"bytes={there}-"


async def test_another_file_by_now_starts_anew(server: RawServer, transport: Transport, part: Path) -> None:
    new = DATA[::-1]
    server.say(file_script(DATA, cut_after=2_000_000), file_script(new, etag='"v2"'))
    assert await transport.download(f"{server.url}/f", part) == hashlib.sha256(new).hexdigest()
    assert part.read_bytes() == new


async def test_without_a_version_nothing_is_trusted(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(file_script(DATA, etag=None, cut_after=2_000_000), file_script(DATA, etag=None))
    assert await transport.download(f"{server.url}/f", part) == SUM
    assert "range" not in server.seen[1].headers


@pytest.mark.parametrize("note", ["", "{", "[]", '{"validator": 1, "total": 2}', '{"validator": "\\"v1\\"", "total": 5}',
                                  "null", '{"validator": null, "total": null}'])
async def test_a_broken_note_starts_anew(server: RawServer, transport: Transport, part: Path, note: str) -> None:
    part.write_bytes(b"something else that lay here")
    part.with_name("result.part.json").write_text(note)
    server.say(file_script(DATA))
    assert await transport.download(f"{server.url}/f", part) == SUM
    assert "range" not in server.seen[0].headers


async def test_everything_was_there_already(server: RawServer, transport: Transport, part: Path) -> None:
    part.write_bytes(DATA)
    part.with_name("result.part.json").write_text(json.dumps({"validator": '"v1"', "total": len(DATA)}))
    server.say(file_script(DATA))
    assert await transport.download(f"{server.url}/f", part) == SUM
    assert server.seen[0].headers["range"] == f"bytes={len(DATA)}-"


@pytest.mark.parametrize(
    "content_range",
    ["bytes 0-99/3072000", "bytes 7-3071999/3072000", "bytes 2000000-3071999/9999999", "nonsense",
     "bytes 2000000-2000010/3072000", "bytes 2000000-99999999999999999999/3072000"],
)
async def test_a_lying_range_is_not_mixed_in(
    server: RawServer, transport: Transport, part: Path, content_range: str
) -> None:
    part.write_bytes(DATA[:2_000_000])
    part.with_name("result.part.json").write_text(json.dumps({"validator": '"v1"', "total": len(DATA)}))
    server.say(reply(206, b"x" * 1000, {"Content-Range": content_range}), file_script(DATA))
    assert await transport.download(f"{server.url}/f", part) == SUM
    assert part.read_bytes() == DATA


async def test_more_than_it_said(server: RawServer, transport: Transport, part: Path) -> None:
    """What is longer than its Content-Length is cut there by HTTP; what is longer than its Content-Range is refused."""
    part.write_bytes(DATA[:2_000_000])
    part.with_name("result.part.json").write_text(json.dumps({"validator": '"v1"', "total": len(DATA)}))
    rest = len(DATA) - 2_000_000
    body = b"x" * (rest + 5)
    headers = {"Content-Range": f"bytes 2000000-{len(DATA) - 1}/{len(DATA)}", "Connection": "close"}
    server.say(raw(head(206, headers) + body))
    with pytest.raises(TooLargeError):
        await transport.download(f"{server.url}/f", part)
    assert not part.exists()


async def test_less_than_it_said(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(raw(head(200, {"Content-Length": "5000", "ETag": '"v1"'}) + b"x" * 100))
    with pytest.raises(NoAnswerError):
        await transport.download(f"{server.url}/f", part)
    assert len(server.seen) == 3


async def test_the_limit_by_word_and_by_deed(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(file_script(DATA))
    with pytest.raises(TooLargeError):
        await transport.download(f"{server.url}/f", part, max_bytes=1000)
    server.say(endless(b"x" * 65536, {"Connection": "close"}))
    with pytest.raises(TooLargeError):
        await transport.download(f"{server.url}/f", part, max_bytes=3_000_000)
    assert list(part.parent.iterdir()) == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_refusal_carries_its_status(server: RawServer, transport: Transport, part: Path, status: int) -> None:
    server.say(reply(status, b"gone"))
    with pytest.raises(BadAnswerError) as caught:
        await transport.download(f"{server.url}/f", part)
    assert (caught.value.status, len(server.seen)) == (status, 1)


async def test_a_slower_pace_is_kept(server: RawServer, transport: Transport, part: Path, waits: list[float]) -> None:
    server.say(reply(429, b"", {"Retry-After": "4"}), file_script(DATA))
    assert await transport.download(f"{server.url}/f", part) == SUM
    assert waits == [4.5]


async def test_compressed_against_the_wish(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(reply(200, b"x", {"Content-Encoding": "gzip"}))
    with pytest.raises(BadAnswerError):
        await transport.download(f"{server.url}/f", part)


async def test_a_link_that_only_drips(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(endless(b"x", {"Content-Length": "1000000"}, pause_s=0.01))
    with pytest.raises(NoAnswerError, match="slow"):
        await transport.download(f"{server.url}/f", part, limits=DownloadLimits(window_s=0.1))


async def test_the_key_does_not_follow_a_redirect(
    server: RawServer, other_server: RawServer, transport: Transport, part: Path
) -> None:
    server.say(reply(302, b"", {"Location": f"{other_server.url}/cdn"}))
    other_server.say(file_script(DATA))
    assert await transport.download(f"{server.url}/f", part, key=Key("cs_live_x", server.url)) == SUM
    assert server.seen[0].headers["authorization"] == "Bearer cs_live_x"
    assert "authorization" not in other_server.seen[0].headers


async def test_outward_means_outward(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(file_script(DATA))
    for url in (f"{server.url}/f", server.url.replace("127.0.0.1", "localhost") + "/f"):
        with pytest.raises(ForbiddenAddressError):
            await transport.download(url, part, outward=True)
    assert server.seen == []
    url = server.url.replace("127.0.0.1", "localhost") + "/f"
    assert await transport.download(url, part, outward=True, allow_loopback=True) == SUM
    assert server.seen[0].headers["host"] == url.split("/")[2]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
async def test_a_full_disk_is_told(
    server: RawServer, transport: Transport, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.say(file_script(DATA))
    real_open = PartFile._open

    def open_full(self: PartFile) -> None:
        real_open(self)
        assert self._descriptor is not None
        os.dup2(os.open("/dev/full", os.O_RDWR), self._descriptor)

    monkeypatch.setattr(PartFile, "_open", open_full)
    monkeypatch.setattr(PartFile, "_empty", lambda self: None)
    with pytest.raises(OSError, match="No space"):
        await transport.download(f"{server.url}/f", part)


async def test_cancelled_while_nothing_comes(server: RawServer, transport: Transport, part: Path) -> None:
    server.say(silent())
    fetching = asyncio.ensure_future(transport.download(f"{server.url}/f", part))
    await until(lambda: bool(server.seen))
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
