"""The person's accounts, in accounts.json. Keys are never in it: see `studio.settings.keys`."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

from studio.domain.account import LOCAL, LOCAL_ACCOUNT, OFFICIAL_URLS, Account, Service
from studio.domain.errors import InputError, LocalError, NotFoundError
from studio.net.errors import ForbiddenAddressError
from studio.net.origin import require_safe, split
from studio.settings.account_fields import checked_fields, read_fields, to_entry
from studio.settings.files import BrokenFileError, exclusive, read_object, write_object
from studio.settings.paths import Paths

_log = logging.getLogger(__name__)

FILE_NAME = "accounts.json"
VERSION = 1
_Entries = list[object]  # inside the class the word list is its method
_Accounts = list[Account]
_Stamp = tuple[int, int, int, int]
_NAME = re.compile(r"\w(?:[\w .@+-]{0,62}[\w.@+-])?")


class AccountBook:
    """Looks at the file at each question, so that what another process added is seen, and reads it where it is another one
    than the last time: with a thousand jobs it is asked a thousand times. Methods block for a small file.

    Entries that this version cannot read (a service of a later one) are kept in the file and not listed. `problem` holds
    words for the person after a broken file was set aside.
    """

    def __init__(self, paths: Paths) -> None:
        self._path = paths.data / FILE_NAME
        self.problem: str | None = None
        self._known: tuple[_Stamp, _Accounts] | None = None

    def list(self) -> _Accounts:
        """All accounts, `local` first, the others as they were added."""
        stamp = self._stamp()
        if self._known is None or stamp is None or self._known[0] != stamp:
            found = (_read(entry) for entry in self._entries())
            accounts = [LOCAL, *(account for account in found if account is not None)]
            if stamp is None or self._stamp() != stamp:
                return accounts  # it was not there, or is being changed
            self._known = stamp, accounts
        return list(self._known[1])

    def get(self, name: str) -> Account:
        """Raises NotFoundError."""
        wanted = _plain(name)
        for account in self.list():
            if account.name == wanted:
                return account
        raise NotFoundError(f"There is no account called {name!r}.", advice="See `studio accounts list`.", field="account")

    def add(self, account: Account) -> Account:
        """Stores and does nothing else: no question to the service. The same name again replaces, in its place.

        Gives the account as it was stored (name and address in one spelling, the official address where none was given).
        Raises InputError for a name or an address that cannot be, LocalError where the file cannot be written.
        """
        account = checked(account)

        def put(entries: _Entries) -> _Entries:
            for place, old in enumerate(entries):
                if isinstance(old, dict) and old.get("name") == account.name:
                    return [*entries[:place], _written_over(old, account), *entries[place + 1 :]]
            return [*entries, _written_over({}, account)]

        self._change(put)
        return account

    def update(self, account: Account) -> Account:
        """Changes the fields of one that is there. Raises as `add` does, and NotFoundError."""
        self.get(checked_name(account.name))
        return self.add(account)

    def remove(self, name: str) -> None:
        """Raises NotFoundError, and InputError for `local`, which is always there."""
        wanted = _plain(name)
        if wanted == LOCAL_ACCOUNT:
            raise InputError("The account local is this computer and is always there.", field="name")
        self.get(wanted)
        self._change(
            lambda entries: [one for one in entries if not (isinstance(one, dict) and one.get("name") == wanted)]
        )

    def _stamp(self) -> _Stamp | None:
        """What tells this file from the one that it replaced."""
        try:
            now = self._path.stat()
        except OSError:
            return None
        return now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns

    def _entries(self) -> _Entries:
        try:
            written = read_object(self._path)
        except BrokenFileError as error:
            self.problem = error.words
            _log.warning("%s", error.words)
            return []
        except OSError as error:
            raise LocalError(f"{self._path} cannot be read: {error.strerror}.", advice="Check its permissions.") from error
        return _entries_of(written or {})

    def _change(self, change: Callable[[_Entries], _Entries]) -> None:
        try:
            with exclusive(self._path):
                write_object(self._path, {"version": VERSION, "accounts": change(self._entries())})
        except OSError as error:
            words = f"{self._path} cannot be written: {error.strerror}."
            raise LocalError(words, advice="Check the disk and its permissions.") from error


def _entries_of(written: Mapping[str, object]) -> _Entries:
    entries = written.get("accounts")
    return entries if isinstance(entries, list) else []


def checked(account: Account) -> Account:
    """The account in one spelling: name, address, limits, colour, media host. Raises InputError, naming the field."""
    name, url = checked_name(account.name), checked_url(account.service, account.base_url)
    return checked_fields(replace(account, name=name, base_url=url))


def _written_over(old: Mapping[str, object], account: Account) -> dict[str, object]:
    """The entry of `account` in place of `old`. What this version does not know or cannot read stays in it."""
    new = {"name": account.name, "service": account.service.value, "base_url": account.base_url, **to_entry(account)}
    plain = Account(account.name, account.service, account.base_url)
    _, unread = read_fields(plain, old)
    for name in unread:
        if getattr(account, name) == getattr(plain, name):
            new[name] = old[name]  # nobody has set another value: it is a later version's own
    for name in ("media_host", "budget"):
        now, before = new[name], old.get(name)
        if isinstance(now, dict) and isinstance(before, dict):
            new[name] = {**before, **now}
    return {**old, **new}


def checked_name(name: str) -> str:
    """The name in one spelling. Raises InputError: 1 to 64 letters, digits, spaces and . _ - + @, not `local`."""
    name = _plain(name)
    if not _NAME.fullmatch(name):
        raise InputError(
            "An account's name has 1 to 64 letters, digits, spaces or . _ - + @, and begins with a letter or digit.",
            field="name",
        )
    if name.casefold() == LOCAL_ACCOUNT:
        raise InputError("The name local belongs to this computer's engine.", advice="Choose another name.", field="name")
    return name


def checked_url(service: Service, url: str) -> str:
    """A service's base address in one spelling; the official one where none is given. Raises InputError."""
    if service is Service.LOCAL:
        raise InputError("There is one local account, and it is always there.", field="service")
    url = url.strip().rstrip("/")
    if not url:
        return OFFICIAL_URLS[service]
    try:
        parts = split(require_safe(url))
    except ForbiddenAddressError as error:
        raise InputError(str(error), advice="Give an address like https://api.example.com.", field="base_url") from None
    if parts.query or parts.fragment:
        raise InputError("The base address ends with its path, without ? and #.", field="base_url")
    if service is Service.CANNON_STUDIO:
        url = url.removesuffix("/api/v1")  # the contract's paths begin with it
    return url


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip())


def _read(entry: object) -> Account | None:
    if not isinstance(entry, dict):
        return None
    try:
        service = Service(entry["service"])
        account = Account(checked_name(entry["name"]), service, checked_url(service, entry.get("base_url", "")))
    except (ValueError, KeyError, TypeError, AttributeError, InputError):
        _log.warning("An entry of %s cannot be read and is left as it is.", FILE_NAME)
        return None
    account, unread = read_fields(account, entry)
    if unread:
        _log.warning("In %s, %s of an account cannot be read and is not used.", FILE_NAME, ", ".join(unread))
    return account
