"""What runs inside a worker process: low priority, one render at a time, and never longer than the engine lives."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path

from studio.engine.limits import limit_process
from studio.engine.render.registry import load
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.background import step_back

THREADS_VARIABLE = "STUDIO_RENDER_THREADS"
NO_MEMORY = "There is not enough memory for this. Choose a lower resolution or a shorter length."
_CV_NO_MEMORY = -4  # cv::Error::StsNoMem
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a worker gives back: the renderer's output, the SHA-256 of each file, and the seconds it took."""

    output: RenderOutput
    hashes: tuple[str, ...]
    seconds: float


class _PatientControl(RenderControl):
    """On Windows a file that is just being read cannot be replaced: that one number is left out, the next one comes."""

    def progress(self, fraction: float) -> None:
        try:
            super().progress(fraction)
        except PermissionError:
            log.debug("progress could not be written this time")


def begin(memory: int) -> None:
    """Prepare a fresh worker process (the executor's initializer) that may take `memory` bytes."""
    # Ctrl+C goes to the whole terminal group; the engine alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    step_back()
    limit_process(memory)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()


def warm(modules: tuple[str, ...]) -> int:
    """Import what renderers will need, before the first job asks for it; the process id of the worker."""
    for name in modules:
        try:
            __import__(name)
        except ImportError:  # said again, in full, by the first job that needs it
            log.warning("%s cannot be imported; what needs it will fail", name)
    return os.getpid()


def render(target: str, task: RenderTask, threads: int) -> Rendered:
    """Render one task with the function behind `target`, with about `threads` threads for libraries that use several.

    Raises RenderCancelledError, and RenderRefusedError also for a full disk or memory; anything else is a bug of the
    renderer and comes out as it is.
    """
    _limit_threads(threads)
    control = _PatientControl(task.path)
    began = time.perf_counter()
    try:
        control.check()
        output = load(target)(task, control)
        control.check()
    except MemoryError:
        raise RenderRefusedError(NO_MEMORY) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise RenderRefusedError("The disk is full. Make room and run it again.") from error
        raise
    except (RenderCancelledError, RenderRefusedError):
        raise
    except Exception as error:
        _translate(error)
        raise
    hashes = tuple(_sha256(Path(name)) for name in output.files)
    return Rendered(output, hashes, time.perf_counter() - began)


def _translate(error: Exception) -> None:
    """A renderer that let a media error pass: it is the input that is at fault, and the message is written for people.

    OpenCV has an error of its own for memory that it did not get.
    """
    from studio.media.errors import MediaError

    if isinstance(error, MediaError):
        raise RenderRefusedError(error.message) from error
    if getattr(error, "code", None) == _CV_NO_MEMORY and type(error).__module__ == "cv2":
        raise RenderRefusedError(NO_MEMORY) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _limit_threads(threads: int) -> None:
    """Share the cores among the jobs that run: libraries read the environment when they start, OpenCV can be told later."""
    os.environ[THREADS_VARIABLE] = str(threads)
    cv2 = sys.modules.get("cv2")
    if cv2 is not None:
        cv2.setNumThreads(threads)


def _end_with_parent() -> None:
    """Wait for the engine's end, however it comes, and end too: nobody would take the result."""
    parent = parent_process()
    if parent is None:
        return  # not a child of an engine: an executor of somebody else's, with a life of its own
    parent.join()
    os._exit(3)
