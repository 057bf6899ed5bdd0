"""Progress and cancel through files, where another process reads them at the same time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.engine.render.task import RenderCancelledError, RenderControl


def test_progress_is_written_never_goes_back_and_a_cancel_is_heard(tmp_path: Path) -> None:
    control = RenderControl(tmp_path)
    for value in (0.1, 0.05, 0.102, 2.0):
        control.progress(value)
        assert (tmp_path / "progress").read_text() == ("1.0000" if value > 1 else "0.1000")
    (tmp_path / "cancel").touch()
    with pytest.raises(RenderCancelledError):
        control.progress(1.0)


def test_a_reader_that_holds_the_file_ends_no_render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, held = os.replace, [2]

    def replace(source: Path, target: Path) -> None:
        if held[0]:
            held[0] -= 1
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        real(source, target)

    monkeypatch.setattr("studio.engine.render.task.os.replace", replace)
    control = RenderControl(tmp_path)
    control.progress(0.2)
    assert (tmp_path / "progress").read_text() == "0.2000", "tried again"
    held[0] = 99
    control.progress(0.5)
    assert (tmp_path / "progress").read_text() == "0.2000", "this one is let go"
    held[0] = 0
    control.progress(0.6)
    assert (tmp_path / "progress").read_text() == "0.6000"
