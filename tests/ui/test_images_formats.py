"""Picture files are read in the format of their content, without asking every reader that Qt has."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from studio.ui.images.formats import format_of, picture_reader


@pytest.mark.parametrize(("kind", "name"), [("PNG", b"png"), ("JPEG", b"jpeg"), ("GIF", b"gif"), ("WEBP", b"webp"),
                                            ("TIFF", b"tiff"), ("BMP", b"bmp")])
def test_the_content_decides_and_not_the_name(qapp: QApplication, tmp_path: Path, kind: str, name: bytes) -> None:
    path = tmp_path / "picture.svg"
    Image.new("RGB", (7, 5), "teal").save(path, kind)
    assert format_of(str(path)) == name
    reader = picture_reader(str(path))
    assert not reader.autoDetectImageFormat(), "no other reader is asked"
    assert reader.size().toTuple() == (7, 5)
    assert not reader.read().isNull()


def test_what_is_not_told_by_its_first_bytes_is_left_to_qt(qapp: QApplication, tmp_path: Path) -> None:
    drawing = tmp_path / "drawing.png"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="6" height="4"/>', encoding="utf-8")
    assert format_of(str(drawing)) == b""
    assert picture_reader(str(drawing)).size().toTuple() == (6, 4)
    assert format_of(str(tmp_path / "nowhere.png")) == b""
    assert not picture_reader(str(tmp_path / "nowhere.png")).size().isValid()
