"""The budget of an account: checked when set, kept, and read from files of other versions."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from studio.domain.account import Account, Budget, Service
from studio.domain.errors import InputError
from studio.settings.account_fields import checked_budget
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths

PLAIN = Account("work", Service.CANNON_STUDIO, "https://www.cannonstudio.app")


def test_kept_and_read(paths: Paths) -> None:
    budget = Budget(ask_above=20, per_day=100.5, per_month=None)
    assert AccountBook(paths).add(replace(PLAIN, budget=budget)).budget == budget
    assert AccountBook(paths).get("work").budget == budget
    AccountBook(paths).update(PLAIN)
    assert AccountBook(paths).get("work").budget == Budget()


@pytest.mark.parametrize(("budget", "field"), [
    (Budget(ask_above=-1), "ask_above"), (Budget(per_day=float("nan")), "per_day"),
    (Budget(per_month=float("inf")), "per_month"),
    (Budget(per_day=True), "per_day"), (Budget(per_month="9"), "per_month"),  # type: ignore[arg-type]  # out of a file
    (Budget(per_day=11, per_month=10), "per_day"),
])
def test_what_is_no_amount_is_refused_by_name(budget: Budget, field: str) -> None:
    with pytest.raises(InputError) as refused:
        checked_budget(budget)
    assert refused.value.field == f"budget.{field}"


def test_nothing_at_all_is_an_amount() -> None:
    assert checked_budget(Budget(0, 0, 0)) == Budget(0, 0, 0)


def test_a_file_of_another_version_is_read_as_far_as_it_makes_sense(paths: Paths) -> None:
    book = AccountBook(paths)
    book.add(replace(PLAIN, budget=Budget(per_day=50)))
    file = paths.data / "accounts.json"
    written = json.loads(file.read_text())
    written["accounts"][0]["budget"]["per_week"] = 7
    file.write_text(json.dumps(written))
    assert book.get("work").budget == Budget(per_day=50)
    book.update(replace(PLAIN, budget=Budget(per_day=60)))
    assert json.loads(file.read_text())["accounts"][0]["budget"]["per_week"] == 7  # a later version finds it again
    del written["accounts"][0]["budget"]
    file.write_text(json.dumps(written))
    assert book.get("work").budget == Budget()  # an earlier one had none
    written["accounts"][0]["budget"] = "much"
    file.write_text(json.dumps(written))
    assert book.get("work").budget == Budget()


def test_what_an_account_does_not_say_is_as_usual() -> None:
    assert Budget(per_day=5).or_else(Budget(ask_above=9, per_day=1)) == Budget(ask_above=9, per_day=5)
    assert Budget(ask_above=0).or_else(Budget(ask_above=9)) == Budget(ask_above=0)
