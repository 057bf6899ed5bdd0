"""Text set into a picture: wrapped to its width, with an outline that keeps it readable on any ground."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from studio.engine.render.edit.picture import Picture
from studio.engine.render.edit.steps import Step
from studio.engine.render.edit.vocabulary import COLOURS

# Faces that most systems have, the wider in script first; Pillow's own is the last, which knows Latin letters only.
_FONTS = (
    "Inter-Bold.otf",
    "Inter-Bold.ttf",
    "DejaVuSans-Bold.ttf",
    "Arial Bold.ttf",
    "arialbd.ttf",
    "Helvetica.ttc",
    "segoeuib.ttf",
)
_WIDE_FONTS = (
    "NotoSansCJK-Bold.ttc",
    "DejaVuSans-Bold.ttf",
    "Arial Unicode.ttf",
    "msyhbd.ttc",
    "seguisym.ttf",
    "NotoSans-Bold.ttf",
    "PingFang.ttc",
    "meiryob.ttc",
)
_SIZES = {"small": 42, "large": 110}
_USUAL = 72
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=32)
def _font(size: int, wide: bool) -> Font:
    for name in (*_WIDE_FONTS, *_FONTS) if wide else _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue  # not on this system
    return ImageFont.load_default(size)


def letter(picture: Picture, step: Step) -> None:
    """Set the text where the step says; size in thousandths of the short side, smaller where a word would not fit."""
    text, *look = step.value.split("|")
    place = look[0] if look else "bottom"
    size = max(8, round(next((_SIZES[word] for word in look if word in _SIZES), _USUAL) * picture.unit))
    image = Image.fromarray(picture.rgb)
    draw = ImageDraw.Draw(image)
    room = picture.columns * 0.9
    wide = any(ord(char) > 0x24F for char in text)
    font = _font(size, wide)
    while size > 8 and max(draw.textlength(word, font=font) for word in text.split() or [" "]) > room:
        size = max(8, int(size * 0.9))
        font = _font(size, wide)
    lines = _wrapped(draw, text, font, room)
    stroke = max(1, round(size * 0.055))
    words = "\n".join(lines)
    across = "left" if "left" in place else "right" if "right" in place else "center"
    box = draw.multiline_textbbox((0, 0), words, font=font, align=across, stroke_width=stroke, spacing=size * 0.25)
    wide_box, high_box = box[2] - box[0], box[3] - box[1]
    edge = 0.05 * min(picture.rows, picture.columns)
    x = {"left": edge, "right": picture.columns - edge - wide_box, "center": (picture.columns - wide_box) / 2}[across] - box[
        0
    ]
    y = (
        edge if "top" in place else (picture.rows - high_box) / 2 if "middle" in place else picture.rows - edge - high_box
    ) - box[1]
    fill = next((COLOURS[word] for word in look if word in COLOURS), None) or "#ffffff"
    dark = sum(int(fill[at : at + 2], 16) * share for at, share in ((1, 0.3), (3, 0.6), (5, 0.1))) < 110
    draw.multiline_text(
        (x, y),
        words,
        font=font,
        fill=fill,
        align=across,
        stroke_width=stroke,
        spacing=size * 0.25,
        stroke_fill="#ffffff" if dark else "#101010",
    )
    picture.rgb = np.asarray(image, np.uint8)
    if picture.alpha is not None:
        covered = Image.fromarray(picture.alpha)
        ImageDraw.Draw(covered).multiline_text(
            (x, y), words, font=font, fill=255, align=across, stroke_width=stroke, spacing=size * 0.25, stroke_fill=255
        )
        picture.alpha = np.asarray(covered, np.uint8)


def _wrapped(draw: ImageDraw.ImageDraw, text: str, font: Font, room: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and draw.textlength(f"{lines[-1]} {word}", font=font) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines or [""]
