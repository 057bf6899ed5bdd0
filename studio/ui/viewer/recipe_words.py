"""What made an asset, as lines to be read, as text, as JSON, and against another's. Only what the recipe holds, which is an
allow-list already: no key, no private path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from studio.domain.account import LOCAL_ACCOUNT, Service
from studio.domain.asset import Asset
from studio.ui.gallery.facts import facts_of

_NO_TITLES: Mapping[str, str] = {}
_SAID_ELSEWHERE = frozenset(("prompt", "seed", "model"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Recipe", text)


class Difference(NamedTuple):
    """One line in which two assets differ; empty where one of them says nothing. `long`: worth comparing word by word."""

    name: str
    before: str
    after: str
    long: bool = False


def lines_of(asset: Asset, titles: Mapping[str, str] = _NO_TITLES) -> list[tuple[str, str]]:
    """(name, value) of all that is known, but for the prompt: what it is, then what was asked for."""
    lines = facts_of(replace(asset, tags=(), colour=None), titles)  # the person's marks did not make it
    if asset.account and asset.account != LOCAL_ACCOUNT:  # of this computer "Made by" says it
        lines.append((_tr("Account"), asset.account))
    recipe = asset.recipe
    if recipe is not None:
        lines += [(_name(field), _with_unit(field, value)) for field, value in sorted(recipe.input.items())
                  if field not in _SAID_ELSEWHERE and _value(value)]
    return lines


def can_be_repeated(asset: Asset) -> bool:
    """Whether a service made it, which could make it again. (A frame of a clip was made here.)"""
    if asset.job_id is not None:
        return True
    return asset.recipe is not None and asset.recipe.service in {service.value for service in Service}


def as_text(asset: Asset, titles: Mapping[str, str] = _NO_TITLES) -> str:
    """To be pasted into a letter."""
    head = [asset.prompt] if asset.prompt else []
    lines = [f"{name}: {value}" for name, value in lines_of(asset, titles)]
    return "\n".join([*head, *([""] if head else []), *lines])


def as_json(asset: Asset) -> str:
    """To be pasted into a program: the recipe as it is."""
    recipe = asset.recipe
    if recipe is None:
        return json.dumps({"prompt": asset.prompt}, ensure_ascii=False, indent=2)
    told = {
        "operation": recipe.operation, "service": recipe.service, "model": recipe.model, "seed": recipe.seed,
        "input": dict(recipe.input), "parents": list(recipe.parents),
    }
    return json.dumps({name: value for name, value in told.items() if value not in (None, [])}, ensure_ascii=False, indent=2,
                      default=str)


def differences(before: Asset, after: Asset, titles: Mapping[str, str] = _NO_TITLES) -> list[Difference]:
    """In the order in which they are looked for: the prompt first, then what was asked for, then what came out."""
    found = []
    if before.prompt != after.prompt:
        found.append(Difference(_tr("Prompt"), before.prompt, after.prompt, long=True))
    after = replace(after, created_at=before.created_at, size_bytes=before.size_bytes)  # they differ always
    old, new = dict(lines_of(before, titles)), dict(lines_of(after, titles))
    for name in [*old, *(name for name in new if name not in old)]:
        one, other = old.get(name, ""), new.get(name, "")
        if one != other:
            found.append(Difference(name, one, other, long=max(len(one), len(other)) > 60))
    return found


def _name(field: str) -> str:
    return field.removesuffix("_urls").removesuffix("_url").removesuffix("_s").replace("_", " ").capitalize()


def _with_unit(field: str, value: object) -> str:
    return f"{_value(value)} s" if field.endswith("_s") else _value(value)


def _value(value: object) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _tr("yes") if value else _tr("no")
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list | tuple) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(str(one) for one in value)
    return json.dumps(value, ensure_ascii=False, default=str)
