"""From a service's OpenAPI document to the operations that its one create endpoint takes.

The document says of POST …/requests which bodies it takes: one schema an operation (oneOf, anyOf, a discriminator), told
apart by the constant in `operation`, with the operation's own fields in `input`. Where it names operations only, their
fields are read off its examples. Anything else in it is not looked at; no address in it is ever used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from studio.domain.operation import MediaKind
from studio.providers.discovered import Discovered, DiscoveredOperation
from studio.providers.schema_reader import DocumentError, SchemaReader, inferred, listed, text

MOST_OPERATIONS = 200
_ID = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")
_LONGEST_ID = 100
_PATH_END = "/requests"
_JSON = "application/json"
_KIND_WORDS = {
    "video": MediaKind.VIDEO, "videos": MediaKind.VIDEO, "clip": MediaKind.VIDEO, "movie": MediaKind.VIDEO,
    "film": MediaKind.VIDEO, "animation": MediaKind.VIDEO, "animate": MediaKind.VIDEO, "motion": MediaKind.VIDEO,
    "lipsync": MediaKind.VIDEO, "subtitles": MediaKind.VIDEO, "avatar": MediaKind.VIDEO,
    "image": MediaKind.IMAGE, "images": MediaKind.IMAGE, "picture": MediaKind.IMAGE, "photo": MediaKind.IMAGE,
    "logo": MediaKind.IMAGE, "portrait": MediaKind.IMAGE, "background": MediaKind.IMAGE,
    "audio": MediaKind.AUDIO, "sound": MediaKind.AUDIO, "soundfx": MediaKind.AUDIO, "music": MediaKind.AUDIO,
    "song": MediaKind.AUDIO, "voice": MediaKind.AUDIO, "speech": MediaKind.AUDIO, "narration": MediaKind.AUDIO,
    "prompt": MediaKind.PROMPT, "caption": MediaKind.PROMPT, "transcript": MediaKind.PROMPT,
    "transcribe": MediaKind.PROMPT, "describe": MediaKind.PROMPT, "text": MediaKind.PROMPT,
}


def read_document(document: Mapping[str, Any]) -> Discovered:
    """All operations of a document. Raises DocumentError for one that cannot be used: then nothing of it counts."""
    paths = document.get("paths")
    if not isinstance(paths, dict):
        raise DocumentError("It is no OpenAPI document: it has no paths.")
    reader = SchemaReader(document)
    body = _create_body(reader, paths)
    examples = _examples(body)
    found: dict[str, DiscoveredOperation] = {}
    notes: list[str] = []
    for name, schema in _variants(reader, body.get("schema")):
        if not is_operation_name(name):
            notes.append(f"An operation called “{text(name, 60)}” is left out: that is no name of an operation.")
        elif name.casefold() in found:
            notes.append(f"The operation {name} is described twice; the first counts.")
        elif len(found) >= MOST_OPERATIONS:
            notes.append(f"Only the first {MOST_OPERATIONS} operations are read.")
            break
        else:
            found[name.casefold()] = _operation(reader, name, schema, examples.get(name))
    if not found:
        raise DocumentError("It names no operation that can be asked for.")
    return Discovered(tuple(found.values()), tuple(notes[:20]))


def is_operation_name(name: str) -> bool:
    """Words of letters, digits and underscores with dots or dashes between: no path, no address."""
    return len(name) <= _LONGEST_ID and _ID.fullmatch(name) is not None


def guess_kind(*words: str) -> MediaKind:
    """What an operation makes, by its id and its title; a service's answer says it better, later."""
    for text_ in words:
        parts = re.findall(r"[a-z]+", text_.lower())
        if "to" in parts[1:-1]:
            parts = parts[parts.index("to", 1) + 1 :]  # image to video
        if "prompt" in parts:
            return MediaKind.PROMPT
        known = [_KIND_WORDS[part] for part in parts if part in _KIND_WORDS]
        if known:
            return known[0]
    return MediaKind.IMAGE


def _create_body(reader: SchemaReader, paths: Mapping[str, Any]) -> dict[str, Any]:
    """The media type object of the JSON body that creates a request."""
    for path, item in paths.items():
        if isinstance(path, str) and path.rstrip("/").endswith(_PATH_END):
            post = reader.resolved(reader.resolved(item).get("post"))
            content = reader.resolved(post.get("requestBody")).get("content")
            body = content.get(_JSON) if isinstance(content, dict) else None
            if isinstance(body, dict):
                return body
    raise DocumentError("It does not say how a request is created.")


def _variants(reader: SchemaReader, schema: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """(operation, the schema of its body), in the document's order."""
    top = reader.resolved(schema)
    mapping = reader.resolved(top.get("discriminator")).get("mapping")
    targets = mapping if isinstance(mapping, dict) else {}
    named = {target: name for name, target in targets.items() if isinstance(target, str)}
    options = [option for word in ("oneOf", "anyOf") for option in listed(top.get(word))]
    for option in options or [top]:
        reference = option.get("$ref") if isinstance(option, dict) else None
        body = reader.flat(option) if options else reader.resolved(option)
        properties = body.get("properties")
        said = reader.flat(properties.get("operation")) if isinstance(properties, dict) else {}
        names = [said["const"]] if "const" in said else listed(said.get("enum"))
        if not names and isinstance(reference, str) and reference in named:
            names = [named[reference]]
        for name in names:
            if isinstance(name, str):
                yield name, body


def _operation(
    reader: SchemaReader, name: str, body: Mapping[str, Any], example: Mapping[str, Any] | None
) -> DiscoveredOperation:
    properties = body.get("properties")
    given = properties.get("input") if isinstance(properties, dict) else None
    schema, inner = reader.object_schema(given), text(reader.resolved(given).get("title"), 80)
    if not schema["properties"] and example:
        schema = reader.object_schema(inferred(example))
    title = text(body.get("title"), 80)
    if not title or title.isidentifier():  # the name of a type, not a title
        title = inner
    if not title or title.isidentifier():
        title = " ".join(part.capitalize() for part in re.split(r"[._-]+", name))
    said = body.get("x-result")
    kind = MediaKind(said) if isinstance(said, str) and said in set(MediaKind) else guess_kind(name, title)
    return DiscoveredOperation(name, title, kind, {"title": title, **schema})


def _examples(body: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The inputs of the body's examples, by operation."""
    given = body.get("examples")
    values = [one.get("value") for one in given.values() if isinstance(one, dict)] if isinstance(given, dict) else []
    found: dict[str, Mapping[str, Any]] = {}
    for value in [*values, body.get("example")]:
        if isinstance(value, dict) and isinstance(value.get("operation"), str) and isinstance(value.get("input"), dict):
            found.setdefault(value["operation"], value["input"])
    return found
