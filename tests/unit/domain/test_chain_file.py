"""The file of a chain: what goes in comes out again, nothing private gets in, and nothing hostile gets through."""

from __future__ import annotations

import json

import pytest

from studio.domain.chain import Chain, Step
from studio.domain.chain_file import as_object, from_text
from studio.domain.errors import InputError
from tests.unit.domain.chains import CLIP, TALKING, ask, take


def there_and_back(chain: Chain) -> Chain:
    return from_text(json.dumps(as_object(chain)), chain.id)


def test_a_chain_comes_back_as_it_went() -> None:
    assert there_and_back(TALKING) == TALKING


PRIVATE = ["file:///home/me/secret.png", "/home/me/secret.png", "C:\\Users\\me\\secret.png", "\\\\server\\secret.png",
           "~/secret", "data:image/png;base64,c2VjcmV0", "https://bucket.example/a.png?X-Amz-Signature=secret",
           "https://me:secret@example.org/a.png"]


@pytest.mark.parametrize("private", PRIVATE)
def test_places_of_this_computer_and_tokens_are_asked_for_instead(private: str) -> None:
    chain = Chain("x", "Private", (Step("clip", CLIP.id, {"prompt": "a pier", "image_url": private}, account="my account"),))
    text = json.dumps(as_object(chain))
    assert "secret" not in text
    assert "my account" not in text
    back = from_text(text, "x")
    assert back.steps[0].input == {"prompt": "a pier", "image_url": ask("clip image_url")}


def test_private_parts_of_lists_questions_and_objects_are_left_out() -> None:
    values = {"reference_image_urls": [take("start", "own"), "file:///secret.png"], "own": ask("own", default="/secret"),
              "settings": {"font": "Inter", "path": "/secret", "sizes": [1, "file:secret"]}, "audio": True, "none": None}
    chain = Chain("x", "Private", (Step("one", "video.generate", values),))
    (step,) = there_and_back(chain).steps
    assert step.input == {"reference_image_urls": [take("start", "own")], "own": ask("own"),
                          "settings": {"font": "Inter", "sizes": [1]}, "audio": True}


def test_an_address_without_a_token_stays() -> None:
    chain = Chain("x", "Open", (Step("clip", CLIP.id, {"image_url": "https://example.org/a.png"}),))
    assert there_and_back(chain) == chain


def test_what_is_not_known_here_is_left_out() -> None:
    document = {**as_object(TALKING), "colour": "red", "author": {"name": "somebody"}}
    document["steps"] = [{**step, "icon": "star"} for step in document["steps"]]  # type: ignore[attr-defined]
    assert from_text(json.dumps(document), "talking") == TALKING


def test_a_file_cannot_name_a_place_on_this_computer() -> None:
    document = as_object(TALKING)
    document["steps"] = [{"name": "clip", "operation": CLIP.id, "account": "paid",
                          "input": {"prompt": "x", "image_url": "file:///etc/passwd"}}]
    (step,) = from_text(json.dumps(document), "x").steps
    assert step == Step("clip", CLIP.id, {"prompt": "x", "image_url": ask("clip image_url")})


@pytest.mark.parametrize("text", [
    "", "[]", "{}", '{"format": "studio-chain"}', '{"format": "other", "version": 1}', "nonsense", '"studio-chain"',
    '{"format": "studio-chain", "version": true, "steps": []}', '{"format": "studio-chain", "version": 1, "steps": {}}',
    '{"format": "studio-chain", "version": 1, "title": 3, "steps": []}',
    '{"format": "studio-chain", "version": 1, "title": "x", "steps": [3]}',
    '{"format": "studio-chain", "version": 1, "title": "x", "steps": [{"name": "a"}]}',
    '{"format": "studio-chain", "version": 1, "title": "x", "steps": [{"name": "a", "operation": "b", "input": []}]}',
    '{"format": "studio-chain", "version": 1, "title": "x", "steps": [{"name": "a", "operation": "b", "input": {"c": '
    '{"$from": "later"}}}]}',
    "[" * 100_000, '{"format": "studio-chain", "version": 1, "title": "x", "steps": [' + '{"operation": "a"},' * 21 + "1]}",
])
def test_what_is_no_chain_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError) as told:
        from_text(text, "x")
    assert told.value.message


def test_a_newer_file_and_a_huge_one() -> None:
    with pytest.raises(InputError, match="newer Studio") as told:
        from_text(json.dumps({**as_object(TALKING), "version": 2}), "x")
    assert told.value.code == "too_new"
    with pytest.raises(InputError, match="too long"):
        from_text(" " * 1_000_001, "x")
