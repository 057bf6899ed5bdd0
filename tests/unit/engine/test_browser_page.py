"""The engine as a web page in a browser on this computer sees it: whatever the page tries, no handler runs.

Before the real guard, behind the real server, stands a recorder instead of the handlers: what it did not see, nobody did.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from studio.engine.guard import Guard
from studio.engine.life import Life
from studio.engine.plans import RateLimiter
from studio.engine.server import http_server
from tests.unit.engine.rig import KEY, Rig

CREATE = json.dumps({"operation": "image.generate", "input": {"prompt": "a lake"}})
ADDRESSES = ("/health", "/api/v1/status", "/api/v1/requests", "/v1/image/generate", "/files/token/a.png", "/engine/stop",
             "/")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
Headers = list[tuple[str, str]]


class Recorded:
    """The guard on a port of its own; `seen` holds what came through it."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        guard = Guard(self._app, port=self.port, key=KEY, limiter=RateLimiter(None), life=Life())
        self.server = http_server(guard)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve([self.listener])))

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.seen.append(f"{scope['method']} {scope['path']}")
        await PlainTextResponse("handled")(scope, receive, send)


@pytest.fixture(scope="module")
def recorded() -> Iterator[Recorded]:
    made = Recorded()
    made.thread.start()
    yield made
    made.server.should_exit = True
    made.thread.join(60)
    made.listener.close()


@pytest.fixture(autouse=True)
def _nothing_seen(recorded: Recorded) -> None:
    recorded.seen.clear()


def ask(port: int, method: str, target: str, headers: Headers, body: str = "", version: str = "1.1") -> tuple[int, str]:
    """One request, written by hand so that nothing is put right on its way; status and answer, (0, "") for none."""
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n" + body).encode("latin-1"))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    text = answer.decode("latin-1")
    return (int(text.split(" ")[1]) if text.startswith("HTTP/") else 0), text


def refused(recorded: Recorded, method: str, target: str, headers: Headers, body: str = "", version: str = "1.1") -> None:
    status, answer = ask(recorded.port, method, target, headers, body, version)
    assert recorded.seen == [], (method, target, headers)
    assert status in (0, 400, 401, 403), (method, target, headers, status)
    assert "access-control-" not in answer.lower()
    assert "handled" not in answer


def test_the_recorder_sees_what_is_let_in(recorded: Recorded) -> None:
    for method in METHODS:
        status, _ = ask(recorded.port, method, "/api/v1/requests", [("Host", recorded.host), ("x-api-key", KEY)])
        assert status == 200
    assert [line.split()[0] for line in recorded.seen] == list(METHODS)


@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:{port}", "127.0.0.1.nip.io:{port}", "localhost.evil.example:{port}", "0.0.0.0:{port}",
    "127.0.0.1:{port}.evil.example", "127.0.0.1:{port}@evil.example", "evil.example@127.0.0.1:{port}", "[::1]:{port}",
    "[::ffff:127.0.0.1]:{port}", "2130706433:{port}", "127.1:{port}", "127.0.0.1:1", "127.0.0.1", "localhost",
    "localhost.:{port}", "127.0.0.1:{port}, evil.example", "127.0.0.1:0{port}", "",
])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_name_that_was_bound_anew(recorded: Recorded, host: str, method: str) -> None:
    """DNS rebinding: the page's own name leads here now, so the browser counts it as the same origin and sends no Origin."""
    named = host.format(port=recorded.port)
    for target in ADDRESSES:
        refused(recorded, method, target, [("Host", named), ("x-api-key", KEY)], CREATE if method == "POST" else "")


def test_no_host_or_two(recorded: Recorded) -> None:
    for target in ADDRESSES:
        refused(recorded, "GET", target, [("x-api-key", KEY)])
        refused(recorded, "GET", target, [("x-api-key", KEY)], version="1.0")
        for hosts in ((recorded.host, "evil.example"), ("evil.example", recorded.host), (recorded.host, recorded.host)):
            refused(recorded, "GET", target, [*(("Host", host) for host in hosts), ("x-api-key", KEY)])


@pytest.mark.parametrize("origin", ["https://evil.example", "http://evil.example", "null", "http://127.0.0.1:{port}",
                                    "http://localhost:{port}", "file://", "chrome-extension://abc", ""])
@pytest.mark.parametrize("with_key", [True, False])
def test_a_page_s_own_requests(recorded: Recorded, origin: str, with_key: bool) -> None:
    """fetch, a form, a null origin (sandboxed frame, data: URL): also a page on this very address, if there were one."""
    key: Headers = [("x-api-key", KEY)] if with_key else []
    for method in METHODS:
        for target in ADDRESSES:
            named = origin.format(port=recorded.port)
            body = CREATE if method == "POST" else ""
            refused(recorded, method, target, [("Host", recorded.host), ("Origin", named), *key], body)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_that_needs_no_preflight(recorded: Recorded, kind: str) -> None:
    """What a browser sends across origins without asking first; JSON fits into a form's text/plain."""
    for origin in ([("Origin", "https://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")], []):
        for target in ("/api/v1/requests", "/v1/image/generate", "/api/v1/uploads", "/engine/stop", "/health"):
            headers = [("Host", recorded.host), ("Content-Type", kind), *origin]
            if target == "/health" and not origin:
                continue  # tells nobody's business to anybody
            refused(recorded, "POST", target, headers, CREATE)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none, cross-site", "unheard-of"])
def test_what_a_page_includes(recorded: Recorded, site: str) -> None:
    """An image, a script, a frame, a link that is followed: no Origin, but browsers say where it comes from."""
    for destination in ("image", "script", "iframe", "document", "video"):
        for target in ADDRESSES:
            fetch = [("Sec-Fetch-Site", site), ("Sec-Fetch-Dest", destination)]
            headers = [("Host", recorded.host), *fetch, ("x-api-key", KEY)]
            refused(recorded, "GET", target, headers)


def test_a_preflight_is_never_granted(recorded: Recorded) -> None:
    for target in ADDRESSES:
        headers = [("Host", recorded.host), ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"),
                   ("Access-Control-Request-Headers", "x-api-key"), ("Access-Control-Request-Private-Network", "true")]
        refused(recorded, "OPTIONS", target, headers)


def test_a_target_that_names_another_host(recorded: Recorded) -> None:
    path = "/api/v1/status"
    for target in (f"http://evil.example{path}", f"http://{recorded.host}@evil.example{path}", "evil.example:80"):
        method = "CONNECT" if target.endswith(":80") else "GET"
        status, answer = ask(recorded.port, method, target, [("Host", "evil.example"), ("x-api-key", KEY)])
        assert recorded.seen == []
        assert "handled" not in answer
        assert status in (0, 400, 401, 403, 404, 405)


def test_a_socket_is_not_opened(recorded: Recorded) -> None:
    for origin in ([], [("Origin", "https://evil.example")]):
        headers = [("Host", recorded.host), ("Upgrade", "websocket"), *origin, ("Sec-WebSocket-Version", "13"),
                   ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")]
        status, answer = ask(recorded.port, "GET", "/api/v1/status", headers)
        assert recorded.seen == []
        assert status != 101
        assert "handled" not in answer


def test_a_second_request_cannot_be_smuggled_in(recorded: Recorded) -> None:
    """A body that looks like a request of its own, under lengths that disagree."""
    inner = f"POST /api/v1/requests HTTP/1.1\r\nHost: {recorded.host}\r\nx-api-key: {KEY}\r\nContent-Length: 0\r\n\r\n"
    for lengths in ([("Transfer-Encoding", "chunked"), ("Content-Length", "4")], [("Content-Length", "0, 5")],
                    [("Content-Length", "+5")], [("Transfer-Encoding", "chunked, identity")]):
        with socket.create_connection(("127.0.0.1", recorded.port), timeout=10) as connection:
            head = [("Host", recorded.host), ("Origin", "https://evil.example"), ("Content-Type", "text/plain"), *lengths]
            text = "POST /api/v1/requests HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head)
            connection.sendall((text + "\r\n" + f"{len(inner):x}\r\n{inner}\r\n0\r\n\r\n").encode())
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        assert recorded.seen == [], lengths


def test_nothing_of_it_leaves_a_trace_in_a_real_engine(rig: Rig, tmp_path: Path) -> None:
    port = int(rig.url.rpartition(":")[2])
    own = f"127.0.0.1:{port}"
    for extra in ([("Origin", "https://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")]):
        for target in ("/api/v1/requests", "/v1/image/generate", "/api/v1/uploads", "/engine/stop"):
            ask(port, "POST", target, [("Host", own), ("x-api-key", KEY), ("Content-Type", "text/plain"), *extra], CREATE)
    ask(port, "POST", "/api/v1/requests", [("Host", f"evil.example:{port}"), ("x-api-key", KEY)], CREATE)
    with sqlite3.connect(rig.options.folder / "engine.db") as connection:
        jobs = connection.execute("SELECT * FROM jobs").fetchall()
        files = connection.execute("SELECT * FROM files").fetchall()
    connection.close()
    assert (jobs, files) == ([], [])
    assert list((rig.options.folder / "uploads").iterdir()) == []
    assert rig.client.get("/api/v1/status").status_code == 200
