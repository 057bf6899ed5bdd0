"""What `studio chains … --json` prints. Other programs depend on these keys: they are promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.cli.documents import Document, moment, of_job
from studio.domain.chain import Chain
from studio.domain.chain_check import Asked
from studio.domain.chain_run import ChainEstimate, ChainRun
from studio.domain.job import JobError

if TYPE_CHECKING:
    from studio.app.core import Core

WAITING = "waiting"
"""The state of a step that was not begun."""


def of_chain(chain: Chain, asked: Sequence[Asked] | None = None) -> Document:
    """A chain; with what it asks for where that is known."""
    steps = [{"name": step.name, "operation": step.operation, "account": step.account, "input": dict(step.input)}
             for step in chain.steps]
    document: Document = {"id": chain.id, "title": chain.title, "description": chain.description, "shipped": chain.shipped,
                          "steps": steps}
    if asked is not None:
        document["asks"] = [_of_question(one) for one in asked]
    return document


def _of_question(asked: Asked) -> Document:
    parameter = asked.parameter
    return {"name": asked.question.name, "label": parameter.label, "kind": parameter.kind.value,
            "required": parameter.required, "default": parameter.default, "choices": list(parameter.choices),
            "accepts": [kind.value for kind in parameter.accepts], "help": parameter.help}


def of_estimate(estimate: ChainEstimate) -> Document:
    """`total` is null as soon as one step's cost is not known; `known` is the sum of the others."""
    return {"total": estimate.total, "known": estimate.known, "unknown": estimate.unknown,
            "steps": [one.amount for one in estimate.steps], "warning": estimate.warning or None}


async def of_run(core: Core, run: ChainRun) -> Document:
    """A run with its steps and the results of the last one that was begun."""
    steps: list[Document] = []
    for index, step in enumerate(run.chain.steps):
        job = run.job_of(index)
        steps.append({
            "name": step.name, "operation": step.operation, "state": WAITING if job is None else job.state.value,
            "attempt": run.attempts_of(index), "job": None if job is None else await of_job(core, job),
        })
    return {
        "id": run.id, "chain": {"id": run.chain.id, "title": run.chain.title}, "account": run.account,
        "state": run.state.value, "paused": run.paused, "step": run.current + 1, "steps": steps,
        "answers": dict(run.answers), "estimated": run.estimated, "error": _of_error(run.stopped_by),
        "created_at": moment(run.created_at), "finished_at": moment(run.finished_at),
    }


def _of_error(error: JobError | None) -> Document | None:
    if error is None:
        return None
    return {"kind": error.kind, "code": error.code, "message": error.message, "retryable": error.retryable,
            "field": error.field}


def step_rows(run: ChainRun) -> list[str]:
    """A line a step for people."""
    rows = []
    for index, step in enumerate(run.chain.steps):
        job = run.job_of(index)
        state = WAITING if job is None else job.state.value
        rows.append(f"{index + 1}. {step.name:<16} {state:<12} {'' if job is None else job.id}".rstrip())
    return rows
