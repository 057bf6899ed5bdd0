"""Names that every system takes and that never lead out of their folder."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.operation import MediaKind
from studio.library.names import LONGEST_NAME, extension_of, numbered, output_tag, safe_stem, title_stem

TRICKS = ["../../etc/passwd", "..\\..\\windows", "/etc/passwd", "C:\\x", "C:x", "a\x00b", "con", "CON.txt", "nul .x", "LPT1",
          "com¹", ".", "..", "...", " ", "", ".hidden", "name.", "name ", "a:b", "file:stream", "x" * 500, "ö" * 500,
          "🙂" * 300, "a\nb\tc", "\u202egpj.exe", "\ud800", "aux.tar.gz", "~", "%2e%2e", "con.  ", "CONIN$"]
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", *(f"{d}{n}" for d in ("com", "lpt") for n in "0123456789¹²³")}


def assert_safe(stem: str) -> None:
    name = numbered(stem, ".png", 12)
    assert name == PurePosixPath(name).name == PureWindowsPath(name).name
    assert not set(name) & set('<>:"/\\|?*')
    assert all(character.isprintable() for character in name)
    assert not stem.startswith((".", " "))
    assert not stem.endswith((".", " "))
    assert stem.split(".")[0].strip().lower() not in RESERVED
    assert 0 < len(name) <= LONGEST_NAME
    assert len(name.encode()) <= 255


@pytest.mark.parametrize("text", TRICKS, ids=range(len(TRICKS)))
def test_tricks_become_plain_names(text: str) -> None:
    assert_safe(safe_stem(text))
    assert_safe(title_stem(text, "video.generate"))


@given(st.text(st.characters()))
@settings(deadline=None)
def test_any_text_becomes_a_name(text: str) -> None:
    assert_safe(safe_stem(text))
    assert_safe(title_stem(text, text))
    assert_safe(f"{title_stem(text, 'x')} {output_tag('job_1', 0)}")


PIECES = ["con", "nul", "com1", ".", " ", "/", "\\", ":", "\x00", "a", "ﬁ", "\u0301", "🙂"]


@given(st.lists(st.sampled_from(PIECES), max_size=8))
@settings(deadline=None)
def test_any_mixture_of_tricks_becomes_a_name(pieces: list[str]) -> None:
    assert_safe(safe_stem("".join(pieces)))


def test_a_title_is_the_first_words() -> None:
    prompt = "A quiet harbour at dawn, with fishing boats and gulls in the mist"
    assert title_stem(prompt, "x") == "A quiet harbour at dawn, with fishing boats and"
    assert title_stem("", "video.generate") == "video.generate"
    assert title_stem("Grüße: was/wann?", "x") == "Grüße was wann"


def test_a_tag_belongs_to_one_output() -> None:
    tags = {output_tag(job, index) for job in ("job_1", "job_2") for index in range(3)}
    assert len(tags) == 6
    assert output_tag("job_1", 0) == output_tag("job_1", 0)


@pytest.mark.parametrize(("mime", "file_name", "extension"), [
    ("image/jpeg", "lie.exe", ".jpg"), ("", "model.GLB", ".glb"), ("", "../../x.srt", ".srt"), ("", "x", ".mp4"),
    ("", "", ".mp4"), ("", "x.waytoolong", ".mp4"), ("", "x.a b", ".mp4"), ("", "x.é", ".mp4"),
])
def test_the_content_decides_the_extension(mime: str, file_name: str, extension: str) -> None:
    assert extension_of(mime, MediaKind.VIDEO, file_name) == extension
