"""What the engine sends when a job has ended, to a real server: signed, once for each job, again until it arrives."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from studio.engine.errors import EngineError
from studio.engine.fault_rules import FaultRule
from studio.engine.outbox import EventRecord
from studio.engine.store import Store
from studio.engine.webhooks import JITTER, MAX_EVENT_BYTES, SCHEDULE_S, derived_secret, event_body
from studio.net.webhook_signatures import SignatureVerifier, WrongSignatureError, new_secret
from tests.unit.engine.rig import KEY, Rig, engine

SECRET = derived_secret(KEY)


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def signed_with(self, secret: str) -> bool:
        try:
            return SignatureVerifier([secret]).verify(self.headers, self.body) == self.id
        except WrongSignatureError:
            return False


class Receiver:
    """Keeps what is posted to it. `answers`: statuses with headers, the last one for ever."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: list[tuple[int, dict[str, str]]] = [(204, {})]
        self._taking = threading.Lock()
        self.hold = threading.Event()
        self.hold.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # whoever sent it is gone: nothing was delivered
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.hold.wait(60)
                with outer._taking:  # several come at once
                    outer.got.append(Got(self.path, headers, body))
                    status, extra = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                for name, value in {"Content-Length": "0", **extra}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks/x"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def until(self, count: int, seconds: float = 60.0) -> list[Got]:
        end = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < end, f"{len(self.got)} of {count} came"
            time.sleep(0.01)
        return list(self.got)

    def close(self) -> None:
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def create(rig: Rig, url: str, **values: Any) -> str:
    body = {"operation": "image.generate", "input": {"prompt": "a lake", **values}, "webhook_url": url}
    answer = rig.client.post("/api/v1/requests", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def rows(rig: Rig) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(rig.options.folder / "engine.db")
    try:
        return connection.execute("SELECT id, job_id, attempts, state, next_ms FROM events ORDER BY created_ms").fetchall()
    finally:
        connection.close()


def until_row(rig: Rig, condition: Any, seconds: float = 60.0) -> tuple[Any, ...]:
    end = time.monotonic() + seconds
    while True:
        found = [row for row in rows(rig) if condition(row)]
        if found:
            return found[0]
        assert time.monotonic() < end, rows(rig)
        time.sleep(0.02)


def _tried_once(request: str) -> Callable[[tuple[Any, ...]], bool]:
    return lambda row: row[1] == request and row[2] == 1


def test_a_finished_request_is_told_once_and_signed(rig: Rig, receiver: Receiver) -> None:
    request = create(rig, receiver.url)
    (got,) = receiver.until(1)
    assert set(got.event) == {"event", "created_at", "data"}
    assert got.event["event"] == "request.succeeded"
    assert got.event["data"] == rig.request(request)
    assert got.event["created_at"].endswith("Z")
    assert got.signed_with(SECRET)
    assert not got.signed_with(new_secret())
    assert got.headers["content-type"] == "application/json"
    assert KEY not in str(got.headers)
    assert until_row(rig, lambda row: row[3] == "delivered")[:3] == (got.id, request, 1)
    told = rig.client.get("/api/v1/webhooks")
    assert told.json()["secrets"] == [SECRET]
    assert told.headers["cache-control"] == "no-store"
    assert rig.bare.get("/api/v1/webhooks").status_code == 401


def test_a_failed_and_a_cancelled_request_are_told_too(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, "slow") as rig:
        request = create(rig, receiver.url, prompt="a lake 20")
        rig.until(request, "processing")
        assert rig.client.post(f"/api/v1/requests/{request}/cancel").json()["status"] == "failed"
        (got,) = receiver.until(1)
        assert got.event["event"] == "request.failed"
        assert got.event["data"]["errorCode"] == "cancelled"
        assert rig.client.post(f"/api/v1/requests/{request}/cancel").status_code == 200
        time.sleep(0.2)
        assert len(receiver.got) == 1


@pytest.mark.slow
def test_canvas_events_go_where_the_engine_was_told(tmp_path: Path, receiver: Receiver) -> None:
    secrets = f"{new_secret()},{new_secret()}"
    with engine(tmp_path, webhook_url=receiver.url, webhook_secret=secrets) as rig:
        job = rig.client.post("/v1/image/generate", json={"prompt": "a lake"}).json()["job_id"]
        (got,) = receiver.until(1)
        assert got.event == {"event": "job.completed", **rig.job(job)}
        assert next(iter(got.event)) == "event"
        assert all(got.signed_with(secret) for secret in secrets.split(","))
        assert not got.signed_with(SECRET)
        assert rig.client.get("/api/v1/webhooks").json()["canvas_url"] == receiver.url
        rig.finished(rig.create())  # Cannon Studio's contract names its address with each request, or none
        time.sleep(0.1)
        assert len(receiver.got) == 1


def test_it_is_sent_again_under_the_same_id_until_it_arrives(rig: Rig, receiver: Receiver) -> None:
    rig.desk.webhooks.schedule_s = (0, 0.05, 0.05, 0.05)
    receiver.answers = [(500, {}), (302, {"Location": receiver.url}), (200, {})]
    create(rig, receiver.url)
    got = receiver.until(3)
    assert len({one.id for one in got}) == 1
    assert len({one.body for one in got}) == 1
    assert all(one.signed_with(SECRET) for one in got)
    assert until_row(rig, lambda row: row[3] == "delivered")[2] == 3
    time.sleep(0.2)
    assert len(receiver.got) == 3


def test_it_is_given_up_after_the_last_try_and_at_once_where_it_is_not_wanted(rig: Rig, receiver: Receiver) -> None:
    rig.desk.webhooks.schedule_s = (0, 0.02, 0.02)
    receiver.answers = [(503, {})]
    create(rig, receiver.url)
    assert until_row(rig, lambda row: row[3] == "given_up")[2] == 3
    receiver.answers = [(410, {})]
    create(rig, receiver.url, seed=2)
    assert until_row(rig, lambda row: row[3] == "gone")[2] == 1
    assert len(receiver.got) == 4


def test_the_schedule_is_the_specifications_and_patience_that_is_asked_for_is_given(rig: Rig, receiver: Receiver) -> None:
    assert list(SCHEDULE_S) == [0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    receiver.answers = [(500, {}), (429, {"Retry-After": "120"})]
    for seed, least in ((1, 5.0), (2, 120.0)):
        before = time.time()
        row = until_row(rig, _tried_once(create(rig, receiver.url, seed=seed)))
        assert before + least - 0.1 <= row[4] / 1000 <= time.time() + least * (1 + JITTER) + 0.1
        assert row[3] == "waiting"
    end = time.monotonic() + 60  # what a job leaves is tidied up while its event goes out
    while rig.desk.work.running:
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.slow
def test_nobody_there_costs_no_render_a_moment(rig: Rig, receiver: Receiver) -> None:
    receiver.hold.clear()  # it takes the connection, and does not answer
    requests = [create(rig, receiver.url, seed=seed) for seed in range(8)]
    for request in requests:
        assert rig.finished(request, 30)["status"] == "succeeded"
    receiver.hold.set()
    end = time.monotonic() + 60  # one that was held for too long is sent again
    while {one.event["data"]["id"] for one in receiver.until(8)} != set(requests):
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.slow
def test_what_was_not_delivered_is_sent_by_the_next_engine(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answers = [(500, {}), (204, {})]
    with engine(tmp_path) as rig:
        request = create(rig, receiver.url)
        first = until_row(rig, lambda row: row[2] == 1)
        connection = sqlite3.connect(rig.options.folder / "engine.db", isolation_level=None)
    connection.execute("UPDATE events SET next_ms = 0")  # five seconds have passed
    connection.close()
    with engine(tmp_path) as rig:
        got = receiver.until(2)
        assert [one.id for one in got] == [first[0]] * 2
        assert got[1].event["data"]["id"] == request
        assert got[1].event["data"]["output"]["image_url"].startswith(rig.url)  # where its file lies now
        assert got[1].signed_with(SECRET)
        until_row(rig, lambda row: row[3] == "delivered")


@pytest.mark.slow
def test_a_crash_between_the_end_and_the_event_loses_nothing(tmp_path: Path, receiver: Receiver) -> None:
    """The event is written with the end of its job: here the engine dies before it could send."""
    with engine(tmp_path) as rig:
        rig.desk.webhooks._sending.update(f"place {number}" for number in range(4))  # no room to send
        request = create(rig, receiver.url)
        assert rig.finished(request)["status"] == "succeeded"
        assert [row[2:4] for row in rows(rig)] == [(0, "waiting")]
        assert receiver.got == []
    with engine(tmp_path):
        assert receiver.until(1)[0].event["data"]["id"] == request


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[fd00::1]/", "ftp://example.org",
     "https://user:pw@example.org/", "https://", "", 7, [], "https://example.org/" + "x" * 3000, "http://0.0.0.0:80/",
     "https://example.org/ x", "http://192.168.1.1:8080/hooks", "http://[::ffff:10.0.0.1]/"],
)
def test_an_address_that_leads_inward_or_is_none_is_refused(shared: Rig, url: object) -> None:
    body = {"operation": "image.generate", "input": {"prompt": "a"}, "webhook_url": url}
    answer = shared.client.post("/api/v1/requests", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["details"][0]["field"] == "webhook_url"


def test_a_name_that_leads_inward_is_not_spoken_to(rig: Rig, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name whose look-up gives this computer: refused when it is sent, and not before."""
    async def inward(self: object, host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", inward)
    port = receiver.url.split(":")[2].split("/")[0]
    create(rig, f"https://rebound.example:{port}/hooks")
    assert until_row(rig, lambda row: row[2] == 1)[3] == "waiting"
    assert receiver.got == []


def test_a_repeated_create_keeps_the_first_address(rig: Rig, receiver: Receiver) -> None:
    body = {"operation": "image.generate", "input": {"prompt": "a"}, "webhook_url": receiver.url}
    key = {"x-idempotency-key": "one"}
    first = rig.client.post("/api/v1/requests", json=body, headers=key).json()
    again = rig.client.post("/api/v1/requests", json={**body, "webhook_url": receiver.url + "2"}, headers=key).json()
    assert again["id"] == first["id"]
    assert [one.path for one in receiver.until(1)] == ["/hooks/x"]
    rig.finished(first["id"])
    assert len(rows(rig)) == 1


def test_a_long_request_is_told_without_its_log(rig: Rig, receiver: Receiver) -> None:
    request = create(rig, receiver.url)
    rig.finished(request)
    receiver.until(1)
    async def long() -> str:
        store = await Store.open(rig.options.folder)
        job = await store.get(request)
        await store.close()
        assert job is not None
        return event_body(replace(job, input={"prompt": "x" * 250_000}), rig.desk.files, 0)

    text = asyncio.run(long())
    assert len(text) < MAX_EVENT_BYTES
    assert json.loads(text)["data"]["requestLog"]["input"] is None


@pytest.mark.parametrize(
    ("answer", "expected"), [((500, {}), True), ((503, {"Retry-After": "3600"}), False), ((204, {}), False)]
)
def test_an_engine_does_not_end_by_itself_over_an_event_that_was_hardly_tried(
    rig: Rig, receiver: Receiver, answer: tuple[int, dict[str, str]], expected: bool
) -> None:
    receiver.answers = [answer]
    until_row(rig, _tried_once(create(rig, receiver.url)))
    pressing = asyncio.run_coroutine_threadsafe(rig.desk.webhooks.pressing(), rig._loop)
    assert pressing.result(60) is expected


# -- drills


@contextmanager
def _drill(home: Path, **rule: Any) -> Iterator[Rig]:
    path = home / "faults.json"
    path.write_text(json.dumps([{"do": "webhook", **rule}]))
    with engine(home, faults=path) as rig:
        yield rig


@pytest.mark.slow
def test_a_drill_loses_doubles_and_spoils_events(tmp_path: Path, receiver: Receiver) -> None:
    for kind in ("drop", "double", "bad_signature"):
        (tmp_path / kind).mkdir()
        receiver.got.clear()
        with _drill(tmp_path / kind, webhook=kind, times=1, match={"operation": "image.generate"}) as rig:
            request = create(rig, receiver.url)
            until_row(rig, lambda row: row[3] == "delivered")
            other = create(rig, receiver.url, seed=2)
            until_row(rig, lambda row, other=other: row[1] == other and row[3] == "delivered")
        ids = [one.event["data"]["id"] for one in receiver.got]
        good = [one.signed_with(SECRET) for one in receiver.got]
        if kind == "drop":
            assert (ids, good) == ([other], [True])
        elif kind == "double":
            assert (ids, good) == ([request, request, other], [True] * 3)
            assert receiver.got[0].id == receiver.got[1].id
        else:
            assert (ids, good) == ([request, other], [False, True])


@pytest.mark.slow
def test_a_drill_puts_events_out_of_order(tmp_path: Path, receiver: Receiver) -> None:
    with _drill(tmp_path, webhook="delay", delay_s=4, times=1) as rig:
        late = create(rig, receiver.url)
        rig.finished(late)
        soon = create(rig, receiver.url, seed=2)
        assert [one.event["data"]["id"] for one in receiver.until(2)] == [soon, late]


@pytest.mark.parametrize("rule", [{"do": "webhook", "webhook": "eat"}, {"do": "slow", "webhook": "drop"}])
def test_a_wrong_drill_is_refused(tmp_path: Path, rule: dict[str, Any]) -> None:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps([rule]))
    with pytest.raises(EngineError, match="webhook"), engine(tmp_path, faults=path):
        raise AssertionError("it started")


@pytest.mark.parametrize("options", [{"webhook_secret": "nonsense"}, {"webhook_url": "http://10.0.0.1/"}])
def test_wrong_options_are_refused_in_words(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match="webhooks"), engine(tmp_path, **options):
        raise AssertionError("it started")


# -- the store


async def test_a_store_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    from studio.engine.database import _SCHEMA, VERSION

    path = tmp_path / "engine.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = 1; COMMIT;")
    connection.execute(
        "INSERT INTO jobs (id, contract, operation, input, media, seed, status, created_ms, body_hash)"
        " VALUES ('req_1', 'cannon', 'image.generate', '{}', '{}', 1, 'queued', 5, 'h')"
    )
    connection.close()
    store = await Store.open(tmp_path)
    job = await store.get("req_1")
    assert job is not None
    assert job.webhook_url is None
    assert list(await store.outbox.waiting(5)) == []
    await store.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
    connection.close()


def test_a_rule_for_events_does_not_strike_requests() -> None:
    from studio.engine.fault_rules import for_requests

    rules = [FaultRule("webhook"), FaultRule("slow")]
    assert for_requests(rules) == rules[1:]


async def test_events_of_forgotten_jobs_are_forgotten(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path) as rig:
        request = create(rig, receiver.url)
        until_row(rig, lambda row: row[3] == "delivered")
    store = await Store.open(rig.options.folder)
    found = await store.outbox.of_job(request)
    assert isinstance(found, EventRecord)
    await store.retention.forget(int(time.time() * 1000) + 1000)
    assert await store.outbox.of_job(request) is None
    await store.close()
