"""Reads `-p name=VALUE` and `--input` into a job's input: the schema of the field decides how."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from studio.domain.errors import InputError
from studio.domain.operation import Operation, ParameterKind

if TYPE_CHECKING:
    from studio.app.core import Core

LONGEST_TEXT_FILE = 1_000_000
_LONGEST_SHOWN = 80


def split(given: Sequence[str]) -> list[tuple[str, str]]:
    """The `-p` options as names and values. Raises ValueError in words."""
    pairs = []
    for item in given:
        name, sign, text = item.partition("=")
        if not sign or not name.strip():
            raise ValueError(f"-p takes NAME=VALUE, not {item!r}.")
        pairs.append((name.strip(), text))
    return pairs


def read_document(text: str | None) -> dict[str, object]:
    """The object of `--input`. Raises ValueError in words."""
    if text is None:
        return {}
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("--input is nested too deeply.") from None
    except ValueError as error:
        raise ValueError(f"--input is no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise ValueError("--input takes a JSON object.")  # noqa: TRY004  # it is what the person wrote, no programming error
    return value


async def read_input(
    core: Core, operation: Operation, pairs: Sequence[tuple[str, str]], document: Mapping[str, object]
) -> dict[str, object]:
    """The input of a job: `document` with `pairs` over it. Local files are taken into the library and stand as `file:` URIs.

    Raises InputError with its field: no JSON where JSON is needed, a file that is not there or is no media.
    """
    values = {name: await _with_files(core, operation, name, value) for name, value in document.items()}
    for name, text in pairs:
        value = await _value(core, operation, name, text)
        before = values.get(name) if _is_list(operation, name) and text.startswith("@") else None
        values[name] = [*before, *value] if isinstance(before, list) and isinstance(value, list) else value
    return values


async def _value(core: Core, operation: Operation, name: str, text: str) -> object:
    if _is_list(operation, name) and text.startswith("@"):
        return [await _file(core, name, text)]
    if _is_text(operation, name):
        if not text.startswith("@"):
            return text
        return await _file(core, name, text) if _is_media(operation, name) else _text(name, text)
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        words = f"{name} takes JSON, such as 5, true or [\"…\"], not {_shortened(text)!r}."
        raise InputError(words, field=name, code="no_json") from None
    return await _with_files(core, operation, name, value)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


async def _with_files(core: Core, operation: Operation, name: str, value: object) -> object:
    """A value from JSON with its @FILE items taken in. Only media fields have files; other text stays as it is."""
    if not _is_media(operation, name):
        return value
    if isinstance(value, str) and value.startswith("@"):
        return await _file(core, name, value)
    if isinstance(value, list):
        return [await _file(core, name, item) if isinstance(item, str) and item.startswith("@") else item for item in value]
    return value


async def _file(core: Core, name: str, text: str) -> str:
    """@FILE as the `file:` URI of the library's own copy; @@ stands for a leading @ of a value that is no file."""
    if text.startswith("@@"):
        return text[1:]
    try:
        return await core.attach(Path(text[1:]).expanduser())
    except InputError as error:
        error.field = name
        raise


def _text(name: str, text: str) -> str:
    """@FILE in a field that takes no media: the text in that file."""
    if text.startswith("@@"):
        return text[1:]
    path = Path(text[1:]).expanduser()
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_TEXT_FILE + 1)
        if len(data) > LONGEST_TEXT_FILE:
            raise InputError(f"“{path.name}” is too long for {name}.", field=name, code="too_large")
        return data.decode("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        words = f"“{path}” cannot be read: {error.strerror}."
        advice = "Check its name, or write @@ for a leading @."
        raise InputError(words, field=name, code="no_such_file", advice=advice) from None
    except UnicodeDecodeError:
        raise InputError(f"“{path.name}” is no text in UTF-8.", field=name, code="no_text") from None


def _schema(operation: Operation, name: str) -> Mapping[str, object]:
    properties = operation.input_schema.get("properties")
    field = properties.get(name) if isinstance(properties, Mapping) else None
    return field if isinstance(field, Mapping) else {}


def _is_text(operation: Operation, name: str) -> bool:
    """Whether VALUE is taken as it is. A field that nobody knows too: the contract then says that it is none."""
    field = _schema(operation, name)
    options = field.get("anyOf")
    kinds = [option.get("type") for option in options if isinstance(option, Mapping)] if isinstance(options, list) else []
    kinds.append(field.get("type"))
    listed = field.get("enum")
    texts = isinstance(listed, list) and all(isinstance(item, str) for item in listed)
    return "string" in kinds or texts or not field


def _is_media(operation: Operation, name: str) -> bool:
    parameter = operation.parameter(name)
    return parameter is not None and parameter.is_media


def _is_list(operation: Operation, name: str) -> bool:
    parameter = operation.parameter(name)
    return parameter is not None and parameter.kind is ParameterKind.MEDIA_LIST
