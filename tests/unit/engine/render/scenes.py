"""A small drawn scene with a layer of every motion, for tests that need no prompt."""

from __future__ import annotations

import numpy as np

from studio.engine.render.scene.layers import Finish, Layer, Motion, Pixels, Scene


def small_scene(width: int = 160, height: int = 90, margin: int = 12, seed: int = 3, *, style: str = "natural",
                particles: str | None = None) -> Scene:
    """Sky, cloud, ridge, lit windows, water, trees, a walker and haze."""
    rows, columns = height + 2 * margin, width + 2 * margin
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    y, x = (y - margin) / height, (x - margin) / width

    def layer(name: str, alpha: Pixels, colour: Pixels, depth: float, motion: Motion = Motion.STILL) -> Layer:
        alpha = np.clip(alpha, 0, 1).astype(np.float32)
        pixels = np.dstack([colour * alpha[..., None], alpha]).astype(np.float32)
        return Layer(name, pixels, depth, motion)

    def flat(red: float, green: float, blue: float) -> Pixels:
        return np.broadcast_to(np.array([red, green, blue], np.float32), (rows, columns, 3)).astype(np.float32)

    sharp = 0.5 * height
    sky = np.dstack([0.25 + 0.5 * y, 0.35 + 0.25 * y, 0.8 - 0.4 * y]).astype(np.float32)
    cloud = np.exp(-(((x - 0.4) / 0.18) ** 2 + ((y - 0.22) / 0.08) ** 2)) * 0.8
    ridge = (y - (0.5 + 0.12 * np.sin(x * 7))) * sharp
    windows = (np.hypot((x % 0.1) - 0.05, (y - 0.58) * 0.6) < 0.012).astype(np.float32)
    lights = windows[..., None] * np.array([1.2, 0.7, 0.2])
    water = (y - 0.62) * sharp
    ripple = flat(0.05, 0.12, 0.2) + 0.4 * (np.sin(y * 90) > 0.6)[..., None] * (np.abs(x - 0.5) < 0.15)[..., None]
    trees = (0.055 - np.abs((x % 0.22) - 0.11) - 0.06 * (1.05 - y)) * width * (y > 0.55)
    walker = (0.02 - np.abs(x - 0.6)) * width * ((y > 0.72) & (y < 0.92))
    haze = np.clip(0.35 - np.abs(y - 0.6), 0, 1) * (0.6 + 0.4 * np.sin(x * 21))
    light = np.dstack([lights, np.zeros((rows, columns))]).astype(np.float32)
    glow = Layer("windows", light, 0.35, Motion.FLICKER, emissive=True)
    layers = (
        layer("sky", np.ones((rows, columns), np.float32), sky, 0.0),
        layer("clouds", cloud, flat(0.9, 0.85, 0.8), 0.05, Motion.DRIFT),
        layer("ridge", ridge, flat(0.08, 0.1, 0.14), 0.3),
        glow,
        layer("haze", haze, flat(1.3, 1.3, 1.4), 0.4, Motion.DRIFT),
        layer("water", water, ripple.astype(np.float32), 0.6, Motion.WATER),
        layer("trees", trees, flat(0.02, 0.05, 0.02), 0.8, Motion.SWAY),
        layer("walker", walker, flat(0.4, 0.05, 0.03), 0.85, Motion.WALK),
    )
    return Scene(width, height, margin, seed, layers, Finish(style=style), particles, {"place": "lake", "time": "sunset"})
