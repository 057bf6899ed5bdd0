"""What can be asked of a service: operations with their parameters, as forms, the command line and the library see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from studio.domain.kinds import MediaKind, ParameterKind

__all__ = ["Limit", "MediaKind", "ModelChoice", "Operation", "Parameter", "ParameterKind"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field of an operation's input. `unit` is for people ("s"); `minimum` and `maximum` bound values or lengths.

    `suggestions`: values that are known to be taken, where others are too. `applies`: other parameters with the values that
    make this one count; empty: it always does. `fields`: those of a GROUP. `source`: where it is known from, in a word.
    """

    name: str
    label: str
    kind: ParameterKind
    required: bool = False
    default: object = None
    choices: tuple[object, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    help: str = ""
    multiline: bool = False
    accepts: tuple[MediaKind, ...] = ()
    advanced: bool = False
    suggestions: tuple[object, ...] = ()
    applies: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    fields: tuple[Parameter, ...] = ()
    source: str = ""

    @property
    def is_media(self) -> bool:
        return self.kind in (ParameterKind.MEDIA, ParameterKind.MEDIA_LIST)

    def counts(self, values: Mapping[str, object]) -> bool:
        """Whether it counts beside these values of the other parameters."""
        return all(values.get(name) in accepted for name, accepted in self.applies.items())


@dataclass(frozen=True, slots=True)
class Limit:
    """What one model takes for one parameter: see Parameter."""

    choices: tuple[object, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One model behind an operation. `limits`: by parameter, what it takes beside the operation's own limits."""

    id: str
    title: str
    limits: Mapping[str, Limit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """`id` as in the contract ("video.generate"), `kind` of its result, `input_schema` the JSON Schema of its input.

    `models`: those whose own limits are known; a service may take others. `discovered`: known only from the service's own
    document, not from this program's contracts.
    """

    id: str
    title: str
    kind: MediaKind
    parameters: tuple[Parameter, ...]
    input_schema: Mapping[str, object] = field(default_factory=dict)
    models: tuple[ModelChoice, ...] = ()
    discovered: bool = False

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)

    def narrowed(self, values: Mapping[str, object]) -> tuple[Parameter, ...]:
        """The parameters that count beside `values`, with the limits of the model that `values` names."""
        chosen = next((model for model in self.models if model.id == values.get("model")), None)
        limits = chosen.limits if chosen is not None else {}
        return tuple(_limited(p, limits.get(p.name)) for p in self.parameters if p.counts(values))

    @property
    def media_parameters(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.is_media)


def _limited(parameter: Parameter, limit: Limit | None) -> Parameter:
    if limit is None:
        return parameter
    low = parameter.minimum if limit.minimum is None else limit.minimum
    high = parameter.maximum if limit.maximum is None else limit.maximum
    choices = parameter.choices
    if limit.choices:
        choices = tuple(c for c in choices if c in limit.choices) if choices else limit.choices
    kind = parameter.kind
    if limit.choices and kind in (ParameterKind.INTEGER, ParameterKind.NUMBER):
        kind = ParameterKind.CHOICE
    default = parameter.default
    if choices and default is not None and default not in choices:
        default = choices[0]  # the model does not take the usual one
    return replace(parameter, kind=kind, choices=choices, default=default, minimum=low, maximum=high)
