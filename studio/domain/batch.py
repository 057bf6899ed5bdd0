"""Many jobs out of one intent: several results with different seeds, a matrix over one or two parameters, a folder of files,
one prompt a line. Pure: what comes out is requests, each of them a job of its own."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from studio.domain import wildcards
from studio.domain.errors import InputError
from studio.domain.job import JobRequest
from studio.domain.kinds import ParameterKind
from studio.domain.operation import Operation, Parameter

MOST_JOBS = 500
MOST_AXES = 2
_LARGEST_SEED = 2**31 - 1
_PROMPTS = ("prompt", "text")
_TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter with the values that it takes in turn."""

    parameter: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """`request` is what all have in common. `count`: so many of each, with seeds that differ where the operation has one:
    counted on from the seed in the request, else by chance. `axes`: at most two. `files`: one job a file, each a `file:` URI
    of the library's own copy, in the media parameter `slot`. `prompts`: one job a line. `lists`: what wildcards in the words
    are drawn from, anew for each job (studio.domain.wildcards); None: the words are sent as they are. `drawing`: what chance
    begins with, so that the jobs which a person saw are those which are sent; None: by chance each time."""

    request: JobRequest
    count: int = 1
    axes: tuple[Axis, ...] = ()
    files: tuple[str, ...] = ()
    slot: str = ""
    prompts: tuple[str, ...] = ()
    lists: Mapping[str, Sequence[str]] | None = None
    drawing: int | None = None

    @property
    def size(self) -> int:
        """How many jobs it makes, were all of it right."""
        total = max(0, self.count) * max(1, len(self.files)) * max(1, len(self.prompts))
        for axis in self.axes:
            total *= len(axis.values)
        return total


def expand(batch: Batch, operation: Operation, chance: random.Random) -> list[JobRequest]:
    """The requests of a batch, in the order in which they are to be sent. Only the batch itself is checked here, not the
    input of each request. Raises InputError with its field."""
    _check(batch, operation)
    if batch.drawing is not None:
        chance = random.Random(batch.drawing)
    seed = next((p for p in operation.parameters if p.kind is ParameterKind.SEED), None)
    prompt = prompt_parameter(operation)
    made: list[JobRequest] = []
    for text, file, values in itertools.product(batch.prompts or (None,), batch.files or (None,), _cells(batch.axes)):
        given = {**batch.request.input, **values}
        if text is not None and prompt is not None:
            given[prompt.name] = text
        if file is not None:
            slot = operation.parameter(batch.slot)
            given[batch.slot] = [file] if slot is not None and slot.kind is ParameterKind.MEDIA_LIST else file
        made.extend(replace(batch.request, input=one) for one in _with_seeds(given, seed, batch.count, chance))
    if batch.lists is None or prompt is None:
        return made
    first = chance.getrandbits(31) if batch.drawing is None else batch.drawing
    return [replace(one, input=_drawn(one.input, prompt.name, batch.lists, first + n)) for n, one in enumerate(made)]


def _drawn(given: Mapping[str, object], name: str, lists: Mapping[str, Sequence[str]], seed: int) -> Mapping[str, object]:
    words = given.get(name)
    return {**given, name: wildcards.expand(words, lists, seed)} if isinstance(words, str) else given


def prompt_parameter(operation: Operation) -> Parameter | None:
    """Where an operation takes its words."""
    found = (operation.parameter(name) for name in _PROMPTS)
    return next((parameter for parameter in found if parameter is not None), None)


def title_of(batch: Batch, operation: Operation) -> str:
    """A label for its jobs: what is made, and of how many."""
    if len(batch.prompts) > 1:
        return f"{operation.title}, {len(batch.prompts)} prompts"
    if len(batch.files) > 1:
        return f"{operation.title}, {len(batch.files)} files"
    prompt = prompt_parameter(operation)
    given = batch.prompts[0] if batch.prompts else batch.request.input.get(prompt.name) if prompt is not None else None
    words = " ".join(given.split()) if isinstance(given, str) and given.strip() else operation.title
    return words if len(words) <= _TITLE_LENGTH else words[: _TITLE_LENGTH - 1].rstrip() + "…"


def _check(batch: Batch, operation: Operation) -> None:
    if batch.count < 1:
        raise InputError("At least one result of each has to be wanted.", field="count", code="count")
    _check_axes(batch.axes, operation)
    slot = operation.parameter(batch.slot)
    if batch.files and (slot is None or not slot.is_media):
        words = f"{operation.title} has no place for files named “{batch.slot}”."
        raise InputError(words, field=batch.slot or "files", code="no_such_parameter")
    if batch.prompts and prompt_parameter(operation) is None:
        raise InputError(f"{operation.title} takes no prompt.", field="prompts", code="no_such_parameter")
    if any(not text.strip() for text in batch.prompts):
        raise InputError("A prompt is empty.", field="prompts", code="empty")
    if batch.size > MOST_JOBS:
        raise InputError(f"That would be {batch.size:,} jobs; at most {MOST_JOBS} go at once.", field="count",
                         code="too_many", advice="Take fewer values, files or results.")


def _check_axes(axes: Sequence[Axis], operation: Operation) -> None:
    if len(axes) > MOST_AXES:
        raise InputError(f"At most {MOST_AXES} parameters can be varied at once.", field=axes[MOST_AXES].parameter,
                         code="too_many_axes")
    names = [axis.parameter for axis in axes]
    for number, axis in enumerate(axes):
        if operation.parameter(axis.parameter) is None:
            raise InputError(f"{operation.title} has no parameter “{axis.parameter}”.", field=axis.parameter,
                             code="no_such_parameter")
        if axis.parameter in names[:number]:
            raise InputError(f"“{axis.parameter}” is varied twice.", field=axis.parameter, code="twice")
        if not axis.values:
            raise InputError(f"There is no value for “{axis.parameter}”.", field=axis.parameter, code="empty")


def _cells(axes: Sequence[Axis]) -> Sequence[Mapping[str, object]]:
    named = [[(axis.parameter, value) for value in axis.values] for axis in axes]
    return [dict(cell) for cell in itertools.product(*named)]


def _with_seeds(
    given: Mapping[str, object], seed: Parameter | None, count: int, chance: random.Random
) -> Iterator[Mapping[str, object]]:
    if count == 1 or seed is None:
        yield from itertools.repeat(given, count)
        return
    low = int(seed.minimum or 0)
    high = _LARGEST_SEED if seed.maximum is None else int(min(seed.maximum, _LARGEST_SEED))
    first = given.get(seed.name)
    if isinstance(first, int) and not isinstance(first, bool):
        numbers = [low + (first - low + n) % (high - low + 1) for n in range(count)]
    else:
        numbers = chance.sample(range(low, high + 1), count) if high - low + 1 >= count else list(range(low, high + 1))
    for number in numbers:
        yield {**given, seed.name: number}
