"""The contact sheet of the engine's operations: pictures, frames of films, spectra with measured loudness, texts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from studio.engine.render.sound.loudness import integrated_loudness
from studio.engine.render.sound.sound_files import read_sound

CELL, FOOT, GAP, COLUMNS = (480, 270), 96, 16, 4
BACK, PANEL, INK, DIM, BAD = "#17181c", "#222429", "#f2f2f4", "#a4a7b0", "#ff8a80"
_QUIET = ("task_id", "asset_type", "status", "model", "provider", "operation", "seed", "text", "width", "height")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one operation gave. `reason`: why it failed, else empty."""

    operation: str
    words: str
    files: tuple[Path, ...]
    output: dict[str, Any]
    reason: str = ""


def draw_sheet(entries: Sequence[Entry]) -> Image.Image:
    """All entries in rows of four."""
    rows = -(-len(entries) // COLUMNS)
    width, height = CELL[0] + GAP, CELL[1] + FOOT + GAP
    sheet = Image.new("RGB", (COLUMNS * width + GAP, rows * height + GAP), BACK)
    for number, entry in enumerate(entries):
        place = (GAP + number % COLUMNS * width, GAP + number // COLUMNS * height)
        sheet.paste(_cell(entry), place)
    return sheet


def _cell(entry: Entry) -> Image.Image:
    cell = Image.new("RGB", (CELL[0], CELL[1] + FOOT), PANEL)
    draw = ImageDraw.Draw(cell)
    picture, measured = _shown(entry)
    if picture is not None:
        cell.paste(_fitted(picture), (0, 0))
    title, small = ImageFont.load_default(17), ImageFont.load_default(13)
    draw.text((12, CELL[1] + 8), entry.operation, fill=INK, font=title)
    told = entry.reason or " · ".join(part for part in (measured, _understood(entry.output)) if part)
    lines = textwrap.wrap(entry.words, 68)[:1] + textwrap.wrap(told, 68)[: 3 if entry.words else 4]
    for row, line in enumerate(lines):
        colour = BAD if entry.reason and row else DIM
        draw.text((12, CELL[1] + 32 + row * 15), line, fill=colour, font=small)
    return cell


def _understood(output: dict[str, Any]) -> str:
    """What the answer says of itself, short."""
    plain = {name: value for name, value in output.items()
             if name not in _QUIET and "url" not in name.lower() and isinstance(value, str | int | float | list) and value}
    return ", ".join(f"{name} {_short(value)}" for name, value in plain.items())[:300]


def _short(value: object) -> str:
    if isinstance(value, list):
        return "/".join(_short(item) for item in value[:3] if not isinstance(item, dict)) or str(len(value))
    return str(round(value, 2) if isinstance(value, float) else value)[:60]


def _shown(entry: Entry) -> tuple[Image.Image | None, str]:
    """A picture of the first file, and what was measured of it."""
    if not entry.files:
        return None, ""
    path = entry.files[0]
    if path.suffix == ".txt":
        return _text(path.read_text(encoding="utf-8")), ""
    if path.suffix in (".mp3", ".wav", ".m4a"):
        return _spectrum(path)
    if path.suffix in (".mp4", ".webm", ".mov"):
        return _film(path)
    with Image.open(path) as picture:
        return picture.convert("RGB"), f"{picture.width} x {picture.height}"


def _fitted(picture: Image.Image) -> Image.Image:
    frame = Image.new("RGB", CELL, "black")
    picture.thumbnail(CELL, Image.Resampling.LANCZOS)
    frame.paste(picture, ((CELL[0] - picture.width) // 2, (CELL[1] - picture.height) // 2))
    return frame


def _text(words: str) -> Image.Image:
    page = Image.new("RGB", CELL, "#2b2e35")
    lines = "\n".join(textwrap.wrap(words, 54)[:13])
    ImageDraw.Draw(page).multiline_text((16, 16), lines, fill=INK, font=ImageFont.load_default(15), spacing=5)
    return page


def _film(path: Path) -> tuple[Image.Image, str]:
    """Six frames, evenly spread, in two rows."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in container.decode(stream)]
        rate, codec = stream.average_rate, stream.codec_context.name
        sound = container.streams.audio[0].codec_context.name if container.streams.audio else "silent"
    wide = frames[0].width >= frames[0].height
    across, size = (3, (CELL[0] // 3, CELL[1] // 2)) if wide else (6, (CELL[0] // 6, CELL[1]))
    strip = Image.new("RGB", CELL, "black")
    for number, at in enumerate(np.linspace(0, len(frames) - 1, 6).round().astype(int)):
        small = frames[at].copy()
        small.thumbnail(size, Image.Resampling.LANCZOS)
        strip.paste(small, (number % across * size[0], number // across * size[1]))
    length = len(frames) / float(rate or 24)
    return strip, f"{frames[0].width} x {frames[0].height}, {length:.2f} s at {float(rate or 24):g}, {codec}, {sound}"


def _spectrum(path: Path) -> tuple[Image.Image, str]:
    """Time to the right, 50 Hz to 16 kHz upwards, −90 to −10 dB from dark to light."""
    sound = read_sound(path)
    mono = sound.mean(axis=1).astype(np.float64)
    size, step = 4096, max(1, (len(mono) - 4096) // CELL[0])
    window = np.hanning(size)
    starts = np.arange(0, max(1, len(mono) - size), step)[: CELL[0]]
    levels = [np.abs(np.fft.rfft(_piece(mono, start, size) * window)) / (size / 4) for start in starts]
    rows = np.geomspace(50, 16_000, CELL[1])[::-1] / (48_000 / size)
    shade = np.clip((20 * np.log10(np.array(levels).T[rows.astype(int)] + 1e-9) + 90) / 80, 0, 1)
    colours = np.stack([shade * 255, shade**2 * 220, (0.25 + 0.5 * shade * (1 - shade)) * 255], axis=2).astype(np.uint8)
    picture = Image.fromarray(colours).resize(CELL)
    peak = 20 * np.log10(np.abs(sound).max() + 1e-9)
    return picture, f"{len(sound) / 48_000:.2f} s, {integrated_loudness(sound):.1f} LUFS, peak {peak:.1f} dB"


def _piece(mono: NDArray[np.float64], start: int, size: int) -> NDArray[np.float64]:
    piece = mono[start : start + size]
    return np.pad(piece, (0, size - len(piece)))
