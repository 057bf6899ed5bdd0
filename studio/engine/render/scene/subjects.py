"""Subjects put on the stage: who stands where, how large, in what order."""

from __future__ import annotations

from collections.abc import Iterator

from studio.engine.render.scene.layers import Layer
from studio.engine.render.scene.stage import Stage


def paint_subjects(stage: Stage) -> Iterator[Layer]:
    """The layers of the subjects that the prompt names."""
    yield from ()
