"""Made-up keys go through everything that can go wrong; afterwards nothing that was written holds one of them."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from studio.app import logs
from studio.app.core import Core
from studio.domain.account import Account, Service
from studio.domain.errors import StudioError
from studio.domain.job import JobRequest
from studio.settings.paths import Paths

KEYS = {
    "refused": "cs_live_canary_refused_1A2b3C4d", "moved": "canary.moved.5E6f7G8h", "failed": "canary~failed~9I0j1K2l",
    "garbage": "canary/garbage/3M4n5O6p=", "broken": "canary+broken+7Q8r9S0t", "canvas": "canary_canvas_1U2v3W4x",
}


class _Echoing(BaseHTTPRequestHandler):
    """A service that says the key back wherever it can."""

    protocol_version = "HTTP/1.1"

    def _given(self) -> str:
        return str(self.headers.get("Authorization", "")).removeprefix("Bearer ")

    def _answer(self, status: int, body: object, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), "Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self._given()
        if key == KEYS["refused"]:
            self._answer(401, {"error": {"code": "unauthorized", "message": f"There is no key {key}."}})
        elif key == KEYS["moved"]:
            self._answer(307, b"", Location=f"http://localhost:9/?key={key}")
        elif key == KEYS["garbage"]:
            self._answer(200, f"<html>{key}</html>".encode())
        else:
            self._answer(202, {"id": "req_1", "job_id": "job_1", "status": "queued", "poll_after_ms": 1, "note": key})

    def do_GET(self) -> None:
        key = self._given()
        self._answer(200, {"id": "req_1", "job_id": "job_1", "status": "failed", "errorMessage": f"Key {key} is too dark.",
                           "error": {"code": "dark", "message": f"Key {key} is too dark."}})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
        return


@contextmanager
def _serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echoing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
async def chatty(paths: Paths) -> AsyncIterator[Core]:
    """A core that logs all it has, to its own file."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.set_up(paths, logging.DEBUG)
    core = await Core.open(paths)
    yield core
    await core.close()
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def _hits(folder: Path) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        found += [f"{name} in {path.name}" for name, key in KEYS.items() if key.encode() in data]
    return found


@pytest.mark.slow
async def test_no_key_is_written_anywhere(
    chatty: Core, paths: Paths, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with _serving() as url:
        shown: list[object] = []
        chatty.subscribe(shown.append)
        await chatty.start()
        for name, key in KEYS.items():
            canvas = name == "canvas"
            service = Service.CANVAS_LABS if canvas else Service.CANNON_STUDIO
            await chatty.add_account(Account(name, service, f"{url}/v1" if canvas else url), key)
            try:
                await chatty.balance(name)
            except StudioError as error:
                shown += [error.in_words(), repr(error), str(error.__dict__)]
        provider = chatty._accounts.provider("broken")

        async def broken(*_: object) -> object:
            raise RuntimeError(f"Illegal header value Bearer {KEYS['broken']}")

        monkeypatch.setattr(provider, "poll", broken)
        made = [await chatty.submit(JobRequest("image.generate", name, {"prompt": "a pier"})) for name in KEYS]
        for job in made:
            ended = await chatty.wait(job.id, 3.0)
            shown += [ended, await chatty.timeline(job.id)]
        logging.getLogger("studio.test").debug("keys: %s", list(KEYS.values()))
    written = capfd.readouterr()
    everything = f"{shown!r}{written.out}{written.err}"
    assert [name for name, key in KEYS.items() if key in everything] == []
    assert "too dark" in everything  # the scenes were played
    await chatty.close()
    assert _hits(paths.data) == []
    assert "keys:" in (paths.logs / logs.FILE_NAME).read_text("utf-8")
