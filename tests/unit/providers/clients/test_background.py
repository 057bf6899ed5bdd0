"""The loop behind the sync clients: it starts when needed, ends with its thread, and lets Ctrl+C through."""

from __future__ import annotations

import _thread
import asyncio
import gc
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import weakref
from pathlib import Path

import pytest

from studio.domain.errors import BugError, InputError
from studio.providers.clients import CannonStudio, CanvasLabs
from studio.providers.clients.background import BackgroundLoop
from tests.unit.net.raw_server import RawServer, reply, until
from tests.unit.providers.clients.conftest import KEY


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("studio-client")]


class End:
    """Counts how often the end was awaited."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> None:
        self.times += 1


async def name() -> str:
    await asyncio.to_thread(threading.get_ident)
    return threading.current_thread().name


async def fails() -> None:
    raise InputError("no")


async def for_ever(began: threading.Event, ended: threading.Event) -> None:
    began.set()
    try:
        await asyncio.Event().wait()
    finally:
        ended.set()


def test_it_runs_elsewhere_and_ends_whole() -> None:
    end = End()
    background = BackgroundLoop(end)
    assert threads() == []
    assert background.run(name()) == "studio-client"
    with pytest.raises(InputError, match="no"):
        background.run(fails())
    background.close()
    background.close()
    assert (threads(), end.times) == ([], 1)
    with pytest.raises(InputError) as caught:
        background.run(name())
    assert caught.value.code == "closed"


def test_closed_before_it_began() -> None:
    end = End()
    background = BackgroundLoop(end)
    background.close()
    assert end.times == 0
    with pytest.raises(InputError):
        background.run(name())


def test_many_callers_share_one_thread() -> None:
    background = BackgroundLoop(End())
    names: list[str] = []
    callers = [threading.Thread(target=lambda: names.append(background.run(name()))) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert names == ["studio-client"] * 20
    background.close()


def test_closing_ends_what_others_wait_for() -> None:
    background, began, ended = BackgroundLoop(End()), threading.Event(), threading.Event()
    seen: list[str] = []

    def wait() -> None:
        with pytest.raises(InputError) as caught:
            background.run(for_ever(began, ended))
        seen.append(caught.value.code)

    caller = threading.Thread(target=wait)
    caller.start()
    assert began.wait(60)
    background.close()
    caller.join(60)
    assert (seen, ended.is_set(), threads()) == (["closed"], True, [])


def test_ctrl_c_while_waiting() -> None:
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
    try:
        _interrupt_while_waiting()
    finally:
        signal.signal(signal.SIGINT, heard)


def _interrupt_while_waiting() -> None:
    background, began, ended = BackgroundLoop(End()), threading.Event(), threading.Event()

    def interrupt() -> None:
        assert began.wait(60)
        _thread.interrupt_main()

    watcher = threading.Thread(target=interrupt)
    watcher.start()
    with pytest.raises(KeyboardInterrupt):
        background.run(for_ever(began, ended))
    watcher.join()
    assert ended.wait(60)
    assert background.run(name()) == "studio-client"  # the client is as good as before
    background.close()


def test_its_own_thread_is_told_instead_of_waiting_for_itself() -> None:
    background = BackgroundLoop(End())

    async def inside() -> None:
        background.run(name())

    with pytest.raises(BugError):
        background.run(inside())
    background.close()


def test_it_may_end_from_its_own_thread() -> None:
    """As when the garbage collector runs there: it does not wait for itself."""
    background = BackgroundLoop(End())

    async def inside() -> None:
        assert background._running is not None
        background._running.stop()

    background.run(inside())
    background.close()
    assert threads() == []


def test_a_client_that_is_forgotten_ends_its_thread() -> None:
    end = End()
    background = BackgroundLoop(end)
    background.run(name())
    gone = weakref.ref(background)
    del background
    gc.collect()
    assert gone() is None
    assert (threads(), end.times) == ([], 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
def test_a_forked_child_is_told_instead_of_waiting_for_a_thread_it_has_not() -> None:
    script = textwrap.dedent("""
        import asyncio, os, warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forking beside threads
        from studio.domain.errors import InputError
        from studio.providers.clients.background import BackgroundLoop
        async def end():
            pass
        background = BackgroundLoop(end)
        background.run(end())
        child = os.fork()
        if child == 0:
            try:
                background.run(end())
            except InputError as error:
                os._exit(7 if error.code == "closed" else 1)
            os._exit(2)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        background.run(end())  # the parent's is as it was
    """)
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[4], capture_output=True, text=True,
                          timeout=120, check=False, env=_environment())
    assert (done.returncode, done.stdout, done.stderr) == (0, "7\n", "")


async def test_a_job_keeps_its_client_going(server: RawServer) -> None:
    server.say(reply(202, {"id": "req_1", "status": "queued", "poll_after_ms": 0}),
               reply(200, {"id": "req_1", "status": "succeeded", "output": {"image_url": "https://e.com/a.png"}}))

    def script() -> str | None:
        return CannonStudio(KEY, base_url=server.url).image.generate(prompt="x").wait().url

    assert await asyncio.to_thread(script) == "https://e.com/a.png"
    gc.collect()
    await until(lambda: not threads())


def test_making_a_client_starts_nothing() -> None:
    with CannonStudio(KEY), CanvasLabs(KEY):
        assert threads() == []


@pytest.mark.slow
async def test_a_script_that_never_closes_ends_quietly(server: RawServer, tmp_path: Path) -> None:
    """As the services' own examples are written: the interpreter goes down without a word and without waiting."""
    server.say(reply(200, {"ok": True, "creditsRemaining": 7}))
    script = textwrap.dedent("""
        import asyncio, os, sys
        from studio.providers.clients import CannonStudio
        client = CannonStudio(base_url=sys.argv[1])
        print(client.status().credits_remaining)
        client._background.run(asyncio.to_thread(os.getpid))  # the pool of file work is in use too
    """)
    root = Path(__file__).parents[4]
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-W", "error", "-c", script, server.url], cwd=root,
        capture_output=True, text=True, timeout=120, check=False, env={**_environment(), "CANNON_API_KEY": KEY},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "7.0\n", "")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("COV_")}


async def test_the_key_is_in_no_log(server: RawServer, sync_cannon: CannonStudio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.say(reply(500, {"error": {"message": KEY}}))

    def script() -> list[str]:
        said = []
        with sync_cannon as client:
            for call in (client.status, lambda: client.image.generate(prompt="x"), lambda: client.requests.get("req_1")):
                with pytest.raises(Exception, match="•••") as caught:
                    call()
                said.append(repr(caught.value) + caught.value.in_words())  # type: ignore[attr-defined]
        return said

    said = await asyncio.to_thread(script)
    assert len(said) == 3
    assert all(KEY not in text for text in (*said, caplog.text))
