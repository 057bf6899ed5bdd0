"""Which chains can be run, and what they ask for."""

from __future__ import annotations

import pytest

from studio.domain.chain import Chain, Step, id_from
from studio.domain.chain_check import check, check_answers, check_shape, questions
from studio.domain.errors import InputError, UnknownOperationError
from studio.domain.kinds import ParameterKind
from tests.unit.domain.chains import CLIP, PICTURE, TALKING, ask, known, take, with_step


def test_a_whole_chain_is_right() -> None:
    check(TALKING, known)


@pytest.mark.parametrize(("chain", "field", "words"), [
    (with_step("clip", image_url=take("lips")), "clip.image_url", "comes later"),
    (with_step("clip", image_url=take("clip")), "clip.image_url", "its own result"),
    (with_step("clip", image_url=take("nobody")), "clip.image_url", "no step “nobody”"),
    (with_step("clip", image_url=take("better")), "clip.image_url", "takes image, and “better” gives prompt"),
    (with_step("lips", video_url=take("picture")), "lips.video_url", "takes video, and “picture” gives image"),
    (with_step("lips", audio_url=take("voice", "video")), "lips.audio_url", "gives video"),
    (with_step("lips", audio_url=take("voice", "hologram")), "lips.audio_url", "no kind of result"),
    (with_step("lips", audio_url=take("voice", "output.url")), "lips.audio_url", "not a field of an answer"),
    (with_step("lips", audio_url=None), "lips.audio_url", "is needed"),
    (with_step("picture", prompt=take("start", "nothing")), "picture.prompt", "asked at the start"),
    (with_step("picture", prompt=""), "picture.prompt", "is needed"),
    (with_step("voice", text=take("clip")), "voice.text", "takes text"),
    (with_step("clip", image_url=[take("picture")]), "clip.image_url", "takes one value"),
    (with_step("clip", image_url={"address": "x"}), "clip.image_url", "a file, a question or an earlier result"),
    (with_step("clip", image_url=take("picture", -1)), "clip.image_url", "number from 0"),
    (with_step("clip", image_url={"$from": 3}), "clip.image_url", "name of a step"),
    (with_step("clip", prompt={"$ask": "what"}), "clip.input", "an object"),
    (TALKING.changed(steps=(*TALKING.steps, TALKING.steps[0])), "better.name", "Two steps"),
    (TALKING.changed(steps=()), "steps", "at least one"),
    (TALKING.changed(title=" "), "title", "title"),
    (TALKING.changed(steps=(Step("start", PICTURE.id, {"prompt": "x"}),)), "steps", "needs a name"),
    (TALKING.changed(steps=tuple(Step(f"s{n}", PICTURE.id, {"prompt": "x"}) for n in range(21))), "steps", "at most 20"),
])
def test_what_is_wrong_is_named_with_its_step_and_field(chain: Chain, field: str, words: str) -> None:
    with pytest.raises(InputError) as told:
        check(chain, known)
    assert told.value.field == field
    assert words in told.value.message


def test_an_operation_that_the_account_has_not() -> None:
    with pytest.raises(UnknownOperationError) as told:
        check(TALKING.changed(steps=(Step("clip", CLIP.id, {"prompt": "x"}, account="small"),)), known)
    assert told.value.field == "clip.operation"
    check_shape(TALKING.changed(steps=(Step("any", "nobody.knows", {"what": 1}),)))  # another account may have it


def test_lists_may_hold_several_results() -> None:
    chain = Chain("", "Two", (
        Step("one", PICTURE.id, {"prompt": "a"}),
        Step("two", PICTURE.id, {"prompt": "b", "reference_image_urls": [take("one"), ask("own", label="Own picture")]}),
    ))
    check(chain, known)
    (asked,) = questions(chain, known)
    assert (asked.parameter.name, asked.parameter.label, asked.parameter.kind) == ("own", "Own picture", ParameterKind.MEDIA)


def test_what_is_asked_is_asked_once_with_the_field_s_own_control() -> None:
    chain = with_step("clip", duration=ask("seconds", default=3), image_url=ask("frame", required=True))
    asked = {one.question.name: one for one in questions(chain, known)}
    assert list(asked) == ["idea", "frame", "seconds", "words"]  # in the order of the steps
    assert asked["idea"].parameter.multiline
    assert (asked["seconds"].parameter.default, asked["seconds"].parameter.maximum) == (3, 60)
    assert asked["frame"].parameter.required
    assert not asked["seconds"].parameter.required


def test_answers_are_checked_and_completed() -> None:
    chain = with_step("clip", duration=ask("seconds", default=3))
    given = check_answers(chain, {"idea": "a pier", "words": "Hello."}, known)
    assert given == {"idea": "a pier", "words": "Hello.", "seconds": 3}
    with pytest.raises(InputError, match="Words is needed") as told:
        check_answers(chain, {"idea": "a pier", "words": ""}, known)
    assert told.value.field == "words"
    with pytest.raises(InputError, match="does not ask for colour"):
        check_answers(chain, {"idea": "a pier", "words": "x", "colour": "red"}, known)


def test_names_for_the_command_line() -> None:
    assert id_from("Clip with Sound!") == "clip-with-sound"
    assert id_from("Clip with Sound!", {"clip-with-sound"}) == "clip-with-sound-2"
    assert id_from("映画") == "chain"
