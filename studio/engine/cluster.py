"""Rendering on a cluster that exists already: its workers behind the same Executor as the processes of this computer.

Only the task travels over the network; media and results, progress and cancel travel through files. So the workers need this
program installed, and the engine's data folder under the same path: a folder that all of them share.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from studio.engine.errors import EngineError

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
SCHEME = "dask://"
CONNECT_S = 15.0


class ClusterExecutor(Executor):
    """A Dask cluster, by its distributed.Client, as an Executor. `places`: the renders that its workers take at once."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._inner = client.get_executor(pure=False, retries=0)  # the engine alone decides on doing a job again
        self.places = max(sum(client.nthreads().values()), 1)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        inner: Future[T] = self._inner.submit(fn, *args, **kwargs)
        outer: Future[T] = Future()

        def give_up(done: Future[T]) -> None:
            if done.cancelled():
                inner.cancel()

        outer.add_done_callback(give_up)
        inner.add_done_callback(lambda done: _pass_on(done, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster, which goes on without us. Tasks that have not begun are dropped by it."""
        self._client.close(timeout=2)


def connect(address: str) -> ClusterExecutor:
    """The cluster whose scheduler listens at "dask://HOST:PORT". Blocks; EngineError says what is in the way."""
    if not address.startswith(SCHEME) or not address.removeprefix(SCHEME).strip("/"):
        raise EngineError(f"“{address}” is no cluster. Give the scheduler's address as {SCHEME}HOST:PORT.")
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise EngineError(
            "Rendering on a Dask cluster needs the extra “dask”. Install the studio with it: pip install \"studio[dask]\"."
        ) from None
    place = address.removeprefix(SCHEME).strip("/")
    try:
        client = distributed.Client(f"tcp://{place}", timeout=CONNECT_S, set_as_default=False, name="studio-engine")
    except (OSError, ValueError) as error:
        raise EngineError(f"No Dask scheduler answers at {place}: {error}. Start it, or leave --executor out.") from None
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError:
        client.close(timeout=2)
        raise EngineError(f"The Dask cluster at {place} has no workers. Start some with: dask worker {place}") from None
    log.info("renders go to the cluster at %s", place)
    return ClusterExecutor(client)


def _pass_on(done: Future[T], outer: Future[T]) -> None:
    """What came of it; a worker, or the whole cluster, that went away is a broken executor, as it is here."""
    if not outer.set_running_or_notify_cancel():
        return
    try:
        outer.set_result(done.result())
    except CancelledError:
        outer.set_exception(BrokenExecutor("the cluster gave the task up"))
    except BaseException as error:  # noqa: BLE001 the border to the cluster: whatever it was goes to whoever waits
        outer.set_exception(BrokenExecutor(str(error)) if _of_cluster(error) else error)


def _of_cluster(error: Any) -> bool:
    """Whether it is said by the cluster itself (a killed worker, a lost connection) and not by the renderer."""
    return type(error).__module__.partition(".")[0] == "distributed"
