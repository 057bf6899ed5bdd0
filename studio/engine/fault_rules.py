"""Fault drills as a file says them (`--faults FILE`), checked before the engine starts.

resources/drills holds files to begin with, and what each key means. One that carries the first create out without an answer:

    [{"match": {"method": "POST", "path": "/api/v1/requests"}, "times": 1, "do": "drop_after"}]
"""

from __future__ import annotations

import fnmatch
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.engine.errors import EngineError

KINDS = ("status", "drop_before", "drop_after", "slow", "cut_body", "expire", "webhook")
WEBHOOK_KINDS = ("drop", "double", "delay", "bad_signature")
_MATCH = frozenset({"method", "path", "operation"})
_KEYS = frozenset({"match", "times", "p", "seed", "do", "status", "headers", "delay_s", "webhook"})


@dataclass(slots=True)
class FaultRule:
    """One drill. `times`: how often it strikes, None for ever; `p`: how likely at each match, drawn from `seed`.

    `do`: status (answer it; the request is not carried out), drop_before (break the connection; not carried out),
    drop_after (carried out, then broken without an answer), slow (wait `delay_s` first), cut_body (half of the answer's
    body, then broken), expire (a file is not found any more), webhook (an event that the engine sends: `webhook` says what
    becomes of it). Of an event `path` is that of the address it goes to, `operation` that of its job.

    `webhook`: drop (never sent, and taken for arrived), double (sent twice under one id), delay (sent `delay_s` later, each
    event once, so that others pass it), bad_signature (signed with a secret that nobody has; refused, it is sent again).
    """

    do: str
    method: str | None = None
    path: str | None = None
    operation: str | None = None
    times: int | None = None
    p: float = 1.0
    seed: int = 0
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 1.0
    webhook: str = "drop"
    _draw: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    def strikes(self, method: str, path: str, operation: str | None) -> bool:
        """Whether this request meets the fault; counts it down if so."""
        if self.times == 0 or (self.method is not None and self.method.upper() != method):
            return False
        if self.path is not None and not fnmatch.fnmatchcase(path, self.path):
            return False
        if self.operation is not None and self.operation != operation:
            return False
        if self._draw.random() >= self.p:
            return False
        if self.times is not None:
            self.times -= 1
        return True


def for_requests(rules: Sequence[FaultRule]) -> list[FaultRule]:
    """Those that strike requests to the engine, and not the events that it sends."""
    return [rule for rule in rules if rule.do != "webhook"]


def read_faults(path: Path) -> list[FaultRule]:
    """The rules of a file. EngineError says which rule is wrong and why: a drill that does nothing would mislead."""
    try:
        rules = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EngineError(f"The faults file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise EngineError(f"The faults file {path} is no JSON: {error}.") from error
    if not isinstance(rules, list):
        raise EngineError(f"The faults file {path} must hold a JSON list of rules.")
    return [_rule(number, rule) for number, rule in enumerate(rules, 1)]


def _rule(number: int, rule: Any) -> FaultRule:
    def wrong(what: str) -> EngineError:
        return EngineError(f"Rule {number} of the faults file: {what}.")

    if not isinstance(rule, dict):
        raise wrong("it must be an object")
    match = rule.get("match", {})
    if not isinstance(match, dict):
        raise wrong("match must be an object")
    unknown = sorted((rule.keys() - _KEYS) | (match.keys() - _MATCH))
    if unknown:
        raise wrong(f"there is no {', '.join(unknown)}")
    if rule.get("do") not in KINDS:
        raise wrong(f"do must be one of {', '.join(KINDS)}")
    if rule.get("webhook", "drop") not in WEBHOOK_KINDS:
        raise wrong(f"webhook must be one of {', '.join(WEBHOOK_KINDS)}")
    if "webhook" in rule and rule["do"] != "webhook":
        raise wrong('webhook goes with "do": "webhook" only')
    _check_types(rule, match, wrong)
    return FaultRule(**{key: value for key, value in rule.items() if key != "match"}, **match)


def _check_types(rule: Mapping[str, Any], match: Mapping[str, Any], wrong: Any) -> None:
    for name, value in match.items():
        if not isinstance(value, str):
            raise wrong(f"match.{name} must be text")
    for name in ("times", "seed", "status"):
        if name in rule and (type(rule[name]) is not int or rule[name] < 0):
            raise wrong(f"{name} must be a whole number, 0 or more")
    for name in ("p", "delay_s"):
        if name in rule and (type(rule[name]) not in (int, float) or not 0 <= rule[name] <= (1 if name == "p" else 3600)):
            raise wrong(f"{name} must be a number {'from 0 to 1' if name == 'p' else 'of seconds'}")
    if not 200 <= rule.get("status", 503) <= 599:
        raise wrong("status must be from 200 to 599")
    headers = rule.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(text, str) for pair in headers.items() for text in pair):
        raise wrong("headers must be an object of texts")
