"""The account local against a real engine: both contracts behind one provider."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from studio.contracts import operations as contracts
from studio.contracts.examples import example_input
from studio.contracts.operations import CANNON, CANVAS, LOCAL_EXTRAS
from studio.domain.account import LOCAL, Service
from studio.domain.errors import InputError, RequestRefusedError, UnknownOperationError
from studio.domain.operation import MediaKind
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState
from studio.jobs.ports import Provider
from studio.net.transport import Transport
from studio.providers import catalogue
from studio.providers.factory import Endpoint, make_provider
from studio.providers.openapi_reader import read_document
from tests.unit.engine.rig import KEY, Rig, engine
from tests.unit.providers.renderers import EVERY, FILES

EXTRAS = [one.id for one in LOCAL_EXTRAS]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """An engine that does all there is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contracts, "NOT_YET_LOCAL", frozenset())
        patch.setattr(catalogue, "NOT_YET_LOCAL", frozenset())
        catalogue.operations.cache_clear()
        with engine(tmp_path_factory.mktemp("engine"), renderers=EVERY) as running:
            yield running
    catalogue.operations.cache_clear()


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    made = Transport()
    yield made
    await made.aclose()


@pytest.fixture
def provider(rig: Rig, transport: Transport) -> Provider:
    async def endpoint() -> Endpoint:
        return Endpoint(rig.url, KEY)

    return make_provider(LOCAL, transport=transport, endpoint=endpoint)


async def hosted(provider: Provider, operation: str, folder: Path) -> dict[str, object]:
    """The operation's smallest input, its media uploaded."""
    wire = catalogue.find_wire(Service.LOCAL, operation)
    known = next(one for one in provider.operations() if one.id == operation)
    assert wire is not None
    values: dict[str, object] = example_input(wire)
    for parameter in known.media_parameters:
        if parameter.name in values:
            name, data = FILES[parameter.accepts[0].value]
            (folder / name).write_bytes(data)
            url = await provider.host(folder / name)
            values[parameter.name] = [url, url] if isinstance(values[parameter.name], list) else url
    return values


async def end_of(provider: Provider, operation: str, remote_id: str) -> RemoteJob:
    async with asyncio.timeout(60):
        while True:
            job = await provider.poll(operation, remote_id)
            if job.state is not JobState.RUNNING:
                return job
            await asyncio.sleep(0.02)


def test_it_has_the_operations_of_both_contracts(provider: Provider) -> None:
    assert [one.id for one in provider.operations()] == [*(one.id for one in CANNON), *EXTRAS]
    assert (provider.honours_idempotency, provider.can_cancel) == (True, True)


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "prefix", "kind"), [
    ("image.generate", "req_", MediaKind.IMAGE), ("video.generate", "req_", MediaKind.VIDEO),
    ("image.edit", "req_", MediaKind.IMAGE), ("narration.generate", "req_", MediaKind.AUDIO),
    ("lipsync.generate", "req_", MediaKind.VIDEO), ("scene.compose", "job_", MediaKind.IMAGE),
    ("style.transfer", "job_", MediaKind.IMAGE),
])
async def test_a_whole_job(provider: Provider, operation: str, prefix: str, kind: MediaKind, tmp_path: Path) -> None:
    values = await hosted(provider, operation, tmp_path)
    provider.validate(operation, values)
    key = secrets.token_hex(8)
    sent = await provider.submit(operation, values, key)
    assert sent.remote_id.startswith(prefix)
    assert (await provider.submit(operation, values, key)).remote_id == sent.remote_id, "the same intent, the same job"
    job = await end_of(provider, operation, sent.remote_id)
    assert (job.state, [one.kind for one in job.results]) == (JobState.DOWNLOADING, [kind]), job
    part = tmp_path / "result.part"
    await provider.download(job.results[0].url, part, lambda _done, _total: None)
    assert part.read_bytes() == FILES[kind.value][1]
    await provider.discard(job.results[0].url)


async def test_a_prompt_has_words_and_no_file(provider: Provider) -> None:
    sent = await provider.submit("prompt.enhance.image", {"prompt": "a lake"}, secrets.token_hex(8))
    job = await end_of(provider, "prompt.enhance.image", sent.remote_id)
    assert (job.state, job.results) == (JobState.DONE, ())
    assert job.output is not None
    assert job.output["enhancedPrompt"] == "a lake, in soft light"


@pytest.mark.parametrize("operation", ["image.generate", "scene.compose"])
async def test_a_cancel_finds_the_contract_by_the_id(provider: Provider, operation: str, tmp_path: Path) -> None:
    values = await hosted(provider, operation, tmp_path)
    values["prompt" if operation == "image.generate" else "scene"] = "slow"
    sent = await provider.submit(operation, values, secrets.token_hex(8))
    assert (await provider.poll(operation, sent.remote_id)).state is JobState.RUNNING
    assert (await provider.cancel(sent.remote_id)).state is JobState.CANCELLED
    assert (await provider.poll(operation, sent.remote_id)).state is JobState.CANCELLED


async def test_what_is_wrong_is_told_by_its_field(provider: Provider) -> None:
    wrong: list[tuple[str, dict[str, object], str]] = [
        ("scene.compose", {"images": ["https://example.com/a.png"]}, "images"),
        ("style.transfer", {"image_url": "https://example.com/a.png", "styl": "ink"}, "styl"),
        ("music.generate", {"prompt": "x", "vocal_gender": "f"}, "vocal_gender"),
    ]
    for operation, values, field in wrong:
        with pytest.raises(InputError) as caught:
            provider.validate(operation, values)
        assert caught.value.field == field
    with pytest.raises(UnknownOperationError):
        await provider.submit("scene.dissolve", {}, "k")
    for unknown in ("req_none", "job_none"):
        with pytest.raises(RequestRefusedError):
            await provider.cancel(unknown)


@pytest.mark.slow
async def test_both_contracts_find_an_engine_that_moved(rig: Rig, transport: Transport, tmp_path: Path) -> None:
    """The first address is nobody's: each contract asks anew, and both end up at the same engine."""
    places = [Endpoint("http://127.0.0.1:9", "old"), Endpoint(rig.url, KEY)]

    async def endpoint() -> Endpoint:
        return places.pop(0) if len(places) > 1 else places[0]

    made = make_provider(LOCAL, transport=transport, endpoint=endpoint)
    picture = tmp_path / "picture.png"
    picture.write_bytes(FILES["image"][1])
    url = f"{rig.url}/files/none/none.png"
    with pytest.raises(RequestRefusedError):
        await made.submit("style.transfer", {"image_url": url}, secrets.token_hex(8))
    assert (await made.submit("style.transfer", {"image_url": await made.host(picture)}, secrets.token_hex(8))).remote_id


def test_the_engines_own_document_adds_nothing(rig: Rig) -> None:
    """What the engine says of itself, read as any service's document: the built-in catalogue has it all."""
    from studio.providers.discovered import merged

    found = read_document(rig.client.get("/api/v1/openapi").json())
    known = catalogue.operations(Service.CANNON_STUDIO, at_engine=True)
    assert [one.id for one in found.operations] == [one.id for one in CANNON]
    assert [(one.title, one.kind) for one in found.operations] == [(one.title, one.kind) for one in known]
    assert merged(known, found) == known
    assert found.notes == ()


def test_the_document_knows_an_address_again(rig: Rig) -> None:
    first = rig.client.get("/api/v1/openapi")
    same = rig.client.get("/api/v1/openapi", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    other = rig.client.get("/api/v1/openapi", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.json()) == (200, first.json())
    assert rig.bare.get("/api/v1/openapi").status_code == 401


def test_the_document_describes_all_that_is_served(rig: Rig) -> None:
    from studio.engine.cannon_api import cannon_router
    from studio.engine.canvas_api import canvas_router
    from studio.engine.engine_api import engine_router

    document = rig.client.get("/api/v1/openapi").json()
    described = {(method.upper(), _shape(path)) for path, uses in document["paths"].items() for method in uses}
    routers = [make(rig.desk) for make in (cannon_router, canvas_router, engine_router)]
    routes = [route for router in routers for route in router.routes]
    served = {(method, _shape(route.path)) for route in routes for method in route.methods}  # type: ignore[attr-defined]
    assert served == described


@pytest.mark.slow
def test_the_document_is_valid_and_its_examples_are_taken(rig: Rig) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = rig.client.get("/api/v1/openapi").json()
    OpenAPIV31SpecValidator(document).validate()
    create = document["paths"]["/api/v1/requests"]["post"]["requestBody"]["content"]["application/json"]
    assert set(create["examples"]) == {one.id for one in CANNON}
    assert {f"/v1/{one.id.replace('.', '/')}" for one in CANVAS} <= set(document["paths"])


def _shape(path: str) -> str:
    """A path with its parameters' names taken out."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
