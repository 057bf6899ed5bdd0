"""A chain: steps that are run one after the other, each an operation with its input, in which earlier results and what is
asked at the start stand as references.

An input's value is plain, or one of

    {"$from": "picture"}                            what the step called picture made, as the field takes it
    {"$from": "picture", "output": 1}               its second result
    {"$from": "clip", "output": "image"}            its first picture
    {"$from": "better", "output": "output.text"}    a field of what the service answered
    {"$ask": {"name": "portrait", "label": "Portrait"}}     asked before the first step
    {"$from": "start", "output": "portrait"}        what was asked elsewhere

and a list of media may hold any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from studio.domain.errors import InputError

START = "start"
"""Stands for what was asked at the start, in the place of a step's name."""
FROM, OUTPUT, ASK = "$from", "output", "$ask"
FIELD_PREFIX = "output."
MOST_STEPS = 20
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST_ID = 60


@dataclass(frozen=True, slots=True)
class Reference:
    """`output`: a number counts results from 0, a kind of media or "prompt" takes the first of that kind, "output.NAME" a
    field of the answer, None what fits. Behind START it is the name of the question."""

    step: str
    output: int | str | None = None

    def plain(self) -> dict[str, object]:
        """As it stands in an input."""
        return {FROM: self.step} | ({} if self.output is None else {OUTPUT: self.output})


@dataclass(frozen=True, slots=True)
class Question:
    """Asked before the first step. What kind of answer it takes is decided by the field it stands in; `required` None: as
    that field is."""

    name: str
    label: str = ""
    help: str = ""
    default: object = None
    required: bool | None = None

    def plain(self) -> dict[str, object]:
        """As it stands in an input."""
        said: dict[str, object] = {"name": self.name}
        said |= {key: value for key, value in (("label", self.label), ("help", self.help)) if value}
        said |= {key: value for key, value in (("default", self.default), ("required", self.required)) if value is not None}
        return {ASK: said}


@dataclass(frozen=True, slots=True)
class Step:
    """`name` is what later steps call it by; `account` None: the one that the run is started with."""

    name: str
    operation: str
    input: Mapping[str, object]
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """`id` is its name in the command line and the store; `shipped` ones come with the program and stay as they are."""

    id: str
    title: str
    steps: tuple[Step, ...]
    description: str = ""
    shipped: bool = False

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)

    def changed(self, **changes: object) -> Chain:
        """A copy with `changes`; field names are checked by dataclasses.replace."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names and types are those of the fields above


def reference_of(value: object) -> Reference | None:
    """The reference that a value of an input is; None for any other. Raises InputError for one that makes no sense."""
    if not isinstance(value, Mapping) or FROM not in value:
        return None
    step, output = value[FROM], value.get(OUTPUT)
    if not isinstance(step, str) or not step:
        raise InputError(f"“{FROM}” takes the name of a step.", code="bad_reference")
    if isinstance(output, bool) or not isinstance(output, int | str | None) or (isinstance(output, int) and output < 0):
        raise InputError(f"“{OUTPUT}” is a number from 0, a kind of media, or “{FIELD_PREFIX}NAME”.", code="bad_reference")
    return Reference(step, output)


def question_of(value: object, field: str) -> Question | None:
    """The question that a value of an input is, called as its `field` where it has no name; None for any other value.

    Raises InputError for one that makes no sense.
    """
    if not isinstance(value, Mapping) or ASK not in value:
        return None
    said = value[ASK]
    if not isinstance(said, Mapping):
        raise InputError(f"“{ASK}” takes an object with a name and a label.", code="bad_question")
    texts = {key: said.get(key) or "" for key in ("name", "label", "help")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise InputError("Name, label and help of a question are texts.", code="bad_question")
    required = said.get("required")
    return Question(str(texts["name"]) or field, str(texts["label"]), str(texts["help"]), said.get("default"),
                    required if isinstance(required, bool) else None)


def parts(value: object) -> Iterator[object]:
    """A value of an input, or each item of it where it is a list."""
    if isinstance(value, list | tuple):
        yield from value
    else:
        yield value


def references_in(step: Step) -> Iterator[tuple[str, Reference]]:
    """Every reference of a step, with the field it stands in."""
    for field, value in step.input.items():
        for part in parts(value):
            found = reference_of(part)
            if found is not None:
                yield field, found


def questions_in(step: Step) -> Iterator[tuple[str, Question]]:
    """Every question of a step, with the field it stands in."""
    for field, value in step.input.items():
        for part in parts(value):
            found = question_of(part, field)
            if found is not None:
                yield field, found


def id_from(title: str, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """A name for the command line out of a title, other than those `taken`: "Clip with sound" becomes "clip-with-sound"."""
    plain = _NOT_IN_A_NAME.sub("-", title.casefold()).strip("-")[:_LONGEST_ID].strip("-") or "chain"
    number, found = 1, plain
    while found in taken:
        number += 1
        found = f"{plain}-{number}"
    return found
