"""What can go wrong on the way to a server and back. Says nothing of the product: providers translate.

    NetError
    ├── NotSentError            no name, refused, no TLS: the request surely never left
    ├── NoAnswerError           it left (or may have), and no whole answer came back
    ├── BadAnswerError          an answer came and makes no sense (status and wait kept, if there were any)
    │   └── RedirectError       an answer that points elsewhere, where it may not be followed
    ├── TooLargeError           more bytes than allowed
    └── ForbiddenAddressError   an address that may not be spoken to

No message holds a query string, a header or a body: those carry secrets.
"""

from __future__ import annotations


class NetError(Exception):
    """Root of the tree."""


class NotSentError(NetError):
    """The request surely never reached the server: it may be sent again without risk."""


class NoAnswerError(NetError):
    """The request left this computer, or may have, and no whole answer came: what it did over there is not known."""


class BadAnswerError(NetError):
    """An answer that cannot be used. `status` and `retry_after_s` are those of the answer, where it had any."""

    def __init__(self, message: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class RedirectError(BadAnswerError):
    """The server points to another address, and following it is not safe. `target` is its origin."""

    def __init__(self, message: str, *, status: int | None = None, target: str = "") -> None:
        super().__init__(message, status=status)
        self.target = target


class TooLargeError(NetError):
    """The answer is larger than the limit, by its own account or by what already came. `limit` in bytes."""

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class ForbiddenAddressError(NetError):
    """The address is not one that may be asked: not https, or inward, or it carries a password."""
