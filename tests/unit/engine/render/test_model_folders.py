"""Which folders are taken as diffusion models, and why the others are not; nothing of torch is needed for that."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from studio.engine.render.diffusion.catalogue import ModelCatalogue, write_folders
from studio.engine.render.diffusion.folder import name_of, read_model, snapshot_of
from studio.engine.render.diffusion.pipelines import EDIT, GENERATE, PIPELINES, VIDEO, fault
from studio.engine.render.diffusion.weights import UnusableModelError, parameters_in
from studio.engine.render.own_folders import OwnFolders
from tests.unit.engine.render.model_folders import PARTS, safetensors, write_model


def catalogue(home: Path, *folders: Path, taken: Sequence[str] = (), missing: Sequence[str] = ()) -> ModelCatalogue:
    (home / "engine").mkdir(parents=True, exist_ok=True)
    return ModelCatalogue(OwnFolders(home, folders), taken=frozenset(taken), missing=lambda: missing)


def listed(models_there: ModelCatalogue) -> list[str]:
    return [model.name for model in models_there.look().models]


def reason(models_there: ModelCatalogue, folder: Path) -> str:
    return str((models_there.look().problems or {}).get(str(folder), ""))


# -- one folder


def test_what_is_read_of_a_model(tmp_path: Path) -> None:
    model = read_model(write_model(tmp_path / "Tiny SD (v1)"))
    assert (model.name, model.class_name) == ("Tiny-SD-v1", "StableDiffusionPipeline")
    assert model.parameters == 18, "three parts with six numbers each"
    assert not model.half
    assert model.pipeline.operations == (GENERATE, EDIT)
    assert read_model(write_model(tmp_path / "half", half=True)).half


def test_shards_are_counted_and_whole_precision_is_preferred(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "sharded")
    unet = folder / "unet"
    (unet / "diffusion_pytorch_model.safetensors").unlink()
    for number in (1, 2):
        (unet / f"diffusion_pytorch_model-0000{number}-of-00002.safetensors").write_bytes(safetensors(50))
    (unet / "diffusion_pytorch_model.fp16.safetensors").write_bytes(safetensors(100, "F16", 2))
    (unet / "diffusion_pytorch_model.bin").write_bytes(pickle.dumps("never opened"))
    model = read_model(folder)
    assert model.parameters == 112
    assert not model.half


def _index(folder: Path, **changed: object) -> None:
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))


def _pickled(folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(pickle.dumps({"weight": 1}))


def _weights(data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(data)


def _lying_header() -> bytes:
    header = json.dumps({"weight": {"dtype": "F32", "shape": [1000], "data_offsets": [0, 24]}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(24)


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda folder: (folder / "model_index.json").unlink(), "holds no model_index.json"),
    (lambda folder: (folder / "model_index.json").write_text("[1"), "is no JSON"),
    (lambda folder: (folder / "model_index.json").write_text("[1]"), "is no JSON object"),
    (lambda folder: (folder / "model_index.json").write_bytes(b" " * 1_000_001), "too large"),
    (lambda folder: (folder / "model_index.json").write_text("[" * 100_000), "is no JSON"),
    (lambda folder: _index(folder, _class_name="ShapEPipeline"), "its pipeline is ShapEPipeline"),
    (lambda folder: _index(folder, _class_name=["pipeline", "MyPipeline"]), "program code of its own"),
    (lambda folder: _index(folder, unet=["my_unet", "MyUNet"]), "my_unet.MyUNet"),
    (lambda folder: _index(folder, text_encoder=["transformers", "AutoModel"]), "no program code"),
    (lambda folder: _index(folder, **{"../unet": ["diffusers", "UNet2DConditionModel"]}), "what cannot be"),
    (lambda folder: _index(folder, unet=["diffusers", 3]), "what cannot be"),
    (lambda folder: _index(folder, motion_adapter=["diffusers", "MotionAdapter"]), "motion_adapter is missing"),
    (_pickled, "can run programs"),
    (lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink(), "vae has no weights"),
    (_weights(pickle.dumps({"weight": list(range(100))})), "no safetensors file"),
    (_weights(b""), "no safetensors file"),
    (_weights(safetensors()[:-4]), "cut off"),
    (_weights(_lying_header()), "what cannot be"),
    (_weights((1 << 62).to_bytes(8, "little") + b"{}"), "no safetensors file"),
])
def test_why_a_folder_is_not_taken(tmp_path: Path, spoil: Callable[[Path], object], words: str) -> None:
    folder = write_model(tmp_path / "spoiled")
    spoil(folder)
    with pytest.raises(UnusableModelError, match=words):
        read_model(folder)


def test_a_model_without_any_weights(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "empty", parts={name: PARTS[name] for name in ("tokenizer", "scheduler")})
    with pytest.raises(UnusableModelError, match="no part with weights"):
        read_model(folder)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableModelError, match="cannot be read"):
        parameters_in(tmp_path / "nothing.safetensors")


def test_an_entry_of_the_cache_has_the_name_of_its_model(tmp_path: Path) -> None:
    entry = tmp_path / "models--somebody--tiny-sd"
    snapshot = write_model(entry / "snapshots" / "0123456789abcdef")
    assert snapshot_of(entry) == entry, "no branch says which snapshot"
    (entry / "refs").mkdir()
    (entry / "refs" / "main").write_text("0123456789abcdef\n")
    assert snapshot_of(entry) == snapshot
    assert name_of(snapshot) == "tiny-sd"
    (entry / "refs" / "main").write_text("../../..")
    assert snapshot_of(entry) == entry


# -- all of them


def test_models_come_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "models here"
    write_model(folder / "one")
    write_model(folder / "films", "AnimateDiffPipeline")
    models_there = catalogue(tmp_path / "home", folder)
    assert listed(models_there) == ["films", "one"]
    assert models_there.look().names(GENERATE) == ("one",)
    assert models_there.look().names(VIDEO) == ("films",)
    write_model(folder / "another")
    assert listed(models_there) == ["another", "films", "one"]
    (folder / "one").rename(tmp_path / "away")
    assert listed(models_there) == ["another", "films"]
    found = models_there.find(VIDEO, "films")
    assert found is not None
    assert found.folder == folder / "films"
    assert models_there.find(GENERATE, "films") is None
    assert models_there.find(GENERATE, "one") is None
    assert models_there.find(GENERATE, None) is None


def test_a_part_that_is_replaced_is_looked_at_again(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "one")
    models_there = catalogue(tmp_path / "home", folder)
    assert listed(models_there) == ["one"]
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"x")
    assert listed(models_there) == []
    assert "safetensors" in reason(models_there, folder)


def test_the_folder_models_of_the_data_folder_needs_no_setting(tmp_path: Path) -> None:
    models_there = catalogue(tmp_path)
    assert models_there.look().models == ()
    assert models_there.look().problems == {}, "nobody pointed at anything"
    write_model(tmp_path / "models" / "one")
    assert listed(models_there) == ["one"]


def test_the_settings_folders_are_taken_up_while_it_runs(tmp_path: Path) -> None:
    models_there = catalogue(tmp_path)
    one = write_model(tmp_path / "one")
    write_folders(tmp_path / "engine", [])
    assert not (tmp_path / "engine" / "models.json").exists()
    write_folders(tmp_path / "engine", [str(one), "relative"])
    assert listed(models_there) == ["one"]
    (tmp_path / "engine" / "models.json").write_text("{")
    assert listed(models_there) == []
    write_folders(tmp_path / "engine", [])
    assert listed(models_there) == []
    assert models_there.look().problems == {}


def test_what_cannot_be_used_is_named_once_and_the_rest_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    good, empty = write_model(tmp_path / "good"), tmp_path / "empty"
    empty.mkdir()
    gone = tmp_path / "gone"
    models_there = catalogue(tmp_path / "home", good, empty, gone)
    with caplog.at_level(logging.WARNING):
        assert listed(models_there) == ["good"]
        assert listed(models_there) == ["good"]
    assert "model_index.json" in reason(models_there, empty)
    assert "cannot be read" in reason(models_there, gone)
    assert len([one for one in caplog.records if str(empty) in one.getMessage()]) == 1


def test_names_that_stand_for_something_else(tmp_path: Path) -> None:
    first, second = write_model(tmp_path / "a" / "same"), write_model(tmp_path / "b" / "same")
    service = write_model(tmp_path / "gptimage2")
    models_there = catalogue(tmp_path / "home", first, second, service, taken=["gptimage2"])
    assert listed(models_there) == ["same"]
    found = models_there.find(GENERATE, "same")
    assert found is not None
    assert found.folder == first
    assert "same name" in reason(models_there, second)
    assert "service's model" in reason(models_there, service)


def test_without_the_extra_there_is_no_model_and_a_reason(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "one")
    models_there = catalogue(tmp_path / "home", folder, missing=["torch", "diffusers"])
    assert models_there.look().models == ()
    assert "needs torch, diffusers" in reason(models_there, folder)


def test_a_model_that_is_gone_is_refused_by_name_also_after_a_restart(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "one")
    models_there = catalogue(tmp_path / "home", folder)
    assert models_there.fault(GENERATE, {"prompt": "x", "model": "one"}) is None
    assert models_there.fault(GENERATE, {"prompt": "x", "model": "gptimage2"}) is None
    assert models_there.fault(GENERATE, {"prompt": "x"}) is None
    folder.rename(tmp_path / "away")
    for later in (models_there, catalogue(tmp_path / "home", folder)):
        wrong = later.fault(GENERATE, {"prompt": "x", "model": "one"})
        assert wrong is not None
        assert wrong[0] == "model"
        assert "any more" in wrong[1]


def test_an_operation_that_the_model_does_not_do(tmp_path: Path) -> None:
    models_there = catalogue(tmp_path / "home", write_model(tmp_path / "films", "AnimateDiffPipeline"))
    wrong = models_there.fault(GENERATE, {"prompt": "x", "model": "films"})
    assert wrong == ("model", "The model “films” does video.generate only: choose another model.")


# -- fields


@pytest.mark.parametrize(("operation", "class_name", "values", "field"), [
    (GENERATE, "StableDiffusionPipeline", {"prompt": "x", "quality": "high", "style": "noir", "seed": 3}, None),
    (GENERATE, "StableDiffusionPipeline", {"reference_image_urls": ["a", "b"]}, "reference_image_urls"),
    (GENERATE, "StableDiffusionPipeline", {"reference_image_urls": ["a"], "reference_prompt_balance": 0.0}, None),
    (EDIT, "StableDiffusionPipeline", {"image_url": "a", "resolution": "1K"}, None),
    (VIDEO, "AnimateDiffPipeline", {"duration": 5, "audio": True, "watermark": False, "audio_url": None}, None),
    (VIDEO, "AnimateDiffPipeline", {"watermark": True}, "watermark"),
    (VIDEO, "AnimateDiffPipeline", {"audio_url": "a"}, "audio_url"),
    (VIDEO, "AnimateDiffPipeline", {"image_url": "a"}, "image_url"),
    (VIDEO, "StableVideoDiffusionPipeline", {"image_url": "a"}, None),
    (VIDEO, "StableVideoDiffusionPipeline", {"first_frame_url": "a"}, None),
    (VIDEO, "StableVideoDiffusionPipeline", {"prompt": "x"}, "image_url"),
])
def test_fields_that_a_pipeline_takes(operation: str, class_name: str, values: dict[str, object], field: str | None) -> None:
    wrong = fault(operation, PIPELINES[class_name], values)
    assert (wrong[0] if wrong else None) == field
