"""Exports: names that every system takes, nothing written over, and nothing half written, whatever happens on the way."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import DiskFullError, InputError
from studio.domain.kinds import MediaKind
from studio.library import files
from studio.library.export import ExportPlan, check_template, export_assets
from studio.library.metadata import read_recipe
from tests.hostile_media import write_tone
from tests.media_files import write_picture

MADE = datetime(2026, 11, 21, 12, tzinfo=UTC)


def asset(path: Path, number: int = 0, prompt: str = "A quiet harbour", kind: MediaKind = MediaKind.IMAGE) -> Asset:
    if not path.exists():
        write_picture(path, hue=number)
    recipe = Recipe("image.generate", "local", {"prompt": prompt}, "draft", 7 + number)
    return Asset(f"asset_{number}", kind, path, "image/png", hashlib.sha256(path.read_bytes()).hexdigest(), 1, 64, 48,
                 prompt=prompt, recipe=recipe, created_at=MADE)


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("prompt", ["CON", "nul.txt", "a/b\\c:d*e?", "..", "ends with dot.", "x" * 500, "日本" * 200,
                                    "\u202e\x00\n", "  ", "e\u0301", "~$x", "<b>|\"q\""])
def test_names_are_safe_on_every_system(prompt: str, tmp_path: Path) -> None:
    (path,) = export_assets([asset(tmp_path / "in.png", prompt=prompt)], ExportPlan("{prompt}", tmp_path / "out"))
    name = path.name
    assert path.parent == tmp_path / "out"
    assert not set(name) & set('<>:"/\\|?*')
    assert name.isprintable()
    assert len(name) <= 120
    assert len(name.encode()) <= 240
    assert name == name.strip()
    assert not path.stem.endswith((".", " "))
    assert path.stem.split(".")[0].lower() not in {"con", "nul"}


def test_a_template_fills_fields_and_folders_and_drops_what_says_nothing(tmp_path: Path) -> None:
    made = asset(tmp_path / "in.png")
    plain = Asset("asset_9", MediaKind.IMAGE, made.path, "image/png", "0" * 64, 1, created_at=MADE)
    plan = ExportPlan("{date}/{number} {prompt} - {model} - {seed} ({width}x{height})", tmp_path / "out")
    export_assets([made], plan)
    export_assets([plain], ExportPlan("{date}/{prompt} - {model} - {seed} ({label})", tmp_path / "out"))
    assert listing(tmp_path / "out") == ["2026-11-21/001 A quiet harbour - draft - 7 (64x48).png", "2026-11-21/asset_9.png"]


@pytest.mark.parametrize("template", ["", "   ", "{wrong}", "{prompt", "prompt}", "../{name}", "/{name}", "{name}/", "a\\b",
                                      "a/b/c/d/e", "x" * 300])
def test_a_bad_template_is_refused_by_its_field(template: str, tmp_path: Path) -> None:
    for check in (lambda: check_template(template), lambda: export_assets([], ExportPlan(template, tmp_path))):
        with pytest.raises(InputError) as refused:
            check()
        assert refused.value.field == "template"


def test_nothing_is_written_over_and_like_names_get_numbers(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "Harbour.png").write_bytes(b"mine")
    words = ("Harbour", "harbour", "HARBOUR")
    assets = [asset(tmp_path / f"{number}.png", number, prompt) for number, prompt in enumerate(words)]
    paths = export_assets(assets, ExportPlan("{prompt}", out))
    assert (out / "Harbour.png").read_bytes() == b"mine"
    assert len({path.name.casefold() for path in paths}) == 3
    assert [path.read_bytes() for path in paths] == [one.path.read_bytes() for one in assets], "byte for byte"


@pytest.mark.parametrize("to", ["out", "out/my pictures.zip"])
def test_a_zip_appears_whole_with_the_same_names(to: str, tmp_path: Path) -> None:
    assets = [asset(tmp_path / f"{number}.png", number, prompt) for number, prompt in enumerate(("Harbour", "harbour"))]
    told: list[tuple[int, int]] = []
    plan = ExportPlan("{date}/{prompt}", tmp_path / to, zip=True, metadata="recipe")
    (path,) = export_assets(assets, plan, lambda done, total: told.append((done, total)))
    assert path == tmp_path / "out" / ("my pictures.zip" if to.endswith(".zip") else "Studio export.zip")
    assert told == [(0, 2), (1, 2), (2, 2)]
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["2026-11-21/Harbour.png", "2026-11-21/harbour (2).png"]
        packed.extractall(tmp_path / "back")
    found = read_recipe(tmp_path / "back" / "2026-11-21" / "Harbour.png")
    assert found is not None
    assert found.input == {"prompt": "Harbour"}
    assert export_assets(assets, plan)[0].name.endswith("(2).zip")
    assert len(listing(tmp_path / "out")) == 2


def test_the_recipe_lies_beside_what_cannot_hold_it(tmp_path: Path) -> None:
    sound = asset(write_tone(tmp_path / "tone.flac", "flac"), kind=MediaKind.AUDIO)
    (tmp_path / "words.txt").write_text("words")
    words = asset(tmp_path / "words.txt", 1, kind=MediaKind.PROMPT)
    paths = export_assets([sound, words], ExportPlan("{name}", tmp_path / "out", metadata="recipe"))
    assert listing(tmp_path / "out") == ["tone.flac", "tone.flac.recipe.json", "words.txt", "words.txt.recipe.json"]
    assert json.loads((tmp_path / "out" / "tone.flac.recipe.json").read_text("utf-8"))["seed"] == 7
    assert paths[0].read_bytes() == sound.path.read_bytes()


def test_what_cannot_be_stripped_is_refused_and_not_passed_on(tmp_path: Path) -> None:
    from PIL import Image

    Image.open(asset(tmp_path / "in.png").path).save(tmp_path / "in.tiff")
    with pytest.raises(InputError) as refused:
        export_assets([asset(tmp_path / "in.tiff")], ExportPlan("{name}", tmp_path / "out", metadata="stripped"))
    assert (refused.value.field, refused.value.code) == ("metadata", "not_strippable")
    assert listing(tmp_path / "out") == []


class StoppedError(Exception):
    """The person's word."""


@pytest.mark.parametrize("zipped", [False, True])
def test_a_stop_leaves_whole_files_only(zipped: bool, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise StoppedError

    assets = [asset(tmp_path / f"{number}.png", number) for number in range(3)]
    with pytest.raises(StoppedError):
        export_assets(assets, ExportPlan("{name}", tmp_path / "out", zip=zipped), stop)
    assert listing(tmp_path / "out") == ([] if zipped else ["0.png", "1.png"])


@pytest.mark.parametrize("metadata", ["kept", "recipe", "stripped"])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_full_disk_is_said_and_leaves_nothing_half(
    zipped: bool, metadata: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    made = asset(tmp_path / "in.png")
    monkeypatch.setattr(files, "flush", full)
    with pytest.raises(DiskFullError):
        export_assets([made], ExportPlan("{name}", tmp_path / "out", zip=zipped, metadata=metadata))
    assert listing(tmp_path / "out") == []


def test_a_file_that_is_gone_or_a_place_that_is_a_file_is_said_before_anything_is_written(tmp_path: Path) -> None:
    made = asset(tmp_path / "in.png")
    with pytest.raises(InputError, match="is a file"):
        export_assets([made], ExportPlan("{name}", made.path))
    made.path.unlink()
    with pytest.raises(InputError) as refused:
        export_assets([made], ExportPlan("{name}", tmp_path / "out"))
    assert refused.value.code == "no_such_file"
    assert not (tmp_path / "out").exists()
