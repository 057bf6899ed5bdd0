"""The error tree. Every error says what happened, whether it cost anything, and what to do.

    StudioError
    ├── InputError              the person's input: a field, a file, an option            (blame: input)
    │   ├── UnknownOperationError
    │   └── NotFoundError       no such job, asset or account
    ├── AccountError            key, credits, permission                                  (blame: account)
    │   ├── KeyMissingError
    │   ├── KeyRefusedError     401
    │   │   └── PermissionRefusedError  403: the key is known, and may not do that
    │   └── CreditsError        402
    ├── ServiceError            the remote side or the way to it                          (blame: service)
    │   ├── UnreachableError    surely nothing was sent
    │   ├── BusyError           rate or concurrency limit; carries retry_after_s
    │   ├── ServiceFaultError   5xx, nonsense answers
    │   ├── RequestRefusedError the service refused the request (any other 4xx)
    │   │   ├── ParametersRefusedError   400, 422
    │   │   ├── UnknownToServiceError    404, 410
    │   │   ├── ConflictError            409: the same idempotency key, another request
    │   │   └── TooLargeForServiceError  413
    │   ├── UnknownOutcomeError sent, and no answer came
    │   ├── JobFailedError      accepted, then failed over there
    │   └── ResultExpiredError
    ├── LocalError              this computer: disk, permissions, damaged store           (blame: computer)
    │   ├── DiskFullError
    │   └── StoreTooNewError
    └── BugError                ours                                                      (blame: studio)
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar


class Cost(StrEnum):
    """Whether what failed may have cost credits."""

    NONE = "none"
    CHARGED = "charged"
    UNKNOWN = "unknown"


_COST_WORDS = {
    Cost.NONE: "Nothing was charged.",
    Cost.CHARGED: "It was charged.",
    Cost.UNKNOWN: "It may have been charged.",
}


class StudioError(Exception):
    """Root of the tree.

    `message`: what happened, one sentence. `advice`: what to do, one sentence. `cost`: see Cost.
    `field`: the input it belongs to, if any. `code`: stable, for programs. `status`: the HTTP status if there was one.
    """

    kind: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False
    default_advice: ClassVar[str] = ""
    default_cost: ClassVar[Cost] = Cost.NONE

    def __init__(
        self,
        message: str,
        *,
        advice: str | None = None,
        cost: Cost | None = None,
        field: str | None = None,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = self.default_advice if advice is None else advice
        self.cost = self.default_cost if cost is None else cost
        self.field = field
        self.code = code or self.kind
        self.status = status
        self.request_id = request_id
        self.retry_after_s = retry_after_s

    def in_words(self) -> str:
        """All three parts as one text for a person."""
        return " ".join(part for part in (self.message, _COST_WORDS[self.cost], self.advice) if part)

    def without_cost(self) -> str:
        """The same of work that sent nothing anywhere, so that there is nothing to be said about cost."""
        return f"{self.message} {self.advice}".strip()


class InputError(StudioError):
    kind = "input"
    default_advice = "Change it and try again."


class UnknownOperationError(InputError):
    kind = "unknown_operation"
    default_advice = "See `studio operations` for what there is."


class NotFoundError(InputError):
    kind = "not_found"


class AccountError(StudioError):
    kind = "account"


class KeyMissingError(AccountError):
    kind = "key_missing"
    default_advice = "Add the key again, or set the service's environment variable."


class KeyRefusedError(AccountError):
    kind = "key_refused"
    default_advice = "Check the key in the service's dashboard and add it again."


class PermissionRefusedError(KeyRefusedError):
    default_advice = "Give the key the permission it needs in the service's dashboard, or use another key."


class CreditsError(AccountError):
    kind = "credits"
    default_advice = "Buy credits at the service, then retry."


class ServiceError(StudioError):
    kind = "service"


class UnreachableError(ServiceError):
    kind = "unreachable"
    retryable = True
    default_advice = "Check the connection; the job goes on by itself when the service answers."


class BusyError(ServiceError):
    kind = "busy"
    retryable = True
    default_advice = "The job goes on by itself."


class ServiceFaultError(ServiceError):
    kind = "service_fault"
    retryable = True
    default_cost = Cost.NONE
    default_advice = "The job goes on by itself when the service is well again."


class RequestRefusedError(ServiceError):
    kind = "refused"
    default_advice = "Change the input and send it again."


class ParametersRefusedError(RequestRefusedError):
    """`field` is the parameter that the service names, if it names one."""


class UnknownToServiceError(RequestRefusedError):
    """No such job (any more), or no such endpoint."""


class ConflictError(RequestRefusedError):
    """The idempotency key was used for another request before."""


class TooLargeForServiceError(RequestRefusedError):
    """The body is larger than the service takes."""


class UnknownOutcomeError(ServiceError):
    """`idempotency_key`: the one that it was sent under, where the service honours it: sent again under the same key it
    is the same job."""

    kind = "unknown_outcome"
    idempotency_key: str | None = None
    default_cost = Cost.UNKNOWN
    default_advice = "Look the job up at the service before you send it again."


class JobFailedError(ServiceError):
    """`remote_id` and `raw`: the job and the service's whole answer about it, where they are at hand."""

    kind = "job_failed"
    remote_id: str | None = None
    raw: Mapping[str, object] | None = None
    default_cost = Cost.UNKNOWN
    default_advice = "Change the input or retry."


class ResultExpiredError(ServiceError):
    kind = "result_expired"
    default_cost = Cost.CHARGED
    default_advice = "The service no longer keeps the result; run the job again."


class LocalError(StudioError):
    kind = "computer"


class DiskFullError(LocalError):
    kind = "disk_full"
    default_advice = "Make room on the disk; nothing that is already saved was touched."


class StoreTooNewError(LocalError):
    kind = "store_too_new"
    default_advice = "Start the newer version of Studio that wrote it."


class BugError(StudioError):
    kind = "bug"
    default_advice = "Please report it with the log; your jobs and files are untouched."
