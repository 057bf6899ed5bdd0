"""What an S3-compatible bucket answers, in the product's error tree.

Only the status and the error code of the answer are used: its text holds addresses, key ids and whatever the server likes.
Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

import re

from studio.domain.errors import InputError, KeyRefusedError, LocalError, ServiceFaultError, StudioError, UnreachableError

_CODE = re.compile(r"<Code>\s*(\w{1,64})\s*</Code>")
_STATUS = re.compile(r"status code: (\d{3})\b")
_WRONG_KEY = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthFailure", "InvalidToken", "ExpiredToken",
                        "Unauthorized", "InvalidSecurity"})
_WRONG_REGION = frozenset({"PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect",
                           "IllegalLocationConstraintException"})
_WRONG_CLOCK = frozenset({"RequestTimeTooSkewed", "RequestExpired"})


def settings_place(account: str) -> str:
    return f"Settings > Accounts > {account} > Media host"


def of_bucket(error: Exception, *, account: str, bucket: str, host: str) -> StudioError:
    """`host`: the endpoint's name, for the person. The error's own text goes nowhere."""
    text = str(error)
    found = _CODE.search(text)
    code = found.group(1) if found else ""
    answered = _STATUS.search(text)
    status = int(answered.group(1)) if answered else None
    kind = type(error).__name__
    advice = f"Correct it under {settings_place(account)}."
    if code in _WRONG_KEY or kind == "UnauthenticatedError" or status == 401:
        words = f"The media host {host} does not accept the key of {account}'s bucket."
        return KeyRefusedError(words, advice=advice, code=code or "bucket_key", status=status)
    if code in _WRONG_CLOCK:
        words = f"The media host {host} says that this computer's clock is wrong."
        return LocalError(words, advice="Set the clock, then retry.", code=code, status=status)
    if code in _WRONG_REGION or status in (301, 307):
        words = f"The bucket {bucket} lies in another region than the one that is set."
        return InputError(words, advice=advice, code=code or "bucket_region", status=status, field="media_host.region")
    if kind == "PermissionDeniedError" or status == 403:
        words = f"The media host {host} does not let this key put files into the bucket {bucket}."
        return KeyRefusedError(words, advice=f"Give the key that right there, or: {advice}", code=code or "bucket_rights",
                               status=status)
    if code == "NoSuchBucket" or (isinstance(error, FileNotFoundError) and code != "NoSuchKey"):
        words = f"The media host {host} has no bucket {bucket}."
        return InputError(words, advice=advice, code="no_bucket", status=status, field="media_host.bucket")
    if status is None:
        return _unreached(text, host)
    if status >= 500 or status in (408, 429):
        return ServiceFaultError(f"The media host {host} has a fault (status {status}).", code=code or None, status=status)
    words = f"The media host {host} refused the file (status {status}{', ' + code if code else ''})."
    return InputError(words, advice=advice, code=code or "bucket_refused", status=status)


def _unreached(text: str, host: str) -> StudioError:
    if "certificate" in text.lower():
        words = f"The media host {host} shows a certificate that this computer does not trust."
        return UnreachableError(words, advice="Correct the endpoint, or let this computer trust its certificate.",
                                code="certificate")
    return UnreachableError(f"The media host {host} cannot be reached.", code="media_host_unreachable")
