"""Hands events from wherever they happen in the core to whoever listens, on the core's own loop."""

from __future__ import annotations

import logging
from collections.abc import Callable

from studio.domain.event import Event, Listener

log = logging.getLogger(__name__)


class Events:
    """A list of listeners. One that fails is logged and does not keep the others from hearing."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; returns how to stop that."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def emit(self, event: Event) -> None:
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", type(event).__name__)
