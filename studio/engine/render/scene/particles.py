"""What falls or floats between the scene and the eye: rain, snow, leaves, petals, embers, fireflies, dust.

`draw_particles` gives one moment; with a growing `time_s` it gives a film in which everything falls and drifts, without a
jump:
each particle goes round in a box that is a little larger than the frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, rgb
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.noise import stream

_BORDER = 0.12


@dataclass(frozen=True, slots=True)
class _Kind:
    """How many a square unit, size in units (small, large), speed in units a second, how it is drawn, colours, does it
    shine."""

    count: int
    size: tuple[float, float]
    speed: tuple[float, float]
    shape: str
    colours: tuple[str, ...]
    alpha: float
    shine: float = 0.0
    sway: float = 0.0


_KINDS = {
    "rain": _Kind(420, (0.018, 0.060), (-0.16, 1.7), "streak", ("#dfe8f2",), 0.30),
    "snow": _Kind(520, (0.0012, 0.0056), (-0.035, 0.11), "dot", ("#ffffff",), 0.85, sway=0.02),
    "leaves": _Kind(95, (0.008, 0.020), (-0.09, 0.10), "leaf", ("#d9722a", "#b8431f", "#e3a335", "#8f3a20"), 1.0, sway=0.05),
    "petals": _Kind(60, (0.005, 0.012), (-0.07, 0.07), "leaf", ("#ffd7e4", "#f7b4cc", "#fff0f4"), 0.95, sway=0.05),
    "embers": _Kind(
        70, (0.0012, 0.0036), (0.02, -0.13), "dot", ("#ff9a3c", "#ff6a1e", "#ffd27a"), 0.0, shine=2.2, sway=0.03
    ),
    "fireflies": _Kind(44, (0.0018, 0.0038), (0.006, -0.008), "dot", ("#e6ff7a", "#fff2a0"), 0.0, shine=1.6, sway=0.04),
    "dust": _Kind(110, (0.0008, 0.0026), (0.015, -0.006), "dot", ("#fff0cf",), 0.0, shine=0.16, sway=0.02),
}


def draw_particles(kind: str, canvas: Canvas, seed: int, time_s: float, brightness: float = 0.5) -> Pixels:
    """Premultiplied pixels of one moment. `brightness` is the light around (linear): what does not shine by itself is lit
    by it."""
    spec = _KINDS.get(kind)
    if spec is None:
        return canvas.blank()
    rng = stream(seed, f"particles {kind}")
    wide, high = canvas.frame_w + 2 * _BORDER, canvas.frame_h + 2 * _BORDER
    number = min(int(spec.count * canvas.frame_w * canvas.frame_h), 2500)
    place = rng.random((number, 6))
    near = place[:, 2] ** 2.2
    size = spec.size[0] + (spec.size[1] - spec.size[0]) * near
    pace = 0.45 + 0.55 * near
    wave = spec.sway * np.sin(time_s * (0.7 + place[:, 3]) + place[:, 4] * 6.283)
    x = np.mod(place[:, 0] * wide + spec.speed[0] * pace * time_s + wave, wide) - _BORDER
    y = np.mod(place[:, 1] * high + spec.speed[1] * pace * time_s + wave * 0.4, high) - _BORDER
    layers = [(colour, [i for i in range(number) if i % len(spec.colours) == at]) for at, colour in enumerate(spec.colours)]
    out = canvas.blank()
    for code, chosen in layers:
        mask = np.zeros((canvas.rows, canvas.columns), np.uint8)
        for i in chosen:
            ink = int(255 * (0.35 + 0.65 * near[i]) * _twinkle(kind, time_s, float(place[i, 5])))
            _mark(mask, canvas, spec, float(x[i]), float(y[i]), float(size[i]), place[i], time_s, ink)
        _lay(out, mask, rgb(code), spec, brightness, canvas)
    return out


def _twinkle(kind: str, time_s: float, phase: float) -> float:
    if kind not in {"fireflies", "embers"}:
        return 1.0
    return float(0.35 + 0.65 * max(0.0, np.sin(time_s * (0.8 + phase) + phase * 40)) ** 2 if kind == "fireflies" else 0.8)


def _mark(
    mask: np.ndarray, canvas: Canvas, spec: _Kind, x: float, y: float, size: float, dice: np.ndarray, time_s: float, ink: int
) -> None:
    """One particle drawn into a coverage mask."""
    px, py = ((x - canvas.left) * canvas.scale * 16, (y - canvas.top) * canvas.scale * 16)
    centre = (round(px), round(py))
    length = size * canvas.scale * 16
    if spec.shape == "streak":
        slant = spec.speed[0] / spec.speed[1]
        cv2.line(
            mask,
            centre,
            (round(px + slant * length), round(py + length)),
            ink,
            max(1, round(canvas.scale * 0.0011)),
            cv2.LINE_AA,
            4,
        )
    elif spec.shape == "dot":
        cv2.circle(mask, centre, max(9, round(length)), ink, -1, cv2.LINE_AA, 4)
    else:
        turn = float(dice[3]) * 360 + time_s * 90 * (float(dice[4]) - 0.5)
        fold = 0.25 + 0.5 * abs(float(np.sin(float(dice[4]) * 9 + time_s * (1 + float(dice[5])))))
        cv2.ellipse(
            mask,
            centre,
            (max(10, round(length * 0.5)), max(6, round(length * 0.5 * fold))),
            turn,
            0,
            360,
            ink,
            -1,
            cv2.LINE_AA,
            4,
        )


def _lay(out: Pixels, mask: np.ndarray, colour: Colour, spec: _Kind, brightness: float, canvas: Canvas) -> None:
    """A mask of one colour joined to the premultiplied pixels."""
    if not mask.any():
        return
    if spec.shape == "dot":  # flakes and sparks have no hard rim
        mask = cv2.GaussianBlur(mask, (0, 0), max(canvas.scale * 0.0011, 0.45))
    share = mask.astype(np.float32) / 255
    if spec.shine:
        glow = cv2.GaussianBlur(share, (0, 0), max(canvas.scale * 0.006, 0.8)) * np.float32(3.0)
        out[..., :3] += (share + glow)[..., None] * colour * np.float32(spec.shine)
        return
    share = (share * np.float32(spec.alpha))[..., None]
    light = np.float32(max(0.06, min(brightness * 1.5 + (0.34 if spec.shape == "dot" else 0.10), 1.1)))
    out *= 1 - share
    out[..., :3] += colour * light * share
    out[..., 3:] += share
