"""The account book: stores, replaces, checks, and never loses what it cannot read."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from studio.domain.account import LOCAL, Account, Service
from studio.domain.errors import InputError, LocalError, NotFoundError
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths

CANNON, CANVAS = Service.CANNON_STUDIO, Service.CANVAS_LABS


def test_local_is_always_there_and_first(paths: Paths) -> None:
    book = AccountBook(paths)
    assert book.list() == [LOCAL]
    book.add(Account("aaa", CANNON))
    assert [account.name for account in book.list()] == ["local", "aaa"]
    assert book.get("local") == LOCAL
    assert not (paths.data / "accounts.json").read_text().count("local")


def test_another_process_sees_it(paths: Paths) -> None:
    AccountBook(paths).add(Account("work", CANVAS))
    assert AccountBook(paths).get("work") == Account("work", CANVAS, "https://api.canvaslabs.us/v1")


def test_the_same_name_replaces_in_its_place(paths: Paths) -> None:
    book = AccountBook(paths)
    book.add(Account("one", CANNON))
    book.add(Account("two", CANNON))
    book.add(Account(" one ", CANVAS, "http://127.0.0.1:8000/v1/"))
    assert book.list()[1:] == [
        Account("one", CANVAS, "http://127.0.0.1:8000/v1"),
        Account("two", CANNON, "https://www.cannonstudio.app"),
    ]


def test_removed(paths: Paths) -> None:
    book = AccountBook(paths)
    book.add(Account("one", CANNON))
    book.remove("one")
    assert book.list() == [LOCAL]
    with pytest.raises(NotFoundError):
        book.remove("one")
    with pytest.raises(InputError):
        book.remove("local")
    with pytest.raises(NotFoundError, match="'one'"):
        book.get("one")


@pytest.mark.parametrize("name", ["", "local", "LOCAL", "a" * 65, "a/b", "a\nb", "../x", "-x", "a:b", 'a"b', "x\u202ey"])
def test_names_that_cannot_be(paths: Paths, name: str) -> None:
    with pytest.raises(InputError) as caught:
        AccountBook(paths).add(Account(name, CANNON))
    assert caught.value.field == "name"
    assert not (paths.data / "accounts.json").exists()


@pytest.mark.parametrize("name", ["a", "Büro 2", "me@example.com", "x" * 64, "日本", "a.b-c_d+e"])
def test_names_that_can(paths: Paths, name: str) -> None:
    AccountBook(paths).add(Account(name, CANNON))
    assert AccountBook(paths).get(name).name == name


@pytest.mark.parametrize("url", ["http://example.com", "ftp://example.com", "example.com", "https://u:p@example.com",
                                 "https://x/?a", "https://x/#a", "https://", "http://192.168.1.2:8000"])
def test_addresses_that_cannot_be(paths: Paths, url: str) -> None:
    with pytest.raises(InputError) as caught:
        AccountBook(paths).add(Account("one", CANNON, url))
    assert caught.value.field == "base_url"


@pytest.mark.parametrize(
    ("service", "given", "stored"),
    [
        (CANNON, "", "https://www.cannonstudio.app"),
        (CANNON, "https://example.com/", "https://example.com"),
        (CANNON, "http://localhost:1234/api/v1/", "http://localhost:1234"),
        (CANVAS, "http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1"),
        (CANVAS, "", "https://api.canvaslabs.us/v1"),
    ],
)
def test_addresses_in_one_spelling(paths: Paths, service: Service, given: str, stored: str) -> None:
    assert AccountBook(paths).add(Account("one", service, given)).base_url == stored


def test_a_second_local_cannot_be(paths: Paths) -> None:
    with pytest.raises(InputError):
        AccountBook(paths).add(Account("mine", Service.LOCAL))


def test_a_broken_file_is_set_aside(paths: Paths) -> None:
    paths.create()
    (paths.data / "accounts.json").write_text("{oops")
    book = AccountBook(paths)
    assert book.list() == [LOCAL]
    assert book.problem is not None
    assert any(file.read_text() == "{oops" for file in paths.data.glob("accounts.broken-*.json"))
    book.add(Account("one", CANNON))
    assert len(book.list()) == 2


def test_entries_of_a_later_version_stay(paths: Paths, caplog: pytest.LogCaptureFixture) -> None:
    paths.create()
    file = paths.data / "accounts.json"
    new = {"name": "new", "service": "hologram-inc"}
    odd: list[object] = [new, 7, {"service": "cannon-studio"}, {"name": 5, "service": []}]
    file.write_text(json.dumps({"version": 2, "accounts": odd}))
    book = AccountBook(paths)
    assert book.list() == [LOCAL]
    book.add(Account("one", CANNON))
    assert json.loads(file.read_text())["accounts"][:4] == odd
    assert [account.name for account in book.list()] == ["local", "one"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(paths: Paths) -> None:
    paths.create()
    paths.data.chmod(0o500)
    with pytest.raises(LocalError):
        AccountBook(paths).add(Account("one", CANNON))


def test_many_processes_at_once(paths: Paths) -> None:
    """Nobody's account is lost when several programs add one at the same moment."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom studio.domain.account import Account, Service\n"
        "from studio.settings.accounts import AccountBook\nfrom studio.settings.paths import Paths\n"
        "book = AccountBook(Paths.of_home(Path(sys.argv[1])))\n"
        "for n in range(10): book.add(Account(f'{sys.argv[2]}-{n}', Service.CANNON_STUDIO))\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(paths.data), name]) for name in "abc"]
    assert [one.wait(30) for one in running] == [0, 0, 0]
    assert len(AccountBook(paths).list()) == 31


def test_a_folder_that_is_a_file(paths: Paths) -> None:
    paths.data.parent.mkdir(parents=True, exist_ok=True)
    paths.data.write_text("not a folder")
    with pytest.raises(LocalError):
        AccountBook(paths).add(Account("one", CANNON))
