"""What becomes of a value when the model beside it takes less: it stays where it fits, else the nearest one that does."""

from __future__ import annotations

from studio.domain.operation import Parameter, ParameterKind

_NUMBERS = (ParameterKind.INTEGER, ParameterKind.NUMBER, ParameterKind.SEED)


def fitted(value: object, now: Parameter, whole: Parameter) -> object:
    """`value` as `now` takes it. `whole` is the same parameter without a model's limits: its choices are in their order."""
    if value is None:
        return None if now.default is None and not now.required else now.default
    if now.choices:
        return value if value in now.choices else _nearest(value, now, whole)
    if now.kind in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        low = value if now.minimum is None else max(value, now.minimum)
        high = low if now.maximum is None else min(low, now.maximum)
        return round(high) if now.kind is not ParameterKind.NUMBER else high
    return value


def _nearest(value: object, now: Parameter, whole: Parameter) -> object:
    numbers = [one for one in now.choices if isinstance(one, int | float) and not isinstance(one, bool)]
    if isinstance(value, int | float) and numbers:
        return min(numbers, key=lambda one: (abs(one - value), one))
    fallback = now.default if now.default in now.choices else now.choices[0]
    if value not in whole.choices or now.kind is ParameterKind.ASPECT_RATIO:
        return fallback
    place = whole.choices.index(value)
    known = [one for one in now.choices if one in whole.choices]
    return min(known, key=lambda one: abs(whole.choices.index(one) - place)) if known else fallback
