"""JPEG (ITU-T T.81): XMP stands in an APP1 segment in front (XMP part 3, 1.1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from studio.media.tags import xmp
from studio.media.tags.png import turned_only
from studio.media.tags.streams import broken

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0\0"
_LARGEST = 400_000_000
_LARGEST_SEGMENT = 65_533
_SOS, _EOI, _APP0, _APP1, _APP2, _APP11, _APP14, _COM = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEB, 0xEE, 0xFE
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")  # in coded data a 0xFF is followed by 0 or a restart marker

Segment = tuple[int, int, int, int]
"""Marker, where it begins, where its data begin, where they end."""


def embed(source: Path, target: Path, line: str) -> bool:
    data = _load(source)
    front = [one for one in _segments(data, whole=False) if one[0] != _SOS]
    packets = [one for one in front if _starts(data, one, _APP1, _XMP)]
    if len(packets) > 1 or any(one[0] == _APP11 and b"jumb" in data[one[2] : one[2] + 32] for one in front):
        return False
    made = xmp.with_line(data[packets[0][2] + len(_XMP) : packets[0][3]] if packets else None, line)
    if made is None or len(_XMP) + len(made) > _LARGEST_SEGMENT:
        return False
    first = next((one for one in front if one[0] != _APP0 and not _starts(data, one, _APP1, _EXIF)), None)
    at = first[1] if first else _segments_end(data, front)
    with target.open("xb") as writer:
        writer.write(data[:at])
        writer.write(_segment(_APP1, _XMP + made))
        for marker, begin, start, end in front:
            if begin >= at and not _starts(data, (marker, begin, start, end), _APP1, _XMP):
                writer.write(data[begin:end])
        writer.write(data[_segments_end(data, front) :])
    return True


def strip(source: Path, target: Path) -> bool:
    """Colour profile and what turns the picture stay; what lies behind the picture's end goes."""
    from PIL import Image

    data = _load(source)
    with target.open("xb") as writer:
        writer.write(b"\xff\xd8")
        behind = 2
        for marker, begin, start, end in _segments(data, whole=True):
            writer.write(data[behind:begin])  # coded data, between scans
            behind = end
            one = (marker, begin, start, end)
            if _starts(data, one, _APP1, _EXIF):
                turned = turned_only(data[start + len(_EXIF) : end], Image.Exif())
                if turned:
                    writer.write(_segment(_APP1, _EXIF + turned))
            elif _is_needed(data, one):
                writer.write(data[begin:end])
    return True


def read(path: Path) -> str | None:
    data = _load(path)
    for one in _segments(data, whole=False):
        if _starts(data, one, _APP1, _XMP):
            found = xmp.line_of(data[one[2] + len(_XMP) : one[3]])
            if found is not None:
                return found
    return None


def _load(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST:
        raise broken("larger than any picture")
    data = path.read_bytes()
    if data[:2] != b"\xff\xd8":
        raise broken("no JPEG")
    return data


def _segments(data: bytes, *, whole: bool) -> Iterator[Segment]:
    """Up to the first scan, or to the end of the picture. The scan's coded data lie behind its segment."""
    at = 2
    scanned = False
    while True:
        while not scanned and data[at : at + 2] == b"\xff\xff":
            at += 1  # a marker may have any number of these in front
        found = _MARKER.search(data, at) if scanned else _MARKER.match(data, at)
        if found is None:
            break
        marker, begin, start = found[1][0], found.start(), found.end()
        if marker == _EOI:
            yield marker, begin, start, start
            return
        if marker == 0x01:
            at = start
            continue
        end = start + int.from_bytes(data[start : start + 2], "big")
        if end < start + 2 or end > len(data):
            break
        yield marker, begin, start + 2, end
        if marker == _SOS and not whole:
            return
        at, scanned = end, scanned or marker == _SOS
    raise broken("its parts do not follow on each other")


def _is_needed(data: bytes, one: Segment) -> bool:
    if not 0xE0 <= one[0] <= 0xEF and one[0] != _COM:
        return True
    return one[0] == _APP14 or _starts(data, one, _APP0, b"JFIF\0") or _starts(data, one, _APP2, b"ICC_PROFILE\0")


def _segments_end(data: bytes, front: list[Segment]) -> int:
    return front[-1][3] if front else 2


def _starts(data: bytes, segment: Segment, marker: int, words: bytes) -> bool:
    return segment[0] == marker and data.startswith(words, segment[2], segment[3])


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2, "big") + data
