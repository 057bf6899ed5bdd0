"""Jobs as values: identifiers that sort by time, one key an intent, a title a person knows it by."""

from __future__ import annotations

import time

import pytest

from studio.domain.errors import Cost, CreditsError, InputError, StudioError, UnknownOutcomeError
from studio.domain.job import Job, JobError, JobRequest, new_id


def test_identifiers_sort_by_the_time_they_were_made() -> None:
    made = []
    for _ in range(5):
        made.append(new_id("job"))
        time.sleep(0.002)
    assert made == sorted(made)
    assert len(set(made)) == 5


def test_each_job_has_a_key_of_its_own() -> None:
    request = JobRequest("image.generate", "local", {"prompt": "a lake"})
    assert Job.new(request).idempotency_key != Job.new(request).idempotency_key


@pytest.mark.parametrize(
    ("label", "values", "title"),
    [
        ("Take 3", {"prompt": "a lake"}, "Take 3"),
        (None, {"prompt": "  a lake "}, "a lake"),
        (None, {"text": "Read this"}, "Read this"),
        (None, {"prompt": "   "}, "Image"),
        (None, {}, "Image"),
    ],
)
def test_the_title(label: str | None, values: dict[str, object], title: str) -> None:
    assert Job.new(JobRequest("image.generate", "local", values, label)).title == title


def test_an_error_says_what_happened_what_it_cost_and_what_to_do() -> None:
    error = UnknownOutcomeError("No answer came.")
    assert error.in_words().split(". ")[0] == "No answer came"
    assert "may have been charged" in error.in_words()
    assert error.advice in error.in_words()


def every_error(kind: type[StudioError] = StudioError) -> list[type[StudioError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in every_error(child))]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_is_kept_with_the_job_as_it_was(kind: type[StudioError]) -> None:
    kept = JobError.of(kind("It happened.", field="prompt", code="c1"))
    assert (kept.kind, kept.code, kept.message, kept.field) == (kind.kind, "c1", "It happened.", "prompt")
    assert kept.retryable is kind.retryable
    assert kept.cost is kind.default_cost


def test_kinds_are_not_shared_by_blame() -> None:
    """A kind that is narrower than its parent may share the parent's word, never one of another branch."""
    for kind in every_error():
        for other in [other for other in every_error() if other.kind == kind.kind]:
            assert issubclass(other, kind) or issubclass(kind, other) or other.__bases__ == kind.__bases__


def test_what_the_person_did_costs_nothing() -> None:
    assert InputError("x").cost is Cost.NONE
    assert CreditsError("x").cost is Cost.NONE


@pytest.mark.parametrize(("operation", "given", "title"), [
    ("style.transfer", {"style": "oil_painting"}, "Style transfer, oil painting"),
    ("video.upscale", {"upscale_factor": 2}, "Video upscale"),
    ("smartmotion.generate", {"motion": "zoom_in"}, "Smartmotion, zoom in"),
    ("image.edit", {"prompt": "warmer", "style": "x"}, "warmer"),
])
def test_a_job_without_words_is_known_by_what_is_done(operation: str, given: dict[str, object], title: str) -> None:
    assert Job.new(JobRequest(operation, "local", given)).title == title
