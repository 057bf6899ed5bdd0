"""A file of the person's that lies where a service can fetch it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HostedFile:
    """`url` is what the service is given; it may carry a signature and so is in no repr or log. `expires_at` is when it
    stops working (None: not known to). `location` says to the media host what to remove, without a secret; empty where
    nothing is to be removed, or the address itself says it.
    """

    url: str = field(repr=False)
    expires_at: datetime | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """What makes one upload good for several jobs: the same content (`sha256`) at the same place for the same account.

    `value` is the `file:` value of the job that brought it.
    """

    account: str
    place: str
    sha256: str
    value: str
