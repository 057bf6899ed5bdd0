"""What stands before the handlers, as a browser page or a stranger on this computer meets it."""

from __future__ import annotations

import http.client
import logging
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.unit.engine.renderers import png
from tests.unit.engine.rig import KEY, Rig, engine

PATHS = ("/health", "/api/v1/status", "/v1/account/credits", "/files/a/b.png")


def _raw(rig: Rig, path: str, headers: list[tuple[str, str]]) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", int(rig.url.rsplit(":", 1)[1]), timeout=10)
    try:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", "localhost.evil.example:{port}", ""]
)
def test_another_host_is_refused(shared: Rig, path: str, host: str) -> None:
    port = shared.url.rsplit(":", 1)[1]
    status, _, _ = _raw(shared, path, [("Host", host.format(port=port)), ("x-api-key", KEY)])
    assert status == 403


def test_two_hosts_are_refused(shared: Rig) -> None:
    own = shared.url.removeprefix("http://")
    status, _, _ = _raw(shared, "/health", [("Host", own), ("Host", "evil.example"), ("x-api-key", KEY)])
    assert status in (400, 403)


def test_both_own_names_are_taken(shared: Rig) -> None:
    port = shared.url.rsplit(":", 1)[1]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
        assert _raw(shared, "/health", [("Host", host)])[0] == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}],
)
def test_a_web_page_is_refused_even_with_the_key(shared: Rig, path: str, headers: dict[str, str]) -> None:
    answer = shared.client.get(path, headers=headers)
    assert answer.status_code == 403
    assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_a_preflight_gets_no_permission(shared: Rig) -> None:
    answer = shared.bare.options(
        "/api/v1/requests", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_health_needs_no_key_and_tells_nothing_secret(shared: Rig) -> None:
    answer = shared.bare.get("/health")
    assert set(answer.json()) == {"status", "version"}


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/engine/stop"), ("DELETE", "/files/a/b.png"), ("POST", "/api/v1/uploads")]
)
def test_what_changes_something_needs_the_key(shared: Rig, method: str, path: str) -> None:
    assert shared.bare.request(method, path).status_code == 401


def test_a_key_of_strange_characters_is_only_wrong(shared: Rig) -> None:
    headers = {b"x-api-key": "schl\u00fcssel".encode()}
    assert shared.bare.get("/api/v1/status", headers=headers).status_code == 401


def test_answers_are_not_held_back_by_nagle() -> None:
    """asyncio sets TCP_NODELAY only on sockets that say IPPROTO_TCP; without it every answer takes 40 ms more."""
    from studio.engine.serve import _listen

    with _listen(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_websocket_is_not_opened(shared: Rig) -> None:
    status, _, _ = _raw(
        shared, "/health",
        [("Host", shared.url.removeprefix("http://")), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
         ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="), ("Sec-WebSocket-Version", "13")],
    )
    assert status != 101


@pytest.mark.slow
def test_neither_key_nor_file_tokens_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with engine(tmp_path) as rig:
        url = rig.finished(rig.create())["output"]["image_url"]
        upload = rig.upload(png())
        rig.bare.get(url)
        rig.bare.get(url + "x")
        rig.client.post("/api/v1/requests", content=b"{")
        rig.bare.get("/api/v1/status", headers={"x-api-key": KEY + "x"})
        rig.client.delete(upload)
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    for secret in (KEY, urlsplit(url).path.split("/")[2], urlsplit(upload).path.split("/")[2]):
        assert not any(secret in line for line in lines)
