"""What the library's calls raise: the product's error tree by one import, and the two errors that only waiting has.

Every error has `message`, `status`, `code`, `request_id`, `retry_after_s`, `field`, `advice` and `cost` (whether it may have
cost anything); none of them holds a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.errors import (
    AccountError,
    BusyError,
    ConflictError,
    Cost,
    CreditsError,
    DiskFullError,
    InputError,
    JobFailedError,
    KeyMissingError,
    KeyRefusedError,
    LocalError,
    ParametersRefusedError,
    PermissionRefusedError,
    RequestRefusedError,
    ResultExpiredError,
    ServiceError,
    ServiceFaultError,
    StudioError,
    TooLargeForServiceError,
    UnknownOperationError,
    UnknownOutcomeError,
    UnknownToServiceError,
    UnreachableError,
)

if TYPE_CHECKING:
    from studio.providers.clients.job import AsyncJob, Job


class WaitTimeoutError(ServiceError):
    """The time given to `wait` is over, and the job runs on at the service: nothing failed and nothing was cancelled.

    `job` is the job that was waited for; `job.wait()` goes on waiting.
    """

    kind = "wait_timeout"
    retryable = True
    default_cost = Cost.UNKNOWN
    default_advice = "Wait again: the job goes on at the service."
    job: AsyncJob | Job


class UnknownStatusError(ServiceError):
    """The service goes on giving a status that its contract does not have. `word` is that status, `job` the job."""

    kind = "unknown_status"
    default_cost = Cost.UNKNOWN
    default_advice = "Look the job up at the service; a newer version of this library may know the status."
    job: AsyncJob | Job
    word: str = ""


__all__ = [
    "AccountError", "BusyError", "ConflictError", "Cost", "CreditsError", "DiskFullError", "InputError", "JobFailedError",
    "KeyMissingError", "KeyRefusedError", "LocalError", "ParametersRefusedError", "PermissionRefusedError",
    "RequestRefusedError", "ResultExpiredError", "ServiceError", "ServiceFaultError", "StudioError",
    "TooLargeForServiceError", "UnknownOperationError", "UnknownOutcomeError", "UnknownStatusError", "UnknownToServiceError",
    "UnreachableError", "WaitTimeoutError",
]
