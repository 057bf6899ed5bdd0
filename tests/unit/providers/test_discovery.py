"""Discovery against a server: fetched with the key, kept with its ETag, merged, used, and never trusted."""

from __future__ import annotations

import json
import logging
import stat
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.domain.account import Account, Service
from studio.domain.errors import InputError, StudioError, UnknownOperationError
from studio.domain.operation import MediaKind, ParameterKind
from studio.domain.state import JobState
from studio.net.transport import MAX_BODY, Transport
from studio.providers.discovered import NOTHING, merged
from studio.providers.discovery import DocumentBook, Known, refresh
from studio.providers.factory import make_provider
from studio.providers.openapi_reader import read_document
from studio.providers.schema_reader import DocumentError
from tests.unit.net.raw_server import RawServer, hang_up, reply
from tests.unit.providers.conftest import KEY, RemoteCannon, key
from tests.unit.providers.documents import LOCATION, WIDER_VIDEO, body, document

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
NEW = "three_d.location.generate"
# The transport masks a key in what a server says; written with an escape it gets past that.
_TOLD = json.dumps(document(body("a.b", {"x": {"type": "string", "description": KEY}})))
SAID_BACK = _TOLD.replace(KEY, KEY.replace("c", "\\u0063")).encode()


@pytest.fixture
def book(tmp_path: Path) -> DocumentBook:
    return DocumentBook(tmp_path / "operations")


async def test_new_operations_are_found_kept_and_asked_for_with_their_etag(
    server: RawServer, cannon: RemoteCannon, transport: Transport, book: DocumentBook, tmp_path: Path
) -> None:
    server.say(reply(200, document(LOCATION, WIDER_VIDEO), {"ETag": '"v1"'}))
    assert await refresh(cannon, book, NOW)
    asked = server.seen[0]
    assert (asked.method, asked.path, asked.headers["authorization"]) == ("GET", "/api/v1/openapi", f"Bearer {KEY}")
    assert "if-none-match" not in asked.headers
    assert NEW in [one.id for one in cannon.operations()]
    server.say(reply(304))
    assert not await refresh(cannon, book, NOW + timedelta(days=2))
    assert server.seen[1].headers["if-none-match"] == '"v1"'
    kept = book.load(cannon.account)
    assert (kept.etag, kept.discovered, kept.asked_at) == ('"v1"', cannon.discovered, NOW + timedelta(days=2))
    again = RemoteCannon(server.url, transport)
    again.learn(kept.discovered)
    assert again.operations() == cannon.operations()
    (file,) = (tmp_path / "operations").iterdir()
    assert KEY not in file.read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    server.say(reply(200, document(WIDER_VIDEO)))
    assert await refresh(cannon, book, NOW), "what the service has no more is gone"
    assert NEW not in [one.id for one in cannon.operations()]


async def test_a_discovered_operation_is_checked_sent_and_polled(server: RawServer, cannon: RemoteCannon) -> None:
    cannon.learn(read_document(document(LOCATION)))
    wrong: list[tuple[dict[str, object], str]] = [
        ({}, "prompt"), ({"prompt": 5}, "prompt"), ({"prompt": "x", "size": 9}, "size"),
        ({"prompt": "x", "size": True}, "size"), ({"prompt": "x", "odd": 1}, "odd"),
        ({"prompt": "x", "detail": "finer"}, "detail"),
        ({"prompt": "x", "reference_image_url": "file:///home/me/a.png"}, "reference_image_url"),
        ({"prompt": "x", "reference_image_url": "http://example.com/a.png"}, "reference_image_url"),
    ]
    for values, field in wrong:
        with pytest.raises(InputError) as caught:
            cannon.validate(NEW, values)
        assert caught.value.field == field
        with pytest.raises(InputError):
            await cannon.submit(NEW, values, "k")
    assert server.seen == []
    good = {"prompt": "a bay", "size": 2, "reference_image_url": "https://example.com/a.png", "detail": None}
    server.say(reply(202, {"id": "req_1", "status": "queued", "operation": NEW}))
    await cannon.submit(NEW, good, "intent")
    sent = {name: value for name, value in good.items() if value is not None}
    assert server.posts[0].json() == {"operation": NEW, "input": sent}
    output = {"asset_type": "video", "video_url": "https://x/v"}
    answer: dict[str, object] = {"id": "req_1", "status": "succeeded", "operation": NEW, "output": output}
    server.say(reply(200, answer))
    job = await cannon.poll(NEW, "req_1")
    assert (job.state, [one.kind for one in job.results]) == (JobState.DOWNLOADING, [MediaKind.VIDEO])
    cannon.learn(NOTHING)
    with pytest.raises(UnknownOperationError):
        cannon.validate(NEW, good)
    server.say(reply(200, answer))
    assert (await cannon.poll(NEW, "req_1")).results == job.results, "a job outlives the document that named its operation"


async def test_new_fields_and_values_of_a_known_operation(server: RawServer, cannon: RemoteCannon) -> None:
    before = next(one for one in cannon.operations() if one.id == "video.generate")
    cannon.learn(read_document(document(WIDER_VIDEO)))
    after = next(one for one in cannon.operations() if one.id == "video.generate")
    assert {one.name for one in after.parameters} - {one.name for one in before.parameters} == {"mood", "style_image_urls"}
    assert after.discovered is False
    shown = {one.name: one for one in after.parameters}
    assert (shown["mood"].required, shown["mood"].suggestions, shown["mood"].source) == (False, ("calm",), "service")
    styles = shown["style_image_urls"]
    assert (styles.kind, styles.accepts) == (ParameterKind.MEDIA_LIST, (MediaKind.IMAGE,))
    assert shown["resolution"].choices == ("720p", "1080p", "4k", "8k")
    assert shown["aspect_ratio"].choices[-1] == "21:9"
    assert "wide" not in shown["aspect_ratio"].choices
    assert shown["prompt"].maximum == 5000
    assert shown["model"].suggestions == ("seedance2", "wan27video", "seedance3")
    assert after.models[-1].id == "seedance3"
    values = {"prompt": "a lake", "mood": "calm", "resolution": "8k", "model": "seedance3", "duration": 5,
              "style_image_urls": ["https://example.com/a.png"]}
    server.say(reply(202, {"id": "req_1", "status": "queued"}))
    await cannon.submit("video.generate", values, "k")
    assert server.posts[0].json() == {"operation": "video.generate", "input": values}
    wrongs: list[dict[str, object]] = [{"mood": 5}, {"mood": "x" * 21}, {"resolution": "9k"}, {"imageUrl": "x"},
                                       {"style_image_urls": ["a"] * 3}, {"duration": 0}]
    for wrong in wrongs:
        with pytest.raises(InputError) as caught:
            cannon.validate("video.generate", {"prompt": "x", **wrong})
        assert [caught.value.field] == list(wrong)


def test_nothing_built_in_is_taken_away(cannon: RemoteCannon) -> None:
    """A document that knows almost nothing, and says it differently, leaves the catalogue as it was."""
    known = tuple(cannon.operations())
    poor = body("video.generate", {"prompt": {"type": "integer"}, "resolution": {"enum": ["720p"]}},
                of_input={"required": ["prompt", "resolution"], "additionalProperties": False})
    assert merged(known, read_document(document(poor))) == known
    impostor = body("Video.Generate", {"prompt": {"type": "string"}})
    assert merged(known, read_document(document(impostor))) == known


@pytest.mark.parametrize(("status", "sent", "words"), [
    (200, b"<html>", "no JSON"), (200, b"[1]", "no JSON"), (200, b"\xff{}", "no JSON"), (200, b"{" * 5000, "no JSON"),
    (200, b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "no JSON"), (200, {"openapi": "3.1.0"}, "no paths"),
    (200, document(body("a.b", {"x": {"$ref": "#/q"}})), "not in it"),
    (200, SAID_BACK, "repeats the account's key"),
])
async def test_a_bad_document_changes_nothing(
    server: RawServer, cannon: RemoteCannon, book: DocumentBook, status: int, sent: object, words: str
) -> None:
    server.say(reply(200, document(LOCATION), {"ETag": '"v1"'}))
    await refresh(cannon, book, NOW)
    before, known = cannon.operations(), book.load(cannon.account)
    server.say(reply(status, sent, {"ETag": '"v2"'}))  # type: ignore[arg-type]
    with pytest.raises(DocumentError, match=words) as caught:
        await refresh(cannon, book, NOW + timedelta(days=1))
    assert KEY not in str(caught.value)
    assert cannon.operations() == before
    assert book.load(cannon.account) == replace(known, asked_at=NOW + timedelta(days=1)), "and it is not asked for at once"


async def test_a_key_in_the_etag_is_not_kept(server: RawServer, cannon: RemoteCannon, book: DocumentBook) -> None:
    server.say(reply(200, document(LOCATION), {"ETag": f'"{KEY}"'}))
    with pytest.raises(DocumentError, match="key"):
        await refresh(cannon, book, NOW)


async def test_a_huge_document_is_not_read(server: RawServer, cannon: RemoteCannon, book: DocumentBook) -> None:
    server.say(reply(200, b" " * (MAX_BODY + 1)))
    with pytest.raises(DocumentError, match="8 MB"):
        await refresh(cannon, book, NOW)


async def test_a_service_that_does_not_say(server: RawServer, cannon: RemoteCannon, book: DocumentBook) -> None:
    for script in (reply(404, {"error": {"message": "No."}}), reply(401), hang_up(), reply(302, b"", {"Location": "https://x/"})):
        server.say(script)
        with pytest.raises(StudioError):
            await refresh(cannon, book, NOW)
    assert (cannon.discovered, book.load(cannon.account)) == (NOTHING, Known())


async def test_an_etag_that_cannot_be_sent_is_not_kept(server: RawServer, cannon: RemoteCannon, book: DocumentBook) -> None:
    server.say(reply(200, document(LOCATION), {"ETag": '"' + "x" * 600 + '"'}))
    await refresh(cannon, book, NOW)
    assert book.load(cannon.account).etag == ""
    server.say(reply(304))
    with pytest.raises(StudioError):  # nobody asked whether it is the same
        await refresh(cannon, book, NOW)


async def test_a_folder_that_cannot_be_written(
    server: RawServer, cannon: RemoteCannon, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "operations").write_text("a file")
    server.say(reply(200, document(LOCATION)))
    with caplog.at_level(logging.WARNING):
        assert await refresh(cannon, DocumentBook(tmp_path / "operations"), NOW), "for this time it counts all the same"
    assert "cannot be kept" in caplog.text


@pytest.mark.slow
async def test_a_document_of_many_words_is_not_kept(
    server: RawServer, cannon: RemoteCannon, book: DocumentBook, caplog: pytest.LogCaptureFixture
) -> None:
    """What is left out is said; more than can be kept is refused whole."""
    server.say(reply(200, document(LOCATION, body("not a name", {}))))
    with caplog.at_level(logging.INFO):
        assert await refresh(cannon, book, NOW)
    assert "is left out: that is no name of an operation" in caplog.text
    wordy = {f"field_{number}": {"type": "string", "description": "x" * 500} for number in range(100)}
    server.say(reply(200, document(*(body(f"a.b{number}", wordy) for number in range(22)))))
    with pytest.raises(DocumentError, match="more about its operations than can be kept"):
        await refresh(cannon, book, NOW)
    assert [one.id for one in cannon.discovered.operations] == [NEW]


def test_a_file_is_written_whole_or_not_at_all(
    book: DocumentBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    account = Account("work", Service.CANNON_STUDIO, "https://a.example")
    known = Known(read_document(document(LOCATION)), '"v1"', NOW)
    book.save(account, known)

    def refused(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refused)
        with pytest.raises(OSError, match="No space"):
            book.save(account, Known())
    assert len(list((tmp_path / "operations").iterdir())) == 1
    assert book.load(account) == known
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        book.forget(account)
    assert "cannot be deleted" in caplog.text
    assert book.load(account) == known


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 1}', '{"version": 99, "base_url": "https://a.example"}',
                                  '{"version": 1, "base_url": "https://a.example", "asked_at": "soon"}', "[" * 100_000,
                                  json.dumps({"version": 1, "base_url": "https://a.example", "asked_at": NOW.isoformat(),
                                              "operations": [{"id": "../x", "kind": "image"}, {"id": 5}, 7]})])
def test_a_damaged_file_is_as_none(book: DocumentBook, tmp_path: Path, text: str) -> None:
    account = Account("work", Service.CANNON_STUDIO, "https://a.example")
    book.save(account, Known(read_document(document(LOCATION)), '"v1"', NOW))
    (file,) = (tmp_path / "operations").iterdir()
    file.write_text(text)
    assert book.load(account).discovered == NOTHING


def test_what_is_kept_belongs_to_one_address(book: DocumentBook) -> None:
    account = Account("../wörk ☂", Service.CANNON_STUDIO, "https://a.example")
    known = Known(read_document(document(LOCATION, WIDER_VIDEO)), '"v1"', NOW)
    book.save(account, known)
    assert book.load(account) == known
    assert book.load(replace(account, base_url="https://b.example")) == Known()
    book.forget(account)
    book.forget(account)
    assert book.load(account) == Known()


@pytest.mark.parametrize(("ago", "due"), [(timedelta(0), False), (timedelta(hours=23), False), (timedelta(days=1), True),
                                          (timedelta(hours=-1), True)])
def test_once_a_day(ago: timedelta, due: bool) -> None:
    assert Known(asked_at=NOW - ago).is_due(NOW) is due
    assert Known().is_due(NOW)


def test_the_factory_reads_what_is_kept(book: DocumentBook, transport: Transport) -> None:
    for service, count in ((Service.CANNON_STUDIO, 20), (Service.CANVAS_LABS, 4)):
        account = Account("work", service, "https://a.example")
        book.save(account, Known(read_document(document(LOCATION)), "", NOW))
        assert len(make_provider(account, transport=transport, key=key, documents=book).operations()) == count
