"""How a step's input is filled: with what earlier steps made, with what was answered at the start; and, before there is
either, with stand-ins, so that a mistake in a late step is found before an early one costs anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.domain.chain import FIELD_PREFIX, START, Question, Reference, Step, parts, question_of, reference_of
from studio.domain.errors import InputError
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation, Parameter

_STAND_INS = {MediaKind.IMAGE: "https://stand-in.invalid/picture.png", MediaKind.VIDEO: "https://stand-in.invalid/clip.mp4",
              MediaKind.AUDIO: "https://stand-in.invalid/sound.mp3"}


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step made: its media in their order as (kind, `file:` URI), the words of a prompt, and the service's answer."""

    media: tuple[tuple[MediaKind, str], ...] = ()
    text: str = ""
    output: Mapping[str, object] = field(default_factory=dict)


def filled(
    step: Step, operation: Operation, answers: Mapping[str, object], results: Mapping[str, StepResult]
) -> dict[str, object]:
    """The input of a step's job: references and questions replaced by what they stand for; what was not
    answered is left out.

    Raises InputError naming the step and the field where an earlier step did not give what is wanted.
    """
    values: dict[str, object] = {}
    for name, value in step.input.items():
        parameter = operation.parameter(name) or Parameter(name, name, ParameterKind.TEXT)
        if isinstance(value, list | tuple):
            items = [_value(step, parameter, part, answers, results) for part in value]
            given: object = [item for item in items if item is not None]
            if given == [] and value:
                given = None
        else:
            given = _value(step, parameter, value, answers, results)
            if parameter.kind is ParameterKind.MEDIA_LIST and isinstance(given, str):
                given = [given]
        if given is not None:
            values[name] = given
    return values


def _value(
    step: Step, parameter: Parameter, value: object, answers: Mapping[str, object], results: Mapping[str, StepResult]
) -> object:
    question: Question | None = question_of(value, parameter.name)
    if question is not None:
        return answers.get(question.name, question.default)
    reference = reference_of(value)
    if reference is None:
        return value
    if reference.step == START:
        return answers.get(str(reference.output))
    found = _picked(parameter, reference, results.get(reference.step, StepResult()))
    if found is None:
        wanted = "result" if reference.output is None else f"“{reference.output}”"
        raise InputError(f"Step “{step.name}”, {parameter.name}: “{reference.step}” gave no {wanted} for it.",
                         field=f"{step.name}.{parameter.name}", code="no_such_result",
                         advice="Look at what that step made, then change the chain or retry.")
    return found


def _picked(parameter: Parameter, reference: Reference, result: StepResult) -> object:
    output = reference.output
    if isinstance(output, str) and output.startswith(FIELD_PREFIX):
        found: object = result.output
        for name in output.removeprefix(FIELD_PREFIX).split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found
    if isinstance(output, int):
        return result.media[output][1] if output < len(result.media) else None
    if output == MediaKind.PROMPT.value or (output is None and not parameter.is_media):
        return result.text or None
    wanted = (MediaKind(output),) if isinstance(output, str) else parameter.accepts
    return next((uri for kind, uri in result.media if not wanted or kind in wanted), None)


def rehearsed(step: Step, operation: Operation, answers: Mapping[str, object] | None = None) -> dict[str, object]:
    """The input of a step with stand-ins for what earlier steps will make, and for what is asked where there are no answers
    yet: good for being checked, never to be sent."""
    values: dict[str, object] = {}
    for name, value in step.input.items():
        parameter = operation.parameter(name) or Parameter(name, name, ParameterKind.TEXT)
        given = [_stand_in(parameter, part, answers) for part in parts(value)]
        kept = [one for one in given if one is not None]
        if kept:
            is_list = isinstance(value, list | tuple) or parameter.kind is ParameterKind.MEDIA_LIST
            values[name] = _flat(kept) if is_list else kept[0]
    return values


def _flat(values: list[object]) -> list[object]:
    return [item for value in values for item in parts(value)]


def _stand_in(parameter: Parameter, value: object, answers: Mapping[str, object] | None) -> object:
    question, reference = question_of(value, parameter.name), reference_of(value)
    if question is None and reference is None:
        return value
    asked = question.name if question is not None else None
    if reference is not None and reference.step == START:
        asked = str(reference.output)
    if asked is not None and answers is not None:
        return answers.get(asked)
    if question is not None and question.default is not None:
        return question.default
    if question is not None and question.required is False and not parameter.required:
        return None
    return _of_kind(parameter)


def _of_kind(parameter: Parameter) -> object:
    if parameter.is_media:
        return _STAND_INS[next((kind for kind in parameter.accepts if kind in _STAND_INS), MediaKind.IMAGE)]
    if parameter.default is not None:
        return parameter.default
    if parameter.choices:
        return parameter.choices[0]
    if parameter.kind in (ParameterKind.INTEGER, ParameterKind.SEED, ParameterKind.NUMBER):
        return int(parameter.minimum or 0) or 1
    if parameter.kind is ParameterKind.SWITCH:
        return False
    if parameter.kind is ParameterKind.COLOUR:
        return "#808080"
    return "words" if parameter.kind in (ParameterKind.TEXT, ParameterKind.TEXT_LIST) else None


def without_references(step: Step, answers: Mapping[str, object]) -> dict[str, object]:
    """What is known of a step's input before the run: plain values and answers, for an estimate."""
    known: dict[str, object] = {}
    for name, value in step.input.items():
        question, reference = question_of(value, name), reference_of(value)
        if question is not None:
            value = answers.get(question.name, question.default)
        elif reference is not None:
            value = answers.get(str(reference.output)) if reference.step == START else None
        elif isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value):
            value = None
        if value is not None:
            known[name] = value
    return known
