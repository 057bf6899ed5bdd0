"""What an account may hold beside its name and address: limits, colour, media host. Checked when set, read leniently."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv4Address

from studio.domain.account import Account, Budget, HostKind, MediaHost
from studio.domain.errors import InputError
from studio.net.errors import ForbiddenAddressError
from studio.net.origin import require_safe, split

SHORTEST_EXPIRY_S, LONGEST_EXPIRY_S = 60, 7 * 24 * 3600
"""A signature of version 4 is good for at most seven days."""
MOST_REQUESTS_PER_MINUTE, MOST_CONCURRENT_JOBS = 100_000, 1_000
LONGEST_PREFIX = 200
MOST_CREDITS = 1e9

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, which other makers follow.
_BUCKET = re.compile(r"(?=.{3,63}\Z)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])")
_REGION = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62})")
_PREFIX = re.compile(r"[\w.=@+-]+(?:/[\w.=@+-]+)*", re.ASCII)


def checked_fields(account: Account) -> Account:
    """The account with limits, colour and media host in one spelling. Raises InputError, naming the field."""
    return Account(
        account.name,
        account.service,
        account.base_url,
        _limit(account.requests_per_minute, "requests_per_minute", MOST_REQUESTS_PER_MINUTE),
        _limit(account.concurrent_jobs, "concurrent_jobs", MOST_CONCURRENT_JOBS),
        _colour(account.colour),
        checked_host(account.media_host),
        checked_budget(account.budget),
    )


def checked_budget(budget: Budget) -> Budget:
    """Raises InputError, naming the field, for what is no amount of credits."""
    amounts = {name: _credits(getattr(budget, name), f"budget.{name}") for name in BUDGET_FIELDS}
    day, month = amounts["per_day"], amounts["per_month"]
    if day is not None and month is not None and day > month:
        raise InputError("A day may not take more than the whole month.", field="budget.per_day", code="invalid_budget")
    return Budget(**amounts)


def _credits(value: object, field: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_CREDITS:
        raise InputError("A budget is a number of credits from 0 on, or left out.", field=field, code="invalid_budget")
    return float(value)


def checked_host(host: MediaHost) -> MediaHost:
    """The media host in one spelling. Raises InputError. What the kind does not use is kept, so that it can be gone back to;
    only where it is used it has to be complete."""
    expires = host.expires_s
    if isinstance(expires, bool) or not isinstance(expires, int) or not SHORTEST_EXPIRY_S <= expires <= LONGEST_EXPIRY_S:
        words = "An address is good for a minute at least and for seven days at most."
        raise InputError(words, field="media_host.expires_s", code="invalid_media_host")
    bucket, region, prefix = host.bucket.strip(), host.region.strip(), host.prefix.strip().strip("/")
    endpoint = host.endpoint.strip().rstrip("/")
    used = host.kind is HostKind.BUCKET
    if used or bucket:
        _check_bucket(bucket)
    if region and not _REGION.fullmatch(region):
        raise _wrong("region", "A region is a word like eu-central-1.")
    if used and not endpoint and not region:
        raise _wrong("region", "Amazon's buckets need their region.", "Give the region, or the endpoint of another maker.")
    if prefix and (len(prefix) > LONGEST_PREFIX or not _PREFIX.fullmatch(prefix) or _steps_out(prefix)):
        raise _wrong("prefix", "A folder in the bucket is plain words with / between them, like studio/inputs.")
    if endpoint:
        _check_endpoint(endpoint)
    return MediaHost(host.kind, endpoint, bucket, region, prefix, expires)


def _steps_out(prefix: str) -> bool:
    return any(part in (".", "..") for part in prefix.split("/"))


def _check_bucket(bucket: str) -> None:
    if not _BUCKET.fullmatch(bucket) or ".." in bucket or _is_address(bucket):
        words = "A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens, and is no number address."
        raise _wrong("bucket", words)


def _is_address(name: str) -> bool:
    try:
        IPv4Address(name)
    except AddressValueError:
        return False
    return True


def _check_endpoint(endpoint: str) -> None:
    try:
        parts = split(require_safe(endpoint))
    except ForbiddenAddressError as error:
        raise _wrong("endpoint", str(error), "Give an address like https://s3.example.com.") from None
    if parts.query or parts.fragment:
        raise _wrong("endpoint", "The endpoint ends with its path, without ? and #.")


def _wrong(name: str, words: str, advice: str | None = None) -> InputError:
    return InputError(words, advice=advice, field=f"media_host.{name}", code="invalid_media_host")


def _limit(value: int | None, name: str, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InputError(f"A limit is a whole number from 1 to {most:,}, or left out.", field=name)
    return value


def _colour(value: str) -> str:
    value = value.strip()
    if value and not _COLOUR.fullmatch(value):
        raise InputError("A colour is written #RRGGBB.", field="colour")
    return value


# -- in accounts.json


FIELDS = ("requests_per_minute", "concurrent_jobs", "colour", "media_host", "budget")
BUDGET_FIELDS = ("ask_above", "per_day", "per_month")


def to_entry(account: Account) -> dict[str, object]:
    """The fields as they are written; a media host as an object of its own."""
    host = account.media_host
    return {
        "requests_per_minute": account.requests_per_minute,
        "concurrent_jobs": account.concurrent_jobs,
        "colour": account.colour,
        "media_host": {"kind": host.kind.value, "endpoint": host.endpoint, "bucket": host.bucket, "region": host.region,
                       "prefix": host.prefix, "expires_s": host.expires_s},
        "budget": {name: getattr(account.budget, name) for name in BUDGET_FIELDS},
    }


def read_fields(account: Account, entry: Mapping[str, object]) -> tuple[Account, tuple[str, ...]]:
    """`account` with what an entry of the file says of these fields, and the names of those that make no sense.

    These count as not given (they may be of a later version); an entry of an earlier one has none of them.
    """
    unread: list[str] = []
    for name in FIELDS:
        if entry.get(name) is None:
            continue
        try:
            account = checked_fields(_with(account, name, entry[name]))
        except (InputError, TypeError, ValueError, AttributeError):
            unread.append(name)
    return account, tuple(unread)


def _with(account: Account, name: str, value: object) -> Account:
    given: dict[str, object] = {one: getattr(account, one) for one in FIELDS}
    given[name] = _OBJECTS[name](value) if name in _OBJECTS else value
    return Account(account.name, account.service, account.base_url, **given)  # type: ignore[arg-type]  # checked next


def _host_of(value: object) -> MediaHost:
    if not isinstance(value, dict):
        raise TypeError
    words = {name: value.get(name, "") for name in ("endpoint", "bucket", "region", "prefix")}
    return MediaHost(HostKind(value.get("kind", "none")), **words, expires_s=value.get("expires_s", MediaHost().expires_s))


def _budget_of(value: object) -> Budget:
    if not isinstance(value, dict):
        raise TypeError
    return Budget(**{name: value.get(name) for name in BUDGET_FIELDS})


_OBJECTS: Mapping[str, Callable[[object], object]] = {"media_host": _host_of, "budget": _budget_of}
