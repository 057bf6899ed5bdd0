"""Voices (piper) and recognizers (Whisper) of the person's own that lie in the model folders, looked up anew whenever
somebody asks. Light: neither ONNX Runtime nor faster-whisper is imported here."""

from __future__ import annotations

import importlib.util
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from studio.engine.render.diffusion.folder import snapshot_of
from studio.engine.render.narration.piper.voice_file import (
    PiperVoice,
    UnusableVoiceError,
    described_by,
    named,
    names_of,
    plain,
    read_voice,
)
from studio.engine.render.own_folders import OwnFolders
from studio.engine.render.subtitles.whisper.folder import (
    WEIGHTS,
    Recognizer,
    UnusableRecognizerError,
    looks_like_one,
    read_recognizer,
)

log = logging.getLogger(__name__)
T = TypeVar("T")
NARRATION, SUBTITLES = "narration.generate", "subtitles.generate"
_DEEPEST = 4          # below a folder that somebody pointed at: language/place/name/quality
_MOST_FOLDERS, _MOST_ENTRIES = 300, 3000
_VOICE_LIBRARIES, _RECOGNIZER_LIBRARIES = ("onnxruntime",), ("faster_whisper", "ctranslate2")
Missing = Callable[[tuple[str, ...]], tuple[str, ...]]
_Stamp = tuple[int, ...]


def missing_of(libraries: tuple[str, ...]) -> tuple[str, ...]:
    """Which of them are not installed."""
    return tuple(name for name in libraries if importlib.util.find_spec(name) is None)


@dataclass(frozen=True, slots=True)
class SpeechFound:
    """Voices by their names in order, recognizers with the largest first, and path -> why it cannot be used."""

    voices: tuple[PiperVoice, ...] = ()
    recognizers: tuple[Recognizer, ...] = ()
    problems: Mapping[str, str] | None = None

    @property
    def voice_ids(self) -> tuple[str, ...]:
        """What a request may say in voice_id: the voices, and the first few speakers of those that have several."""
        return tuple(name for voice in self.voices for name in names_of(voice))


class SpeechModels:
    """`taken`: whether a name is already a voice that is always there. Methods read the disk: call them in a thread."""

    def __init__(self, folders: OwnFolders, *, taken: Callable[[str], bool] = lambda _: False,
                 missing: Missing = missing_of) -> None:
        self._folders = folders
        self._taken = taken
        self._missing = missing
        self._known: dict[Path, tuple[_Stamp, PiperVoice | Recognizer | str]] = {}
        self._told: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def look(self) -> SpeechFound:
        """What lies there now. What cannot be used is logged once with its reason, and costs nothing else."""
        with self._lock:
            problems: dict[str, str] = {}
            voices: dict[str, PiperVoice] = {}
            recognizers: list[Recognizer] = []
            for path in dict.fromkeys(path for folder in self._folders.all() for path in _candidates(folder)):
                read = self._read(path)
                if isinstance(read, str):
                    problems[str(path)] = read
                elif isinstance(read, Recognizer):
                    recognizers.append(read)
                elif self._taken(read.id):
                    problems[str(path)] = f"there is a voice {read.id} here already: give the file another name"
                elif plain(read.id) in voices:
                    problems[str(path)] = f"{voices[plain(read.id)].path} has the same name: give one of the two another"
                else:
                    voices[plain(read.id)] = read
            usable = self._usable({str(one.path): one for one in voices.values()}, _VOICE_LIBRARIES, "piper", problems)
            hearing = self._usable({str(one.folder): one for one in recognizers}, _RECOGNIZER_LIBRARIES, "whisper", problems)
            self._tell(problems)
        return SpeechFound(tuple(sorted(usable, key=lambda one: one.id)),
                           tuple(sorted(hearing, key=lambda one: (-one.size, one.name))), problems)

    def voice(self, asked: object) -> PiperVoice | None:
        """The voice of the person's that a voice_id means, with its speaker; None where it means none."""
        if not isinstance(asked, str) or not asked.strip():
            return None
        for voice in self.look().voices:
            speaker = named(voice, asked)
            if speaker is not None:
                return voice if not speaker else replace(voice, speaker=voice.speakers[speaker])
        return None

    def recognizer(self) -> Recognizer | None:
        """The one that is used: the largest, as larger ones understand more."""
        return next(iter(self.look().recognizers), None)

    def fault(self, operation: str, values: Mapping[str, object]) -> tuple[str, str] | None:
        """(field, a sentence) where the input names a voice that lies here and cannot be used."""
        asked = values.get("voice_id")
        if operation != NARRATION or not isinstance(asked, str):
            return None
        if self._taken(asked):
            return None
        for path, reason in (self.look().problems or {}).items():
            if path.endswith(".onnx") and plain(Path(path).stem) == plain(asked).partition(":")[0]:
                return "voice_id", f"The voice “{asked}” cannot be used: {reason}."
        return None

    def _read(self, path: Path) -> PiperVoice | Recognizer | str:
        """From what is remembered, unless one of its files changed since."""
        try:
            stamp = _stamp(path)
            known = self._known.get(path)
            if known is not None and known[0] == stamp:
                return known[1]
            read: PiperVoice | Recognizer | str
            try:
                read = read_voice(path) if path.suffix == ".onnx" else read_recognizer(path)
            except (UnusableVoiceError, UnusableRecognizerError) as error:
                read = str(error)
        except OSError as error:
            return f"it cannot be read ({error.strerror})"
        self._known[path] = stamp, read
        return read

    def _usable(self, found: Mapping[str, T], libraries: tuple[str, ...], extra: str, problems: dict[str, str]) -> list[T]:
        missing = self._missing(libraries) if found else ()
        if missing:
            reason = f"it needs {', '.join(missing)}, which the extra “{extra}” of this program installs"
            problems.update(dict.fromkeys(found, reason))
            return []
        return list(found.values())

    def _tell(self, problems: Mapping[str, str]) -> None:
        for path, reason in problems.items():
            if (path, reason) not in self._told:
                self._told.add((path, reason))
                log.warning("%s is left out: %s", path, reason)


def holds_speech(folder: Path) -> bool:
    """Whether a voice or a recognizer lies in a folder, usable or not."""
    return next(_candidates(folder), None) is not None


def _candidates(folder: Path) -> Iterator[Path]:
    """Voice files and recognizers' folders below a folder, as far as voices' collections are deep."""
    waiting = [(snapshot_of(folder), 0)]
    for _ in range(_MOST_FOLDERS):
        if not waiting:
            return
        here, depth = waiting.pop(0)
        if looks_like_one(here):
            yield here
            continue
        try:
            entries = sorted(here.iterdir(), key=lambda path: path.name)[:_MOST_ENTRIES]
        except OSError:
            continue  # said by those who look for other models there
        yield from (entry for entry in entries if entry.suffix == ".onnx" and described_by(entry).is_file())
        if depth < _DEEPEST:
            waiting += [(snapshot_of(entry), depth + 1) for entry in entries
                        if not entry.name.startswith(".") and entry.is_dir()]


def _stamp(path: Path) -> _Stamp:
    """Changes when a file of it is replaced. Raises OSError."""
    files = [path, described_by(path)] if path.suffix == ".onnx" else [path / WEIGHTS, path / "config.json", path]
    return tuple(number for file in files for number in (file.stat().st_mtime_ns, file.stat().st_size))
