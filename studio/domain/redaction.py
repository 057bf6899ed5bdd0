"""What was sent and answered, made fit to be shown and handed on: no secret, and no address with what may open it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

HIDDEN = "•••"
_SECRET_NAMES = frozenset({
    "authorization", "apikey", "xapikey", "token", "accesstoken", "refreshtoken", "uploadtoken", "secret", "clientsecret",
    "webhooksecret", "password", "signature", "cookie", "credential", "credentials",
})
_URL = re.compile(r"\b(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<user>[^\s/?#\"'<>]*@)?(?P<place>[^\s?#\"'<>]*)(?P<rest>[?#][^\s\"'<>]*)?",
                  re.IGNORECASE)
_DATA = re.compile(r"\bdata:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w=.+-]+)*,(?P<body>[A-Za-z0-9+/=_%-]{64,})", re.IGNORECASE)


def _same(text: str) -> str:
    return text


def redacted(value: object, mask: Callable[[str], str] = _same) -> object:
    """`value` (as of JSON) with secret-looking fields, the queries of addresses and embedded files hidden. `mask` is given
    every text that is left, to take out of it what else is known to be secret."""
    if isinstance(value, Mapping):
        return {str(name): HIDDEN if _is_secret(str(name), inner) else redacted(inner, mask)
                for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(inner, mask) for inner in value]
    return mask(_plain(value)) if isinstance(value, str) else value


def _is_secret(name: str, value: object) -> bool:
    """Words only: a number of tokens is no token."""
    plain = "".join(letter for letter in name.casefold() if letter.isalnum())
    return isinstance(value, str) and bool(value) and plain in _SECRET_NAMES


def _plain(text: str) -> str:
    short = _DATA.sub(lambda found: f"data:{found['type'] or ''},… ({len(found['body']):,} letters)", text)
    return _URL.sub(_without_query, short) if "://" in short else short


def _without_query(found: re.Match[str]) -> str:
    user = f"{HIDDEN}@" if found["user"] else ""
    rest = f"{found['rest'][0]}{HIDDEN}" if found["rest"] and len(found["rest"]) > 1 else ""
    return f"{found['scheme']}://{user}{found['place']}{rest}"
