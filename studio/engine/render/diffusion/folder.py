"""Whether a folder is a model in diffusers' layout that can be used safely: looked at, not loaded, with no heavy import.

Layout: https://huggingface.co/docs/diffusers (model_index.json names the pipeline's class, and of each component the library
and the class; each component has a folder of its own).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.engine.render.diffusion.pipelines import PIPELINES, Pipeline
from studio.engine.render.diffusion.weights import UnusableModelError, parameters_in

INDEX = "model_index.json"
_LARGEST_INDEX = 1_000_000  # bytes
_LIBRARIES = frozenset({"diffusers", "transformers", "stable_diffusion"})
_WEIGHTLESS = re.compile(r"(Tokenizer(Fast)?|Scheduler|FeatureExtractor|Processor(Fast|Pil)?)$")
_WEIGHTS = re.compile(r"(diffusion_pytorch_model|model)((\.fp16)?(-\d{5}-of-\d{5})?|-\d{5}-of-\d{5}\.fp16)\.safetensors")
_PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".pkl", ".msgpack", ".h5")
_CLASS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CACHE_ENTRY = re.compile(r"models--(?:.+--)?([^-].*)")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class DiffusionModel:
    """A model that can be used. `name`: what a request says in `model`. `parameters`: numbers in its weights.

    `half`: some of its weights are there in half precision only (diffusers' variant fp16).
    """

    name: str
    folder: Path
    class_name: str
    parameters: int
    half: bool

    @property
    def pipeline(self) -> Pipeline:
        return PIPELINES[self.class_name]


def read_model(folder: Path) -> DiffusionModel:
    """The model in a folder. Raises UnusableModelError with the reason, and OSError where the disk refuses."""
    index = _json_object(folder / INDEX, _LARGEST_INDEX)
    class_name = index.get("_class_name")
    if not isinstance(class_name, str) or class_name not in PIPELINES:
        said = class_name if isinstance(class_name, str) else "one with program code of its own"
        raise UnusableModelError(f"its pipeline is {said[:60]}; there are {', '.join(PIPELINES)}")
    parameters, half, weighty = 0, False, 0
    for name, class_of_part in _components(index):
        part = folder / name
        if not part.is_dir():
            raise UnusableModelError(f"its part {name} is missing")
        if _WEIGHTLESS.search(class_of_part):
            continue
        files, is_half = _weights_of(part)
        parameters += sum(parameters_in(path) for path in files)
        half, weighty = half or is_half, weighty + 1
    if not weighty:
        raise UnusableModelError(f"{INDEX} names no part with weights")
    return DiffusionModel(name_of(folder), folder, class_name, parameters, half)


def name_of(folder: Path) -> str:
    """A folder's own name; of a snapshot in Hugging Face's cache the model's."""
    found = _CACHE_ENTRY.fullmatch(folder.parent.parent.name) if folder.parent.name == "snapshots" else None
    plain = _NOT_IN_NAMES.sub("-", found[1] if found else folder.name).strip("-.")
    return plain[:_LONGEST_NAME] or "model"


def snapshot_of(folder: Path) -> Path:
    """Of a model's entry in Hugging Face's cache the snapshot that its main branch names; of anything else itself."""
    if not _CACHE_ENTRY.fullmatch(folder.name) or not (folder / "snapshots").is_dir():
        return folder
    try:
        revision = (folder / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return folder
    return folder / "snapshots" / revision if re.fullmatch(r"[0-9a-f]{7,64}", revision) else folder


def _components(index: Mapping[str, object]) -> list[tuple[str, str]]:
    """(folder, class) of each component that is there. UnusableModelError for one that brings code or leads elsewhere."""
    found = []
    for name, said in index.items():
        if name.startswith("_") or not isinstance(said, list) or said == [None, None]:
            continue
        if not _CLASS.fullmatch(name) or len(said) != 2 or not all(isinstance(word, str) for word in said):
            raise UnusableModelError(f"{INDEX} says of {name[:60]} what cannot be")
        library, class_name = said
        by_code = class_name.startswith("Auto") and not class_name.startswith("Autoencoder")
        if library not in _LIBRARIES or not _CLASS.fullmatch(class_name) or by_code:
            raise UnusableModelError(f"its part {name} is a {library[:40]}.{class_name[:60]}: only parts of diffusers and "
                                     "transformers are taken, and no program code that comes with a model")
        found.append((name, class_name))
    return found


def _weights_of(part: Path) -> tuple[list[Path], bool]:
    """The weight files of a component that would be loaded, and whether they are the half-precision ones."""
    names = sorted(path.name for path in part.iterdir())
    weights = [name for name in names if _WEIGHTS.fullmatch(name)]
    whole = [name for name in weights if ".fp16" not in name]
    if weights:
        return [part / name for name in whole or weights], not whole
    if any(name.endswith(_PICKLED) for name in names):
        raise UnusableModelError(f"the weights of its part {part.name} are no safetensors: files of the older kind can run "
                                 "programs when they are opened and are never loaded")
    raise UnusableModelError(f"its part {part.name} has no weights")


def _json_object(path: Path, largest: int) -> Mapping[str, object]:
    try:
        if path.stat().st_size > largest:
            raise UnusableModelError(f"{path.name} is too large")
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UnusableModelError(f"it holds no {path.name}, as a model in diffusers' layout does") from None
    except (ValueError, RecursionError):
        raise UnusableModelError(f"{path.name} is no JSON") from None
    if not isinstance(found, dict):
        raise UnusableModelError(f"{path.name} is no JSON object")
    return found
