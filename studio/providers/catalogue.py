"""The contracts' operations as the product knows them: parameters for forms, JSON Schema for the command line.

Everything comes from the models in `studio.contracts`, through their JSON Schema; only the order is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from studio.contracts.models import Model
from studio.contracts.operations import CANNON, CANVAS, LOCAL_EXTRAS, NOT_YET_LOCAL, WireOperation
from studio.contracts.schema import input_schema
from studio.domain.account import Service
from studio.domain.operation import Limit, MediaKind, ModelChoice, Operation, Parameter, ParameterKind

# What a person decides first stands first; what is not named here follows as in the contract, advanced fields last.
_ORDER = (
    "prompt", "text", "name", "image_url", "images", "file_url", "reference_images", "reference_image_urls", "video_url",
    "audio_url", "scene", "style", "visualStyle", "model", "aspect_ratio", "aspectRatio", "duration", "duration_seconds",
    "resolution", "seed",
)
_NOT_ASKED = frozenset({"model", "provider"})
_SHORT_TEXT = 100


@cache
def operations(service: Service, *, at_engine: bool = False) -> tuple[Operation, ...]:
    """The operations of a service, as its own contract names them; LOCAL are what the engine does, under its own rules.

    `at_engine`: the service's contract, played by a local engine, which has a few more fields (a seed everywhere).
    """
    wires = wire_operations(service)
    return tuple(_operation(wire, engine=service is Service.LOCAL, with_extras=at_engine) for wire in wires)


def wire_operations(service: Service) -> tuple[WireOperation, ...]:
    """The contract's entries behind `operations`."""
    if service is Service.LOCAL:
        return tuple(wire for wire in (*CANNON, *LOCAL_EXTRAS) if wire.id not in NOT_YET_LOCAL)
    return CANVAS if service is Service.CANVAS_LABS else CANNON


def find_wire(service: Service, operation: str) -> WireOperation | None:
    """The contract's entry of an operation, or None."""
    return next((wire for wire in wire_operations(service) if wire.id == operation), None)


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
    # The engine draws by its own methods whatever model is named: it takes the field, and its form does not ask for it.
    hidden = _NOT_ASKED if engine else frozenset()
    found = [parameter(name, field, shared, required=name in required)
             for name, field in properties.items() if name not in hidden]
    found.sort(key=rank)
    chosen = () if engine else tuple(_model_choice(model) for model in wire.models)
    return Operation(wire.id, wire.title, MediaKind(wire.result), tuple(found), schema, chosen)


def _model_choice(model: Model) -> ModelChoice:
    limits = {name: Limit(limit.choices, limit.minimum, limit.maximum) for name, limit in model.limits.items()}
    return ModelChoice(model.id, model.title, limits)


def _with_engine_fields(wire: WireOperation) -> dict[str, Any]:
    """The contract's schema together with what only the engine has."""
    service_side = input_schema(wire, engine=False)
    engine_side = input_schema(wire, engine=True)["properties"]
    extras = {name: engine_side[name] for name in sorted(wire.engine_only) if name in engine_side}
    return {**service_side, "properties": {**service_side["properties"], **extras}}


def rank(parameter: Parameter) -> tuple[bool, int]:
    """Sorting is stable: equals keep the contract's order."""
    place = _ORDER.index(parameter.name) if parameter.name in _ORDER else len(_ORDER)
    return parameter.advanced, place


def parameter(
    name: str, field: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]], *, required: bool
) -> Parameter:
    """One property of a JSON Schema as a parameter. `shared`: the schema's $defs."""
    field = _resolved(field, shared)
    kind = _kind(name, field)
    low, high = _bounds(field)
    inside = field.get("properties", {}) if kind is ParameterKind.GROUP else {}
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
        suggestions=() if "enum" in field else tuple(e for e in field.get("examples", ()) if not isinstance(e, list | dict)),
        applies={other: tuple(values) for other, values in field.get("x-applies", {}).items()},
        fields=tuple(parameter(n, f, shared, required=n in field.get("required", ())) for n, f in inside.items()),
        source=str(field.get("x-source", "")),
    )


def _kind(name: str, field: Mapping[str, Any]) -> ParameterKind:
    if field.get("x-media"):
        return ParameterKind.MEDIA_LIST if field.get("type") == "array" else ParameterKind.MEDIA
    if "enum" in field:
        return ParameterKind.ASPECT_RATIO if name in ("aspect_ratio", "aspectRatio") else ParameterKind.CHOICE
    if field.get("x-colour"):
        return ParameterKind.COLOUR
    if name == "seed" and field.get("type") == "integer":
        return ParameterKind.SEED
    return {
        "integer": ParameterKind.INTEGER,
        "number": ParameterKind.NUMBER,
        "boolean": ParameterKind.SWITCH,
        "object": ParameterKind.GROUP,
        "array": ParameterKind.TEXT_LIST,
    }.get(str(field.get("type")), ParameterKind.TEXT)


def _bounds(field: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Of the value, of a text's length or of a list's length, whichever the type has."""
    low = next((field[key] for key in ("minimum", "exclusiveMinimum", "minLength", "minItems") if key in field), None)
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
