"""A web server on this computer for tests of fetching: what it is told to answer, and who asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """`pages` by path: bytes and the status. `slow`: an event without which no body goes out. `asked`: the paths."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.slow: threading.Event | None = None
        self.url = ""


@contextmanager
def site() -> Iterator[Site]:
    """Served until the block ends."""
    here = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the base class's spelling
            here.asked.append(self.path)
            status, body = here.pages.get(self.path.partition("?")[0], (404, b"nothing here"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if here.slow is not None:
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                here.slow.wait(60)
                body = body[len(body) // 2 :]
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is no error here
    here.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        if here.slow is not None:
            here.slow.set()
        server.shutdown()
        server.server_close()
        thread.join(60)
