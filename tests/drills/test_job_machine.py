"""The life of jobs against a simple model, and the bugs that the machine must find in it."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.drills.arranged_machine import ArrangedMachine
from tests.drills.job_machine import DivergenceError, JobMachine
from tests.drills.plants import IN_THE_MACHINE, Plant

STEPS = 25
QUIET = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), stateful_step_count=STEPS)


@pytest.fixture(autouse=True)
def _without_log() -> None:
    """Broken jobs are what the plants are about; their tracebacks are not."""
    logging.getLogger("studio").setLevel(logging.CRITICAL)


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_no_life_diverges_from_the_model(examples: int) -> None:
    run_state_machine_as_test(JobMachine, settings=settings(QUIET, max_examples=examples))


@pytest.mark.parametrize("examples", [4, pytest.param(100, marks=pytest.mark.slow)])
def test_no_life_diverges_while_the_person_arranges_the_queue(examples: int) -> None:
    run_state_machine_as_test(ArrangedMachine, settings=settings(QUIET, max_examples=examples))


@pytest.mark.slow
@pytest.mark.parametrize("plant", IN_THE_MACHINE, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    seeking = settings(QUIET, max_examples=400, derandomize=True, phases=[Phase.generate], print_blob=False)
    with pytest.raises(DivergenceError) as found:
        run_state_machine_as_test(JobMachine, settings=seeking)
    print(f"{plant.__name__}: {found.value}")
