"""The steps that made an asset, found back through the jobs: whose result was whose input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.chain import MOST_STEPS, START, Chain, Question, Reference, Step, id_from, question_of
from studio.domain.chain_edit import free_name, renamed
from studio.domain.errors import InputError
from studio.domain.job import Job
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation, Parameter
from studio.jobs.ports import JobStore
from studio.library.library import Library
from studio.store.assets import SqlAssetStore

OperationsOf = Callable[[str], Sequence[Operation]]
LONGEST_TITLE = 60
_ASKED_TEXTS = ("prompt", "text")


class Lineage:
    """`operations_of` gives those of an account, or raises NotFoundError."""

    def __init__(self, jobs: JobStore, assets: SqlAssetStore, library: Library, operations_of: OperationsOf) -> None:
        self._jobs = jobs
        self._assets = assets
        self._library = library
        self._operations_of = operations_of

    async def chain_of(self, asset_id: str) -> Chain:
        """The steps as a chain that is not kept yet: media from outside and the words of prompts are asked for, seeds are
        left out, all else is as it was. Raises NotFoundError, InputError where no job made the asset."""
        asset = await self._library.get(asset_id)
        walk = _Walk(self)
        made = await walk.step_of(asset)
        if made is None:
            raise InputError("No job of this studio made it: there are no steps to save.", code="no_steps",
                             advice="Choose something that was made here.")
        one = len({step.account for step in walk.steps}) == 1
        steps = tuple(Step(s.name, s.operation, s.input, None if one else s.account) for s in _named(walk.steps))
        title = " ".join(asset.prompt.split())[:LONGEST_TITLE] or " → ".join(step.name for step in steps)
        return Chain(id_from(title), title, steps)

    async def job_of(self, asset: Asset) -> Job | None:
        return None if asset.job_id is None else await self._jobs.get(asset.job_id)

    async def source(self, uri: str) -> Asset | None:
        """The asset behind a `file:` value: the file itself, or the copy that was taken of it, which bears its hash."""
        path = self._library.local_file_or_none(uri)
        if path is None:
            return None
        return await self._assets.by_path(Path(path)) or await self._assets.by_hash(path.stem)

    def operation(self, job: Job) -> Operation | None:
        known = self._operations_of(job.request.account)
        return next((one for one in known if one.id == job.request.operation), None)


class _Walk:
    """Goes back from one asset; `steps` in the order in which they have to be run, each called by its job's id."""

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self.steps: list[Step] = []
        self._begun: set[str] = set()

    async def step_of(self, asset: Asset) -> str | None:
        """The name of the step that made an asset; None where none did."""
        job = await self._lineage.job_of(asset)
        if job is None:
            return None
        if job.id in self._begun:
            return job.id
        operation = self._lineage.operation(job)
        if operation is None or len(self._begun) >= MOST_STEPS:
            return None
        self._begun.add(job.id)
        values: dict[str, object] = {}
        for field, value in job.request.input.items():
            parameter = operation.parameter(field)
            if parameter is not None and parameter.kind is ParameterKind.SEED:
                continue
            values[field] = value if parameter is None else await self._value(parameter, value)
        self.steps.append(Step(job.id, operation.id, values, job.request.account))
        return job.id

    async def _value(self, parameter: Parameter, value: object) -> object:
        if parameter.is_media:
            if isinstance(value, list | tuple):
                return [await self._medium(parameter, item) for item in value]
            return await self._medium(parameter, value)
        if parameter.name in _ASKED_TEXTS and isinstance(value, str):
            return _question(parameter, value)
        return value

    async def _medium(self, parameter: Parameter, value: object) -> object:
        asset = await self._lineage.source(value) if isinstance(value, str) else None
        if asset is not None and asset.kind is not MediaKind.PROMPT:
            maker = await self.step_of(asset)
            if maker is not None:
                return Reference(maker, asset.output_index or None).plain()
        return _question(parameter, None)


def _question(parameter: Parameter, default: object) -> object:
    return Question(parameter.name, parameter.label, default=default).plain()


def _named(steps: Sequence[Step]) -> list[Step]:
    """The steps under readable names, counted in their order."""
    found, taken = list(steps), set[str]()
    for step in steps:
        name = free_name(step.operation.removesuffix(".generate").replace(".", "-"), taken)
        taken.add(name)
        found = renamed(found, step.name, name)
    return _asked_once(found)


def _asked_once(steps: Sequence[Step]) -> list[Step]:
    """Questions under names of their own; words that several steps had in common are asked for once."""
    taken: set[str] = set()
    said: dict[str, str] = {}

    def value(given: object, field: str) -> object:
        if isinstance(given, list | tuple):
            return [value(part, field) for part in given]
        question = question_of(given, field)
        if question is None:
            return given
        if isinstance(question.default, str) and question.default in said:
            return Reference(START, said[question.default]).plain()
        name = free_name(question.name, taken)
        taken.add(name)
        if isinstance(question.default, str):
            said[question.default] = name
        return replace(question, name=name).plain()

    def renewed(step: Step) -> Step:
        return replace(step, input={field: value(given, field) for field, given in step.input.items()})

    return [renewed(step) for step in steps]
