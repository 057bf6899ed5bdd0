"""Takes the values of one form over to the same operation elsewhere, as far as it takes them."""

from __future__ import annotations

from collections.abc import Mapping

from studio.domain.operation import Operation, Parameter, ParameterKind

_NUMBERS = (ParameterKind.INTEGER, ParameterKind.NUMBER, ParameterKind.SEED)


def carried(values: Mapping[str, object], operation: Operation) -> tuple[dict[str, object], list[str]]:
    """What `operation` takes of `values`, and the names of those that it does not take. The model is the service's own: it
    is left out where it is not among those that are known there."""
    taken: dict[str, object] = {}
    for name, value in values.items():
        parameter = operation.parameter(name)
        if parameter is not None and _takes(parameter, value, operation):
            taken[name] = value
    narrowed = {parameter.name: parameter for parameter in operation.narrowed(taken)}
    kept = {name: value for name, value in taken.items() if name in narrowed and _within(narrowed[name], value)}
    return kept, [name for name in values if name not in kept]


def _takes(parameter: Parameter, value: object, operation: Operation) -> bool:
    if parameter.name == "model" and operation.models:
        return any(model.id == value for model in operation.models)
    return _within(parameter, value)


def _within(parameter: Parameter, value: object) -> bool:
    if parameter.choices:
        return value in parameter.choices
    low, high = parameter.minimum, parameter.maximum
    measure = _measure(parameter, value)
    return measure is None or ((low is None or measure >= low) and (high is None or measure <= high))


def _measure(parameter: Parameter, value: object) -> float | None:
    """What the parameter's bounds are about: the number itself, or the length of a text or a list."""
    if parameter.kind in _NUMBERS:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    return float(len(value)) if isinstance(value, str | list | tuple) else None
