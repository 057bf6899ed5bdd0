"""The contracts' operations as the product knows them: parameters for forms, JSON Schema for the command line.

Everything comes from the models in `studio.contracts`, through their JSON Schema; only the order is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from studio.contracts.operations import CANNON, CANVAS, WireOperation
from studio.contracts.schema import input_schema
from studio.domain.account import Service
from studio.domain.operation import MediaKind, Operation, Parameter, ParameterKind

# What a person decides first stands first; what is not named here follows as in the contract, advanced fields last.
_ORDER = (
    "prompt", "text", "image_url", "images", "reference_images", "reference_image_urls", "video_url",
    "aspect_ratio", "duration", "resolution", "seed",
)
_SHORT_TEXT = 100


@cache
def operations(service: Service, *, at_engine: bool = False) -> tuple[Operation, ...]:
    """The operations of a service, as its own contract names them; LOCAL are Cannon Studio's under the engine's rules.

    `at_engine`: the service's contract, played by a local engine, which has a few more fields (a seed everywhere).
    """
    wires = wire_operations(service)
    return tuple(_operation(wire, engine=service is Service.LOCAL, with_extras=at_engine) for wire in wires)


def wire_operations(service: Service) -> tuple[WireOperation, ...]:
    """The contract's entries behind `operations`."""
    return CANVAS if service is Service.CANVAS_LABS else CANNON


def media_fields(operation: Operation, values: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The media given in an input, by field: addresses and `file:` URIs in their order. Fields not given are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for parameter in operation.media_parameters:
        value = values.get(parameter.name)
        items = value if isinstance(value, list | tuple) else [value]
        texts = tuple(item for item in items if isinstance(item, str) and item)
        if texts:
            found[parameter.name] = texts
    return found


def _operation(wire: WireOperation, *, engine: bool, with_extras: bool) -> Operation:
    schema = input_schema(wire, engine=engine) if not with_extras else _with_engine_fields(wire)
    properties: Mapping[str, Mapping[str, Any]] = schema["properties"]
    required = frozenset(schema["required"])
    shared: Mapping[str, Mapping[str, Any]] = schema.get("$defs", {})
    parameters = [_parameter(name, _resolved(field, shared), name in required) for name, field in properties.items()]
    parameters.sort(key=_rank)
    return Operation(wire.id, wire.title, MediaKind(wire.result), tuple(parameters), schema)


def _with_engine_fields(wire: WireOperation) -> dict[str, Any]:
    """The contract's schema together with what only the engine has."""
    service_side = input_schema(wire, engine=False)
    engine_side = input_schema(wire, engine=True)["properties"]
    extras = {name: engine_side[name] for name in sorted(wire.engine_only) if name in engine_side}
    return {**service_side, "properties": {**service_side["properties"], **extras}}


def _rank(parameter: Parameter) -> tuple[bool, int]:
    """Sorting is stable: equals keep the contract's order."""
    place = _ORDER.index(parameter.name) if parameter.name in _ORDER else len(_ORDER)
    return parameter.advanced, place


def _parameter(name: str, field: Mapping[str, Any], required: bool) -> Parameter:
    kind = _kind(name, field)
    low, high = _bounds(field)
    return Parameter(
        name=name,
        label=field.get("x-label") or name.replace("_", " ").capitalize(),
        kind=kind,
        required=required,
        default=field.get("default"),
        choices=tuple(field.get("enum", ())) if kind in (ParameterKind.CHOICE, ParameterKind.ASPECT_RATIO) else (),
        minimum=low,
        maximum=high,
        unit=field.get("x-unit"),
        help=_help(field, kind),
        multiline=bool(field.get("x-multiline")),
        accepts=tuple(MediaKind(word) for word in field.get("x-media", ())),
        advanced=bool(field.get("x-advanced")),
    )


def _kind(name: str, field: Mapping[str, Any]) -> ParameterKind:
    if field.get("x-media"):
        return ParameterKind.MEDIA_LIST if field.get("type") == "array" else ParameterKind.MEDIA
    if "enum" in field:
        return ParameterKind.ASPECT_RATIO if name == "aspect_ratio" else ParameterKind.CHOICE
    if name == "seed" and field.get("type") == "integer":
        return ParameterKind.SEED
    return {
        "integer": ParameterKind.INTEGER,
        "number": ParameterKind.NUMBER,
        "boolean": ParameterKind.SWITCH,
        "object": ParameterKind.GROUP,
    }.get(str(field.get("type")), ParameterKind.TEXT)


def _bounds(field: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Of the value, of a text's length or of a list's length, whichever the type has."""
    low = next((field[key] for key in ("minimum", "minLength", "minItems") if key in field), None)
    high = next((field[key] for key in ("maximum", "maxLength", "maxItems") if key in field), None)
    if low is None and field.get("pattern") == r"\S":
        low = 1  # the contract's way to say "not empty"
    return low, high


def _help(field: Mapping[str, Any], kind: ParameterKind) -> str:
    words = str(field.get("description", ""))
    examples = [example for example in field.get("examples", ()) if isinstance(example, str) and len(example) < _SHORT_TEXT]
    if kind is ParameterKind.TEXT and examples and not field.get("x-multiline"):
        words = f"{words} For example {', '.join(examples)}.".strip()
    return words


def _resolved(field: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A field whose type stands in $defs (an object of its own), with what it says itself on top."""
    reference = str(field.get("$ref", "")).removeprefix("#/$defs/")
    return {**shared[reference], **field} if reference in shared else field
