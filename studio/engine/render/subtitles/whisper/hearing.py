"""What is said, by a Whisper model of the person's own: faster-whisper, one model kept in this worker process.

Only stretches in which somebody speaks are ever given to it (speech_gate): Whisper writes sentences for silence and music
too. Nothing is fetched: the libraries are told to stay offline and every file lies in the model's folder.
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from studio.engine.render.subtitles.recognition import Word
from studio.engine.render.subtitles.speech_gate import RATE, Samples, Stretch
from studio.engine.render.subtitles.whisper.folder import (
    WEIGHTS,
    Recognizer,
    UnusableRecognizerError,
    read_recognizer,
)
from studio.engine.render.task import RenderRefusedError

log = logging.getLogger(__name__)
ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
_FIELD = "video_url"
_JOINED_S, _LONGEST_S = 0.8, 28.0   # stretches this near are heard together, as far as one look of the model reaches
_AROUND_S = 0.2
_WORKING_ROOM = 600_000_000         # bytes beside the weights
_MOST_THREADS = 8
_ONE_WORD = 12                      # letters that a language without spaces puts into one word here, at most
_APART_S = 0.4


@dataclass(frozen=True, slots=True)
class Heard:
    """The words, the model's name, and the code of the language that it took the speech for."""

    words: Sequence[Word]
    model: str
    language: str


_kept: list[tuple[tuple[str, int], Recognizer, Any]] = []


def heard(folder: Path, sound: Samples, stretches: Sequence[Stretch], progress: Callable[[float], None]) -> Heard:
    """What is said in the stretches of speech of a sound (mono, 16 kHz). `progress` takes 0 to 1 and may raise.

    RenderRefusedError where the model cannot be used.
    """
    recognizer, model = _model_of(folder)
    parts = _parts(stretches, len(sound) / RATE)
    try:
        language = _language(model, sound, parts) if model.model.is_multilingual else "en"
        words: list[Word] = []
        total = sum(part.end - part.begin for part in parts)
        done = 0.0
        for part in parts:
            progress(done / total)
            words += _said(model, sound, part, language)
            done += part.end - part.begin
    except (RuntimeError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        log.exception("the recognizer in %s failed", folder)
        raise RenderRefusedError(f"The recognizer {recognizer.name} failed: {_first_line(error)}", _FIELD) from error
    return Heard(_joined(words), recognizer.name, language)


def _said(model: Any, sound: Samples, part: Stretch, language: str) -> list[Word]:
    """The words of one part of the sound; nothing of what is around it is heard."""
    first, last = round(part.begin * RATE), round(part.end * RATE)
    segments, _ = model.transcribe(
        np.ascontiguousarray(sound[first:last]), language=language, word_timestamps=True, vad_filter=False,
        condition_on_previous_text=False, beam_size=5,
    )
    found = []
    for segment in segments:
        for word in segment.words or ():
            begin, end = (min(max(float(edge), 0.0), part.end - part.begin) for edge in (word.start, word.end))
            found.append(Word(str(word.word), part.begin + begin, part.begin + max(begin, end)))
    return found


def _language(model: Any, sound: Samples, parts: Sequence[Stretch]) -> str:
    """By the longest part: one language for all, so that a cough is no Welsh."""
    longest = max(parts, key=lambda part: part.end - part.begin)
    piece = np.ascontiguousarray(sound[round(longest.begin * RATE) : round(longest.end * RATE)])
    return str(model.detect_language(piece)[0])


def _parts(stretches: Sequence[Stretch], whole_s: float) -> list[Stretch]:
    """Stretches with a little around them; near ones together, long ones cut, each no longer than the model looks."""
    parts: list[Stretch] = []
    for stretch in stretches:
        begin, end = max(stretch.begin - _AROUND_S, 0.0), min(stretch.end + _AROUND_S, whole_s)
        if parts and begin - parts[-1].end < _JOINED_S and end - parts[-1].begin <= _LONGEST_S:
            parts[-1] = Stretch(parts[-1].begin, end)
            continue
        begin = max(begin, parts[-1].end) if parts else begin
        count = max(int(np.ceil((end - begin) / _LONGEST_S)), 1)
        step = (end - begin) / count
        parts += [Stretch(begin + step * at, begin + step * (at + 1)) for at in range(count)]
    return parts


def _joined(words: Sequence[Word]) -> list[Word]:
    """Whisper's pieces as words: one that begins without a space belongs to the one before it. In languages that know no
    spaces that goes on until something can be read in a glance."""
    found: list[Word] = []
    for word in words:
        text = word.text.strip()
        if not text:
            continue
        before = found[-1] if found else None
        goes_on = before is not None and not word.text[:1].isspace() and word.begin - before.end < _APART_S
        if before is not None and goes_on and len(before.text) + len(text) <= _ONE_WORD:
            found[-1] = Word(before.text + text, before.begin, max(before.end, word.end))
        elif before is not None and not any(char.isalnum() for char in text):
            found[-1] = Word(before.text + text, before.begin, before.end)
        else:
            found.append(Word(text, max(word.begin, before.end) if before is not None else word.begin, word.end))
    return [Word(one.text, one.begin, max(one.end, one.begin + 0.01)) for one in found]


def _model_of(folder: Path) -> tuple[Recognizer, Any]:
    """The model in a folder, from before where it is the same."""
    try:
        key = str(folder), (folder / WEIGHTS).stat().st_mtime_ns
        if _kept and _kept[0][0] == key:
            return _kept[0][1:]
        _kept.clear()  # its memory goes before the next one needs it
        gc.collect()
        recognizer = read_recognizer(folder)
    except UnusableRecognizerError as error:
        raise RenderRefusedError(f"The recognizer in {folder} cannot be used: {error}.", _FIELD) from None
    except OSError as error:
        raise RenderRefusedError(f"The recognizer in {folder} cannot be read: {error.strerror}.", _FIELD) from error
    _check_memory(recognizer)
    model = _loaded(recognizer)
    _kept.append((key, recognizer, model))
    return recognizer, model


def _check_memory(recognizer: Recognizer) -> None:
    needed, free = recognizer.size + _WORKING_ROOM, psutil.virtual_memory().available
    if needed > free:
        raise RenderRefusedError(f"The recognizer {recognizer.name} needs about {needed / 1e9:.1f} GB of memory, and "
                                 f"{free / 1e9:.1f} GB are free. Close other programs, or use a smaller one.", _FIELD)


def _loaded(recognizer: Recognizer) -> Any:
    os.environ.update(ENVIRONMENT)
    try:
        import ctranslate2
        from faster_whisper import WhisperModel
    except ImportError as error:
        words = f"Recognizers of your own need the extra “whisper” of this program, of which {error.name} is missing."
        raise RenderRefusedError(words, _FIELD) from error
    ctranslate2.set_random_seed(1)  # where it is unsure it tries again with chance
    try:
        return WhisperModel(str(recognizer.folder), device="cpu", compute_type="int8", local_files_only=True,
                            cpu_threads=min(os.cpu_count() or 1, _MOST_THREADS))
    except Exception as error:  # the border to three libraries whose errors share no class
        log.exception("the recognizer in %s could not be loaded", recognizer.folder)
        words = (f"The recognizer {recognizer.name} could not be loaded: {_first_line(error)} Put a whole one in its "
                 "place, or take its folder out of the settings.")
        raise RenderRefusedError(words, _FIELD) from error


def _first_line(error: BaseException) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
    return line if line.endswith(".") else line + "."
