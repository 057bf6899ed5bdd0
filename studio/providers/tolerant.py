"""Reading a service's answer when parts of it are not what the contract says."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import AliasChoices, ValidationError

from studio.contracts.wire import AnswerModel

Model = TypeVar("Model", bound=AnswerModel)
Place = tuple[int | str, ...]
_ROUNDS = 4


def tolerant(model: type[Model], raw: Mapping[str, Any]) -> Model:
    """Reads an answer; a value of the wrong type counts as not given, since the rest of the answer still stands.

    Raises ValidationError where a required value is missing or wrong.
    """
    pruned: dict[str, Any] = dict(raw)
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(pruned)
        except ValidationError as error:
            wrong = [detail["loc"] for detail in error.errors(include_url=False)]
        pruned = copy.deepcopy(pruned)
        reached = {_reached(pruned, _spelled(model, place, pruned)) for place in wrong}
        # Of alternatives (an object or a text) each one complains: the innermost complaint is the one to act on.
        for path in reached:
            if path and not any(other != path and other[: len(path)] == path for other in reached):
                _drop(pruned, path)
    return model.model_validate(pruned)


def _spelled(model: type[AnswerModel], place: Place, raw: Mapping[str, Any]) -> Place:
    """The place of an error with its first name in the spelling that the answer uses."""
    for name, info in model.model_fields.items():
        choices = info.validation_alias.choices if isinstance(info.validation_alias, AliasChoices) else ()
        spellings = [name, *(choice for choice in choices if isinstance(choice, str))]
        if place and place[0] in spellings:
            return next((spelling for spelling in spellings if spelling in raw), place[0]), *place[1:]
    return place


def _reached(node: Any, place: Place) -> Place:
    """How far `place` leads into the answer. Names of alternatives, which pydantic puts between, are passed by."""
    path: list[int | str] = []
    for step in place:
        in_list = isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node)
        if in_list or (isinstance(node, dict) and step in node):
            path.append(step)
            node = node[step]
    return tuple(path)


def _drop(node: Any, path: Place) -> None:
    """Takes out what lies there; an item of a list becomes None, so that the others keep their places."""
    for step in path[:-1]:
        node = node[step]
    if isinstance(node, dict):
        node.pop(path[-1], None)
    else:
        node[path[-1]] = None
