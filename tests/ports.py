"""Ports for tests that must name one before anybody listens there, or one where nobody ever does."""

from __future__ import annotations

import random
import socket

_FIRST, _END = 20_000, 32_000
"""Below the ports that the system hands out by itself (from 32768 on Linux, from 49152 elsewhere): between the look and the
use no connection of another test, and no server that asks for any port, takes it."""
_draw = random.SystemRandom()


def free_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    while True:
        port = _draw.randrange(_FIRST, _END)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
