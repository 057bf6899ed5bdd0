"""espeak-ng by ctypes: text in, 16-bit PCM with the times of its words out.

The library keeps its state in globals (also the noise of its voices), so it is loaded anew for each session, its random
numbers are seeded, and it is unloaded at the end: the same text then gives the same samples. One session at a time.
Functions and numbers are those of the library's speak_lib.h.
"""

from __future__ import annotations

import _ctypes
import ctypes
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.float32]
_SYNCHRONOUS, _DONT_EXIT, _UTF8, _BY_CHARACTER = 2, 0x8000, 1, 1
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7
_WORD, _LIST_END = 1, 0
# The library keeps the folder's path in a buffer of 160 bytes and opens files by the system's narrow names.
_LONGEST_PATH = 120


class SpeechError(Exception):
    """The speech library is not there or does not work."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word by its place in the text (from 0) and the second at which it begins."""

    start: int
    length: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is spoken: words a minute (80 to 450), pitch and its range (0 to 100; 50 is the voice's own)."""

    words_per_minute: int = 175
    pitch: int = 50
    pitch_range: int = 50


@dataclass(frozen=True, slots=True)
class Speech:
    """Mono samples in -1 to 1 at `rate` Hz, and when its words begin."""

    samples: Pcm
    rate: int
    words: tuple[SpokenWord, ...]


class _Id(ctypes.Union):
    _fields_: ClassVar[Any] = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_: ClassVar[Any] = [
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user_data", ctypes.c_void_p), ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))
_one_at_a_time = threading.Lock()


class SpeechSession:
    """The library, loaded from `with` to its end. SpeechError where it cannot be loaded or does not know the voice."""

    def __init__(self, voice: str, seed: int = 1) -> None:
        self._voice, self._seed = voice, seed
        self._library: Any = None
        self._came_from: str | None = None
        self.rate = 22_050
        self._pcm: list[bytes] = []
        self._words: list[tuple[int, int, int]] = []
        self._callback: Any = None

    def __enter__(self) -> Self:
        _one_at_a_time.acquire()
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def speak(self, text: str, manner: Manner) -> Speech:
        """Speak a text to its end."""
        library = self._library
        self._pcm, self._words = [], []
        values = ((_RATE, min(max(manner.words_per_minute, 80), 450)), (_PITCH, min(max(manner.pitch, 0), 99)),
                  (_RANGE, min(max(manner.pitch_range, 0), 100)), (_WORD_GAP, 0))
        for parameter, value in values:
            library.espeak_SetParameter(parameter, value, 0)
        data = text.replace("\0", " ").encode()
        failed = library.espeak_Synth(data, len(data) + 1, 0, _BY_CHARACTER, 0, _UTF8, None, None)
        if failed:
            raise SpeechError(f"The speech library could not speak the text (code {failed}).")
        library.espeak_Synchronize()
        samples = np.frombuffer(b"".join(self._pcm), np.int16).astype(np.float32) / np.float32(32768)
        words = tuple(SpokenWord(at - 1, length, sample / self.rate) for at, length, sample in self._words)
        return Speech(samples, self.rate, words)

    def _open(self) -> None:
        library_path, data_path = paths()
        try:
            self._library = ctypes.CDLL(library_path)
        except OSError as error:
            raise SpeechError(f"The speech library cannot be loaded ({error}). Reinstall espeakng-loader.") from error
        library = self._library
        library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        library.espeak_Synth.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint,
                                         ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p]
        rate = library.espeak_Initialize(_SYNCHRONOUS, 0, self._reachable(data_path), _DONT_EXIT)
        if rate <= 0:
            raise SpeechError("The speech library does not find its data. Reinstall espeakng-loader.")
        self.rate = int(rate)
        if hasattr(library, "espeak_ng_SetRandSeed"):
            library.espeak_ng_SetRandSeed(ctypes.c_long(self._seed))
        self._callback = _Callback(self._take)
        library.espeak_SetSynthCallback(self._callback)
        if library.espeak_SetVoiceByName(self._voice.encode()):
            raise SpeechError(f"The speech library has no voice “{self._voice}”.")

    def _reachable(self, data_path: str) -> bytes:
        """The data folder as the library can take it: a path that is long or not plain goes by way of the working folder."""
        path = Path(data_path)
        if data_path.isascii() and len(data_path) <= _LONGEST_PATH:
            return os.fsencode(data_path)
        self._came_from = str(Path.cwd())
        os.chdir(path.parent)
        return os.fsencode(path.name)

    def _take(self, wave: int | None, count: int, events: Any) -> int:
        """The library's callback: samples (or none at the end) and a list of events."""
        if wave and count > 0:
            self._pcm.append(ctypes.string_at(wave, count * 2))
        place = 0
        while events[place].type != _LIST_END:
            event = events[place]
            if event.type == _WORD:
                self._words.append((int(event.text_position), int(event.length), int(event.sample)))
            place += 1
        return 0

    def _close(self) -> None:
        library, self._library = self._library, None
        try:
            if library is not None:
                library.espeak_Terminate()
                _unload(library)
        finally:
            self._callback = None
            if self._came_from is not None:
                os.chdir(self._came_from)
                self._came_from = None
            _one_at_a_time.release()


def paths() -> tuple[str, str]:
    """Where the library and its data lie. SpeechError where the package is missing."""
    try:
        import espeakng_loader  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise SpeechError("The speech library is not installed. Install espeakng-loader.") from error
    return str(espeakng_loader.get_library_path()), str(espeakng_loader.get_data_path())


def _unload(library: Any) -> None:
    if sys.platform == "win32":
        _ctypes.FreeLibrary(library._handle)
    else:
        _ctypes.dlclose(library._handle)
