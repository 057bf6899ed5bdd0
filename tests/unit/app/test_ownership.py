from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from studio.app.ownership import is_alive, this_process
from studio.engine.process import birth


def test_this_process_is_alive_and_others_are_told_apart() -> None:
    me = this_process()
    number, _, began = me.partition(":")
    assert is_alive(me)
    assert not is_alive(f"{number}:1{began}")  # the number came again
    for nonsense in ("", "x", "1:y", "999999999:1", "-1:1", "99999999999999999999:1", "²:1"):
        assert not is_alive(nonsense)


def test_a_process_that_ended_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = f"{child.pid}:{birth(child.pid)}"
    assert is_alive(owner)
    child.kill()
    child.communicate()
    assert not is_alive(owner)


@pytest.mark.skipif(sys.platform != "linux", reason="only there the time of a start depends on the clock")
def test_a_process_stays_itself_when_the_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    me = this_process()
    real = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: real(self) - 3600)
    assert is_alive(me)
    assert this_process() == me
