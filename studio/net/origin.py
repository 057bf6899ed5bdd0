"""Where a key belongs: origins, loopback, and the key itself, which does not show itself."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, quote, urlsplit

from studio.net.errors import ForbiddenAddressError

_DEFAULT_PORTS = {"https": 443, "http": 80}
_MASK = "•••".encode()
_SHORTEST_MASKED = 8


class Key:
    """A secret and the origin it belongs to. It goes to no other origin, and is in no repr, log or pickle."""

    __slots__ = ("_secret", "origin")

    def __init__(self, secret: str, url: str) -> None:
        """`url`: any address of the service. Raises ValueError for what cannot be a key (its text is not shown)."""
        secret = secret.strip()
        if not secret or not all("!" <= character <= "~" for character in secret):
            raise ValueError("A key is one word of plain characters.")
        self._secret = secret
        self.origin = origin_of(url)

    def bearer_for(self, url: str) -> str | None:
        """The Authorization header for `url`, or None where the key does not belong."""
        return f"Bearer {self._secret}" if origin_of(url) == self.origin else None

    def hidden_in(self, data: bytes) -> bytes:
        """`data` with the secret masked: what a server says is kept and shown, and some say the key back."""
        if len(self._secret) < _SHORTEST_MASKED:
            return data
        for form in {self._secret, self._secret.replace("/", "\\/"), quote(self._secret, safe="")}:
            data = data.replace(form.encode("ascii"), _MASK)
        return data

    def __repr__(self) -> str:
        return f"Key(for {self.origin})"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")


def split(url: str) -> SplitResult:
    """The parts of an absolute http(s) address. Raises ForbiddenAddressError for anything else."""
    if any(ord(character) <= 0x20 or ord(character) == 0x7F or character == "\\" for character in url):
        raise ForbiddenAddressError("The address holds spaces, control characters or backslashes.")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # reading it checks it
    except ValueError:
        raise ForbiddenAddressError("The address cannot be read.") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ForbiddenAddressError("The address is no web address (https://…).")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddressError("The address holds a user name or password; leave them out.")
    return parts


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, in one spelling: `https://host:443`."""
    parts = split(url)
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    return f"{parts.scheme}://{host}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"


def is_loopback_host(host: str) -> bool:
    """Whether a host name or address literal is this computer. Names are not looked up."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.split("%", 1)[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def is_loopback(url: str) -> bool:
    """Whether an address points to this computer by its name or literal."""
    return is_loopback_host(split(url).hostname or "")


def require_safe(url: str) -> str:
    """The address itself if it is https, or http to this computer. Raises ForbiddenAddressError otherwise."""
    parts = split(url)
    if parts.scheme != "https" and not is_loopback_host(parts.hostname or ""):
        raise ForbiddenAddressError(f"{parts.hostname} is asked for over http; only https is safe.")
    return url


def shown(url: str) -> str:
    """An address for messages and logs: without its query, which may hold a signature."""
    try:
        parts = split(url)
    except ForbiddenAddressError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
