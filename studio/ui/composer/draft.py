"""What the composer keeps from one start to the next: operation, words, the values of every form, references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from studio.ui.session import Session

_KEY = "draft"


class Draft(NamedTuple):
    """What was kept last, as far as it is of the right kind: the file is the person's, and may say anything."""

    operation: str | None
    prompt: str | None
    values: dict[str, Mapping[str, object]]
    references: list[Any]


def read_draft(session: Session) -> Draft:
    """What was kept last."""
    kept = _plain(session)
    operation, prompt, values, references = (kept.get(name) for name in ("operation", "prompt", "values", "references"))
    return Draft(
        operation if isinstance(operation, str) else None,
        prompt if isinstance(prompt, str) else None,
        {name: value for name, value in values.items() if isinstance(value, dict)} if isinstance(values, dict) else {},
        references if isinstance(references, list) else [],
    )


def keep_draft(session: Session, **parts: object) -> None:
    """Keep these parts; what is not among them stays as it was kept last."""
    session.keep(_KEY, {**_plain(session), **parts})


def _plain(session: Session) -> Mapping[str, object]:
    draft = session.get(_KEY)
    return draft if isinstance(draft, dict) else {}
