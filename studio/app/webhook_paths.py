"""The secret part of each account's address for events, kept so that an address that was entered at a service stays good."""

from __future__ import annotations

import hmac
import logging
import secrets
from pathlib import Path

from studio.domain.errors import LocalError
from studio.settings.files import BrokenFileError, exclusive, read_object, write_object

log = logging.getLogger(__name__)

FILE_NAME = "webhooks.json"
PREFIX = "/hooks/"
_TOKEN_BYTES = 24
_VERSION = 1


class WebhookPaths:
    """The secret last part of each account's address, in an owner-only file, so that the address stays what it is.

    Whoever knows it can make the studio ask about a job, and nothing else: it is private, but no key.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._tokens: dict[str, str] = {}

    def load(self) -> None:
        """Blocks for a small file. A broken one is set aside: new addresses are made then."""
        try:
            written = read_object(self._path) or {}
        except BrokenFileError as error:
            log.warning("%s", error.words)
            written = {}
        except OSError as error:
            raise LocalError(f"{self._path} cannot be read: {error.strerror}.", advice="Check its permissions.") from error
        tokens = written.get("paths")
        self._tokens = {
            name: token for name, token in (tokens if isinstance(tokens, dict) else {}).items()
            if isinstance(name, str) and isinstance(token, str) and len(token) >= _TOKEN_BYTES
        }

    def make(self, accounts: list[str]) -> None:
        """Give every account one that has none, and forget those of accounts that are gone. Blocks; raises LocalError."""
        try:
            with exclusive(self._path):
                self.load()  # another process may have made some
                wanted = {name: self._tokens.get(name) or secrets.token_urlsafe(_TOKEN_BYTES) for name in accounts}
                if wanted != self._tokens:
                    write_object(self._path, {"version": _VERSION, "paths": wanted})
                    self._tokens = wanted
        except OSError as error:
            raise LocalError(f"{self._path} cannot be written: {error.strerror}.", advice="Check the disk.") from error

    def path_of(self, account: str) -> str | None:
        token = self._tokens.get(account)
        return None if token is None else PREFIX + token

    def account_at(self, path: str) -> str | None:
        """Whose address ends like this; a tunnel may have put something before it. All are compared, in constant time."""
        given = path.rpartition("/")[2].encode()
        found = [name for name, token in self._tokens.items() if hmac.compare_digest(token.encode(), given)]
        return found[0] if found else None
