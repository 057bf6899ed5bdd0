"""What can be asked of a service: operations with their parameters, as forms, the command line and the library see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.domain.kinds import MediaKind, ParameterKind

__all__ = ["MediaKind", "Operation", "Parameter", "ParameterKind"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field of an operation's input. `unit` is for people ("s"); `minimum` and `maximum` bound values or lengths."""

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

    @property
    def is_media(self) -> bool:
        return self.kind in (ParameterKind.MEDIA, ParameterKind.MEDIA_LIST)


@dataclass(frozen=True, slots=True)
class Operation:
    """`id` as in the contract ("video.generate"), `kind` of its result, `input_schema` the JSON Schema of its input."""

    id: str
    title: str
    kind: MediaKind
    parameters: tuple[Parameter, ...]
    input_schema: Mapping[str, object] = field(default_factory=dict)

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)

    @property
    def media_parameters(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.is_media)
