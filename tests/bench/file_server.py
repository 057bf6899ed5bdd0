"""A quick server of one file for download benchmarks: a process of its own, with Range, an ETag and a link of a set speed.

`python -m tests.bench.file_server SIZE RATE` prints its port; RATE in bytes a second, 0 for as fast as it goes. GET /sent
answers how many bytes of the file were handed out so far.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import tempfile
import threading
import time

PIECE = 256 * 1024
_RANGE = re.compile(rb"[Rr]ange: bytes=(\d+)-")


class Server:
    def __init__(self, size: int, rate: int) -> None:
        self.size, self.rate, self.sent = size, rate, 0
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the process lives
        block = os.urandom(1024 * 1024)
        for _ in range(0, size, len(block)):
            self.file.write(block)
        self.file.truncate(size)
        self.file.flush()

    def serve(self, client: socket.socket) -> None:
        with client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            request = b""
            while piece := client.recv(65536):
                request += piece
                if b"\r\n\r\n" not in request:
                    continue
                try:
                    self.answer(client, request)
                except (BrokenPipeError, ConnectionResetError):
                    return
                request = b""

    def answer(self, client: socket.socket, request: bytes) -> None:
        if request.startswith(b"GET /sent"):
            body = str(self.sent).encode()
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            return
        match = _RANGE.search(request)
        start = int(match[1]) if match else 0
        head = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/%d\r\n" % (start, self.size - 1, self.size)
        client.sendall((head if match else b"HTTP/1.1 200 OK\r\n") + b'ETag: "one"\r\nContent-Type: video/mp4\r\n'
                       b"Content-Length: %d\r\n\r\n" % (self.size - start))
        began, at = time.monotonic(), start
        while at < self.size:
            count = os.sendfile(client.fileno(), self.file.fileno(), at, min(PIECE, self.size - at))
            at += count
            self.sent += count
            if self.rate:
                ahead = (at - start) / self.rate - (time.monotonic() - began)
                if ahead > 0.002:
                    time.sleep(ahead)


def main() -> None:
    server = Server(int(sys.argv[1]), int(sys.argv[2]))
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=server.serve, args=(client,), daemon=True).start()


if __name__ == "__main__":
    main()
