from __future__ import annotations

import subprocess
import sys

import psutil

from studio.app.ownership import is_alive, this_process


def test_this_process_is_alive_and_others_are_told_apart() -> None:
    me = this_process()
    number, started = me.split(":")
    assert is_alive(me)
    assert not is_alive(f"{number}:{float(started) - 60}")  # the number came again
    for nonsense in ("", "x", "1:y", "999999999:1"):
        assert not is_alive(nonsense)


def test_a_process_that_ended_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = f"{child.pid}:{psutil.Process(child.pid).create_time():.2f}"
    assert is_alive(owner)
    child.kill()
    child.communicate()
    assert not is_alive(owner)
