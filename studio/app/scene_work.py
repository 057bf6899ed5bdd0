"""What is computed for the scene board in a process of its own: cutting a subject out, and laying the photos on one picture.

A process, as finding a subject takes a second or two of arithmetic that would hold up the window's thread.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from studio.domain.scene_board import SceneBoard

NOTHING_FOUND, UNREADABLE = 3, 4
"""Exit codes beside 0: no subject stands out; a file is no picture that can be read."""
CUT_SIDE = 1400
"""The longer side of a cut-out, in pixels: about what a photo takes of a frame of 1080 lines."""
PAPER = (220, 216, 209)
"""sRGB bytes of the plain backdrop behind own words; the board shows the same."""


def cut_out_file(photo: str, target: str) -> None:
    """Cut the subject of a photo out: an RGBA picture at `target`. Ends the process with a code of this module otherwise."""
    _be_nice()
    import numpy as np
    from PIL import Image

    from studio.engine.render.cutout import cut_out
    from studio.media.errors import MediaError
    from studio.media.pictures import open_picture

    try:
        image = open_picture(photo)
    except (MediaError, OSError) as error:
        raise SystemExit(UNREADABLE) from error
    image.thumbnail((CUT_SIDE, CUT_SIDE), Image.Resampling.LANCZOS)
    alpha = np.asarray(image.getchannel("A"), np.uint8) if image.mode == "RGBA" else None
    found = cut_out(np.ascontiguousarray(np.asarray(image.convert("RGB"), np.uint8)), alpha)
    if found is None:
        raise SystemExit(NOTHING_FOUND)
    rgba = np.dstack([found.colours, (found.alpha * 255 + 0.5).astype(np.uint8)])
    _write(Image.fromarray(rgba, "RGBA"), target)


def flatten_file(board: SceneBoard, photos: dict[str, str], cutouts: dict[str, str], background: str, target: str) -> None:
    """Lay the board's photos on its background as one PNG of the frame's size at `target`.

    `photos`: files by address. `cutouts`: files of `cut_out_file` by address. `background`: a picture, or "" for paper.
    """
    _be_nice()
    import numpy as np
    from PIL import Image

    from studio.media.collage import Line, Piece, covering, laid, refined
    from studio.media.errors import MediaError
    from studio.media.pictures import open_picture

    width, height = board.frame
    try:
        if background:
            ground = covering(np.asarray(open_picture(background).convert("RGB"), np.uint8), width, height)
        else:
            ground = np.full((height, width, 3), PAPER, np.uint8)
        pieces = []
        for layer in reversed(board.layers):
            source = cutouts.get(layer.uri) if layer.cut_out else None
            image = open_picture(source or photos[layer.uri])
            image.thumbnail((CUT_SIDE, CUT_SIDE), Image.Resampling.LANCZOS)
            rgba = np.asarray(image.convert("RGBA"), np.uint8).copy()
            if layer.cut_out:
                lines = [Line(stroke.points, stroke.radius, stroke.adds) for stroke in layer.strokes]
                rgba[..., 3] = refined(np.ascontiguousarray(rgba[..., 3]), lines)
            wide, high = layer.size
            pieces.append(Piece(rgba, layer.x, layer.y, wide, high, layer.rotation, layer.mirrored))
    except (MediaError, OSError) as error:
        raise SystemExit(UNREADABLE) from error
    _write(Image.fromarray(laid(ground, pieces), "RGB"), target)


def _write(image: object, target: str) -> None:
    """By rename, so that a picture that is there is whole."""
    from PIL import Image

    if not isinstance(image, Image.Image):
        raise TypeError("a picture is needed")
    part = Path(f"{target}.{os.getpid()}.part")
    image.save(part, "PNG", compress_level=1)
    part.replace(target)


def _be_nice() -> None:
    """The window goes first."""
    with contextlib.suppress(AttributeError, OSError):  # Windows has no nice
        os.nice(10)
