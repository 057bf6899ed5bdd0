"""A service on loopback that speaks Cannon Studio's contract and does as the test says: holds jobs, ends or fails them."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ScriptedService:
    """`bodies`: what was asked for. `fetched`: what lay at each image_url then. `hold`: jobs go on running. `stuck`: so many
    downloads as are `waiting` get no answer until the `release`."""

    def __init__(self, result: bytes) -> None:
        self.result = result
        self.bodies: list[dict[str, Any]] = []
        self.fetched: list[bytes] = []
        self.hold = False
        self.fail = False
        self.stuck = False
        self.waiting = 0
        self.release = threading.Event()
        self.url = ""

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        self.bodies.append(body)
        with urllib.request.urlopen(body["input"]["image_url"]) as answer:  # noqa: S310  # the test's own server, or data:
            self.fetched.append(answer.read())
        return {"id": f"req_{len(self.bodies)}", "status": "queued", "operation": body["operation"], "poll_after_ms": 20}

    def get(self, request_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": request_id, "operation": "image.edit", "poll_after_ms": 20}
        if self.hold:
            return {**answer, "status": "processing"}
        if self.fail:
            return {**answer, "status": "failed", "errorMessage": "no"}
        output = {"task_id": "imgedit_1", "asset_type": "image", "image_url": f"{self.url}/result.png"}
        return {**answer, "status": "succeeded", "output": output}


@contextmanager
def serving(result: bytes) -> Iterator[ScriptedService]:
    """The service, on a thread of its own."""
    service = ScriptedService(result)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path != "/api/v1/requests":
                self._say(404, b"{}", "application/json")
                return
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._say(202, json.dumps(service.create(body)).encode(), "application/json")

        def do_GET(self) -> None:
            if self.path == "/result.png":
                if service.stuck:
                    service.waiting += 1
                    service.release.wait(60)
                self._say(200, service.result, "image/png")
            elif self.path == "/api/v1/status":
                self._say(200, b'{"ok": true, "status": "ok", "creditsRemaining": 7}', "application/json")
            elif self.path.startswith("/api/v1/requests/"):
                self._say(200, json.dumps(service.get(self.path.rpartition("/")[2])).encode(), "application/json")
            else:
                self._say(404, b"{}", "application/json")

        def do_DELETE(self) -> None:
            self._say(404, b"{}", "application/json")

        def _say(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
