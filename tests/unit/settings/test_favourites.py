"""Presets and favourite operations on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.domain.errors import InputError, LocalError
from studio.domain.form_preset import MOST, Favourites, FormPreset
from studio.settings.favourites import FILE_NAME, load, save

WIDE = FormPreset("Wide", "video.generate", {"aspect_ratio": "21:9", "camera": {"zoom": 3}}, "a harbour")


def test_kept_and_read_again(tmp_path: Path) -> None:
    known = Favourites().with_preset(WIDE).with_preset(FormPreset(" wide ", "image.generate"))
    known = known.starred("music.generate", True)
    save(tmp_path / FILE_NAME, known)
    assert load(tmp_path / FILE_NAME) == (known, None)
    assert known.of("image.generate") == [FormPreset("wide", "image.generate")]


def test_one_of_the_same_name_takes_the_others_place() -> None:
    known = Favourites().with_preset(WIDE).with_preset(FormPreset("Wide", "video.generate", {"seed": 1}))
    assert known.of("video.generate") == [FormPreset("Wide", "video.generate", {"seed": 1})]
    assert known.without("video.generate", "Wide") == Favourites()
    assert known.starred("a", True).starred("b", True).starred("a", False).operations == ("b",)


@pytest.mark.parametrize("preset", [
    FormPreset(" ", "x"), FormPreset("n" * 61, "x"), FormPreset("n", "x", {"a": object()}),
    FormPreset("n", "x", {"a": float("nan")}), FormPreset("n", "x", prompt="x" * 70_000),
])
def test_what_cannot_be_kept_is_refused(preset: FormPreset) -> None:
    with pytest.raises(InputError):
        Favourites().with_preset(preset)


def test_there_is_an_end_to_it() -> None:
    full = Favourites(tuple(FormPreset(str(number), "x") for number in range(MOST)))
    with pytest.raises(InputError, match="remove some"):
        full.with_preset(FormPreset("one more", "x"))
    assert len(full.with_preset(FormPreset("7", "x")).presets) == MOST


def test_what_makes_no_sense_in_the_file_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    assert load(path) == (Favourites(), None)
    good = {"name": "A", "operation": "x", "values": {"a": 1}, "added later": True}
    path.write_text(json.dumps({"presets": [good, 3, {"name": "B"}, {"name": "", "operation": "x"},
                                            {"name": "C", "operation": "x", "values": []}], "operations": [1, "x"]}))
    assert load(path) == (Favourites((FormPreset("A", "x", {"a": 1}),), ("x",)), None)
    path.write_text("{")
    known, problem = load(path)
    assert known == Favourites()
    assert problem is not None
    assert list(tmp_path.glob("favourites.broken-*"))


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LocalError):
        save(tmp_path / "file" / FILE_NAME, Favourites())
