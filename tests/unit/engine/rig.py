"""A real engine on loopback, in a thread of the test, with small renderers in threads where no process is needed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from studio.engine.desk import Desk
from studio.engine.options import EngineOptions
from studio.engine.serve import serve
from tests.unit.engine.renderers import every

KEY = "test-key"


class Rig:
    """Client and parts of one running engine. `client` sends the key; `bare` sends none."""

    def __init__(self, options: EngineOptions) -> None:
        self.options = options
        self.desk: Desk
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="engine")

    def __enter__(self) -> Rig:
        self._thread.start()
        assert self._ready.wait(60), "the engine did not start"
        if self._error is not None:
            self._thread.join()
            raise self._error
        self.bare = httpx.Client(base_url=self.url, timeout=20, trust_env=False)
        self.client = httpx.Client(base_url=self.url, timeout=20, headers={"x-api-key": KEY}, trust_env=False)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.client.close()
        self.bare.close()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self.desk.life.stop)
        self._thread.join(60)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            await serve(self.options, started=self._started)

        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 the border of the thread: handed to the test
            self._error = error
            self._ready.set()

    def _started(self, desk: Desk) -> None:
        self.desk = desk
        self.url = desk.base_url
        self._ready.set()

    # the two contracts

    def post(self, operation: str = "image.generate", key: str | None = None, **values: Any) -> httpx.Response:
        body = {"operation": operation, "input": {"prompt": "a lake", **values}}
        return self.client.post("/api/v1/requests", json=body, headers={} if key is None else {"x-idempotency-key": key})

    def create(self, operation: str = "image.generate", **values: Any) -> str:
        answer = self.post(operation, **values)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def request(self, request_id: str) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/requests/{request_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def job(self, job_id: str) -> dict[str, Any]:
        answer = self.client.get(f"/v1/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def until(self, job_id: str, *statuses: str, timeout_s: float = 90.0) -> dict[str, Any]:
        """Poll until the job has one of the statuses."""
        end = time.monotonic() + timeout_s
        while True:
            found = self.job(job_id) if job_id.startswith("job_") else self.request(job_id)
            if found["status"] in statuses:
                return found
            assert time.monotonic() < end, found
            time.sleep(0.01)

    def finished(self, job_id: str, timeout_s: float = 90.0) -> dict[str, Any]:
        return self.until(job_id, "succeeded", "completed", "failed", timeout_s=timeout_s)

    def upload(self, data: bytes) -> str:
        answer = self.client.post("/api/v1/uploads", content=data, headers={"Content-Type": "application/octet-stream"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"])


@contextmanager
def engine(home: Path, renderer: str = "quick", *, executor: Executor | None = None, **options: Any) -> Iterator[Rig]:
    """An engine that renders in threads of this process, unless `places` and `executor` say otherwise."""
    own = ThreadPoolExecutor(2) if executor is None else executor
    base = EngineOptions(home=home, key=KEY, renderers=every(renderer), executor=own, places=2)
    try:
        with Rig(replace(base, **options)) as rig:
            yield rig
    finally:
        if executor is None:
            own.shutdown(wait=True)
