"""Once for all services: what the network or a status code says, in the product's error tree."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from studio.domain.errors import (
    BusyError,
    ConflictError,
    Cost,
    CreditsError,
    DiskFullError,
    KeyRefusedError,
    LocalError,
    ParametersRefusedError,
    PermissionRefusedError,
    RequestRefusedError,
    ResultExpiredError,
    ServiceFaultError,
    StudioError,
    TooLargeForServiceError,
    UnknownOutcomeError,
    UnknownToServiceError,
    UnreachableError,
)
from studio.net.answer import Answer
from studio.net.errors import (
    BadAnswerError,
    ForbiddenAddressError,
    NetError,
    NotSentError,
    RedirectError,
    TooLargeError,
)

_REQUEST_IDS = ("x-request-id", "request-id", "x-amzn-requestid", "cf-ray")
_LONGEST_MESSAGE = 500
_REFUSALS: Mapping[int, type[RequestRefusedError]] = {
    400: ParametersRefusedError, 422: ParametersRefusedError, 404: UnknownToServiceError, 410: UnknownToServiceError,
    409: ConflictError, 413: TooLargeForServiceError,
}


def of_net(error: NetError, service: str, *, creating: bool = False) -> StudioError:
    """`creating`: the request would have made a job, so that a lost answer leaves its outcome unknown."""
    words = str(error)
    if isinstance(error, NotSentError):
        return UnreachableError(f"{service}: {words}")
    done_elsewhere = creating and isinstance(error, RedirectError) and error.status == 303
    if isinstance(error, RedirectError) and not done_elsewhere:
        return RequestRefusedError(f"{service}: {words}", advice="Correct the account's address.", status=error.status)
    if isinstance(error, ForbiddenAddressError):
        return RequestRefusedError(f"{service}: {words}", advice="Correct the account's address.", code="address")
    if creating:
        return UnknownOutcomeError(f"{service} was asked, and no usable answer came: {words}")
    if isinstance(error, BadAnswerError | TooLargeError):
        return ServiceFaultError(f"{service} gave an answer that makes no sense: {words}", code="bad_answer")
    return UnreachableError(f"{service}: {words}", code="no_answer")


def of_answer(answer: Answer, service: str, *, creating_unkeyed: bool = False) -> StudioError:
    """The error that a status other than 2xx stands for.

    `creating_unkeyed`: the request would have made a job and cannot be repeated under a key. Then a server error that does
    not come from the service itself (no error body of its contract: a gateway on the way) leaves the outcome unknown.
    """
    detail = _detail(answer)
    said = _text(detail.get("message"))
    code = _text(detail.get("code")) or None
    status = answer.status
    facts: dict[str, Any] = {
        "code": code, "status": status, "request_id": _request_id(answer), "retry_after_s": answer.retry_after_s,
    }
    if status == 401:
        return KeyRefusedError(said or f"{service} does not accept the key.", **facts)
    if status == 402:
        return CreditsError(said or f"There are not enough credits at {service}.", **facts)
    if status == 403:
        return PermissionRefusedError(said or f"{service} does not let this key do that.", **facts)
    if status in (425, 429):
        return BusyError(said or f"{service} asks for a slower pace.", **facts)
    if status == 408 or status >= 500:
        if creating_unkeyed and status != 503:
            # only "temporary outage" says that nothing was begun; an internal error may have come after the job was made
            return UnknownOutcomeError(said or f"Something at {service} failed (status {status}).", **facts)
        return ServiceFaultError(said or f"{service} has a fault (status {status}).", **facts)
    refused = _REFUSALS.get(status, RequestRefusedError)
    return refused(said or f"{service} refused the request (status {status}).", field=_field(detail), **facts)


def of_download(error: NetError, service: str) -> StudioError:
    """Why a result could not be fetched. It was made, and so it was charged."""
    status = error.status if isinstance(error, BadAnswerError) else None
    if status in (401, 403, 404, 410):
        return ResultExpiredError(f"{service} does not give the result any more (status {status}).", status=status)
    if isinstance(error, BadAnswerError) and status in (408, 425, 429):
        return BusyError(f"{service} asks for a slower pace.", status=status, retry_after_s=error.retry_after_s)
    if isinstance(error, TooLargeError):
        words = f"The result is larger than {error.limit / 1024**3:.1f} GB and was not fetched."
        return RequestRefusedError(words, code="too_large", cost=Cost.CHARGED, advice="Look it up at the service.")
    if isinstance(error, ForbiddenAddressError | RedirectError):
        words = f"The result's address is not safe to fetch: {error}"
        return RequestRefusedError(words, code="address", cost=Cost.CHARGED, advice="Look it up at the service.")
    return of_net(error, service)


def of_disk(error: OSError) -> LocalError:
    """A full disk, or what else the system says of a file."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError("The disk is full.")
    name = f" {error.filename}" if error.filename else ""
    return LocalError(f"The file{name} cannot be used: {error.strerror or type(error).__name__}.", advice="Check the disk.")


def _detail(answer: Answer) -> Mapping[str, Any]:
    """The error object of a body, in either contract's form; empty where the body is none (a proxy's HTML page)."""
    try:
        body = answer.json()
    except BadAnswerError:
        return {}
    error = body.get("error")
    if isinstance(error, dict):
        return error
    message = error if isinstance(error, str) else body.get("message", body.get("detail"))
    return {"message": message} if isinstance(message, str) else {}


def _field(detail: Mapping[str, Any]) -> str | None:
    """The input's field that the service names: `param`, or `details` as an object, a text or a list of those."""
    details = detail.get("details")
    first = details[0] if isinstance(details, list) and details else details
    for holder in (detail, first):
        if isinstance(holder, dict):
            for name in ("param", "field", "path"):
                found = _text(holder.get(name))
                if found:
                    return found.removeprefix("input.").split(".", 1)[0]
    return None


def _text(value: object) -> str:
    """A text of a service on one line and of a bearable length."""
    return " ".join(value.split())[:_LONGEST_MESSAGE] if isinstance(value, str) else ""


def _request_id(answer: Answer) -> str | None:
    return next((answer.headers[name][:200] for name in _REQUEST_IDS if answer.headers.get(name)), None)
