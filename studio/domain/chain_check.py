"""Whether a chain can be run: pure rules over its steps and the operations of their accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from studio.domain.chain import (
    FIELD_PREFIX,
    MOST_STEPS,
    START,
    Chain,
    Question,
    Reference,
    Step,
    parts,
    question_of,
    questions_in,
    reference_of,
)
from studio.domain.errors import InputError, UnknownOperationError
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation, Parameter

OperationsOf = Callable[[str | None], Sequence[Operation]]
"""The operations of an account; None: of the account that the run is started with."""

_KINDS = {kind.value for kind in MediaKind}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the field that its answer goes into: `parameter` has the question's label, help and default."""

    question: Question
    parameter: Parameter
    step: str


def operation_of(step: Step, operations_of: OperationsOf) -> Operation:
    """Raises UnknownOperationError naming the step."""
    found = next((known for known in operations_of(step.account) if known.id == step.operation), None)
    if found is None:
        where = f"the account {step.account}" if step.account else "this account"
        raise UnknownOperationError(f"Step “{step.name}”: {where} has no operation {step.operation}.",
                                    field=f"{step.name}.operation", advice="Choose another account, or change the step.")
    return found


def check_shape(chain: Chain) -> None:
    """What can be said without knowing any operation. Raises InputError naming the step and the field ("clip.prompt")."""
    if not chain.title.strip():
        raise InputError("A chain needs a title.", field="title")
    if not chain.steps:
        raise InputError("A chain needs at least one step.", field="steps")
    if len(chain.steps) > MOST_STEPS:
        raise InputError(f"A chain has at most {MOST_STEPS} steps.", field="steps")
    before: set[str] = set()
    names = {step.name for step in chain.steps}
    asked = {question.name for step in chain.steps for _, question in _checked_questions(step)}
    for step in chain.steps:
        if not step.name.strip() or step.name == START:
            raise InputError(f"A step needs a name, other than “{START}”.", field="steps")
        if step.name in before:
            raise InputError(f"Two steps are called “{step.name}”.", field=f"{step.name}.name")
        for field, reference in _checked_references(step):
            _check_target(step, field, reference, before, names, asked)
        before.add(step.name)


def _checked_questions(step: Step) -> list[tuple[str, Question]]:
    try:
        return list(questions_in(step))
    except InputError as error:
        raise _at(step, "input", error.message) from error


def _checked_references(step: Step) -> list[tuple[str, Reference]]:
    found = []
    for field, value in step.input.items():
        for part in parts(value):
            try:
                reference = reference_of(part)
            except InputError as error:
                raise _at(step, field, error.message) from error
            if reference is not None:
                found.append((field, reference))
    return found


def _check_target(
    step: Step, field: str, reference: Reference, before: set[str], names: set[str], asked: set[str]
) -> None:
    if reference.step == START:
        if reference.output not in asked:
            raise _at(step, field, f"nothing called “{reference.output}” is asked at the start.")
    elif reference.step == step.name:
        raise _at(step, field, "a step cannot take its own result.")
    elif reference.step not in names:
        raise _at(step, field, f"there is no step “{reference.step}”.")
    elif reference.step not in before:
        raise _at(step, field, f"the step “{reference.step}” comes later.")


def check(chain: Chain, operations_of: OperationsOf) -> None:
    """All of it: the shape, that each operation is there, that fields are known, given where they are required, and get what
    they take. Raises InputError naming the step and the field ("clip.prompt")."""
    check_shape(chain)
    kinds: dict[str, MediaKind] = {}
    for step in chain.steps:
        operation = operation_of(step, operations_of)
        for field, value in step.input.items():
            _check_field(step, operation, field, value, kinds)
        for parameter in operation.narrowed(step.input):
            if parameter.required and step.input.get(parameter.name) in (None, "", [], ()):
                raise _at(step, parameter.name, f"{parameter.label} is needed.")
        kinds[step.name] = operation.kind
    questions(chain, operations_of)


def _check_field(step: Step, operation: Operation, field: str, value: object, kinds: Mapping[str, MediaKind]) -> None:
    parameter = operation.parameter(field)
    if parameter is None:
        properties = operation.input_schema.get("properties")
        if isinstance(properties, Mapping) and field not in properties:
            raise _at(step, field, f"{operation.title} has no such field.")
        return
    if isinstance(value, list | tuple) and parameter.kind not in (ParameterKind.MEDIA_LIST, ParameterKind.TEXT_LIST):
        raise _at(step, field, f"{parameter.label} takes one value.")
    for part in parts(value):
        reference = reference_of(part)
        if reference is not None and reference.step != START:
            _check_kind(step, parameter, reference, kinds[reference.step])
        elif parameter.is_media and isinstance(part, Mapping) and reference is None and question_of(part, field) is None:
            raise _at(step, field, f"{parameter.label} takes a file, a question or an earlier result.")


def _check_kind(step: Step, parameter: Parameter, reference: Reference, made: MediaKind) -> None:
    output = reference.output
    if isinstance(output, str) and output.startswith(FIELD_PREFIX):
        if parameter.is_media:
            raise _at(step, parameter.name, f"{parameter.label} takes media, not a field of an answer.")
        return
    if isinstance(output, str) and output not in _KINDS:
        raise _at(step, parameter.name, f"“{output}” is no kind of result.")
    given = MediaKind(output) if isinstance(output, str) else made
    if parameter.is_media:
        fits = given is not MediaKind.PROMPT and (not parameter.accepts or given in parameter.accepts)
    else:
        fits = given is MediaKind.PROMPT and parameter.kind is ParameterKind.TEXT
    if not fits:
        takes = " or ".join(kind.value for kind in parameter.accepts) if parameter.is_media else "text"
        raise _at(step, parameter.name, f"{parameter.label} takes {takes}, and “{reference.step}” gives {given.value}.")


def questions(chain: Chain, operations_of: OperationsOf) -> list[Asked]:
    """What is asked before the first step, in the order of the steps; a name that stands in several fields is asked once.

    Raises UnknownOperationError and InputError naming the step.
    """
    found: dict[str, Asked] = {}
    for step in chain.steps:
        operation = operation_of(step, operations_of)
        for field, question in questions_in(step):
            if question.name in found:
                continue
            parameter = operation.parameter(field) or Parameter(field, field, ParameterKind.TEXT)
            found[question.name] = Asked(question, _as_asked(parameter, question, step), step.name)
    return list(found.values())


def _as_asked(parameter: Parameter, question: Question, step: Step) -> Parameter:
    """The field as a form shows it for this question. One place of a list of media is a single place."""
    single = parameter.kind is ParameterKind.MEDIA_LIST and isinstance(step.input.get(parameter.name), list | tuple)
    kind = ParameterKind.MEDIA if single else parameter.kind
    required = parameter.required if question.required is None else question.required
    default = parameter.default if question.default is None else question.default
    return replace(parameter, name=question.name, label=question.label or parameter.label, kind=kind, default=default,
                   help=question.help or parameter.help, required=required, advanced=False, applies={})


def check_answers(chain: Chain, answers: Mapping[str, object], operations_of: OperationsOf) -> dict[str, object]:
    """The answers with the defaults of what was not answered. Raises InputError naming the question as its field."""
    known = {asked.question.name: asked for asked in questions(chain, operations_of)}
    for name in answers:
        if name not in known:
            raise InputError(f"The chain “{chain.title}” does not ask for {name}.", field=name,
                             advice=f"It asks for: {', '.join(known) or 'nothing'}.")
    given: dict[str, object] = {}
    for name, asked in known.items():
        value = answers.get(name)
        if value in (None, "", []):
            value = asked.parameter.default
        if value in (None, "", []) and asked.parameter.required:
            raise InputError(f"{asked.parameter.label} is needed.", field=name, advice="Give it and start the chain again.")
        if value is not None:
            given[name] = value
    return given


def _at(step: Step, field: str, words: str) -> InputError:
    return InputError(f"Step “{step.name}”, {field}: {words}", field=f"{step.name}.{field}", code="bad_chain",
                      advice="Change the step.")
