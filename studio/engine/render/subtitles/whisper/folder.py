"""Whether a folder is a Whisper model in CTranslate2's layout: looked at, not loaded.

Layout: https://opennmt.net/CTranslate2 (model.bin begins with the version of the form and the name of the model's kind),
with the files that faster-whisper reads beside it: config.json, tokenizer.json and a vocabulary.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from studio.engine.render.diffusion.folder import name_of

WEIGHTS = "model.bin"
_KIND = "WhisperSpec"
_VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
_LARGEST = {"config.json": 5_000_000, "tokenizer.json": 50_000_000, "vocabulary.json": 20_000_000,
            "vocabulary.txt": 20_000_000, "preprocessor_config.json": 5_000_000}
_OLDEST_FORM, _NEWEST_FORM = 4, 20
_LONGEST_KIND = 200


class UnusableRecognizerError(Exception):
    """Why a folder cannot be used, as the end of a sentence that names it."""


@dataclass(frozen=True, slots=True)
class Recognizer:
    """A Whisper model that can be used. `size`: bytes of its weights."""

    name: str
    folder: Path
    size: int


def looks_like_one(folder: Path) -> bool:
    """Worth a closer look: weights with a description beside them."""
    return (folder / WEIGHTS).is_file() and (folder / "config.json").is_file()


def read_recognizer(folder: Path) -> Recognizer:
    """The recognizer in a folder. Raises UnusableRecognizerError with the reason, and OSError where the disk refuses."""
    weights = folder / WEIGHTS
    _check_kind(weights)
    for name, largest in _LARGEST.items():
        if (folder / name).is_file() and (folder / name).stat().st_size > largest:
            raise UnusableRecognizerError(f"{name} is too large")
    if not isinstance(_json(folder / "config.json"), dict):
        raise UnusableRecognizerError("config.json is no JSON object")
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.is_file():
        raise UnusableRecognizerError("it holds no tokenizer.json, which would be fetched from the network otherwise: "
                                      "convert the model with --copy_files tokenizer.json")
    if not any((folder / name).is_file() for name in _VOCABULARIES):
        raise UnusableRecognizerError("it holds no vocabulary")
    return Recognizer(name_of(folder), folder, weights.stat().st_size)


def _check_kind(weights: Path) -> None:
    """The head of the weights: a version (4 bytes), then the kind's name with its length (2 bytes) before it."""
    with weights.open("rb") as stream:
        head = stream.read(6 + _LONGEST_KIND)
    form, length = int.from_bytes(head[:4], "little"), int.from_bytes(head[4:6], "little")
    if not _OLDEST_FORM <= form <= _NEWEST_FORM or not 0 < length <= len(head) - 6:
        raise UnusableRecognizerError(f"{WEIGHTS} is no model in CTranslate2's form")
    kind = head[6 : 6 + length].rstrip(b"\0").decode("ascii", "replace")
    if kind != _KIND:
        raise UnusableRecognizerError(f"{WEIGHTS} holds a {kind[:60]} and no Whisper model")


def _json(path: Path) -> object:
    try:
        found: object = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UnusableRecognizerError(f"it holds no {path.name}") from None
    except (ValueError, RecursionError):
        raise UnusableRecognizerError(f"{path.name} is no JSON") from None
    return found
