"""The models that lie in the person's folders, looked up anew whenever somebody asks: folders come and go while the engine
runs, and a disk may be unplugged. Light: nothing of torch or diffusers is imported here."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.engine.render.diffusion.folder import INDEX, DiffusionModel, read_model, snapshot_of
from studio.engine.render.diffusion.pipelines import fault
from studio.engine.render.diffusion.weights import UnusableModelError
from studio.engine.render.own_folders import FOLDERS_FILE, OwnFolders, json_object, texts_of
from studio.engine.render.speech_models import holds_speech

log = logging.getLogger(__name__)

_SEEN_FILE = "models-seen.json"
_LIBRARIES = ("torch", "diffusers", "transformers", "safetensors", "accelerate")
_MOST_ENTRIES = 500
_Stamp = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Models:
    """What was found: models by name in order, and folder -> why it cannot be used."""

    models: tuple[DiffusionModel, ...] = ()
    problems: Mapping[str, str] | None = None

    def names(self, operation: str) -> tuple[str, ...]:
        return tuple(model.name for model in self.models if operation in model.pipeline.operations)


def missing_libraries() -> tuple[str, ...]:
    """Of what the extra `diffusion` brings, what is not installed."""
    return tuple(name for name in _LIBRARIES if importlib.util.find_spec(name) is None)


class ModelCatalogue:
    """`folders`: where models of any kind lie. `taken`: names of services' models, which no folder may have.

    Each folder is a model itself, or holds some. Methods read the disk (a few look-ups a model): call them in a thread.
    """

    def __init__(
        self, folders: OwnFolders, *, taken: frozenset[str] = frozenset(),
        missing: Callable[[], Sequence[str]] = missing_libraries,
    ) -> None:
        self._folders = folders
        self._taken = taken
        self._missing = missing
        self._known: dict[Path, tuple[_Stamp, DiffusionModel | str]] = {}
        self._told: set[tuple[str, str]] = set()
        self._seen = frozenset(texts_of(json_object(folders.engine / _SEEN_FILE).get("names")))
        self._lock = threading.Lock()

    def look(self) -> Models:
        """What lies there now. What cannot be used is logged once with its reason, and costs nothing else."""
        with self._lock:
            return self._look()

    def find(self, operation: str, name: object) -> DiffusionModel | None:
        """The model of that name that can do the operation; None where there is none."""
        models = self.look().models if isinstance(name, str) and name else ()
        return next((one for one in models if one.name == name and operation in one.pipeline.operations), None)

    def fault(self, operation: str, values: Mapping[str, object]) -> tuple[str, str] | None:
        """(field, a sentence) where the input names a model of these folders that is gone, does something else, or does not
        take a field that is given. None for every other name: those are no models of this engine."""
        name = values.get("model")
        if not isinstance(name, str):
            return None
        models = self.look().models
        known = next((model for model in models if model.name == name), None)
        if known is None:
            words = f"The model “{name}” does not lie in a model folder any more: put it back, or choose another model."
            return ("model", words) if name in self._seen else None
        if operation not in known.pipeline.operations:
            can = " and ".join(known.pipeline.operations)
            return "model", f"The model “{name}” does {can} only: choose another model."
        return fault(operation, known.pipeline, values)

    def _look(self) -> Models:
        found: dict[str, DiffusionModel] = {}
        problems: dict[str, str] = {}
        for folder in self._candidates(problems):
            read = self._read(folder)
            if isinstance(read, str):
                problems[str(folder)] = read
            elif read.name in self._taken:
                problems[str(folder)] = f"it has the name of a service's model, {read.name}: give the folder another name"
            elif read.name in found and found[read.name].folder != read.folder:
                problems[str(folder)] = f"{found[read.name].folder} has the same name: give one of the two another"
            else:
                found[read.name] = read
        missing = self._missing() if found else ()
        if missing:
            reason = f"it needs {', '.join(missing)}, which the extra “diffusion” of this program installs"
            problems |= {str(model.folder): reason for model in found.values()}
            found = {}
        self._tell(problems)
        self._remember(found)
        return Models(tuple(found[name] for name in sorted(found)), problems)

    def _candidates(self, problems: dict[str, str]) -> Iterator[Path]:
        for folder in self._folders.all():
            try:
                inside = _models_in(folder)
            except OSError as error:
                problems[str(folder)] = f"it cannot be read ({error.strerror})"
                continue
            if not inside and folder != self._folders.default and not holds_speech(folder):
                problems[str(folder)] = (f"neither it nor a folder in it holds {INDEX} as a model in diffusers' layout does,"
                                         " a voice with its description (NAME.onnx.json), or a recognizer (model.bin)")
            yield from inside

    def _read(self, folder: Path) -> DiffusionModel | str:
        """From what is remembered, unless something in the folder changed since."""
        try:
            stamp = _stamp(folder)
            known = self._known.get(folder)
            if known is not None and known[0] == stamp:
                return known[1]
            read: DiffusionModel | str
            try:
                read = read_model(folder)
            except UnusableModelError as error:
                read = str(error)
        except OSError as error:
            return f"it cannot be read ({error.strerror})"
        self._known[folder] = stamp, read
        return read

    def _tell(self, problems: Mapping[str, str]) -> None:
        for folder, reason in problems.items():
            if (folder, reason) not in self._told:
                self._told.add((folder, reason))
                log.warning("the model folder %s is left out: %s", folder, reason)

    def _remember(self, found: Mapping[str, DiffusionModel]) -> None:
        """Names that were listed once, so that a request for one that is gone is refused and not drawn by other means."""
        if found.keys() <= self._seen:
            return
        self._seen |= found.keys()
        path = self._folders.engine / _SEEN_FILE
        partial = path.with_suffix(".part")
        try:
            partial.write_text(json.dumps({"names": sorted(self._seen)}), encoding="utf-8")
            partial.replace(path)
        except OSError as error:
            log.warning("the names of the models cannot be kept: %s", error)


def write_folders(engine: Path, folders: Sequence[str]) -> None:
    """Say in the engine's folder (`Paths.engine`) where the person's models lie; a running engine takes it up by itself.

    Raises OSError.
    """
    path = engine / FOLDERS_FILE
    if not folders and not path.exists():
        return
    engine.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps({"folders": list(folders)}, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, path)


def _models_in(folder: Path) -> list[Path]:
    """The folder itself, or those in it that look like models. Raises OSError."""
    itself = snapshot_of(folder)
    if (itself / INDEX).is_file():
        return [itself]
    entries = sorted(folder.iterdir(), key=lambda path: path.name)[:_MOST_ENTRIES]
    inside = [snapshot_of(entry) for entry in entries if entry.is_dir()]
    return [entry for entry in inside if (entry / INDEX).is_file()]


def _stamp(folder: Path) -> _Stamp:
    """Changes when a file of the model comes, goes or is replaced. Raises OSError."""
    parts = [folder / INDEX, *sorted(entry for entry in folder.iterdir() if entry.is_dir())]
    return tuple((part.name, part.stat().st_mtime_ns) for part in parts)


__all__ = ["FOLDERS_FILE", "ModelCatalogue", "Models", "missing_libraries", "write_folders"]
