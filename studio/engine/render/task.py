"""What a renderer gets and gives: a function from a validated input to a file, with progress and cancel.

A renderer runs in a worker process (any concurrent.futures.Executor), so everything here can be pickled, and progress and
cancel travel through files in the task's own folder: that works for local processes and for a cluster with a shared disk.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

MediaKind = Literal["image", "video", "audio", "prompt"]


class RenderCancelledError(Exception):
    """The person cancelled; the renderer stops at once and leaves nothing behind but its folder."""


class RenderRefusedError(Exception):
    """The input is valid by the contract but cannot be rendered (a file that is no picture, no face found…)."""

    def __init__(self, message: str, field_name: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field_name = field_name

    def __reduce__(self) -> tuple[type[RenderRefusedError], tuple[str, str | None]]:
        return type(self), (self.message, self.field_name)


@dataclass(frozen=True, slots=True)
class Origin:
    """How a video that an input names by its id was made here at first.

    `operation` is the wire name with its service, `input` the contract model dumped to JSON values. `changed`: other jobs
    (an edit, an extension) stand between it and the video that is named.
    """

    operation: str
    input: Mapping[str, object]
    seed: int
    changed: bool


@dataclass(frozen=True, slots=True)
class RenderTask:
    """One render.

    `operation` is the wire name with its service ("cannon:video.generate", "canvas:image.generate").
    `input` is the contract model dumped to JSON values. `media` maps each URL of the input to a local file that the server
    has already fetched and checked for size. `folder` is the renderer's own; results are written there.
    `origin`: of an earlier video that the input names, where it is known. `kept`: a folder of the engine's where renderers
    keep what later jobs need (characters); one for all jobs. `model`: the folder or file of a model of the
    person's: of diffusion or a voice where the input names one, of a recognizer for subtitles.
    """

    operation: str
    input: Mapping[str, object]
    media: Mapping[str, str]
    folder: str
    origin: Origin | None = None
    kept: str = ""
    model: str = ""

    @property
    def path(self) -> Path:
        return Path(self.folder)

    @property
    def kept_path(self) -> Path:
        """The folder for what outlives the job. ValueError where this task was given none."""
        if not self.kept:
            raise ValueError("this task was given no folder to keep things in")
        return Path(self.kept)


@dataclass(frozen=True, slots=True)
class RenderOutput:
    """What came out: `main` first of `files`; sizes in pixels, duration in seconds; `extra` joins the answer's output."""

    kind: MediaKind
    files: tuple[str, ...]
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def main(self) -> Path:
        return Path(self.files[0])


class RenderControl:
    """Progress out and cancel in, for one task. `progress` takes 0 to 1 and never goes back."""

    PROGRESS = "progress"
    CANCEL = "cancel"

    def __init__(self, folder: Path) -> None:
        self._progress_file = folder / self.PROGRESS
        self._cancel_file = folder / self.CANCEL
        self._last = -1.0

    def check(self) -> None:
        """Raise RenderCancelledError once a cancel was asked for. Cheap enough to call for every frame."""
        if self._cancel_file.exists():
            raise RenderCancelledError

    def progress(self, fraction: float) -> None:
        """Publish progress (written by rename, so a reader never sees half a number), and check for a cancel."""
        self.check()
        fraction = min(max(fraction, 0.0), 1.0)
        if fraction < self._last + 0.005 and fraction < 1.0:
            return
        self._last = fraction
        partial = self._progress_file.with_suffix(".part")
        partial.write_text(f"{fraction:.4f}", encoding="ascii")
        self._publish(partial)

    def _publish(self, partial: Path) -> None:
        """On Windows a file that somebody reads just now cannot be replaced: try again for a moment, then let this one go.

        Progress is worth no failed render, and the next call brings a newer number; the last one (1.0) is told by the
        result itself.
        """
        for pause in (0.0, 0.005, 0.02):
            time.sleep(pause)
            try:
                os.replace(partial, self._progress_file)
            except PermissionError:
                continue
            return


Renderer = Callable[[RenderTask, RenderControl], RenderOutput]
