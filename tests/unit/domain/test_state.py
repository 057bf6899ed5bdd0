"""The transition table: complete, no way from the end back to the send, and every state can be reached."""

from __future__ import annotations

import pytest

from studio.domain.state import ACTIVE, NEEDS_PERSON, TERMINAL, TRANSITIONS, JobState, may_follow


def test_every_state_has_its_row() -> None:
    assert set(TRANSITIONS) == set(JobState)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.CANCELLED])
def test_after_the_end_only_what_lies_at_the_service_is_fetched(state: JobState) -> None:
    assert [then for then in JobState if may_follow(state, then)] == [JobState.DOWNLOADING]


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached, edge = {JobState.DRAFT}, {JobState.DRAFT}
    while edge:
        edge = {then for now in edge for then in TRANSITIONS[now]} - reached
        reached |= edge
    assert reached == set(JobState)


def test_every_moving_job_can_come_to_an_end() -> None:
    for state in ACTIVE | NEEDS_PERSON:
        seen, edge = {state}, {state}
        while edge:
            edge = {then for now in edge for then in TRANSITIONS[now]} - seen
            seen |= edge
        assert seen & TERMINAL, state


def test_a_sent_job_is_never_silently_sent_again() -> None:
    """Only a person (failed, unknown) or a request that surely never left leads back before the send."""
    before_the_send = {JobState.QUEUED, JobState.UPLOADING, JobState.SUBMITTING}
    for state in (JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING, JobState.DONE):
        assert not TRANSITIONS[state] & before_the_send


def test_the_groups_do_not_overlap() -> None:
    assert not ACTIVE & TERMINAL
    assert not ACTIVE & NEEDS_PERSON
    assert ACTIVE | TERMINAL | NEEDS_PERSON | {JobState.DRAFT} == set(JobState)
