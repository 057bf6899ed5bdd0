"""Operations on neighbourhoods: sharpness, blur, noise, glow, vignette, grain, blocks, and what falls."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.edit.picture import Picture
from studio.engine.render.edit.steps import Step
from studio.engine.render.edit.tones import grey_of, in_strips
from studio.engine.render.face_ovals import face_ovals
from studio.engine.render.harmony import over
from studio.engine.render.matting import Bytes, Map
from studio.engine.render.scene.canvas import Canvas, to_srgb
from studio.engine.render.scene.noise import sample, stream
from studio.engine.render.scene.particles import draw_particles

_TILE = 640
_BLUR_SIDE = 1280


def sharpness(picture: Picture, step: Step) -> Bytes:
    """An unsharp mask on lightness, kept from flat areas so that noise stays down; the other way a soft blur."""
    if step.amount < 0:
        return np.asarray(cv2.GaussianBlur(picture.rgb, (0, 0), max(0.6, 1.6 * picture.unit * -step.amount)), np.uint8)
    level = grey_of(picture.rgb)
    sigma = max(0.7, 1.1 * picture.unit)
    fine = level - cv2.GaussianBlur(level, (0, 0), sigma)
    wide = level - cv2.GaussianBlur(level, (0, 0), sigma * 4)
    edges = np.clip(cv2.GaussianBlur(np.abs(wide), (0, 0), sigma * 2) / 0.02, 0.15, 1)
    strength = step.amount if step.exact is None else step.exact / 50
    gain = np.float32(1.15 * strength)
    change = np.clip((fine * gain + wide * gain * 0.22) * edges, -0.22, 0.22)
    return in_strips(picture.rgb, lambda x, part: x + change[part, :, None])


def noise_level(rgb: Bytes) -> float:
    """The spread of the noise in levels of 255 (Immerkær 1996), from the calm parts of the picture."""
    grey = cv2.cvtColor(rgb[:1024, :1024], cv2.COLOR_RGB2GRAY).astype(np.float32)
    if min(grey.shape) < 8:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    return float(np.median(np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel))) / 0.6745 / 6)


def denoise(picture: Picture, step: Step) -> Bytes:
    """Non-local means (Buades et al. 2005) by tiles, as strong as the noise that is there."""
    rgb = picture.rgb
    strength = float(np.clip(noise_level(rgb) * 1.2, 3, 22)) * min(abs(step.amount), 1.6)
    out, edge = np.empty_like(rgb), 12
    padded = cv2.copyMakeBorder(rgb, edge, edge, edge, edge, cv2.BORDER_REFLECT)
    for top in range(0, picture.rows, _TILE):
        for left in range(0, picture.columns, _TILE):
            picture.check()
            tile = padded[top : top + _TILE + 2 * edge, left : left + _TILE + 2 * edge]
            calm = cv2.fastNlMeansDenoisingColored(np.ascontiguousarray(tile), None, strength, strength, 3, 15)
            goal = out[top : top + _TILE, left : left + _TILE]
            goal[:] = calm[edge : edge + goal.shape[0], edge : edge + goal.shape[1]]
    return out


def grain(picture: Picture, step: Step) -> Bytes:
    """Film grain, strongest in the middle tones; less of it means that noise is taken out."""
    if step.amount < 0:
        return denoise(picture, Step("denoise", -step.amount))
    rng = stream(picture.seed, "grain")
    size = max(1.0, 0.75 * picture.unit)
    rows, columns = picture.rows, picture.columns
    raw = rng.standard_normal((min(rows, 1024), min(columns, 1024))).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(raw, (0, 0), 0.55 * size, borderType=cv2.BORDER_REFLECT), np.float32)
    soft *= np.float32(0.038 * step.amount / max(float(soft.std()), 1e-6))
    tiled = np.tile(soft, (-(-rows // soft.shape[0]), -(-columns // soft.shape[1])))[:rows, :columns]

    def grained(x: Map, part: slice) -> Map:
        level = x.mean(axis=2)
        return np.asarray(x + (tiled[part] * (0.45 + 2.2 * level * (1 - level)))[..., None], np.float32)

    return in_strips(picture.rgb, grained)


def lens_blur(rgb: Bytes, radius: float, weight: Map | None = None) -> Bytes:
    """A blur as of a lens: a disc over linear light, so that lights become discs. Only places of `weight` give colour."""
    rows, columns = rgb.shape[:2]
    factor = min(1.0, _BLUR_SIDE / max(rows, columns), 14 / max(radius, 1.0))
    size = max(1, round(columns * factor)), max(1, round(rows * factor))
    light = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32) / 255
    light = light**2.4
    share = (
        np.ones(light.shape[:2], np.float32) if weight is None else cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    )
    share = np.asarray(np.clip(share, 0, 1) + np.float32(1e-4), np.float32)
    reach = max(1, round(radius * factor))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)).astype(np.float32)
    disc /= disc.sum()
    total = cv2.filter2D(light * share[..., None], cv2.CV_32F, disc, borderType=cv2.BORDER_REFLECT)
    norm = cv2.filter2D(share, cv2.CV_32F, disc, borderType=cv2.BORDER_REFLECT)
    soft = np.clip(total / norm[..., None], 0, 1) ** (1 / 2.4)
    if factor < 1:
        soft = cv2.GaussianBlur(soft, (0, 0), 0.8)
    small = np.clip(soft * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8)


def blur(picture: Picture, step: Step) -> Bytes:
    """A lens blur; of a region only with the colours of that region, so that nothing bleeds over its edge."""
    amount = step.amount if step.exact is None else step.exact / 50
    if amount < 0:
        return sharpness(picture, Step("sharpness", -amount))
    radius = max(1.5, (22 if step.region in ("background", "faces", "sky") else 6) * picture.unit * amount)
    weight = picture.region(step.region) if step.region in ("background", "sky") else None
    return lens_blur(picture.rgb, radius, weight)


def tilt_shift(picture: Picture, _: Step) -> Bytes:
    """Sharp in a band, blurred above and below, colours strong: things look like a model of themselves."""
    soft = lens_blur(picture.rgb, max(2.0, 9 * picture.unit))
    y = np.abs(np.linspace(0, 1, picture.rows, dtype=np.float32) - 0.58)
    share = np.clip((y - 0.10) / 0.22, 0, 1)[:, None] * np.ones((1, picture.columns), np.float32)
    return over(picture.rgb, soft, np.ascontiguousarray(share, np.float32))


def glow(picture: Picture, step: Step) -> Bytes:
    """Bright places bleed softly over their surroundings (screen)."""
    factor = min(1.0, 640 / max(picture.rgb.shape[:2]))
    small = np.asarray(cv2.resize(picture.rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.float32) / 255
    spill = cv2.GaussianBlur(small**1.6, (0, 0), max(1.0, min(small.shape[:2]) * 0.03))
    spill = cv2.resize(spill, (picture.columns, picture.rows), interpolation=cv2.INTER_LINEAR)
    share = np.float32(np.clip(0.42 * step.amount, 0, 0.9))
    return in_strips(picture.rgb, lambda x, part: np.asarray(1 - (1 - x) * (1 - spill[part] * share), np.float32))


def vignette(picture: Picture, step: Step) -> Bytes:
    x = np.linspace(-1, 1, picture.columns, dtype=np.float32) ** 2
    y = np.linspace(-1, 1, picture.rows, dtype=np.float32)[:, None] ** 2
    amount = step.amount if step.exact is None else step.exact / 50
    fall = np.clip(1 - np.float32(0.62 * amount) * np.clip((x + y) / 2, 0, 1) ** np.float32(1.25), 0.04, 1.6)
    return in_strips(picture.rgb, lambda values, part: np.asarray(values * fall[part, :, None], np.float32))


def fog(picture: Picture, step: Step) -> Bytes:
    """Mist that thickens towards the upper half, uneven as air is."""
    small = max(8, picture.rows // 8), max(8, picture.columns // 8)
    v, u = np.meshgrid(
        np.linspace(0, 0.5, small[0], dtype=np.float32),
        np.linspace(0, 0.5 * small[1] / small[0], small[1], dtype=np.float32),
        indexing="ij",
    )
    cloud = sample(picture.seed, u, v, cells=4, octaves=5)
    height = np.clip(1.15 - np.linspace(0, 1, small[0], dtype=np.float32), 0.2, 1)[:, None]
    veil = cv2.resize(
        np.clip((0.3 + 0.75 * cloud) * height, 0, 1), (picture.columns, picture.rows), interpolation=cv2.INTER_CUBIC
    )
    veil = np.clip(veil * np.float32(0.72 * min(abs(step.amount), 1.35)), 0, 0.95)
    air = np.array([0.86, 0.88, 0.90], np.float32)
    return in_strips(picture.rgb, lambda x, part: x + (air - x) * veil[part, :, None])


def skin(picture: Picture, step: Step) -> Bytes:
    """Skin near faces made smoother; eyes, mouth and hair keep their edges."""
    near = face_ovals(picture.faces(), picture.rows, picture.columns, grow=1.25)
    ycc = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    tone = np.clip(1.5 - np.hypot((ycc[..., 1] - 152) / 20, (ycc[..., 2] - 105) / 22), 0, 1)
    size = max(picture.faces()[0].width * picture.columns / 60, 1.0)
    soft = cv2.bilateralFilter(picture.rgb, int(np.clip(size * 4, 5, 15)) | 1, 38, size * 2)
    share = near * cv2.GaussianBlur(tone.astype(np.float32), (0, 0), size) * np.float32(min(0.8 * abs(step.amount), 1))
    return over(picture.rgb, np.asarray(soft, np.uint8), np.asarray(share, np.float32))


def pixelate(picture: Picture, step: Step) -> Bytes:
    """Large blocks: over a face six across, so that nobody can be told."""
    if step.region == "faces":
        width = max(picture.faces()[0].width * picture.columns / (6 / step.amount), 4)
    else:
        width = max(picture.columns / (64 / step.amount), 2)
    grid = max(1, round(picture.columns / width)), max(1, round(picture.rows / width))
    blocks = cv2.resize(picture.rgb, grid, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(blocks, (picture.columns, picture.rows), interpolation=cv2.INTER_NEAREST), np.uint8)


def falling(picture: Picture, step: Step) -> Bytes:
    """Rain, snow, embers… as the scene painter draws them."""
    canvas = Canvas.of_frame(max(16, picture.columns), max(16, picture.rows), 0)
    brightness = float(np.percentile((grey_of(picture.rgb)[::8, ::8]) ** 2.2, 70))
    drawn = draw_particles(step.value, canvas, picture.seed, 0.0, max(brightness, 0.25))[: picture.rows, : picture.columns]

    def joined(x: Map, part: slice) -> Map:
        light = x**2.2 * (1 - drawn[part, :, 3:4]) + drawn[part, :, :3]
        return to_srgb(light)

    return in_strips(picture.rgb, joined)


def leak(picture: Picture, step: Step) -> Bytes:
    """A warm light leak from one side, as from an old camera's back."""
    rng = stream(picture.seed, "leak")
    x = np.linspace(0, 1, picture.columns, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, picture.rows, dtype=np.float32)[:, None]
    side, height = (0.0 if rng.random() < 0.5 else 1.0), float(rng.uniform(0.2, 0.7))
    glow_there = np.exp(-(((x - side) / 0.28) ** 2) - ((y - height) / 0.5) ** 2) * np.float32(0.75 * abs(step.amount))
    colour = np.array([1.0, 0.45, 0.16], np.float32)
    return in_strips(picture.rgb, lambda v, part: 1 - (1 - v) * (1 - glow_there[part, :, None] * colour))


def fringe(picture: Picture, step: Step) -> Bytes:
    """Red and blue drawn apart towards the corners."""
    out = picture.rgb.copy()
    for channel, way in ((0, 1.0), (2, -1.0)):
        zoom = 1 + way * 0.004 * step.amount
        matrix = np.array([[zoom, 0, (1 - zoom) * picture.columns / 2], [0, zoom, (1 - zoom) * picture.rows / 2]])
        out[..., channel] = cv2.warpAffine(
            np.ascontiguousarray(picture.rgb[..., channel]),
            matrix,
            (picture.columns, picture.rows),
            borderMode=cv2.BORDER_REFLECT,
        )
    return out


def glitch(picture: Picture, step: Step) -> Bytes:
    """Rows shifted as on a worn tape, with scan lines."""
    rng = stream(picture.seed, "glitch")
    out = fringe(picture, Step("fringe", 2.0))
    for _ in range(round(10 * max(step.amount, 0.5))):
        top, high = int(rng.integers(picture.rows)), max(1, int(rng.integers(1, max(2, picture.rows // 18))))
        out[top : top + high] = np.roll(out[top : top + high], int(rng.normal(0, picture.columns * 0.03)), axis=1)
    pitch = max(2, round(4 * picture.unit))
    out[np.arange(picture.rows) % pitch < pitch // 2] = (out[np.arange(picture.rows) % pitch < pitch // 2] * 0.8).astype(
        np.uint8
    )
    return out


def emboss(picture: Picture, _: Step) -> Bytes:
    level = cv2.GaussianBlur(grey_of(picture.rgb), (0, 0), max(0.7, 1.2 * picture.unit))
    reach = max(1, round(1.5 * picture.unit))
    relief = 0.5 + (level - np.roll(np.roll(level, reach, 0), reach, 1)) * 2.2
    return np.repeat(np.clip(relief * 255, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def red_eye(picture: Picture, _: Step) -> Bytes:
    """Strong red in the upper half of faces becomes dark grey."""
    near = face_ovals(picture.faces(), picture.rows, picture.columns)
    for face in picture.faces():
        near[face.pixels(picture.rows, picture.columns)[3] - round(face.height * picture.rows * 0.4) :] = 0
    values = picture.rgb.astype(np.int16)
    red = np.clip((values[..., 0] - np.maximum(values[..., 1], values[..., 2]) - 50) / 40, 0, 1) * (values[..., 1] < 110)
    share = cv2.GaussianBlur((red * near).astype(np.float32), (0, 0), max(0.7, 0.8 * picture.unit))
    plain = np.repeat(values[..., 1:].mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    return over(picture.rgb, plain, np.asarray(np.clip(share * 1.4, 0, 1), np.float32))
