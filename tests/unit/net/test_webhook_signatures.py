"""Who signed, over what, when: one error for each cause, and no verdict that is wrong."""

from __future__ import annotations

import base64
import time

import pytest
from standardwebhooks import Webhook

from studio.net.webhook_signatures import (
    FutureSignatureError,
    MalformedSignatureError,
    MissingSignatureError,
    SignatureVerifier,
    StaleSignatureError,
    WebhookSecretError,
    WebhookSignatureError,
    WebhookSigner,
    WrongSignatureError,
    is_signed,
    new_secret,
    read_secrets,
    secret_of,
)
from tests.unit.net.webhook_verdicts import ACCEPTED, Trials, sign

NOW = 1_790_000_000
BODY = '{"event": "request.succeeded", "data": {"id": "req_1", "prompt": "a pier, 海"}}'


def verifier(*secrets: str, now: float = NOW) -> SignatureVerifier:
    return SignatureVerifier(secrets, clock=lambda: now)


@pytest.mark.slow
def test_no_verdict_is_wrong() -> None:
    seen, wrong = Trials(seed=7).run(20_000)
    assert wrong == []
    assert len(seen) == 7  # accepted, duplicate, and each error
    assert seen[ACCEPTED] > 3000


def test_what_is_signed_here_the_package_accepts_and_the_other_way_round() -> None:
    secret, event = new_secret(), "evt_1"
    now = time.time()
    headers = WebhookSigner([secret]).headers(event, now, BODY)
    assert Webhook(secret).verify(BODY, headers)["event"] == "request.succeeded"
    assert SignatureVerifier([secret]).verify(headers, BODY.encode()) == event
    assert is_signed(headers)
    by_hand = sign(base64.b64decode(secret.removeprefix("whsec_")), event, headers["webhook-timestamp"], BODY.encode())
    assert headers["webhook-signature"] == by_hand


def test_while_a_secret_is_replaced_both_are_good_and_then_only_the_new_one() -> None:
    old, new = new_secret(), new_secret()
    by_old = WebhookSigner([old]).headers("evt_1", NOW, BODY)
    by_both = WebhookSigner([old, new]).headers("evt_2", NOW, BODY)
    assert by_both["webhook-signature"].count("v1,") == 2
    for headers in (by_old, by_both):
        assert verifier(new, old).verify(headers, BODY.encode()) == headers["webhook-id"]
    assert verifier(new).verify(by_both, BODY.encode()) == "evt_2"
    with pytest.raises(WrongSignatureError):
        verifier(new).verify(by_old, BODY.encode())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"webhook-id": None}, MissingSignatureError),
        ({"webhook-timestamp": ""}, MissingSignatureError),
        ({"webhook-signature": None}, MissingSignatureError),
        ({"webhook-id": "evt 1"}, MalformedSignatureError),
        ({"webhook-id": "evt.1"}, MalformedSignatureError),
        ({"webhook-id": "x" * 300}, MalformedSignatureError),
        ({"webhook-timestamp": "1.79e9"}, MalformedSignatureError),
        ({"webhook-timestamp": f"0{NOW}"}, MalformedSignatureError),
        ({"webhook-timestamp": f"{NOW}.0"}, MalformedSignatureError),
        ({"webhook-timestamp": "nan"}, MalformedSignatureError),
        ({"webhook-timestamp": "٣"}, MalformedSignatureError),
        ({"webhook-timestamp": "9" * 13}, MalformedSignatureError),
        ({"webhook-timestamp": str(NOW - 301)}, StaleSignatureError),
        ({"webhook-timestamp": str(NOW + 301)}, FutureSignatureError),
        ({"webhook-timestamp": str(NOW + 1)}, WrongSignatureError),
        ({"webhook-signature": "v1"}, MalformedSignatureError),
        ({"webhook-signature": "v1,"}, MalformedSignatureError),
        ({"webhook-signature": "v1,é"}, MalformedSignatureError),
        ({"webhook-signature": " ".join(["v1,AAAA"] * 17)}, MalformedSignatureError),
        ({"webhook-signature": "v1a,AAAA"}, WrongSignatureError),
        ({"webhook-signature": "v1,AAAA"}, WrongSignatureError),
    ],
)
def test_each_cause_has_its_error(change: dict[str, str | None], error: type[WebhookSignatureError]) -> None:
    secret = new_secret()
    headers: dict[str, str | None] = {**WebhookSigner([secret]).headers("evt_1", NOW, BODY), **change}
    with pytest.raises(error) as caught:
        verifier(secret).verify({name: value for name, value in headers.items() if value is not None}, BODY.encode())
    assert type(caught.value) is error
    assert secret not in str(caught.value)


def test_a_body_is_checked_as_it_came_also_where_it_is_no_text() -> None:
    key = bytes(range(32))
    body = b"\xff\xfe\x00 not text"
    headers = {"webhook-id": "e", "webhook-timestamp": str(NOW), "webhook-signature": sign(key, "e", str(NOW), body)}
    assert verifier(secret_of(key)).verify(headers, body) == "e"
    with pytest.raises(WrongSignatureError):
        verifier(secret_of(key)).verify(headers, body + b"\n")


@pytest.mark.parametrize("text", [
    "", "whsec_", "whsec_AAAA", "a-plain-word", "whsec_!!!!", base64.b64encode(bytes(32)).decode(),
    "whsec_" + base64.b64encode(bytes(300)).decode(), "whsec_" + "ä" * 40,
])
def test_what_is_no_secret_is_refused_without_showing_it(text: str) -> None:
    for use in (lambda: SignatureVerifier([text]), lambda: WebhookSigner([text])):
        with pytest.raises(WebhookSecretError) as caught:
            use()
        assert not text or text == "whsec_" or text not in str(caught.value)
    with pytest.raises(WebhookSecretError):
        SignatureVerifier([])
    with pytest.raises(WebhookSecretError):
        WebhookSigner([])
    with pytest.raises(WebhookSecretError):
        secret_of(b"short")


def test_several_secrets_are_entered_in_one_word_and_shown_in_none() -> None:
    one, two = new_secret(), new_secret()
    assert read_secrets(f" {one}, {two}\n") == (one, two)
    assert read_secrets(f"{one},{two}") == (one, two)
    assert read_secrets("  ") == ()
    with pytest.raises(WebhookSecretError):
        read_secrets(f"{one},nonsense")
    unpadded = one.rstrip("=")
    headers = WebhookSigner([one]).headers("evt_1", NOW, BODY)
    assert verifier(unpadded).verify(headers, BODY.encode()) == "evt_1"
    for shown in (repr(verifier(one)), repr(WebhookSigner([one]))):
        assert one.removeprefix("whsec_")[:8] not in shown
