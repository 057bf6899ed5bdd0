"""Sending files to freedesktop's trash: odd names, odd homes, several at the same moment, disks of their own."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest

from studio.library import system_trash
from studio.library.rescan import folders_below
from studio.library.system_trash import Contents, freedesktop

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="freedesktop's trash")


@pytest.fixture
def home_trash(_own_home: Path) -> Path:
    return _own_home / ".local" / "share" / "Trash"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a disk that is not the home's."""
    made = tmp_path / "top"
    made.mkdir()
    monkeypatch.setattr(freedesktop, "_home_trash", lambda: None)
    monkeypatch.setattr(freedesktop, "top_of", lambda _path: made)
    return made


def file(path: Path, words: str = "boat") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    return path


def sent_from(trash: Path) -> dict[str, Path | None]:
    """What each file in a trash says, and where it came from."""
    entries = [freedesktop.entry(trash, name) for name in freedesktop.names(trash)]
    return {entry[0].read_text(): entry[1] for entry in entries}


@pytest.mark.parametrize("name", [
    "a b%20%.png", "new\nline.png", "cr\r.png", "é–ü.png", "-rf.png", "boat.png.trashinfo", "no ending", " spaces .png",
    f"{'x' * 251}.png", f"{'ü' * 120}.png", os.fsdecode(b"lat\xe9n.png"), "[Trash Info]", ".hidden.png",
])
def test_any_name_goes_in_and_is_found_again(home_trash: Path, tmp_path: Path, name: str) -> None:
    path = file(tmp_path / "media" / name)
    assert system_trash.send(path)
    found = Contents().find(path, 4, "of no matter")
    assert found is not None
    assert found.original == path
    assert found.file.parent == home_trash / "files"
    assert found.file.read_text() == "boat"


def test_files_of_one_name_that_are_sent_at_the_same_moment_all_are_kept(home_trash: Path, tmp_path: Path) -> None:
    workers, each = 4, 60
    made = [[file(tmp_path / str(w) / f"{n}.png", f"{w} {n}") for n in range(each)] for w in range(workers)]
    together = threading.Barrier(workers)

    def send(paths: list[Path]) -> None:
        together.wait()
        for path in paths:
            system_trash.send(path)

    threads = [threading.Thread(target=send, args=(paths,)) for paths in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent_from(home_trash) == {f"{w} {n}": made[w][n] for w in range(workers) for n in range(each)}


def test_nothing_that_lies_in_the_trash_is_written_over(home_trash: Path, tmp_path: Path) -> None:
    file(home_trash / "files" / "boat.png", "without a note")
    file(home_trash / "info" / "boat 2.png.trashinfo", "[Trash Info]\nPath=/without/a/file\n")
    for number in range(40):
        assert system_trash.send(file(tmp_path / "boat.png", str(number)))
    assert (home_trash / "files" / "boat.png").read_text() == "without a note"
    assert len(list((home_trash / "files").iterdir())) == 41
    assert (home_trash / "info" / "boat 2.png.trashinfo").read_text().endswith("/without/a/file\n")


@pytest.mark.parametrize("named", ["", "data", "../data"])
def test_an_xdg_folder_that_is_no_absolute_path_is_ignored(
    home_trash: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", named)
    assert system_trash.send(file(tmp_path / "boat.png"))
    assert len(list((home_trash / "files").iterdir())) == 1


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setattr(freedesktop, "top_of", lambda _path: Path("/proc"))  # where nobody can make a folder
    path = file(tmp_path / "boat.png")
    assert not system_trash.send(path)
    assert path.is_file()
    assert not (tmp_path / "nobody").exists()


def test_a_place_written_down_from_a_link_is_the_same_place(
    home_trash: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some programs write it from the words of the path to the trash, where that leads through a link."""
    real = tmp_path / "a" / "b" / "c"
    real.mkdir(parents=True)
    (tmp_path / "link").symlink_to(real)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "link"))
    path = real / "media" / "boat.png"
    file(real / "Trash" / "files" / "boat.png")
    written = quote(os.path.relpath(path, tmp_path / "link"))
    file(real / "Trash" / "info" / "boat.png.trashinfo", f"[Trash Info]\nPath={written}\n")
    found = Contents().find(path, 4, "of no matter")
    assert found is not None
    assert found.file.read_text() == "boat"


def test_on_another_disk_the_trash_at_its_top_is_used(top: Path) -> None:
    assert system_trash.send(file(top / "media" / "boat.png"))
    trash = top / f".Trash-{os.getuid()}"
    assert sent_from(trash) == {"boat": top / "media" / "boat.png"}
    assert "Path=media/boat.png\n" in (trash / "info" / "boat.png.trashinfo").read_text()
    assert trash.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("mode", "used"), [(0o1777, True), (0o777, False)])
def test_the_shared_trash_of_a_disk_is_used_where_it_is_safe(top: Path, mode: int, used: bool) -> None:
    (top / ".Trash").mkdir()
    (top / ".Trash").chmod(mode)
    path = file(top / "boat.png")
    assert system_trash.send(path)
    assert (top / ".Trash" / str(os.getuid())).exists() is used
    assert Contents().find(path, 4, "of no matter") is not None


def test_a_trash_that_is_anothers_or_a_link_is_not_used(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(top / "boat.png")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (top / f".Trash-{os.getuid()}").symlink_to(elsewhere)
    assert not system_trash.send(path)
    another = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: another)
    (top / f".Trash-{another}").mkdir()
    assert not system_trash.send(path)
    assert path.read_text() == "boat"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EXDEV, errno.EIO])
def test_what_the_trash_refuses_leaves_no_note(
    home_trash: Path, top: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(freedesktop, "_home_trash", lambda: home_trash)
    monkeypatch.setattr(freedesktop, "rename_new", refuse)
    path = file(top / "boat.png")
    assert not system_trash.send(path)
    assert path.read_text() == "boat"
    assert list((home_trash / "info").iterdir()) == []


def test_a_trash_within_the_media_folder_is_none_of_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert system_trash.send(file(tmp_path / "2026-11" / "boat.png"))
    file(tmp_path / "Trash" / "of the person's own.png")
    assert {path.relative_to(tmp_path).as_posix() for path in folders_below(tmp_path)} == {".", "2026-11", "Trash", "data"}
