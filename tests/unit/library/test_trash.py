"""Deleted files in the system's trash: freedesktop's, for real; the notes of Windows' recycle bin, as bytes."""

from __future__ import annotations

import os
import shutil
import struct
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.asset import Asset
from studio.domain.errors import LocalError
from studio.library import system_trash
from studio.library.library import Library
from studio.library.system_trash import Contents, Trashed, freedesktop, macos, windows
from studio.settings.paths import Paths
from tests.unit.library.conftest import picture

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="looks into freedesktop's trash")


@pytest.fixture
def trash(_own_home: Path) -> Path:
    """The home's trash, which is not there yet."""
    return _own_home / ".local" / "share" / "Trash"


async def _deleted(library: Library, path: Path) -> Asset:
    asset = await library.import_file(picture(path))
    await library.delete([asset.id])
    return await library.get(asset.id)


async def test_a_deleted_file_stands_in_the_system_s_trash_under_its_own_name(
    library: Library, trash: Path, tmp_path: Path, paths: Paths
) -> None:
    asset = await _deleted(library, tmp_path / "boat at dusk.png")
    (file,) = (trash / "files").iterdir()
    assert file.name == asset.path.name
    (note,) = (trash / "info").iterdir()
    assert freedesktop.original_of(note, trash.parent) == asset.path
    assert library.file_of(asset) == file
    assert not (paths.media / ".trash").exists()
    await library.restore([asset.id])
    assert asset.path.is_file()
    assert list((trash / "files").iterdir()) == list((trash / "info").iterdir()) == []


async def test_files_that_had_one_place_are_told_apart_by_their_content(
    library: Library, trash: Path, tmp_path: Path
) -> None:
    first = await _deleted(library, tmp_path / "a" / "boat.png")
    other = await library.import_file(picture(tmp_path / "b" / "boat.png", colour="navy"))
    os.truncate(other.path, 0)
    other.path.write_bytes(library.file_of(first).read_bytes()[:-1] + b"x")  # as large, and something else
    assert other.path == first.path
    assert system_trash.send(other.path)
    assert len(list((trash / "files").iterdir())) == 2
    await library.restore([first.id])
    assert (await library.get(first.id)).path.read_bytes()[-1:] != b"x"
    assert len(list((trash / "files").iterdir())) == len(list((trash / "info").iterdir())) == 1


async def test_a_file_that_was_changed_before_it_was_deleted_comes_back(
    library: Library, trash: Path, tmp_path: Path
) -> None:
    asset = await library.import_file(picture(tmp_path / "boat.png"))
    for content in (b"as an editor left it", b"and once more"):
        asset.path.write_bytes(content)
        await library.delete([asset.id])
        await library.restore([asset.id])
        assert (await library.get(asset.id)).path.read_bytes() == content
    (trash / "files" / "old.png").write_bytes(b"from the same place, long ago")
    old = trash / "info" / "old.png.trashinfo"
    old.write_text(f"[Trash Info]\nPath={quote(str(asset.path))}\n")
    os.utime(old, (1, 1))
    await library.delete([asset.id])
    await library.restore([asset.id])
    assert (await library.get(asset.id)).path.read_bytes() == b"and once more"


async def test_many_come_back_together(library: Library, trash: Path, tmp_path: Path) -> None:
    made = [await library.import_file(picture(tmp_path / f"{number}.png", (40 + number, 30))) for number in range(8)]
    await library.delete([asset.id for asset in made])
    assert len(list((trash / "files").iterdir())) == 8
    await library.restore([asset.id for asset in made])
    assert all(asset.path.is_file() for asset in made)
    assert list((trash / "info").iterdir()) == []


async def test_what_the_person_put_back_themselves_is_restored_in_place(
    library: Library, trash: Path, tmp_path: Path
) -> None:
    asset = await _deleted(library, tmp_path / "boat.png")
    shutil.move(next((trash / "files").iterdir()), asset.path)
    await library.restore([asset.id])
    assert (await library.get(asset.id)).path == asset.path


async def test_another_file_in_its_place_is_not_taken_for_it(library: Library, trash: Path, tmp_path: Path) -> None:
    asset = await _deleted(library, tmp_path / "boat.png")
    shutil.rmtree(trash)  # emptied
    asset.path.write_bytes(b"something else")
    with pytest.raises(LocalError, match="not in the trash any more"):
        await library.restore([asset.id])
    assert (await library.get(asset.id)).deleted_at is not None
    assert asset.path.read_bytes() == b"something else"


@pytest.mark.parametrize("refusal", [PermissionError(13, "no"), OSError(28, "full"), OSError(5, "broken")])
async def test_where_the_system_s_trash_refuses_the_library_keeps_the_file(
    library: Library, trash: Path, tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch, refusal: OSError
) -> None:
    def refuse(*_: object) -> None:
        raise refusal

    monkeypatch.setattr(freedesktop, "_move_into", refuse)
    asset = await _deleted(library, tmp_path / "boat.png")
    assert library.file_of(asset).parent == paths.media / ".trash"
    await library.restore([asset.id])
    assert asset.path.is_file()
    assert not trash.exists()


async def test_a_bin_that_might_not_keep_a_file_is_not_asked(
    library: Library, trash: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freedesktop, "keeps", windows.keeps)  # no recycle bin on this system
    asset = await _deleted(library, tmp_path / "boat.png")
    assert library.file_of(asset).is_file()
    assert not trash.exists()


async def test_a_trash_on_another_disk_gives_back_by_copying(library: Library, trash: Path, tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no other disk here")
    asset = await _deleted(library, tmp_path / "boat.png")
    held = other / f"studio-test-{os.getpid()}"
    shutil.move(trash / "files", held)
    (trash / "files").symlink_to(held)
    try:
        await library.restore([asset.id])
        assert asset.path.is_file()
        assert list(held.iterdir()) == []
    finally:
        shutil.rmtree(held)


def test_a_place_that_is_reached_through_a_link_is_the_same_place(trash: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    (real / "boat.txt").write_text("boat")
    assert system_trash.send(tmp_path / "link" / "boat.txt")
    found = Contents().find(real / "boat.txt", 4, "any")
    assert found is not None
    assert found.file.read_text() == "boat"
    system_trash.forget(found)
    assert list((trash / "info").iterdir()) == []


def test_the_trash_of_another_disk_names_places_from_its_top(tmp_path: Path) -> None:
    folder = tmp_path / ".Trash-1000"
    (folder / "info").mkdir(parents=True)
    (folder / "info" / "é.png.trashinfo").write_text(
        f"[Trash Info]\nPath=media/{quote('é.png')}\nDeletionDate=2026-01-01T00:00:00\n")
    shared = tmp_path / ".Trash" / "1000"
    (shared / "info").mkdir(parents=True)
    (shared / "info" / "b.trashinfo").write_text("[Trash Info]\nPath=c/b\n")
    assert freedesktop.names(folder) == ["é.png"]
    assert Trashed(*freedesktop.entry(folder, "é.png")).original == tmp_path / "media" / "é.png"
    assert Trashed(*freedesktop.entry(shared, "b")).original == tmp_path / "c" / "b"
    assert Trashed(*freedesktop.entry(shared, "c")) == Trashed(shared / "files" / "c")
    assert freedesktop.names(tmp_path / "nowhere") == []


@given(st.binary(max_size=200))
def test_notes_of_any_kind_are_read_without_a_crash(tmp_path_factory: pytest.TempPathFactory, note: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "note.trashinfo"
    path.write_bytes(b"[Trash Info]\nPath=" + note)
    found = freedesktop.original_of(path, Path("/"))
    assert found is None or found.is_absolute()
    assert windows.original_of(note) != ""


def _note(version: int, place: str) -> bytes:
    written = f"{place}\0".encode("utf-16-le")
    head = struct.pack("<qqq", version, 1234, 0)
    return head + (written.ljust(520, b"\0") if version == 1 else struct.pack("<I", len(place) + 1) + written)


@pytest.mark.parametrize("version", [1, 2])
def test_the_notes_of_the_recycle_bin(tmp_path: Path, version: int) -> None:
    place = r"C:\Users\Ada\Studio\Boot im Nebel – 2.png"
    (tmp_path / "$IABC123.png").write_bytes(_note(version, place))
    (tmp_path / "$IBROKEN.png").write_bytes(b"\x02")
    (tmp_path / "desktop.ini").write_bytes(b"")
    assert windows.names(tmp_path) == ["$IABC123.png", "$IBROKEN.png"]
    assert windows.entry(tmp_path, "$IABC123.png") == (tmp_path / "$RABC123.png", Path(place), tmp_path / "$IABC123.png")
    assert windows.entry(tmp_path, "$IBROKEN.png") == (tmp_path / "$RBROKEN.png", None, None)
    assert windows.original_of(_note(3, place)) is None


@pytest.mark.parametrize(
    ("size_mb", "nuked", "capacity_mb", "kept"),
    [(5, False, None, True), (11, False, None, False), (5, True, None, False), (5, True, 50, False), (49, False, 50, True),
     (50, False, 50, False)],
)
def test_only_what_the_recycle_bin_surely_keeps_is_sent_there(
    size_mb: int, nuked: bool, capacity_mb: int | None, kept: bool
) -> None:
    assert windows.holds(size_mb << 20, 1000 << 20, nuked=nuked, capacity_mb=capacity_mb) is kept


def test_without_notes_files_are_known_by_their_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".Trash"
    folder.mkdir()
    right = picture(folder / "boat 12.30.45.png")
    (folder / "boat.png").write_bytes(b"x" * right.stat().st_size)
    (folder / "boat.txt").write_bytes(right.read_bytes())
    monkeypatch.setattr(system_trash, "system", macos)
    monkeypatch.setattr(macos, "folders", lambda _original: [folder])
    from studio.library.files import hash_of

    found = Contents().find(tmp_path / "boat.png", right.stat().st_size, hash_of(right))
    assert found is not None
    assert found.file == right
    assert Contents().find(tmp_path / "boat.png", right.stat().st_size, "0" * 64) is None
