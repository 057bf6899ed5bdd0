"""The rows of a long queue: order, filter, moves; change sets touch what changed and nothing is built anew."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex
from pytestqt.qtbot import QtBot

from studio.domain.event import JobChanged
from studio.domain.job import Job, JobRequest, now
from studio.domain.pause import Pause
from studio.domain.state import JobState
from studio.ui.queue.input_words import address_words, input_lines
from studio.ui.queue.model import NextRole, PausedRole, QueueModel
from studio.ui.queue.order import JobFilter, Part, counts, neighbours, part_of, row_key, search_text, waiting_of

MOMENT = now()


def job(number: int, state: JobState = JobState.QUEUED, *, account: str = "Work", label: str | None = None,
        prompt: str = "", **changes: Any) -> Job:
    made = Job.new(JobRequest("video.generate", account, {"prompt": prompt or f"take {number}"}, label))
    ended = MOMENT + timedelta(seconds=number) if state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED) else None
    return made.changed(**{"id": f"job_{number:012x}", "state": state, "position": float(number), "created_at": MOMENT,
                           "finished_at": ended, **changes})


def prompts(model: QueueModel) -> list[str]:
    return [one.prompt for one in model.jobs()]


def assert_in_order(model: QueueModel) -> None:
    keys = [row_key(one) for one in model.jobs()]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert all(model.row_of(one.id) == row for row, one in enumerate(model.jobs()))


# order and filter


@pytest.mark.parametrize("state", list(JobState))
def test_every_state_belongs_to_one_part(state: JobState) -> None:
    assert part_of(job(1, state)) in set(Part) - {Part.ALL}


def test_what_was_sent_stands_over_what_waits_and_what_ended_below_newest_first() -> None:
    model = QueueModel()
    model.set_jobs([job(1, JobState.DONE), job(2, JobState.DONE), job(3), job(4, JobState.UNKNOWN), job(5, JobState.RUNNING),
                    job(6, position=2.5)])
    assert prompts(model) == ["take 4", "take 5", "take 6", "take 3", "take 2", "take 1"]
    assert dict(counts(model.states())) == {Part.ALL: 6, Part.WAITING: 2, Part.RUNNING: 2, Part.DONE: 2, Part.FAILED: 0}


def test_the_next_to_be_sent_does_not_move_when_it_is_sent(qtbot: QtBot) -> None:
    model = QueueModel()
    jobs = [job(1, JobState.RUNNING), job(2), job(3)]
    model.set_jobs(jobs)
    assert model.index(1).data(NextRole)
    with qtbot.assertNotEmitted(model.rowsMoved), qtbot.assertNotEmitted(model.layoutChanged):
        model.take([JobChanged(jobs[1].changed(state=JobState.SUBMITTING, revision=1))])
    assert prompts(model) == ["take 1", "take 2", "take 3"]
    assert not model.index(1).data(NextRole)
    assert model.index(2).data(NextRole)


def test_a_filter_asks_for_all_its_words_in_any_of_the_places() -> None:
    one = job(1, label="Spring campaign", prompt="A fox in the snow", account="Team")
    text = search_text(one, "Generate Video")
    for words in ("fox", "FOX snow", "spring video", "team", "video.generate"):
        assert JobFilter(words).accepts(one, text), words
    for words in ("fox rain", "autumn"):
        assert not JobFilter(words).accepts(one, text), words
    assert JobFilter(label="Spring campaign").accepts(one, text)
    assert not JobFilter(label="Spring").accepts(one, text)
    assert not JobFilter(part=Part.DONE).accepts(one, text)
    assert JobFilter("  ").is_open


def test_a_job_leaves_and_enters_what_the_filter_shows() -> None:
    model = QueueModel()
    jobs = [job(number) for number in range(4)]
    model.set_jobs(jobs)
    model.set_filter(JobFilter(part=Part.RUNNING))
    assert prompts(model) == []
    model.take([JobChanged(jobs[2].changed(state=JobState.RUNNING, revision=1))])
    assert prompts(model) == ["take 2"]
    model.take([JobChanged(jobs[2].changed(state=JobState.DONE, finished_at=MOMENT, revision=2))])
    assert prompts(model) == []
    assert len(model.all_jobs()) == 4


def test_a_new_label_is_found_by_the_words_of_the_filter() -> None:
    model = QueueModel()
    one = job(1)
    model.set_jobs([one])
    model.set_filter(JobFilter("spring"))
    assert prompts(model) == []
    labelled = JobRequest("video.generate", "Work", {"prompt": "x"}, "Spring")
    model.take([JobChanged(one.changed(request=labelled, revision=1))])
    assert prompts(model) == ["x"]


@pytest.mark.parametrize(("moved", "step", "before"), [
    (["b"], "up", "a"), (["b"], "down", "d"), (["d"], "down", False), (["a"], "up", False), (["a"], "first", False),
    (["d"], "first", "a"), (["a"], "last", None), (["c"], "down", None), (["b", "c"], "up", "a"), (["b", "c"], "down", None),
    (["a", "c"], "first", "b"), (["b", "d"], "last", None), (["a", "b", "c", "d"], "first", False), ([], "up", False),
])
def test_before_whom_a_step_puts_jobs(moved: list[str], step: str, before: str | bool | None) -> None:
    line = [job(number).changed(id=name) for number, name in enumerate("abcd")]
    assert neighbours(line, moved, step) == before


def test_an_account_s_line_holds_only_what_waits_there() -> None:
    jobs = [job(3), job(1), job(2, JobState.RUNNING), job(4, account="other"), job(5, JobState.DONE)]
    assert [one.prompt for one in waiting_of(jobs, "Work")] == ["take 1", "take 3"]


# the model


def test_a_thousand_jobs_come_in_with_a_few_insertions(qtbot: QtBot) -> None:
    model = QueueModel()
    model.set_jobs([job(number, JobState.DONE) for number in range(20)])
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    with qtbot.assertNotEmitted(model.modelReset):
        model.take([JobChanged(job(100 + number), is_new=True) for number in range(1000)])
    assert inserted == [(0, 999)]
    assert model.rowCount() == 1020
    assert_in_order(model)


def test_many_changes_are_repainted_with_one_signal() -> None:
    model = QueueModel()
    jobs = [job(number) for number in range(200)]
    model.set_jobs(jobs)
    painted: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: painted.append((first.row(), last.row())))
    model.take([JobChanged(one.changed(waiting_for=None, revision=1)) for one in jobs])
    assert painted == [(0, 199)]


def test_reading_the_store_again_touches_only_what_differs(qtbot: QtBot) -> None:
    model = QueueModel()
    jobs = [job(number) for number in range(50)]
    model.set_jobs(jobs)
    touched: list[int] = []
    model.dataChanged.connect(lambda first, last, _roles: touched.extend(range(first.row(), last.row() + 1)))
    again = [one.changed() for one in jobs if one is not jobs[7]]
    again[3] = again[3].changed(request=JobRequest("video.generate", "Work", {"prompt": "other"}), revision=1)
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rowsRemoved):
        model.set_jobs(again)
    assert touched == [3]
    assert len(model.jobs()) == 49


def test_a_job_that_came_while_the_store_was_read_stays() -> None:
    model = QueueModel()
    first = job(1)
    model.set_jobs([first])
    known = model.known()
    model.take([JobChanged(job(2), is_new=True)])
    model.set_jobs([first], known)
    assert prompts(model) == ["take 1", "take 2"]
    model.set_jobs([], known)
    assert prompts(model) == ["take 2"]


def test_an_old_answer_does_not_undo_a_newer_event() -> None:
    model = QueueModel()
    one = job(1)
    model.set_jobs([one.changed(state=JobState.RUNNING, revision=3)])
    model.set_jobs([one.changed(revision=2)])
    assert model.jobs()[0].state is JobState.RUNNING


def test_all_that_is_unfinished_stays_and_the_oldest_that_ended_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.ui.queue.model.MOST_ENDED", 3)
    model = QueueModel()
    model.set_jobs([job(number) for number in range(10)])
    model.take([JobChanged(job(number, JobState.DONE)) for number in range(20, 26)])
    assert prompts(model) == [*(f"take {number}" for number in range(10)), "take 25", "take 24", "take 23"]


def test_another_place_moves_the_row_at_once_and_the_store_s_word_counts(qtmodeltester: Any) -> None:
    model = QueueModel()
    jobs = [job(number) for number in range(5)]
    model.set_jobs(jobs)
    qtmodeltester.check(model)
    moved: list[tuple[int, int]] = []
    model.rowsMoved.connect(lambda _a, first, _last, _b, to: moved.append((first, to)))
    model.place(jobs[4].id, 0.5)
    assert moved == [(4, 1)]
    assert prompts(model) == ["take 0", "take 4", "take 1", "take 2", "take 3"]
    model.take([JobChanged(jobs[4].changed(position=3.5, revision=1))])
    assert prompts(model)[1] == "take 4", "what is heard of an earlier move does not take it back"
    model.let_places_go()
    model.take([JobChanged(jobs[4].changed(position=2.5, revision=1))])
    assert prompts(model) == ["take 0", "take 1", "take 2", "take 4", "take 3"]
    qtmodeltester.check(model)


def test_held_jobs_say_so_before_their_turn_comes() -> None:
    model = QueueModel()
    model.set_jobs([job(1), job(2, account="other")])
    pauses = frozenset({Pause("account", "other")})
    model.set_paused(lambda one: any(pause.holds(one.request.account, one.id) for pause in pauses))
    assert [model.index(row).data(PausedRole) for row in range(2)] == [False, True]
    assert "paused" in model.spoken(model.jobs()[1])


def test_whatever_happens_the_rows_are_those_that_a_fresh_model_would_show() -> None:
    chance = random.Random(11)
    model = QueueModel()
    known: dict[str, Job] = {}
    states = [JobState.QUEUED, JobState.RUNNING, JobState.DONE, JobState.FAILED, JobState.UNKNOWN]
    filters = [JobFilter(), JobFilter(part=Part.WAITING), JobFilter("1"), JobFilter(label="A")]
    for _ in range(300):
        changes = []
        for number in {chance.randrange(40) for _ in range(chance.randrange(1, 9))}:
            before = known.get(f"job_{number:012x}")
            made = job(number, chance.choice(states), label=chance.choice(("A", None)), position=chance.random() * 40,
                       revision=0 if before is None else before.revision + 1)
            known[made.id] = made
            changes.append(JobChanged(made))
        model.take(changes)
        if chance.random() < 0.2:
            model.set_filter(chance.choice(filters))
        fresh = QueueModel()
        fresh.set_filter(model._filter)
        fresh.set_jobs(known.values())
        assert [one.id for one in model.jobs()] == [one.id for one in fresh.jobs()]
        assert_in_order(model)
        assert model._next == fresh._next
    assert not model.index(0, 0, model.index(0)).isValid()
    assert model.rowCount(model.index(0)) == 0
    assert model.data(QModelIndex()) is None


# what was sent, in words


def test_the_input_is_readable_and_opens_no_door() -> None:
    lines = dict(input_lines({
        "prompt": "A fox\nin the snow", "image_url": "file:///home/me/inputs/3f9ae1c2d7b84c0b9a64c1de5f02b7719be0a1f4.jpg",
        "video_url": "https://bucket.example.org/clips/one.mp4?X-Amz-Signature=SECRET", "audio": True, "api_key": "SECRET",
        "reference_image_urls": ["file:///a/b.png", "data:image/png;base64,SECRETSECRET"], "speed": 1.5,
        "callback": {"token": "SECRET", "on": False},
    }, {"image_url": "Start frame"}))
    assert lines["Prompt"] == "A fox\nin the snow"
    assert lines["Start frame"] == "3f9ae1c2…a1f4.jpg"
    assert lines["Video url"] == "bucket.example.org/…/one.mp4"
    assert lines["Audio"] == "On"
    assert lines["Speed"] == "1.5"
    assert lines["Reference image urls"].splitlines()[0] == "b.png"
    assert "SECRET" not in str(lines)


def test_words_that_look_like_addresses_stay_words() -> None:
    assert address_words("https:// is how it begins") == "https:// is how it begins"
    assert address_words("a: b") == "a: b"
    assert address_words("http://[broken") == "http://[broken"
