"""No secret reaches the log, and nothing that nobody caught is lost."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from studio.app import logs
from studio.settings.paths import Paths

SECRETS = [
    "cs_live_AbC0123456789", "cl_live_zyx-98765", "whsec_c2VjcmV0LXNlY3JldA==", "Bearer abc.def-ghi",
    "x-api-key: s3cr3tvalue", "'x-api-key': 's3cr3tvalue'", "Authorization: Bearer tok3nvalue",
    "https://cdn.test/a.mp4?X-Amz-Signature=0a1b2c3d&x=1", "https://cdn.test/a?token=t0k3n", "engine-token-0123",
]
INNER = ["AbC0123456789", "zyx-98765", "c2VjcmV0", "abc.def-ghi", "s3cr3tvalue", "tok3nvalue", "0a1b2c3d", "t0k3n",
         "engine-token-0123"]


@pytest.fixture
def log_file(paths: Paths) -> Iterator[Paths]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.set_up(paths, logging.DEBUG)
    logs.set_up(paths, logging.DEBUG)
    yield paths
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)


def written(paths: Paths) -> str:
    return (paths.logs / logs.FILE_NAME).read_text(encoding="utf-8")


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_masked_in_message_arguments_and_traceback(log_file: Paths, secret: str) -> None:
    logs.hide("engine-token-0123")
    log = logging.getLogger("studio.test")
    log.info("sent %s now", secret)
    log.info(f"sent {secret} now")  # noqa: G004  # on purpose: the message itself
    try:
        raise ValueError(secret)
    except ValueError:
        log.exception("failed")
    text = written(log_file)
    assert text.count("now") == 2
    assert not [inner for inner in INNER if inner in text]


def test_ordinary_text_stays(log_file: Paths) -> None:
    logging.getLogger("studio.test").info("job job_01a1 waits 3.0 s: https://x.test/a?page=2")
    assert "job job_01a1 waits 3.0 s: https://x.test/a?page=2" in written(log_file)


def test_there_is_one_handler(log_file: Paths) -> None:
    assert sum(isinstance(handler, logs.LogFile) for handler in logging.getLogger().handlers) == 1


def test_what_nobody_caught_is_logged(log_file: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *args: heard.append(args))
    monkeypatch.setattr(threading, "excepthook", heard.append)
    logs.catch_all()

    def fail() -> None:
        raise ZeroDivisionError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError("on the main thread"), None)
    text = written(log_file)
    assert "in a thread" in text
    assert "on the main thread" in text
    assert len(heard) == 2


def test_no_log_is_no_reason_not_to_start(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    paths.data.parent.mkdir(parents=True, exist_ok=True)
    paths.data.write_text("a file where the folder should be")
    logs.set_up(paths)
    assert "no log" in capsys.readouterr().err
