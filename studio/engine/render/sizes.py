"""Pixel sizes from the words of the two contracts: a resolution and an aspect ratio become width and height."""

from __future__ import annotations

import re

SHORT_SIDES = {
    "360p": 360,
    "480p": 480,
    "540p": 540,
    "720p": 720,
    "1080p": 1080,
    "1440p": 1440,
    "2k": 1440,
    "4k": 2160,
    "2160p": 2160,
}
LONG_SIDES = {"0.5k": 512, "512": 512, "1k": 1024, "2k": 2048, "3k": 3072, "4k": 4096}
MAX_SIDE = 4096 * 4
_RATIO = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[:x/]\s*(\d+(?:\.\d+)?)\s*$")


def parse_ratio(aspect_ratio: str | None, default: float = 1.0) -> float:
    """Width over height from "16:9" (also "16x9", "16/9"); nothing gives the default. ValueError for other words."""
    if aspect_ratio is None or not aspect_ratio.strip() or aspect_ratio.strip().lower() in {"auto", "original"}:
        return default
    found = _RATIO.match(aspect_ratio)
    if not found or not float(found[1]) or not float(found[2]):
        raise ValueError(f"“{aspect_ratio}” is no aspect ratio; write it like 16:9")
    ratio = float(found[1]) / float(found[2])
    if not 1 / 8 <= ratio <= 8:
        raise ValueError(f"the aspect ratio {aspect_ratio} is too long and thin; the limit is 8:1")
    return ratio


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)


def _side(resolution: str, sides: dict[str, int], pattern: str, factor: int) -> int:
    word = resolution.strip().lower()
    if word in sides:
        return sides[word]
    found = re.fullmatch(pattern, word)
    side = int(float(found[1]) * factor) if found else 0
    if not 64 <= side <= MAX_SIDE:
        raise ValueError(f"“{resolution}” is no resolution known here; known are {', '.join(sides)}")
    return side


def short_side_size(resolution: str, aspect_ratio: str | None = "16:9") -> tuple[int, int]:
    """(width, height), both even, with the short side named by "720p", "1080p" or "4k". ValueError for unknown words.

    1080p at 16:9 is 1920×1080, at 9:16 it is 1080×1920, at 1:1 it is 1080×1080.
    """
    short = _side(resolution, SHORT_SIDES, r"(\d{2,4})p?", 1)
    ratio = parse_ratio(aspect_ratio, 16 / 9)
    return (_even(short * ratio), _even(short)) if ratio >= 1 else (_even(short), _even(short / ratio))


def long_side_size(resolution: str, aspect_ratio: str | None = "1:1") -> tuple[int, int]:
    """(width, height), both even, with the long side named by "1K", "2K" or "4K". ValueError for unknown words.

    2K at 16:9 is 2048×1152, at 3:4 it is 1536×2048. Words of the short-side kind ("1080p") are taken as such.
    """
    if re.fullmatch(r"\d{3,4}p", resolution.strip().lower()):
        return short_side_size(resolution, aspect_ratio or "1:1")
    long = _side(resolution, LONG_SIDES, r"(\d(?:\.\d)?)k", 1024)
    ratio = parse_ratio(aspect_ratio, 1.0)
    return (_even(long), _even(long / ratio)) if ratio >= 1 else (_even(long * ratio), _even(long))
