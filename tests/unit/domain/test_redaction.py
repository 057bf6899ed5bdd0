"""Nothing secret is shown word for word, and what is not secret stays as it was."""

from __future__ import annotations

import pytest

from studio.domain.redaction import HIDDEN, redacted


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://cdn.example.org/a.png?X-Amz-Signature=abc&e=1#frag", f"https://cdn.example.org/a.png?{HIDDEN}"),
        ("see http://me:pw@host/x and wss://h/y?token=1.", f"see http://{HIDDEN}@host/x and wss://h/y?{HIDDEN}"),
        ("https://example.org/plain", "https://example.org/plain"),
        ("https://example.org/a#token=1", f"https://example.org/a#{HIDDEN}"),
        ("what? no address", "what? no address"),
        (f"data:image/png;base64,{'A' * 5000}", "data:image/png,… (5,000 letters)"),
        ("data: nothing", "data: nothing"),
    ],
)
def test_addresses_lose_what_may_open_them_and_embedded_files_their_bytes(given: str, shown: str) -> None:
    assert redacted(given) == shown


def test_secret_fields_are_hidden_at_any_depth_and_numbers_that_only_sound_so_are_not() -> None:
    given = {"headers": [{"Authorization": "Bearer x", "X-API-Key": "k"}], "uploadToken": "t", "tokens": 12, "token": 3,
             "secret": "", "idempotencyKey": "stays", "deep": {"client_secret": "s", "seed": 7, "none": None}}
    assert redacted(given) == {
        "headers": [{"Authorization": HIDDEN, "X-API-Key": HIDDEN}], "uploadToken": HIDDEN, "tokens": 12, "token": 3,
        "secret": "", "idempotencyKey": "stays", "deep": {"client_secret": HIDDEN, "seed": 7, "none": None}}


def test_what_is_known_to_be_secret_is_taken_out_of_every_text() -> None:
    assert redacted({"note": ["the key is hunter2"]}, lambda text: text.replace("hunter2", HIDDEN)) == {
        "note": [f"the key is {HIDDEN}"]}
