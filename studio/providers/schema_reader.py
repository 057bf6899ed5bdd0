"""Makes a small, safe JSON Schema out of a field of somebody else's document: allowed keywords only, without references.

Everything is bounded: steps, depth, texts, numbers of values. Patterns are left out (one can be made that takes for ever),
and markup in texts is taken apart, since windows would show it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from studio.providers.input_schema import fault

MOST_STEPS = 500_000
_MOST_REFERENCES = 16
_DEEPEST = 4
_MOST_FIELDS = 100
_MOST_VALUES = 200
_LONGEST_VALUE = 200
_LARGEST_NUMBER = 1e15
_SOURCE = "service"

FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})
_BOUNDS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems"), "integer": ("minimum", "maximum"),
           "number": ("minimum", "maximum")}
_MEDIA_WORDS = {
    "image": frozenset({"image", "images", "picture", "photo", "frame", "thumbnail", "mask", "logo"}),
    "video": frozenset({"video", "videos", "clip", "movie"}),
    "audio": frozenset({"audio", "sound", "music", "voice", "speech", "song"}),
}
_ANY_MEDIA = frozenset({"file", "files", "media", "asset", "source", "input", "reference", "url", "urls"})
_NO_MEDIA = frozenset({"webhook", "callback", "redirect", "link", "site", "page"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


class DocumentError(ValueError):
    """The document cannot be used. The message is a sentence for people about what is wrong with it."""


class SchemaReader:
    """Reads schemas of one document. Raises DocumentError for circles, and beyond MOST_STEPS."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._left = MOST_STEPS

    def resolved(self, node: object) -> dict[str, Any]:
        """A node with its references followed, what it says itself on top; {} for what is no schema."""
        seen: set[str] = set()
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            self._step()
            reference = node["$ref"]
            if reference in seen or len(seen) >= _MOST_REFERENCES:
                raise DocumentError("Its references lead in a circle.")
            seen.add(reference)
            target = self._target(reference)
            self._step(len(target))  # as it is copied
            node = {**target, **{name: value for name, value in node.items() if name != "$ref"}}
        return node if isinstance(node, dict) else {}

    def flat(self, node: object, depth: int = 0) -> dict[str, Any]:
        """A node with its allOf merged, and of alternatives the one that is not null, or what they have in common."""
        found = self.resolved(node)
        self._step(1 + len(found))
        if depth > _DEEPEST:
            return {name: value for name, value in found.items() if name not in ("allOf", "anyOf", "oneOf")}
        for part in listed(found.get("allOf")):
            found = _joined(found, self.flat(part, depth + 1))
        options = [self.flat(option, depth + 1) for word in ("anyOf", "oneOf") for option in listed(found.get(word))]
        real = [option for option in options if option.get("type") != "null"]
        found = {name: value for name, value in found.items() if name not in ("allOf", "anyOf", "oneOf")}
        if len(real) == 1:
            return {**real[0], **found}
        return {**found, **_common(real)} if real else found

    def object_schema(self, node: object, depth: int = 0) -> dict[str, Any]:
        """The schema of an object: its properties, those that are required, whether others are taken."""
        found = self.flat(node)
        given = found.get("properties")
        properties = given if isinstance(given, dict) else {}
        self._step(len(properties))
        fields: dict[str, Any] = {}
        for name, value in properties.items():
            if isinstance(name, str) and FIELD_NAME.fullmatch(name) and len(fields) < _MOST_FIELDS:
                fields[name] = self.field(name, value, depth + 1)
        said = found.get("additionalProperties")
        return {
            "type": "object",
            "properties": fields,
            "required": [name for name in dict.fromkeys(_texts(found.get("required"))) if name in fields],
            "additionalProperties": said is True or isinstance(said, dict) or (not fields and said is not False),
        }

    def field(self, name: str, node: object, depth: int) -> dict[str, Any]:
        """One field's schema, with the `x-` keys that a form wants."""
        found = self.flat(node)
        kind = _type(found)
        made: dict[str, Any] = {"x-source": _SOURCE, "description": text(found.get("description"), 500)}
        label = text(found.get("x-label") or found.get("title"), 60)
        if label:
            made["x-label"] = label
        if kind is not None:
            made["type"] = kind
        values = list(_values(found.get("enum"), [found["const"]] if "const" in found else None))
        if values and kind not in ("array", "object"):
            made["enum"] = values
        examples = list(_values(found.get("examples"), [found["example"]] if "example" in found else None))
        if examples:
            made["examples"] = examples[:20]
        made |= _bounds(found, kind)
        if kind == "array":
            made["items"] = self.field(name, found.get("items"), depth + 1) if depth < _DEEPEST else {}
        elif kind == "object" and depth < _DEEPEST:
            made |= self.object_schema(found, depth)
        return {**made, **_hints(name, found, made)}

    def _target(self, reference: str) -> dict[str, Any]:
        if not reference.startswith("#/"):
            return {}  # somewhere else: nothing is fetched for it
        node: Any = self._document
        for part in reference[2:].split("/"):
            self._step()
            part = unquote(part).replace("~1", "/").replace("~0", "~")
            node = node.get(part) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            raise DocumentError("It refers to something that is not in it.")
        return node

    def _step(self, number: int = 1) -> None:
        self._left -= number
        if self._left < 0:
            raise DocumentError("It is too intricate to be read.")


def text(value: object, longest: int) -> str:
    """A text of a document as it may be shown: one line of plain letters, no markup."""
    if not isinstance(value, str):
        return ""
    shown = "".join(" " if unicodedata.category(c).startswith(("C", "Z")) else c for c in value[: longest * 2])
    return " ".join(shown.replace("<", "‹").replace(">", "›").split())[:longest]


def listed(value: object) -> list[Any]:
    return value[:_MOST_VALUES] if isinstance(value, list) else []


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two parts of an allOf. What the first says counts; properties and required fields of both."""
    made = {**other, **one}
    for name, kind in (("properties", dict), ("required", list)):
        if isinstance(one.get(name), kind) and isinstance(other.get(name), kind):
            made[name] = {**other[name], **one[name]} if kind is dict else [*one[name], *other[name]]
    return made


def _common(options: list[dict[str, Any]]) -> dict[str, Any]:
    """What several alternatives have in common: their values where all name some, and their type."""
    made: dict[str, Any] = {}
    values = [list(_values(option.get("enum"), [option["const"]] if "const" in option else None)) for option in options]
    if all(values):
        made["enum"] = [value for some in values for value in some]
    kinds = {_type(option) for option in options}
    if len(kinds) == 1 and None not in kinds:
        made["type"] = kinds.pop()
    return made


def _type(found: Mapping[str, Any]) -> str | None:
    said = found.get("type")
    words = [word for word in (said if isinstance(said, list) else [said]) if isinstance(word, str) and word in _TYPES]
    if len(words) == 1:
        return words[0]
    return "object" if not words and isinstance(found.get("properties"), dict) else None


def _values(*sources: object) -> Iterator[object]:
    """Single values (no lists or objects) of moderate size, each once."""
    seen: set[tuple[type, object]] = set()
    for source in sources:
        for value in listed(source):
            if _is_moderate(value) and (type(value), value) not in seen:
                seen.add((type(value), value))
                yield value


def _is_moderate(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= _LONGEST_VALUE and value.isprintable()
    return isinstance(value, bool) or _is_number(value)


def _is_number(value: object) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)
            and abs(value) <= _LARGEST_NUMBER and math.isfinite(value))


def _bounds(found: Mapping[str, Any], kind: str | None) -> dict[str, Any]:
    names = _BOUNDS.get(kind or "", ())
    made = {name: found[name] for name in names if _is_number(found.get(name))}
    if kind in ("string", "array"):
        made = {name: int(value) for name, value in made.items() if value >= 0}
    low, high = (made.get(name) for name in names) if names else (None, None)
    return {} if low is not None and high is not None and low > high else made


def _hints(name: str, found: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """The `x-` keys: the document's own where it has them, else guessed from name and format."""
    hints: dict[str, Any] = {key: True for key in ("x-advanced", "x-multiline", "x-colour") if found.get(key) is True}
    unit = text(found.get("x-unit"), 12)
    if unit:
        hints["x-unit"] = unit
    media = [word for word in _texts(found.get("x-media")) if word in _MEDIA_WORDS] or _media(name, found, made)
    if media and made.get("type") in ("string", "array") and "enum" not in made:
        hints["x-media"] = media
    elif made.get("type") == "string" and "enum" not in made and name.lower() in ("prompt", "text", "negative_prompt"):
        hints["x-multiline"] = True
    default = found.get("default")
    if _is_moderate(default) and fault({"properties": {name: made}}, {name: default}) is None:
        hints["default"] = default
    return hints


def _media(name: str, found: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    """The kinds of media that a field with an address takes, as far as its name says."""
    words = [word.lower() for word in _WORDS.findall(name)]
    items = found.get("items")
    formats = {found.get("format"), items.get("format") if isinstance(items, dict) else None}
    is_address = (words and words[-1] in ("url", "urls", "uri", "uris")) or bool(formats & {"uri", "url"})
    if made.get("type") not in ("string", "array") or not is_address or _NO_MEDIA & set(words):
        return []
    kinds = [kind for kind, known in _MEDIA_WORDS.items() if known & set(words)]
    return kinds or (list(_MEDIA_WORDS) if _ANY_MEDIA & set(words) else [])


def _texts(value: object) -> list[str]:
    return [item for item in listed(value) if isinstance(item, str)]


def _json_type(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number", str: "string", list: "array", dict: "object"}.get(type(value), "null")


def inferred(values: Mapping[str, Any]) -> dict[str, Any]:
    """A schema for the input of an example: names and types of its fields, none required."""
    given = {name: value for name, value in values.items() if value is not None}
    properties = {name: {"type": _json_type(value), "examples": [value]} for name, value in given.items()}
    return {"type": "object", "properties": properties, "additionalProperties": True}
