"""What the account local learns of its engine's document: names of models, and nothing that this program knows itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from studio.domain.account import LOCAL
from studio.net.transport import Transport
from studio.providers.discovery import DocumentBook, refresh
from studio.providers.endpoint import Endpoint
from studio.providers.factory import make_provider
from studio.providers.local_provider import LocalProvider
from tests.unit.net.raw_server import RawServer, reply
from tests.unit.providers.conftest import KEY
from tests.unit.providers.documents import LOCATION, body, document

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
MODELS = {"type": "string", "examples": ["painter", "sketcher"]}
PAINTER = body("image.generate", {"prompt": {"type": "string"}, "model": MODELS, "mood": {"type": "string"}},
               of_input={"required": ["prompt", "mood"]})


def made(server: RawServer, transport: Transport, book: DocumentBook | None = None) -> LocalProvider:
    async def find() -> Endpoint:
        return Endpoint(server.url, KEY)

    provider = make_provider(LOCAL, transport=transport, endpoint=find, documents=book)
    assert isinstance(provider, LocalProvider)
    return provider


def suggested(provider: LocalProvider, operation: str = "image.generate") -> tuple[object, ...]:
    known = next(one for one in provider.operations() if one.id == operation)
    model = known.parameter("model")
    return () if model is None else model.suggestions


def remaining(provider: LocalProvider) -> int | None:
    return provider.requests_remaining


async def test_names_of_models_and_nothing_else(server: RawServer, transport: Transport, tmp_path: Path) -> None:
    book = DocumentBook(tmp_path / "operations")
    provider = made(server, transport, book)
    before = [one.id for one in provider.operations()]
    server.say(reply(200, document(PAINTER, LOCATION), {"ETag": '"v1"'}))
    assert await refresh(provider, book, NOW)
    assert [one.id for one in provider.operations()] == before
    assert {"painter", "sketcher"} <= set(suggested(provider))
    assert all(one.parameter("mood") is None for one in provider.operations())
    assert {"painter", "sketcher"} <= set(suggested(made(server, transport, book))), "kept for the next start"
    server.say(reply(304))
    assert not await refresh(provider, book, NOW)
    assert "painter" in suggested(provider)
    server.say(reply(200, document(LOCATION)))
    assert await refresh(provider, book, NOW), "a folder that is gone is not offered"
    assert "painter" not in suggested(provider)


async def test_what_the_engine_lets_through_is_the_lower_of_both_contracts(
    server: RawServer, transport: Transport
) -> None:
    provider = made(server, transport)
    assert remaining(provider) is None
    server.say(reply(202, {"id": "req_1", "status": "queued"}, {"X-RateLimit-Remaining": "9"}))
    await provider.submit("image.generate", {"prompt": "x"}, "k1")
    assert remaining(provider) == 9
    picture = f"{server.url}/files/a/b.png"
    server.say(reply(202, {"job_id": "job_1", "status": "queued"}, {"X-RateLimit-Remaining": "7"}))
    await provider.submit("style.transfer", {"image_url": picture}, "k2")
    assert remaining(provider) == 7
    assert [seen.path for seen in server.posts] == ["/api/v1/requests", "/v1/style/transfer"]
