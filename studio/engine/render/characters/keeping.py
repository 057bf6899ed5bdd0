"""Characters on disk: a folder for each id with its poses as PNG and what is known about them as JSON.

An id is made from the job's, so that a job that is run again after a crash makes the same character, not a second one. A
character appears under its id by one rename: half a character is never seen.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from studio.engine.render.characters.forgetting import ABOUT, FOLDER, used
from studio.engine.render.characters.poses import Box, Poses
from studio.engine.render.matting import Bytes

_VERSION = 1
_ID = re.compile(r"char_[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Character:
    """One kept character: `kind` "person", "cat" or "object"; the poses as they were cut out."""

    id: str
    name: str
    kind: str
    poses: Poses

    @property
    def base(self) -> Bytes:
        """The pose in the middle of the clip, RGBA."""
        return self.poses.rgba[len(self.poses.rgba) // 2]


class UnknownCharacterError(Exception):
    """There is no character under this id here."""


def id_for(job: str) -> str:
    """The id of the character that this job makes."""
    return "char_" + hashlib.sha256(job.encode()).hexdigest()[:16]


def keep(folder: Path, character: Character, face: Bytes | None) -> None:
    """Write a character below the engine's folder for kept things. `face`: its face alone, RGBA."""
    home = folder / FOLDER
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = home / f".{character.id}.{os.getpid()}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    try:
        for number, pose in enumerate(character.poses.rgba):
            _write(part / f"pose-{number:02d}.png", pose)
        if face is not None:
            _write(part / "face.png", face)
        (part / ABOUT).write_text(json.dumps(_about(character), ensure_ascii=False), encoding="utf-8")
        final = home / character.id
        shutil.rmtree(final, ignore_errors=True)  # of a run of the same job that was broken off later on
        part.rename(final)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def recall(folder: Path, character_id: str) -> Character:
    """The character under an id, which counts as a use of it. UnknownCharacterError where there is none (any more)."""
    if not _ID.fullmatch(character_id):  # it becomes part of a path
        raise UnknownCharacterError(character_id)
    home = folder / FOLDER / character_id
    try:
        about = json.loads((home / ABOUT).read_text(encoding="utf-8"))
        used(home)
        rgba = tuple(_read(home / f"pose-{number:02d}.png") for number in range(int(about["poses"])))
        return _character(character_id, about, rgba)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnknownCharacterError(character_id) from error


def _about(character: Character) -> dict[str, Any]:
    poses = character.poses
    return {
        "version": _VERSION, "name": character.name, "kind": character.kind, "poses": len(poses.rgba), "face": poses.face,
        "cut": sorted(poses.cut), "gap_s": poses.gap_s, "heading": poses.heading, "strides": poses.strides,
    }


def _character(character_id: str, about: dict[str, Any], rgba: tuple[Bytes, ...]) -> Character:
    face: Box | None = None
    if about["face"] is not None:
        left, top, width, height = (float(value) for value in about["face"])
        face = left, top, width, height
    if not rgba or len({pose.shape for pose in rgba}) != 1:
        raise ValueError("the poses do not belong together")
    poses = Poses(rgba, face, frozenset(about["cut"]), float(about["gap_s"]), int(about["heading"]), bool(about["strides"]))
    return Character(character_id, str(about["name"]), str(about["kind"]), poses)


def _write(path: Path, rgba: Bytes) -> None:
    done, data = cv2.imencode(".png", cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA), [cv2.IMWRITE_PNG_COMPRESSION, 4])
    if not done:
        raise OSError(f"{path.name} could not be written")
    path.write_bytes(data.tobytes())  # not imwrite: it cannot write into folders with letters beyond ASCII on Windows


def _read(path: Path) -> Bytes:
    found = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.ndim != 3 or found.shape[2] != 4:
        raise ValueError(f"{path.name} is no picture of a pose")
    return np.asarray(cv2.cvtColor(found, cv2.COLOR_BGRA2RGBA), np.uint8)
