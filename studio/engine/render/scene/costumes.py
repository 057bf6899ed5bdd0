"""People in suits that hide them: the astronaut, standing and seen close."""

from __future__ import annotations

import numpy as np

from studio.engine.render.scene.canvas import rgb
from studio.engine.render.scene.forms import Form

_SUIT, _SHADE, _GREY, _VISOR = rgb("#eceae4"), rgb("#a9abb0"), rgb("#6f747c"), rgb("#2a2f3c")


def astronaut(action: str = "stand") -> Form:
    """A person in a space suit, 1.9 m tall, facing right, standing or in a bouncing walk."""
    form = Form()
    stride = action in {"walk", "run"}
    form.blob([(-0.48, -1.56), (-0.52, -0.86), (-0.20, -0.80), (-0.16, -1.62)], _GREY)
    form.blob([(-0.44, -1.50), (-0.46, -1.0), (-0.28, -0.94), (-0.26, -1.54)], _SHADE)
    form.chain(
        [(-0.02, -1.42), (-0.26, -1.14), (-0.22 if stride else -0.30, -0.86)], [0.24, 0.20, 0.17], _SHADE * np.float32(0.8)
    )
    far, near = (
        (((-0.04, -0.90), (-0.26, -0.50), (-0.44, -0.14)), ((0.04, -0.90), (0.26, -0.50), (0.24, -0.10)))
        if stride
        else (((-0.06, -0.90), (-0.12, -0.50), (-0.15, -0.12)), ((0.08, -0.90), (0.13, -0.50), (0.14, -0.10)))
    )
    for leg, tone in ((far, _SHADE), (near, _SUIT)):
        form.chain(list(leg), [0.32, 0.27, 0.23], tone)
        x, y = leg[-1]
        form.blob(
            [(x - 0.13, y + 0.10), (x - 0.13, y - 0.08), (x + 0.12, y - 0.08), (x + 0.24, y + 0.03), (x + 0.24, y + 0.10)],
            _GREY,
            2,
        )
        form.limb((x - 0.12, y - 0.10), (x + 0.12, y - 0.10), 0.05, 0.05, _GREY * np.float32(1.4))
    form.blob([(-0.26, -0.82), (-0.30, -1.30), (-0.22, -1.58), (0.18, -1.58), (0.30, -1.28), (0.25, -0.82)], _SUIT)
    form.blob([(-0.26, -0.82), (-0.30, -1.30), (-0.22, -1.58), (-0.10, -1.56), (-0.14, -1.1), (-0.12, -0.82)], _SHADE)
    form.box(0.02, -1.34, 0.24, -1.12, _GREY)
    for at, code in enumerate(("#c8443a", "#3f7fc8", "#e0b040")):
        form.disc(0.06 + 0.065 * at, -1.18, 0.022, code)
    form.disc(0.02, -1.70, 0.245, _SUIT)
    form.disc(0.08, -1.69, 0.180, _VISOR, 0.165)
    form.disc(0.115, -1.72, 0.120, rgb("#8a6a34"), 0.090)
    form.disc(0.150, -1.755, 0.045, rgb("#f6e2b0"), 0.026, -0.5)
    form.chain([(0.04, -1.42), (0.20, -1.14), (0.34 if stride else 0.24, -0.92)], [0.25, 0.21, 0.18], _SUIT)
    form.disc(0.36 if stride else 0.25, -0.86, 0.10, _GREY)
    return form


def helmet_bust() -> Form:
    """An astronaut's helmet and shoulders, in the measure of a portrait."""
    form = Form()
    form.blob([(-0.9, 1.1), (-2.0, 1.7), (-2.6, 2.8), (-2.7, 4.8), (2.7, 4.8), (2.6, 2.8), (2.0, 1.7), (0.9, 1.1)], _SUIT)
    form.blob([(-0.9, 1.2), (-2.0, 1.7), (-2.6, 2.8), (-2.7, 4.8), (-1.2, 4.8), (-1.0, 2.4)], _SHADE)
    form.disc(0.0, 1.35, 1.25, _GREY, 0.42)
    form.disc(0.0, 1.25, 1.12, _GREY * np.float32(1.6), 0.34)
    form.disc(0.0, -0.05, 1.50, _SUIT, 1.52)
    form.blob([(-1.3, -0.7), (-1.5, 0.0), (-1.25, 0.85), (-0.5, 1.4), (-0.85, 0.6), (-0.95, -0.3)], _SHADE)
    form.disc(0.14, 0.0, 1.18, _VISOR * np.float32(0.6), 1.08)
    form.disc(0.22, -0.05, 1.02, rgb("#6d4f22"), 0.94)
    form.disc(0.34, -0.14, 0.80, rgb("#b88a3c"), 0.70)
    form.disc(0.44, -0.26, 0.52, rgb("#e2bd6c"), 0.40)
    form.disc(0.62, -0.46, 0.16, rgb("#fff4d4"), 0.10, -0.6)
    form.blob([(-0.85, 0.45), (0.1, 0.56), (1.15, 0.40), (0.9, 0.80), (0.2, 1.02), (-0.5, 0.86)], _VISOR, 2)
    form.box(-0.35, 2.5, 0.75, 3.3, _GREY)
    for at, code in enumerate(("#c8443a", "#3f7fc8", "#e0b040")):
        form.disc(-0.1 + 0.30 * at, 3.05, 0.09, code)
    return form
