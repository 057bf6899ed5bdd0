"""Signatures of webhooks as the Standard Webhooks specification says: who made an event, and when.

Three headers: `webhook-id`, `webhook-timestamp` (seconds since 1970) and `webhook-signature` (`v1,` and base64 of an
HMAC-SHA256 over `id.timestamp.body`, several of them with spaces between). A secret is `whsec_` and base64.

Signing is the package's. Verifying is done here, on raw bytes: the package reads headers loosely (base64 with junk in it,
`1e9` as a time, a body that must be UTF-8), answers some of them with errors of other kinds, and cannot be given a clock.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
TOLERANCE_S = 300
"""How far the time of a signature may lie from now, in both directions."""

_PREFIX = "whsec_"
_SECRET_BYTES = 32
_SHORTEST, _LONGEST = 16, 256
_MOST_SIGNATURES = 16
_ID = re.compile(r"[!-\-/-~]{1,256}")  # no full stop: it divides what is signed
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,11}")
_SIGNATURE = re.compile(r"v[0-9]{1,3}[a-z]{0,2},[A-Za-z0-9+/=_-]{1,512}")


class WebhookSignatureError(Exception):
    """Root: this request does not prove who sent it. No message holds a secret, a signature or a body."""


class WebhookSecretError(WebhookSignatureError):
    """What was given as a secret cannot be one."""


class MissingSignatureError(WebhookSignatureError):
    """One of the three headers is not there: the event is not signed."""


class MalformedSignatureError(WebhookSignatureError):
    """A header is there and cannot be read."""


class StaleSignatureError(WebhookSignatureError):
    """It was signed too long ago: an old event that is sent again, or a clock that is wrong."""


class FutureSignatureError(WebhookSignatureError):
    """It was signed for a time that lies too far ahead."""


class WrongSignatureError(WebhookSignatureError):
    """None of the signatures was made with one of the secrets over these very bytes."""


def new_secret() -> str:
    """A fresh secret, as the specification writes it."""
    return secret_of(secrets.token_bytes(_SECRET_BYTES))


def secret_of(key: bytes) -> str:
    """The written form of a secret whose bytes are `key` (16 to 256 of them)."""
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise WebhookSecretError(f"A webhook secret has {_SHORTEST} to {_LONGEST} bytes.")
    return _PREFIX + base64.b64encode(key).decode("ascii")


def read_secrets(text: str) -> tuple[str, ...]:
    """The secrets in what a person entered: several while one replaces another, with commas or spaces between them.

    Raises WebhookSecretError where one of them is none.
    """
    found = tuple(word for word in re.split(r"[\s,]+", text) if word)
    for word in found:
        _key(word)
    return found


class SignatureVerifier:
    """Checks one sender's events. Any of `given` may have signed: two of them while a secret is being replaced.

    Raises WebhookSecretError for what cannot be a secret. `clock` gives seconds since 1970.
    """

    def __init__(self, given: Sequence[str], *, clock: Callable[[], float] = time.time) -> None:
        if not given:
            raise WebhookSecretError("There is no secret to check a signature with.")
        self._keys = tuple(_key(secret) for secret in given)
        self._clock = clock

    def __repr__(self) -> str:
        return f"SignatureVerifier({len(self._keys)} secrets)"

    def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        """The event's id, if these very bytes were signed with one of the secrets and within the tolerance.

        `headers` by lower-case name. Raises one of the errors above, one for each cause.
        """
        event, stamp, signatures = _read(headers)
        now = self._clock()
        if int(stamp) < now - TOLERANCE_S:
            raise StaleSignatureError("The event was signed too long ago.")
        if int(stamp) > now + TOLERANCE_S:
            raise FutureSignatureError("The event was signed for a time that has not come yet.")
        signed = b"%s.%s.%s" % (event.encode("ascii"), stamp.encode("ascii"), body)
        # Compared as text: base64 has several spellings of the same bytes, and only one was sent. All pairs are compared,
        # so that the time taken says nothing of which one was right.
        matches = [
            hmac.compare_digest(_written(key, signed), signature) for key in self._keys for signature in signatures
        ]
        if not any(matches):
            raise WrongSignatureError("The signature was not made with this account's secret, or the event was changed.")
        return event


class WebhookSigner:
    """Signs events; with several secrets each signs, so that a receiver may have any of them."""

    def __init__(self, given: Sequence[str]) -> None:
        if not given:
            raise WebhookSecretError("There is no secret to sign with.")
        for secret in given:
            _key(secret)
        self._webhooks = tuple(Webhook(secret) for secret in given)

    def __repr__(self) -> str:
        return f"WebhookSigner({len(self._webhooks)} secrets)"

    def headers(self, event: str, moment_s: float, body: str) -> dict[str, str]:
        """The three headers of an event with the id `event`, sent at `moment_s` (seconds since 1970)."""
        moment = datetime.fromtimestamp(int(moment_s), UTC)
        signatures = [webhook.sign(event, moment, body) for webhook in self._webhooks]
        return {ID_HEADER: event, TIMESTAMP_HEADER: str(int(moment_s)), SIGNATURE_HEADER: " ".join(signatures)}


def is_signed(headers: Mapping[str, str]) -> bool:
    """Whether the sender claims to have signed."""
    return SIGNATURE_HEADER in headers


def _key(secret: str) -> bytes:
    """The bytes of a secret. The padding may be left out, as some dashboards show it."""
    text = secret.removeprefix(_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise WebhookSecretError(f"A webhook secret is whsec_ and base64 of {_SHORTEST} to {_LONGEST} bytes.")
    return key


def _read(headers: Mapping[str, str]) -> tuple[str, str, list[bytes]]:
    """Id, timestamp and the v1 signatures, each of them one well-formed word."""
    event, stamp, written = (headers.get(name) for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER))
    if not event or not stamp or not written:
        raise MissingSignatureError("The event is not signed.")
    words = written.split(" ")
    if len(words) > _MOST_SIGNATURES or not all(_SIGNATURE.fullmatch(word) for word in words):
        raise MalformedSignatureError("The signature cannot be read.")
    if not _ID.fullmatch(event):
        raise MalformedSignatureError("The event's id cannot be read.")
    if not _TIMESTAMP.fullmatch(stamp):
        raise MalformedSignatureError("The time of the signature cannot be read.")
    # Other versions are other keys (v1a is asymmetric): passed over, as the specification says.
    return event, stamp, [word[3:].encode("ascii") for word in words if word.startswith("v1,")]


def _written(key: bytes, signed: bytes) -> bytes:
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
