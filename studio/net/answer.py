"""A whole answer of a server, and its body read as JSON without trusting it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.net.errors import BadAnswerError


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by lower-case name, `body` decoded and within its limit. `retry_after_s` is read from either form."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    retry_after_s: float | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises BadAnswerError for anything else: HTML, a list, bad UTF-8, NaN, deep nesting."""
        try:
            value = json.loads(self.body.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise BadAnswerError("The answer is not JSON.", status=self.status) from None
        if not isinstance(value, dict):
            raise BadAnswerError("The answer is JSON, but no object.", status=self.status)
        return {str(name): item for name, item in (_without_surrogates(value) if b"\\u" in self.body else value).items()}


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _without_surrogates(value: Any) -> Any:
    """Half a surrogate pair is legal in JSON and cannot be stored as UTF-8: it becomes a replacement character."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    return value
