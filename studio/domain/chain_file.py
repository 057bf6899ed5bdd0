"""The file a chain travels in: JSON, "studio-chain" version 1. What goes in is an allow-list, so that no key, no account and
no path of this computer gets out; what comes in may hold more than is known here, and that is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from studio.domain.chain import ASK, FROM, MOST_STEPS, Chain, Question, Step, question_of, reference_of
from studio.domain.chain_check import check_shape
from studio.domain.errors import InputError

FORMAT, VERSION = "studio-chain", 1
LONGEST_FILE = 1_000_000
_DEEPEST = 8
_PRIVATE = re.compile(r"^(file:|data:|/|~|[A-Za-z]:[\\/]|\\\\)", re.IGNORECASE)
_ADDRESS = re.compile(r"^https?://", re.IGNORECASE)


def as_object(chain: Chain) -> dict[str, object]:
    """What the file says. A local file or an address that may hold a token is asked for at the start instead."""
    steps = [{"name": step.name, "operation": step.operation, "input": _portable(step)} for step in chain.steps]
    return {"format": FORMAT, "version": VERSION, "title": chain.title, "description": chain.description, "steps": steps}


def from_text(text: str, chain_id: str, *, shipped: bool = False) -> Chain:
    """The chain of a file. Raises InputError, also for one of a newer version."""
    if len(text) > LONGEST_FILE:
        raise InputError("This file is too long for a chain.", code="too_large")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"This is no chain: it is no JSON ({error}).", code="no_chain") from error
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise InputError(f"This is no chain: its format is not “{FORMAT}”.", code="no_chain")
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError("This chain does not say its version.", code="no_chain")
    if version > VERSION:
        raise InputError(f"This chain was written by a newer Studio (version {version}, known here: {VERSION}).",
                         code="too_new", advice="Update Studio and import it again.")
    steps = document.get("steps")
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise InputError(f"A chain has a list of 1 to {MOST_STEPS} steps.", field="steps", code="no_chain")
    chain = Chain(chain_id, _text(document, "title"), tuple(_step(step, number) for number, step in enumerate(steps, 1)),
                  _text(document, "description"), shipped)
    check_shape(chain)
    return chain


def _text(document: Mapping[str, object], name: str) -> str:
    value = document.get(name, "")
    if not isinstance(value, str):
        raise InputError(f"The chain's {name} is no text.", field=name, code="no_chain")
    return value.strip()


def _step(document: object, number: int) -> Step:
    given = document.get("input", {}) if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or not isinstance(given, Mapping):
        raise InputError(f"Step {number} is no object with an input.", field="steps", code="no_chain")
    name, operation = document.get("name") or f"step {number}", document.get("operation")
    if not isinstance(name, str) or not isinstance(operation, str) or not operation:
        raise InputError(f"Step {number} has no name or no operation.", field="steps", code="no_chain")
    step = Step(name, operation, {str(field): value for field, value in given.items()})
    return Step(name, operation, _portable(step))


def _portable(step: Step) -> dict[str, object]:
    """The input without anything that belongs to one computer or may be secret."""
    found: dict[str, object] = {}
    for field, value in step.input.items():
        if isinstance(value, list | tuple):
            items = [item for item in (_allowed(step, field, part, 0) for part in value) if item is not None]
            kept: object = items or None
        else:
            kept = _allowed(step, field, value, 0)
        if kept is None and _is_private(value):
            kept = Question(f"{step.name} {field}".strip()).plain()
        if kept is not None:
            found[field] = kept
    return found


def _allowed(step: Step, field: str, value: object, depth: int) -> object:
    """A value as it may travel, None where it may not."""
    try:
        reference, question = reference_of(value), question_of(value, field)
    except InputError as error:
        raise InputError(f"Step “{step.name}”, {field}: {error.message}", field=f"{step.name}.{field}",
                         code="bad_chain") from error
    if reference is not None:
        return reference.plain()
    if question is not None:
        default = _allowed(step, field, question.default, depth + 1)
        return Question(question.name, question.label, question.help, default, question.required).plain()
    if isinstance(value, str):
        return None if _is_private(value) else value
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping) and depth < _DEEPEST and FROM not in value and ASK not in value:
        inside = {str(name): _allowed(step, field, part, depth + 1) for name, part in value.items()}
        return {name: part for name, part in inside.items() if part is not None}
    if isinstance(value, list | tuple) and depth < _DEEPEST:
        return [part for part in (_allowed(step, field, item, depth + 1) for item in value) if part is not None]
    return None


def _is_private(value: object) -> bool:
    """A place on this computer, media as text, or an address that may carry a token."""
    if isinstance(value, list | tuple):
        return any(_is_private(item) for item in value)
    if not isinstance(value, str):
        return False
    if _ADDRESS.match(value):
        return any(sign in value for sign in "?#@") and "\n" not in value
    return _PRIVATE.match(value) is not None and "\n" not in value
