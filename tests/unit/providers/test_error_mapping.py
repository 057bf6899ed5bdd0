"""What each fault of the network and each status becomes, to the last word: money and patience hang on it."""

from __future__ import annotations

import errno
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain import errors as tree
from studio.domain.errors import Cost, StudioError
from studio.net.answer import Answer
from studio.net.errors import (
    BadAnswerError,
    ForbiddenAddressError,
    NetError,
    NoAnswerError,
    NotSentError,
    RedirectError,
    TooLargeError,
)
from studio.providers.errors import of_answer, of_disk, of_download, of_net

WORDS = "The line went dead."
_NO_ANSWER = f"S was asked, and no usable answer came: {WORDS}"
UNKNOWN = (tree.UnknownOutcomeError, _NO_ANSWER, "unknown_outcome", None, Cost.UNKNOWN)


def answer(status: int, body: object = None, headers: dict[str, str] | None = None, wait: float | None = None) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    return Answer(status, headers or {}, raw, wait)


def seen(error: StudioError) -> tuple[type, str, str, int | None, Cost]:
    return type(error), error.message, error.code, error.status, error.cost


@pytest.mark.parametrize(
    ("error", "creating", "expected"),
    [
        (NotSentError(WORDS), False, (tree.UnreachableError, f"S: {WORDS}", "unreachable", None, Cost.NONE)),
        (NotSentError(WORDS), True, (tree.UnreachableError, f"S: {WORDS}", "unreachable", None, Cost.NONE)),
        (NoAnswerError(WORDS), False, (tree.UnreachableError, f"S: {WORDS}", "no_answer", None, Cost.NONE)),
        (NoAnswerError(WORDS), True,
         UNKNOWN),
        (RedirectError(WORDS, status=302), False, (tree.RequestRefusedError, f"S: {WORDS}", "refused", 302, Cost.NONE)),
        (RedirectError(WORDS, status=307), True, (tree.RequestRefusedError, f"S: {WORDS}", "refused", 307, Cost.NONE)),
        (RedirectError(WORDS, status=303), False, (tree.RequestRefusedError, f"S: {WORDS}", "refused", 303, Cost.NONE)),
        (RedirectError(WORDS, status=303), True,
         UNKNOWN),
        (ForbiddenAddressError(WORDS), True, (tree.RequestRefusedError, f"S: {WORDS}", "address", None, Cost.NONE)),
        (BadAnswerError(WORDS), False,
         (tree.ServiceFaultError, f"S gave an answer that makes no sense: {WORDS}", "bad_answer", None, Cost.NONE)),
        (TooLargeError(WORDS, limit=8), False,
         (tree.ServiceFaultError, f"S gave an answer that makes no sense: {WORDS}", "bad_answer", None, Cost.NONE)),
        (BadAnswerError(WORDS), True,
         UNKNOWN),
        (TooLargeError(WORDS, limit=8), True,
         UNKNOWN),
    ],
)
def test_faults_of_the_network(error: NetError, creating: bool, expected: tuple[object, ...]) -> None:
    assert seen(of_net(error, "S", creating=creating)) == expected


@pytest.mark.parametrize("error", [RedirectError(WORDS, status=302), ForbiddenAddressError(WORDS)])
def test_a_wrong_address_is_the_persons_to_correct(error: NetError) -> None:
    assert of_net(error, "S").advice == "Correct the account's address."


def test_a_poll_never_leaves_an_unknown_outcome() -> None:
    for error in (NoAnswerError(WORDS), BadAnswerError(WORDS), TooLargeError(WORDS, limit=8)):
        assert not isinstance(of_net(error, "S"), tree.UnknownOutcomeError)


@pytest.mark.parametrize(
    ("status", "kind", "words", "retryable"),
    [
        (400, "refused", "S refused the request (status 400).", False),
        (401, "key_refused", "S does not accept the key.", False),
        (402, "credits", "There are not enough credits at S.", False),
        (403, "key_refused", "S does not let this key do that.", False),
        (404, "refused", "S refused the request (status 404).", False),
        (408, "service_fault", "S has a fault (status 408).", True),
        (409, "refused", "S refused the request (status 409).", False),
        (410, "refused", "S refused the request (status 410).", False),
        (413, "refused", "S refused the request (status 413).", False),
        (418, "refused", "S refused the request (status 418).", False),
        (422, "refused", "S refused the request (status 422).", False),
        (425, "busy", "S asks for a slower pace.", True),
        (429, "busy", "S asks for a slower pace.", True),
        (499, "refused", "S refused the request (status 499).", False),
        (500, "service_fault", "S has a fault (status 500).", True),
        (503, "service_fault", "S has a fault (status 503).", True),
        (599, "service_fault", "S has a fault (status 599).", True),
    ],
)
def test_each_status_in_our_own_words_when_the_service_has_none(
    status: int, kind: str, words: str, retryable: bool
) -> None:
    error = of_answer(answer(status), "S")
    assert (error.message, error.status, error.retryable) == (words, status, retryable)
    assert error.kind == kind or kind in {one.kind for one in type(error).__mro__ if hasattr(one, "kind")}
    assert error.request_id is None
    assert error.retry_after_s is None


def test_the_services_own_words_code_and_numbers_are_kept() -> None:
    body = {"error": {"code": "too_fast", "message": "Please\n  wait."}}
    for status in (400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503):
        error = of_answer(answer(status, body, {"x-request-id": "r1"}, 7.5), "S")
        facts = (error.message, error.code, error.status, error.request_id, error.retry_after_s)
        assert facts == ("Please wait.", "too_fast", status, "r1", 7.5)


@pytest.mark.parametrize("status", [408, 500, 502, 504, 599])
def test_a_failed_create_without_a_key_may_have_cost(status: int) -> None:
    error = of_answer(answer(status, None, {"request-id": "r2"}, 3.0), "S", creating_unkeyed=True)
    assert isinstance(error, tree.UnknownOutcomeError)
    assert error.message == f"Something at S failed (status {status})."
    assert (error.status, error.request_id, error.retry_after_s, error.cost) == (status, "r2", 3.0, Cost.UNKNOWN)
    said = of_answer(answer(status, {"message": "Oh no."}), "S", creating_unkeyed=True)
    assert said.message == "Oh no."


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 422, 429, 503])
def test_a_plain_refusal_of_a_create_cost_nothing(status: int) -> None:
    error = of_answer(answer(status), "S", creating_unkeyed=True)
    assert not isinstance(error, tree.UnknownOutcomeError)
    assert error.cost is Cost.NONE


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "Plain."}, "Plain."),
        ({"message": "Below."}, "Below."),
        ({"detail": "Deep."}, "Deep."),
        ({"message": "First.", "detail": "Second."}, "First."),
        ({"error": {"message": "Inner."}, "message": "Outer."}, "Inner."),
        ({"error": "Word.", "message": "Outer."}, "Word."),
        ({"error": 7}, "S refused the request (status 400)."),
        ({"detail": [{"msg": "x"}]}, "S refused the request (status 400)."),
        ({"error": {"message": 7, "code": 7}}, "S refused the request (status 400)."),
        (b"<html>502</html>", "S refused the request (status 400)."),
        ([1], "S refused the request (status 400)."),
    ],
)
def test_where_a_body_has_its_words(body: object, words: str) -> None:
    error = of_answer(answer(400, body), "S")
    assert error.message == words
    assert error.code == type(error).kind


def test_words_are_cut_to_a_bearable_length() -> None:
    long = "word " * 1000
    assert len(of_answer(answer(400, {"message": long}), "S").message) == 500
    assert len(of_answer(answer(400, None, {"x-request-id": "r" * 999}), "S").request_id or "") == 200


@pytest.mark.parametrize(
    ("inner", "field"),
    [
        ({"param": "duration"}, "duration"),
        ({"field": "seed"}, "seed"),
        ({"path": "input.prompt"}, "prompt"),
        ({"param": "input.subtitle_settings.color"}, "subtitle_settings"),
        ({"details": {"field": "style"}}, "style"),
        ({"details": [{"param": "first"}, {"param": "second"}]}, "first"),
        ({"param": "outer", "details": {"param": "inner"}}, "outer"),
        ({"param": "", "field": "named"}, "named"),
        ({"param": 7}, None),
        ({"details": []}, None),
        ({"details": "words"}, None),
        ({}, None),
    ],
)
def test_the_field_that_a_refusal_names(inner: dict[str, object], field: str | None) -> None:
    assert of_answer(answer(422, {"error": {"code": "c", "message": "m", **inner}}), "S").field == field


@pytest.mark.parametrize("name", ["x-request-id", "request-id", "x-amzn-requestid", "cf-ray"])
def test_where_the_id_of_a_request_stands(name: str) -> None:
    assert of_answer(answer(500, None, {name: "abc"}), "S").request_id == "abc"


def test_the_services_own_id_comes_before_a_gateways() -> None:
    assert of_answer(answer(500, None, {"cf-ray": "far", "x-request-id": "near"}), "S").request_id == "near"
    assert of_answer(answer(500, None, {"x-request-id": "", "cf-ray": "far"}), "S").request_id == "far"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_result_that_is_gone_was_charged(status: int) -> None:
    error = of_download(BadAnswerError(WORDS, status=status), "S")
    expected = f"S does not give the result any more (status {status})."
    assert seen(error) == (tree.ResultExpiredError, expected, "result_expired", status, Cost.CHARGED)


@pytest.mark.parametrize("status", [408, 425, 429])
def test_a_download_is_asked_to_wait(status: int) -> None:
    error = of_download(BadAnswerError(WORDS, status=status, retry_after_s=9.0), "S")
    assert seen(error) == (tree.BusyError, "S asks for a slower pace.", "busy", status, Cost.NONE)
    assert error.retry_after_s == 9.0


def test_what_cannot_be_fetched_was_charged_all_the_same() -> None:
    large = of_download(TooLargeError(WORDS, limit=8 * 1024**3), "S")
    expected = "The result is larger than 8.0 GB and was not fetched."
    assert seen(large) == (tree.RequestRefusedError, expected, "too_large", None, Cost.CHARGED)
    assert large.advice == "Look it up at the service."
    for error in (ForbiddenAddressError(WORDS), RedirectError(WORDS, status=302)):
        unsafe = of_download(error, "S")
        words = f"The result's address is not safe to fetch: {WORDS}"
        assert seen(unsafe) == (tree.RequestRefusedError, words, "address", None, Cost.CHARGED)
        assert unsafe.advice == "Look it up at the service."


def test_a_broken_download_may_go_on() -> None:
    for error in (NotSentError(WORDS), NoAnswerError(WORDS), BadAnswerError(WORDS, status=500), BadAnswerError(WORDS)):
        assert of_download(error, "S").retryable
    assert of_download(NoAnswerError(WORDS), "S").message == f"S: {WORDS}"


def test_what_the_disk_says() -> None:
    for number in (errno.ENOSPC, errno.EDQUOT):
        full = of_disk(OSError(number, "No space", "/x"))
        assert (type(full), full.message) == (tree.DiskFullError, "The disk is full.")
    named = of_disk(OSError(errno.EACCES, "Permission denied", "/films/a.mp4"))
    assert named.message == "The file /films/a.mp4 cannot be used: Permission denied."
    assert (type(named), named.advice) == (tree.LocalError, "Check the disk.")
    assert of_disk(OSError(errno.EIO, "Input/output error")).message == "The file cannot be used: Input/output error."
    assert of_disk(TimeoutError()).message == "The file cannot be used: TimeoutError."


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just("x" * 2000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["error", "message", "detail", "details", "code", "param", "field", "path"]) | st.text(max_size=5),
        inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.integers(300, 599), ANY_JSON | st.fixed_dictionaries({"error": ANY_JSON}), st.text(max_size=300), st.booleans())
def test_any_refusal_becomes_an_error_that_can_be_shown(status: int, body: object, request_id: str, unkeyed: bool) -> None:
    """Whatever a service or a proxy writes: one line of bearable length, a code, and never a free paid job by mistake."""
    error = of_answer(answer(status, body, {"x-request-id": request_id}), "S", creating_unkeyed=unkeyed)
    assert error.message.strip()
    assert "\n" not in error.message
    assert len(error.message) <= 500
    assert error.code
    assert error.status == status
    assert error.request_id is None or len(error.request_id) <= 200
    assert error.field is None or "." not in error.field
    assert isinstance(error, tree.UnknownOutcomeError) == (unkeyed and (status == 408 or status >= 500) and status != 503)
    assert (error.cost is Cost.UNKNOWN) == isinstance(error, tree.UnknownOutcomeError)
