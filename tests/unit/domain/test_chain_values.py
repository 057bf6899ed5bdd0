"""How a step's input is filled from answers and earlier results, and with stand-ins before there are any."""

from __future__ import annotations

import pytest

from studio.domain.chain import Step
from studio.domain.chain_run import ChainRun, RunState, StepJob, step_key
from studio.domain.chain_values import StepResult, filled, rehearsed, without_references
from studio.domain.errors import InputError
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState
from tests.unit.domain.chains import BETTER, CLIP, LIPS, PICTURE, TALKING, ask, take

RESULTS = {
    "better": StepResult(text="a longer prompt", output={"enhancedPrompt": "a longer prompt", "scene": {"mood": "calm"}}),
    "picture": StepResult(((MediaKind.IMAGE, "file:///a.png"), (MediaKind.IMAGE, "file:///b.png"))),
    "clip": StepResult(((MediaKind.AUDIO, "file:///c.mp3"), (MediaKind.VIDEO, "file:///c.mp4"))),
}


def step(operation: str, **values: object) -> Step:
    return Step("one", operation, values)


def test_references_stand_for_what_fits_the_field() -> None:
    given = filled(step(CLIP.id, prompt=take("better"), image_url=take("picture")), CLIP, {}, RESULTS)
    assert given == {"prompt": "a longer prompt", "image_url": "file:///a.png"}
    given = filled(step(LIPS.id, video_url=take("clip"), audio_url=take("clip")), LIPS, {}, RESULTS)
    assert given == {"video_url": "file:///c.mp4", "audio_url": "file:///c.mp3"}


def test_a_result_can_be_named_by_number_kind_and_field() -> None:
    named = step(CLIP.id, image_url=take("picture", 1), prompt=take("better", "output.scene.mood"))
    given = filled(named, CLIP, {}, RESULTS)
    assert given == {"image_url": "file:///b.png", "prompt": "calm"}
    given = filled(step(CLIP.id, image_url=take("picture", "image"), prompt=take("better", "prompt")), CLIP, {}, RESULTS)
    assert given == {"image_url": "file:///a.png", "prompt": "a longer prompt"}


@pytest.mark.parametrize("reference", [take("picture", 2), take("picture", "video"), take("better", "output.nothing"),
                                       take("never")])
def test_a_result_that_is_not_there_is_told_with_step_and_field(reference: dict[str, object]) -> None:
    with pytest.raises(InputError) as told:
        filled(step(CLIP.id, prompt="x", image_url=reference), CLIP, {}, RESULTS)
    assert told.value.field == "one.image_url"


def test_answers_stand_where_they_are_asked_and_where_they_are_named() -> None:
    asked = step(PICTURE.id, prompt=ask("idea"), reference_image_urls=[take("picture"), ask("own")], resolution=ask("size"))
    given = filled(asked, PICTURE, {"idea": "a pier", "own": "file:///own.png"}, RESULTS)
    assert given == {"prompt": "a pier", "reference_image_urls": ["file:///a.png", "file:///own.png"]}
    given = filled(step(PICTURE.id, prompt=take("start", "idea"), reference_image_urls=take("picture")), PICTURE,
                   {"idea": "a pier"}, RESULTS)
    assert given == {"prompt": "a pier", "reference_image_urls": ["file:///a.png"]}
    given = filled(step(PICTURE.id, prompt="x", reference_image_urls=[ask("own")]), PICTURE, {}, {})
    assert given == {"prompt": "x"}


def test_stand_ins_have_the_right_kind_and_answers_come_first() -> None:
    assert rehearsed(TALKING.steps[4], LIPS)["audio_url"] == "https://stand-in.invalid/sound.mp3"
    assert rehearsed(TALKING.steps[0], BETTER) == {"prompt": "words"}
    assert rehearsed(TALKING.steps[0], BETTER, {"idea": "a pier"}) == {"prompt": "a pier"}
    asked = step(PICTURE.id, prompt="x", resolution=ask("size"), seed=ask("seed"), reference_image_urls=[ask("own")])
    assert rehearsed(asked, PICTURE) == {"prompt": "x", "resolution": "1K", "seed": 1,
                                         "reference_image_urls": ["https://stand-in.invalid/picture.png"]}
    assert rehearsed(asked, PICTURE, {}) == {"prompt": "x"}


def test_an_estimate_needs_only_what_is_known() -> None:
    assert without_references(TALKING.steps[1], {}) == {"resolution": "2K"}
    assert without_references(TALKING.steps[2], {"idea": "a pier"}) == {"prompt": "a pier"}
    assert without_references(step(PICTURE.id, reference_image_urls=[take("picture")], resolution=ask("size", default="2K")),
                              {}) == {"resolution": "2K"}


def test_the_key_of_a_step_is_the_same_whoever_works_it_out() -> None:
    assert step_key("run_1", 2, 1) == step_key("run_1", 2, 1)
    assert len({step_key(run, place, attempt) for run in ("run_1", "run_2") for place in (1, 2) for attempt in (1, 2)}) == 8


def test_a_run_says_where_it_stands() -> None:
    run = ChainRun.new(TALKING, "local", {})
    assert (run.step.name, run.current_job, run.attempts_of(0), run.needs_person) == ("better", None, 0, False)
    unknown = Job.new(JobRequest(BETTER.id, "local", {})).changed(state=JobState.UNKNOWN)
    waiting = run.changed(jobs=(StepJob(0, 2, unknown),))
    assert (waiting.current_job, waiting.attempts_of(0), waiting.needs_person) == (unknown, 2, True)
    assert run.changed(state=RunState.FAILED).needs_person
    assert not run.changed(state=RunState.CANCELLED).needs_person
