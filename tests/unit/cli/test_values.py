"""How `-p name=VALUE` becomes an input: the schema decides."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from studio.app.core import Core
from studio.cli.values import read_document, read_input, split
from studio.domain.account import Service
from studio.domain.errors import InputError
from studio.providers import catalogue

VIDEO = next(o for o in catalogue.operations(Service.CANNON_STUDIO) if o.id == "video.generate")


class Attaching:
    """The core as far as it is needed here: takes a file in, or says that it is not there."""

    async def attach(self, path: Path) -> str:
        if not path.exists():
            raise InputError(f"“{path.name}” is not there.", code="no_such_file")
        return f"file:///inputs/{path.name}"


async def read(*given: str, document: str | None = None) -> dict[str, object]:
    return await read_input(cast(Core, Attaching()), VIDEO, split(given), read_document(document))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a=b.jpg"
    path.write_bytes(b"x")
    return path


async def test_text_is_taken_as_it_is_and_the_rest_is_json() -> None:
    values = await read("prompt=true", "duration=5", "watermark=false", "negative_prompt=a=b", "resolution=720p", "seed=7")
    assert values == {"prompt": "true", "duration": 5, "watermark": False, "negative_prompt": "a=b", "resolution": "720p",
                      "seed": 7}
    assert await read("prompt=") == {"prompt": ""}
    assert await read("colour=red") == {"colour": "red"}  # the contract then says that there is no such field


@pytest.mark.parametrize("item", ["duration=five", "watermark=yes", "reference_image_urls=a.jpg", "seed="])
async def test_what_is_no_json_names_its_field(item: str) -> None:
    with pytest.raises(InputError) as caught:
        await read(item)
    assert caught.value.field == item.partition("=")[0]


async def test_files_are_taken_in_and_two_signs_stand_for_one(photo: Path) -> None:
    mine = f"file:///inputs/{photo.name}"
    assert await read(f"image_url=@{photo}") == {"image_url": mine}
    assert await read("image_url=@@x") == {"image_url": "@x"}
    assert await read("prompt=@@home") == {"prompt": "@home"}
    assert await read("image_url=https://x.test/a.png") == {"image_url": "https://x.test/a.png"}
    listed = await read(f'reference_image_urls=["@{photo}", "@@y", "https://x.test/b.png"]')
    assert listed == {"reference_image_urls": [mine, "@y", "https://x.test/b.png"]}
    assert await read(f"reference_image_urls=@{photo}", f"reference_image_urls=@{photo}") == {
        "reference_image_urls": [mine, mine]}


async def test_a_text_field_reads_a_file_as_text(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("a pier\nat dusk\n", encoding="utf-8")
    (tmp_path / "p.bin").write_bytes(b"\xff\xfe\x00")
    assert await read(f"prompt=@{tmp_path}/p.txt") == {"prompt": "a pier\nat dusk"}
    for name in ("p.bin", "none.txt"):
        with pytest.raises(InputError) as caught:
            await read(f"prompt=@{tmp_path}/{name}")
        assert caught.value.field == "prompt"


async def test_a_missing_file_names_its_field(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        await read(f"image_url=@{tmp_path}/none.jpg")
    assert caught.value.field == "image_url"


async def test_a_document_with_options_over_it(photo: Path) -> None:
    document = f'{{"prompt": "@home", "image_url": "@{photo}", "duration": 5}}'
    assert await read("duration=10", document=document) == {
        "prompt": "@home", "image_url": f"file:///inputs/{photo.name}", "duration": 10}


@pytest.mark.parametrize("text", ["{", "[1]", "5"])
def test_what_is_no_document_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="--input"):
        read_document(text)


@pytest.mark.parametrize("item", ["prompt", "=x", " =x"])
def test_what_is_no_pair_is_said(item: str) -> None:
    with pytest.raises(ValueError, match="NAME=VALUE"):
        split([item])
