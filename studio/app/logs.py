"""The log file, with everything that looks like a secret masked, and the last catch for errors that nobody caught.

Light on purpose: the window sets it up before its first paint.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.settings.paths import Paths

FILE_NAME = "studio.log"
MOST_BYTES = 1_000_000
KEPT = 3
MASK = "•••"
_FORMAT = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"
_SHORTEST_SECRET = 6

_SUSPECT = r"""(?ix)
    \b(?:cs|cl)_(?:live|test)_[\w-]+                       # keys of the two services
    | \bwhsec_[\w+/=-]+                                     # secrets of webhooks
    | (?<=bearer\s)[\w.~+/=-]+
    | (?<=x-api-key)["']?\s*[:=]\s*["']?[^\s"',}]+
    | (?<=authorization)["']?\s*[:=]\s*["']?(?:bearer\s+)?[^\s"',}]+
    | (?<=[?&])(?:token|key|sig|signature|expires|policy|credential|x-amz-[\w-]+|x-goog-[\w-]+)=[^&\s"']+
    """


@cache
def _looks_secret() -> re.Pattern[str]:
    return re.compile(_SUSPECT)


class RedactingFormatter(logging.Formatter):
    """Masks known secrets, and what looks like one, in the whole text: message, arguments and traceback."""

    def __init__(self, secrets: set[str]) -> None:
        super().__init__(_FORMAT)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record), self._secrets)


_secrets: set[str] = set()


def hide(secret: str) -> None:
    """From now on this text is masked wherever it would be logged."""
    if len(secret) >= _SHORTEST_SECRET:
        _secrets.add(secret)


def redacted(text: str, secrets: set[str] | None = None) -> str:
    """`text` with every secret masked."""
    for secret in _secrets if secrets is None else secrets:
        text = text.replace(secret, MASK)
    return _looks_secret().sub(MASK, text)


class LogFile(logging.Handler):
    """The rotating log file. It is opened, and what that needs is loaded, with the first record."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None
        self._failed = False

    def emit(self, record: logging.LogRecord) -> None:
        if self._file is None and not self._failed:
            self._open()
        if self._file is not None:
            self._file.emit(record)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def _open(self) -> None:
        from logging.handlers import RotatingFileHandler  # sockets and more come in with it

        try:
            self._file = RotatingFileHandler(self._path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8",
                                             delay=os.name == "nt")
        except OSError as error:
            self._failed = True
            _no_log(error)
        else:
            self._file.setFormatter(self.formatter)


def _no_log(error: OSError) -> None:
    sys.stderr.write(f"studio: there will be no log: {error}\n")


def set_up(paths: Paths, level: int = logging.INFO) -> None:
    """Log to a rotating file of this data folder. Where it cannot be written the studio works on, and says so once."""
    root = logging.getLogger()
    if any(isinstance(handler, LogFile) for handler in root.handlers):
        return
    try:
        # The data folder first: a folder that comes into being as the parent of another would be open to everybody.
        for folder in (paths.data, paths.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        _no_log(error)
        return
    logging.raiseExceptions = False  # a full disk would else print a traceback for each line that cannot be logged
    handler = LogFile(paths.logs / FILE_NAME)
    handler.setFormatter(RedactingFormatter(_secrets))
    root.addHandler(handler)
    root.setLevel(level)
    # They print whole addresses, which may carry tokens.
    for chatty in ("httpx", "httpcore", "asyncio", "alembic", "sqlalchemy"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def catch_all() -> None:
    """Log what nobody caught, in any thread, before it goes the usual way."""
    log = logging.getLogger("studio")
    usual, usual_of_threads = sys.excepthook, threading.excepthook

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("nobody caught this", exc_info=(kind, error, trace))
        usual(kind, error, trace)

    def caught_in_thread(args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread else "a thread"
        if args.exc_value is not None:
            log.critical("nobody caught this in %s", name, exc_info=(args.exc_type, args.exc_value, args.exc_traceback))
        usual_of_threads(args)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread
