"""The accounts: keys that are tried before they are kept, what is edited, secrets, removing; balances in the top bar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.account import Account, Balance, HostKind, MediaHost, Secret, Service
from studio.domain.errors import UnreachableError
from studio.domain.event import BalanceChanged
from studio.domain.job import Job, JobRequest
from studio.settings.preferences import Preferences
from studio.ui.accounts.accounts_dialog import AccountsDialog
from studio.ui.accounts.details import AccountDetails
from studio.ui.accounts.words import balance_words, key_words
from studio.ui.bridge import Bridge
from studio.ui.dialogs.account_dialog import AccountDialog
from studio.ui.theme.theme import Theme
from studio.ui.window import MainWindow
from tests.ui.core_double import CoreDouble
from tests.ui.test_shell_window import MADE, dialog, open_window, press

BUCKET = MediaHost(HostKind.BUCKET, "", "my-media", "eu-central-1", "studio/")
WORK = Account("Work", Service.CANVAS_LABS, "https://example.org/v1", colour="#3D8BE8", media_host=BUCKET)
TEAM = Account("Team", Service.CANNON_STUDIO, "https://example.org")


@pytest.fixture
def window(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> Iterator[MainWindow]:
    double.preferences = Preferences(theme="dark")
    double._accounts += [WORK, TEAM]
    double.hints = {"Work": "f3a9"}
    double.secrets = {("Work", Secret.WEBHOOK), ("Work", Secret.HOST_KEY)}
    window = open_window(qtbot, double_bridge, theme, MADE)
    qtbot.waitUntil(lambda: len(window.accounts) == 3)
    yield window
    window.session.close().result(60)


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> AccountsDialog:
    window.switch_account("Work")
    window.open_accounts()
    shown = dialog(window, "accountsDialog")
    assert isinstance(shown, AccountsDialog)
    qtbot.waitUntil(lambda: shown.details is not None and "f3a9" in text(shown, "keySource"))
    qtbot.waitUntil(lambda: "732" in text(shown, "accountBalance"))
    return shown


def text(parent: QWidget, name: str) -> str:
    found = [label for label in parent.findChildren(QLabel, name) if label.isVisible()]
    return found[0].text() if found else ""


def edit(parent: QWidget, name: str) -> QLineEdit:
    found = parent.findChild(QLineEdit, name)
    assert found is not None, name
    return found


def details(page: AccountsDialog) -> AccountDetails:
    assert page.details is not None
    return page.details


def stored(double: CoreDouble, name: str = "Work") -> Account:
    return next(account for account in double.accounts() if account.name == name)


def open_add(window: MainWindow, service: Service = Service.CANVAS_LABS) -> AccountDialog:
    window.add_account(service)
    shown = dialog(window, "accountDialog")
    assert isinstance(shown, AccountDialog)
    return shown


# adding


@pytest.mark.slow
def test_a_name_that_is_taken_is_neither_offered_nor_replaced(qtbot: QtBot, window: MainWindow, double: CoreDouble) -> None:
    double._accounts.append(Account("Canvas Labs", Service.CANVAS_LABS))
    window.active.refresh()
    qtbot.waitUntil(lambda: len(window.accounts) == 4)
    shown = open_add(window)
    assert shown.name.text() == "Canvas Labs 2"
    shown.name.setText("work")
    shown.key.setText("cl_good_key")
    shown.submit()
    assert "already" in text(shown, "accountMessage")
    assert stored(double) == WORK
    shown.reject()


@pytest.mark.slow
def test_cancel_ends_a_test_under_way_and_keeps_nothing(
    qtbot: QtBot, window: MainWindow, double: CoreDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def for_ever(account: Account, key: str | None) -> Balance:
        import asyncio

        asked.append(account.name)
        await asyncio.sleep(60)
        raise AssertionError("nobody waits that long")

    monkeypatch.setattr(double, "test_account", for_ever)
    shown = open_add(window)
    shown.name.setText("Slow")
    shown.key.setText("cl_good_key")
    shown.submit()
    qtbot.waitUntil(lambda: bool(asked))
    assert not shown.key.isEnabled()
    assert shown.cancel.isEnabled()
    QTest.mouseClick(shown.cancel, Qt.MouseButton.LeftButton)
    qtbot.wait(50)
    assert all(account.name != "Slow" for account in double.accounts())
    assert not [one for one in window.findChildren(QDialog, "accountDialog") if one.isVisible()]


@pytest.mark.slow
def test_without_a_keyring_the_key_counts_for_this_session_and_that_is_said(
    qtbot: QtBot, window: MainWindow, double: CoreDouble
) -> None:
    double.no_keyring = "There is no keyring here. The key is known until Studio ends and was not saved."
    shown = open_add(window, Service.CANNON_STUDIO)
    shown.key.setText("  cs_good_key\n")
    shown.submit()
    qtbot.waitUntil(lambda: "until Studio ends" in text(shown, "accountMessage"))
    assert shown.isVisible()
    assert shown.key.text() == "", "the key does not stay on the screen"
    assert "732 credits left" in text(shown, "accountMessage")
    assert double.hints["Cannon Studio"] == "_key"
    assert stored(double, "Cannon Studio").colour
    assert window.account.name == "Cannon Studio"
    press(qtbot, shown, "accountCancel")


@pytest.mark.slow
def test_a_service_that_cannot_be_reached_leaves_the_choice_to_save_anyway(
    qtbot: QtBot, window: MainWindow, double: CoreDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(account: Account, key: str | None) -> Balance:
        raise UnreachableError("example.org cannot be reached.")

    monkeypatch.setattr(double, "test_account", unreachable)
    shown = open_add(window)
    shown.key.setText("cl_good_key")
    shown.submit()
    qtbot.waitUntil(lambda: "cannot be reached" in text(shown, "accountMessage"))
    press(qtbot, shown, "accountKeep")
    qtbot.waitUntil(lambda: "Canvas Labs" in double.hints)
    assert window.account.name == "local", "what was not tested is not used by itself"


@pytest.mark.slow
def test_the_variable_of_the_environment_may_be_the_key(
    qtbot: QtBot, window: MainWindow, double: CoreDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANVAS_LABS_API_KEY", "cl_of_the_environment")
    shown = open_add(window)
    assert "CANVAS_LABS_API_KEY" in shown.key.placeholderText()
    assert "cl_of" not in shown.key.placeholderText()
    shown.submit()
    qtbot.waitUntil(lambda: any(account.name == "Canvas Labs" for account in double.accounts()))
    shown.reject()


@pytest.mark.slow
def test_a_key_is_shown_only_while_it_is_asked_for(qtbot: QtBot, window: MainWindow) -> None:
    shown = open_add(window)
    shown.key.setText("cl_secret")
    assert shown.key.echoMode() is QLineEdit.EchoMode.Password
    press(qtbot, shown, "accountKeyShow")
    assert shown.key.echoMode() is QLineEdit.EchoMode.Normal
    press(qtbot, shown, "accountKeyShow")
    assert shown.key.echoMode() is QLineEdit.EchoMode.Password
    shown.reject()
    assert shown.key.text() == ""


# the page


@pytest.mark.slow
def test_the_list_says_what_is_left_on_each(qtbot: QtBot, page: AccountsDialog) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole

    def lines() -> list[str]:
        return [page.list.item(row).data(role) for row in range(page.list.count())]

    qtbot.waitUntil(lambda: sum("732 credits" in line for line in lines()) == 2)
    assert [line.split(",")[0] for line in lines()] == ["This computer", "Canvas Labs · Work", "Cannon Studio · Team"]
    assert page.list.current() == "Work"
    assert text(page, "keySource") == "In your system keyring, ends in f3a9."


@pytest.mark.slow
def test_a_new_key_replaces_the_old_one_only_if_it_works(qtbot: QtBot, page: AccountsDialog, double: CoreDouble) -> None:
    press(qtbot, page, "rotateKey")
    key = edit(page, "newKey")
    key.setText("bad_key")
    press(qtbot, page, "replaceKey")
    qtbot.waitUntil(lambda: "The old key stays" in text(page, "keyMessage"))
    assert "invalid API key" in text(page, "keyMessage")
    assert double.hints["Work"] == "f3a9"
    key.setText("cl_new_1234")
    press(qtbot, page, "replaceKey")
    qtbot.waitUntil(lambda: "1234" in text(page, "keySource"))
    assert "taken the old one's place" in text(page, "keyMessage")
    assert key.text() == ""
    assert stored(double) == WORK, "the rest of the account is as it was"


@pytest.mark.slow
def test_limits_colour_and_address_are_saved_together(qtbot: QtBot, page: AccountsDialog, double: CoreDouble) -> None:
    shown = details(page)
    assert not shown.save_button.isEnabled()
    shown.plan.requests.setValue(30)
    shown.plan.jobs.setValue(2)
    QTest.mouseClick(shown.plan.colour.findChildren(QWidget)[0], Qt.MouseButton.LeftButton)
    assert shown.save_button.isEnabled()
    address = edit(page, "editBaseUrl")
    address.setText("no address")
    address.textEdited.emit(address.text())
    shown.save()
    qtbot.waitUntil(lambda: "no address" in text(page, "planMessage"))
    assert address.property("wrong") is True
    assert stored(double) == WORK
    address.setText("https://other.example/v1")
    shown.save()
    qtbot.waitUntil(lambda: stored(double).base_url == "https://other.example/v1")
    now = stored(double)
    assert (now.requests_per_minute, now.concurrent_jobs) == (30, 2)
    assert now.media_host == BUCKET
    qtbot.waitUntil(lambda: not shown.is_dirty())
    assert text(page, "accountState") == "Saved"


@pytest.mark.slow
def test_discard_brings_back_what_is_kept(page: AccountsDialog) -> None:
    shown = details(page)
    shown.plan.requests.setValue(30)
    shown.host.kind.set_value(HostKind.NONE)
    shown.discard()
    assert shown.edited() == WORK
    assert not shown.is_dirty()


@pytest.mark.slow
def test_a_bucket_is_saved_with_its_secrets_and_tested(qtbot: QtBot, page: AccountsDialog, double: CoreDouble) -> None:
    shown = details(page)
    assert edit(page, "hostKeyId").placeholderText().startswith("Kept")
    assert edit(page, "hostSecret").placeholderText() == ""
    edit(page, "hostSecret").setText("s3cr3t")
    edit(page, "hostBucket").setText("nowhere")
    press(qtbot, page, "testMediaHost")
    qtbot.waitUntil(lambda: "does not exist" in text(page, "hostMessage"))
    assert edit(page, "hostBucket").property("wrong") is True
    assert ("Work", Secret.HOST_SECRET) in double.secrets
    assert edit(page, "hostSecret").text() == ""
    edit(page, "hostBucket").setText("my-media")
    press(qtbot, page, "testMediaHost")
    qtbot.waitUntil(lambda: "It works" in text(page, "hostMessage"))
    QTest.mouseClick(shown.host.kind.buttons()[0], Qt.MouseButton.LeftButton)
    assert not edit(page, "hostBucket").isVisible()
    shown.save()
    qtbot.waitUntil(lambda: stored(double).media_host.kind is HostKind.NONE)
    qtbot.waitUntil(lambda: double.secrets == {("Work", Secret.WEBHOOK)})


@pytest.mark.slow
def test_the_webhook_s_address_is_copied_and_its_secret_kept_or_forgotten(
    qtbot: QtBot, page: AccountsDialog, double: CoreDouble
) -> None:
    qtbot.waitUntil(lambda: "/hooks/Work/" in edit(page, "webhookAddress").text())
    press(qtbot, page, "copyWebhookAddress")
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1:8123/hooks/Work/3f9ae1"
    press(qtbot, page, "forgetWebhookSecret")
    details(page).save()
    qtbot.waitUntil(lambda: ("Work", Secret.WEBHOOK) not in double.secrets)
    edit(page, "webhookSecret").setText("whsec_abc")
    edit(page, "webhookSecret").textEdited.emit("whsec_abc")
    details(page).save()
    qtbot.waitUntil(lambda: ("Work", Secret.WEBHOOK) in double.secrets)


@pytest.mark.slow
def test_what_is_not_saved_waits_for_its_account_and_is_asked_about_at_the_end(
    qtbot: QtBot, window: MainWindow, page: AccountsDialog, double: CoreDouble
) -> None:
    details(page).plan.requests.setValue(30)
    page.list.setCurrentRow(2)
    assert details(page).account.name == "Team"
    page.list.setCurrentRow(1)
    assert details(page).plan.requests.value() == 30
    page.reject()
    asked = dialog(window, "confirmDialog")
    assert "Work" in text(asked, "confirmWords")
    asked.reject()
    assert page.isVisible()
    page.close()
    assert page.isVisible(), "the window's own cross asks too"
    press(qtbot, dialog(window, "confirmDialog"), "confirmYes")
    qtbot.waitUntil(lambda: not [one for one in window.findChildren(QDialog, "accountsDialog") if one.isVisible()])
    assert stored(double) == WORK


@pytest.mark.slow
def test_removing_asks_and_says_what_stays(
    qtbot: QtBot, window: MainWindow, page: AccountsDialog, double: CoreDouble
) -> None:
    double.show(Job.new(JobRequest("video.generate", "Work", {"prompt": "waves"})))
    press(qtbot, page, "removeAccount_Work")
    qtbot.waitUntil(lambda: page.findChild(QDialog, "confirmDialog") is not None)
    asked = dialog(window, "confirmDialog")
    assert "stays in the gallery" in text(asked, "confirmWords")
    assert "1 job of it is not finished" in text(asked, "confirmWords")
    press(qtbot, asked, "confirmCancel")
    assert stored(double) == WORK
    press(qtbot, page, "removeAccount_Work")
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(QDialog, "confirmDialog")))
    press(qtbot, dialog(window, "confirmDialog"), "confirmYes")
    qtbot.waitUntil(lambda: window.account.name == "local")
    assert [account.name for account in double.accounts()] == ["local", "Team"]
    qtbot.waitUntil(lambda: page.list.count() == 2)
    assert details(page).account.name == "local"


@pytest.mark.slow
def test_this_computer_has_nothing_to_set(qtbot: QtBot, page: AccountsDialog) -> None:
    page.list.setCurrentRow(0)
    qtbot.waitUntil(lambda: "Free" in text(page, "accountBalance"))
    visible = [button.objectName() for button in details(page).findChildren(QPushButton) if button.isVisible()]
    assert visible == []


# the chip


@pytest.mark.slow
def test_the_chip_asks_again_when_it_is_opened_and_says_what_was_used(
    qtbot: QtBot, window: MainWindow, double: CoreDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.switch_account("Work")
    qtbot.waitUntil(lambda: "732" in window.top.chip.accessibleName())

    async def less(account: str) -> Balance:
        balance = Balance(remaining=700, used_this_month=152, plan="Pro")
        double.emit(BalanceChanged(account, balance))
        return balance

    monkeypatch.setattr(double, "balance", less)
    menu = window.top.chip.open_menu()
    words = [action.text() for action in menu.actions()]
    assert "Canvas Labs · Work  (in use)" in words
    assert "Cannon Studio · Team" in words
    qtbot.waitUntil(lambda: "700 credits · 152 used this month · Pro plan" in [one.text() for one in menu.actions()])
    menu.close()
    qtbot.waitUntil(lambda: "700" in window.top.chip.accessibleName())


@pytest.mark.parametrize(("balance", "words"), [
    (Balance(unlimited=True), "Free, as much as you like"),
    (Balance(remaining=1), "1 credit left"),
    (Balance(remaining=732, used_this_month=1520, plan="Pro"), "732 credits left · 1,520 used this month · Pro plan"),
    (Balance(), ""),
])
def test_a_balance_in_words(balance: Balance, words: str) -> None:
    assert balance_words(balance) == words


@pytest.mark.parametrize(("source", "part"), [
    ("keyring", "ends in f3a9"), ("session", "until Studio ends, ends in f3a9"), ("environment", "CANVAS_LABS_API_KEY"),
    ("unreadable", "cannot be read just now"), ("none", "no key yet"),
])
def test_where_a_key_comes_from_in_words(source: str, part: str) -> None:
    assert part in key_words(WORK, source, "f3a9")
