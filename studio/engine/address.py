"""The address file: how a window or a command line finds the engine of its data folder.

Light on purpose (standard library and psutil): the window reads it on its way to the first paint.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from studio.engine.process import birth, lives

ADDRESS_FILE = "address.json"


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where an engine listens. `token` is its key, made anew at each start. `started` says when the process
    began (studio.engine.process): with `pid` it names one process for good."""

    url: str
    token: str = field(repr=False)
    pid: int = 0
    version: str = ""
    started: str = ""

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def alive(self) -> bool:
        """Whether that very process still runs (another one may have taken its number)."""
        return lives(self.pid, self.started)


def read_address(folder: Path) -> EngineAddress | None:
    """The engine of this engine folder, or None: no file, a broken one, or its process is gone."""
    try:
        values = json.loads((folder / ADDRESS_FILE).read_text(encoding="utf-8"))
        address = EngineAddress(
            url=str(values["url"]),
            token=str(values["token"]),
            pid=int(values["pid"]),
            version=str(values["version"]),
            started=str(values["started"]),
        )
        _ = address.port  # a URL without one is a broken file
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return address if address.alive() else None


def write_address(folder: Path, url: str, token: str, version: str) -> EngineAddress:
    """Publish this process as the engine of the folder. Readable by the owner alone, whole or not there at all."""
    address = EngineAddress(url, token, os.getpid(), version, birth(os.getpid()))
    values = asdict(address)
    partial = folder / f"{ADDRESS_FILE}.{secrets.token_hex(4)}.part"
    fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        json.dump(values, stream)
    os.replace(partial, folder / ADDRESS_FILE)
    return address


def remove_address(folder: Path) -> None:
    """Take the file away if it still names this process."""
    path = folder / ADDRESS_FILE
    try:
        if json.loads(path.read_text(encoding="utf-8")).get("pid") == os.getpid():
            path.unlink()
    except (OSError, ValueError, AttributeError):
        return  # gone, or not ours: nothing to take away
