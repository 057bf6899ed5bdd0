"""What is typed for many jobs at once, read: values of a parameter, prompts by the line, files of a folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from studio.domain.errors import InputError
from studio.domain.job import JobRequest
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation, Parameter
from studio.ui.composer.slot import kind_of

if TYPE_CHECKING:
    from studio.domain.batch import Batch

_FIXED = frozenset({ParameterKind.MEDIA, ParameterKind.MEDIA_LIST, ParameterKind.GROUP, ParameterKind.TEXT_LIST,
                    ParameterKind.SEED})


def _tr(text: str) -> str:
    return QCoreApplication.translate("Batch", text)


def can_vary(parameter: Parameter) -> bool:
    """Whether a matrix makes sense of it: what takes one short value. (Prompts and seeds have ways of their own.)"""
    return parameter.kind not in _FIXED and not parameter.multiline and parameter.name not in ("prompt", "text")


def choices_of(parameter: Parameter) -> Sequence[object]:
    """The values to choose from, empty where any may be typed."""
    return (False, True) if parameter.kind is ParameterKind.SWITCH else parameter.choices


def parse_values(parameter: Parameter, text: str) -> tuple[object, ...]:
    """Values with commas between them (words: with bars, so that they may hold commas), none of them twice. Raises
    InputError naming the parameter."""
    numbers = parameter.kind in (ParameterKind.INTEGER, ParameterKind.NUMBER)
    parts = [part.strip() for part in text.split("," if numbers else "|")]
    given = [part for part in parts if part]
    values: list[object] = [_number(parameter, part) if numbers else part for part in given]
    return tuple(dict.fromkeys(values))


def _number(parameter: Parameter, text: str) -> float | int:
    whole = parameter.kind is ParameterKind.INTEGER
    try:
        value = int(text) if whole else float(text)
    except ValueError as error:
        words = _tr("“{text}” is no whole number.") if whole else _tr("“{text}” is no number.")
        raise InputError(words.format(text=text), field=parameter.name) from error
    low, high = parameter.minimum, parameter.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        words = _tr("{label}: {text} is not between {low} and {high}.")
        raise InputError(words.format(label=parameter.label, text=text, low=f"{low:g}" if low is not None else "–",
                                      high=f"{high:g}" if high is not None else "–"), field=parameter.name)
    return value


def prompts_of(text: str) -> tuple[str, ...]:
    """One prompt a line; empty lines are none."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def media_in(folder: Path, kinds: Collection[MediaKind]) -> list[Path]:
    """The files of a folder that are of these kinds by their names, in the order of the names. OSError."""
    files = [path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file()]
    return sorted((path for path in files if kind_of(path.name) in kinds), key=lambda path: path.name.casefold())


def lines_of(batch: Batch, requests: Sequence[JobRequest], operation: Operation, names: Mapping[str, str]) -> list[str]:
    """Each job by what tells it from the others. `names`: of the files, by their addresses."""
    units = {parameter.name: parameter.unit or "" for parameter in operation.parameters}
    return [f"{number}.  {_line(batch, request, units, names)}" for number, request in enumerate(requests, 1)]


def _line(batch: Batch, request: JobRequest, units: Mapping[str, str], names: Mapping[str, str]) -> str:
    parts: list[str] = []
    if batch.files:
        given = request.input.get(batch.slot)
        address = given[0] if isinstance(given, list) and given else given
        parts.append(names.get(str(address), str(address).rsplit("/", 1)[-1]))
    words = _words_of(request)
    if words is not None and (batch.prompts or words != _words_of(batch.request)):  # of their own, or drawn
        parts.append(" ".join(str(words).split()))
    for axis in batch.axes:
        parts.append(value_words(request.input.get(axis.parameter), units.get(axis.parameter, "")))
    if batch.count > 1:
        parts.append(_tr("seed {n}").format(n=request.input.get("seed", "–")))
    return " · ".join(parts) or _tr("as in the composer")


def _words_of(request: JobRequest) -> object:
    return request.input.get("prompt", request.input.get("text"))


def value_words(value: object, unit: str = "") -> str:
    """A value for people."""
    if isinstance(value, bool):
        return _tr("on") if value else _tr("off")
    return f"{value} {unit}".strip()
