"""Changing a chain: what a new step begins with, what a field can be filled from, and a step under another name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.domain.chain import MOST_STEPS, Question, Reference, Step, questions_in, reference_of
from studio.domain.follow_ups import taker
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation, Parameter


def fits(parameter: Parameter, made: MediaKind) -> bool:
    """Whether a field takes what a step makes."""
    if parameter.is_media:
        return made is not MediaKind.PROMPT and (not parameter.accepts or made in parameter.accepts)
    return made is MediaKind.PROMPT and parameter.kind is ParameterKind.TEXT


def sources(parameter: Parameter, before: Sequence[Step], kinds: Mapping[str, MediaKind]) -> list[Reference]:
    """What a field can be filled from, the nearest step first; then what is asked elsewhere under a name of its own.
    `kinds`: what each operation makes, by its id."""
    steps = [Reference(step.name) for step in reversed(before)
             if step.operation in kinds and fits(parameter, kinds[step.operation])]
    asked = dict.fromkeys(question.name for step in before for _, question in questions_in(step))
    return [*steps, *(Reference("start", name) for name in asked)]


def new_step(operation: Operation, before: Sequence[Step], kinds: Mapping[str, MediaKind]) -> Step:
    """A step at the end: what is required comes from the nearest step that gives it, or is asked for."""
    names = {step.name for step in before}
    asked = {question.name for step in before for _, question in questions_in(step)}
    name = free_name(operation.id.removesuffix(".generate").replace(".", "-"), names)
    preferred = {p.name for kind in MediaKind if kind is not MediaKind.PROMPT and (p := taker(operation, kind)) is not None}
    values: dict[str, object] = {}
    for parameter in operation.parameters:
        if parameter.advanced:
            continue
        given = sources(parameter, before, kinds)
        nearest = given[0] if given and given[0].step != "start" else None
        follows = parameter.name in preferred and nearest is not None and nearest.step == before[-1].name
        if nearest is not None and (parameter.required or follows):
            values[parameter.name] = nearest.plain()
        elif parameter.required:
            question = Question(free_name(parameter.name, asked), parameter.label)
            asked.add(question.name)
            values[parameter.name] = question.plain()
    return Step(name, operation.id, values)


def free_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with the first number that makes it another than those `taken`."""
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + MOST_STEPS + 2))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def renamed(steps: Sequence[Step], old: str, new: str) -> list[Step]:
    """The steps with one of them under another name, and what refers to it."""

    def value(given: object) -> object:
        if isinstance(given, list | tuple):
            return [value(part) for part in given]
        found = reference_of(given)
        return Reference(new, found.output).plain() if found is not None and found.step == old else given

    return [Step(new if step.name == old else step.name, step.operation,
                 {name: value(given) for name, given in step.input.items()}, step.account) for step in steps]
