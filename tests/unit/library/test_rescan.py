"""Comparing files with what is known of them, while others move them away."""

from __future__ import annotations

from pathlib import Path

from studio.library.rescan import Found, compare, holds
from studio.store.asset_files import KnownFile


def test_a_file_that_is_gone_since_the_folder_was_listed_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "boat.png"
    known = KnownFile("asset_1", path, 4, "0" * 64, 1, missing=False)
    file = Found(path, 4, 2)
    assert compare({"boat.png": file}, [known]).lost == [known]
    assert not holds(file, known)
