"""Operations on tone and colour. Each takes sRGB bytes (rows, columns, 3) and a Step, and gives new bytes."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.edit.steps import Step
from studio.engine.render.edit.vocabulary import COLOURS
from studio.engine.render.harmony import lab_of
from studio.engine.render.matting import Bytes, Map

_STRIP = 512
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
Curve = NDArray[np.floating]


def in_strips(rgb: Bytes, function: Callable[[Map, slice], Map]) -> Bytes:
    """A pixel-wise function over a large picture, in strips of rows as values 0 to 1, so that memory stays small."""
    out = np.empty_like(rgb)
    for top in range(0, rgb.shape[0], _STRIP):
        part = slice(top, min(top + _STRIP, rgb.shape[0]))
        changed = function(rgb[part].astype(np.float32) / np.float32(255), part)
        out[part] = np.clip(changed * 255 + 0.5, 0, 255).astype(np.uint8)
    return out


def luma(values: Map) -> Map:
    """Brightness of sRGB values (…, 3), Rec. 709 weights."""
    return np.asarray(values @ _LUMA, np.float32)


def grey_of(rgb: Bytes) -> Map:
    """Brightness 0 to 1 of the whole picture."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)


def by_curve(rgb: Bytes, curve: Callable[[Curve], Curve]) -> Bytes:
    """One curve over 0 to 1 for all channels."""
    table = np.clip(curve(np.arange(256) / 255) * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(rgb, table), np.uint8)


def _bent(x: Curve, gain: float) -> Curve:
    """Brighter (gain over 1) or darker with black and white left where they are."""
    return x * gain / (1 + x * (gain - 1))


def brightness(rgb: Bytes, step: Step) -> Bytes:
    """A curve that lifts the middle; with a percentage the mean brightness changes by as much, as far as white allows."""
    if step.exact is None:
        gain = 1 + 0.55 * abs(step.amount)
        return by_curve(rgb, lambda x: _bent(x, gain if step.amount > 0 else 1 / gain))
    share = 1 + np.sign(step.amount) * min(step.exact, 95 if step.amount < 0 else 400) / 100
    shown = np.bincount(rgb.reshape(-1)[:: max(1, rgb.size // 400_000)], minlength=256) / 1.0
    levels = np.arange(256) / 255
    goal = min(float((shown * levels).sum() / shown.sum()) * share, 0.97)
    low, high = 0.02, 60.0
    for _ in range(40):
        middle = (low * high) ** 0.5
        if float((shown * _bent(levels, middle)).sum() / shown.sum()) < goal:
            low = middle
        else:
            high = middle
    return by_curve(rgb, lambda x: _bent(x, low))


def contrast(rgb: Bytes, step: Step) -> Bytes:
    """A bend around the picture's own middle tone."""
    power = 1 + (step.exact / 100 if step.exact is not None else 0.42 * abs(step.amount))
    power = power if step.amount > 0 else 1 / power
    pivot = float(np.clip(np.median(rgb[::4, ::4]) / 255, 0.3, 0.6))

    def bend(x: Curve) -> Curve:
        return np.where(x < pivot, pivot * (x / pivot) ** power, 1 - (1 - pivot) * ((1 - x) / (1 - pivot)) ** power)

    if step.amount > 0:
        return by_curve(rgb, bend)
    floor = 0.05 * min(abs(step.amount), 2)  # a matte look: black is lifted a little
    return by_curve(rgb, lambda x: floor + bend(x) * (1 - 1.6 * floor))


def saturation(rgb: Bytes, step: Step) -> Bytes:
    """More colour where there is little first, so that skin does not burn; less colour evenly."""
    share = step.exact / 100 if step.exact is not None else 0.45 * abs(step.amount)
    if step.amount < 0:
        keep = np.float32(max(0.0, 1 - share * (1.0 if step.exact is not None else 1.1)))
        return in_strips(rgb, lambda x, _: luma(x)[..., None] * (1 - keep) + x * keep)

    def livelier(x: Map, _: slice) -> Map:
        grey = luma(x)[..., None]
        there = np.clip(x.max(axis=2, keepdims=True) - x.min(axis=2, keepdims=True), 0, 1)
        return np.asarray(grey + (x - grey) * (1 + np.float32(share) * (1.25 - 0.75 * there)), np.float32)

    return in_strips(rgb, livelier)


def warmth(rgb: Bytes, step: Step) -> Bytes:
    """The light's colour: towards amber, or towards blue; brightness is kept."""
    amount = step.amount if step.exact is None else np.sign(step.amount) * step.exact / 30
    gains = np.array([1 + 0.10 * amount, 1 + 0.015 * amount, 1 - 0.17 * amount], np.float32)
    gains = np.clip(gains, 0.35, 1.6)

    def lit(x: Map, _: slice) -> Map:
        changed = x * gains
        return np.asarray(changed * (luma(x) / np.maximum(luma(changed), 1e-4))[..., None] ** np.float32(0.8), np.float32)

    return in_strips(rgb, lit)


def _broad(rgb: Bytes) -> Map:
    """The brightness of the surroundings of each pixel, smooth, with firm edges kept."""
    small = cv2.resize(
        rgb, None, fx=min(1.0, 512 / max(rgb.shape[:2])), fy=min(1.0, 512 / max(rgb.shape[:2])), interpolation=cv2.INTER_AREA
    )
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    soft = cv2.bilateralFilter(grey, 9, 0.15, 7)
    return np.asarray(cv2.resize(soft, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def shadows(rgb: Bytes, step: Step) -> Bytes:
    broad = _broad(rgb)

    def lift(x: Map, part: slice) -> Map:
        dark = np.clip(1 - broad[part] / 0.5, 0, 1) ** 1.2 * np.float32(0.9 * step.amount)
        gain = np.clip(1 + dark, 0.3, 3)[..., None]
        return np.asarray(x * gain / (1 + x * (gain - 1)), np.float32)

    return in_strips(rgb, lift)


def highlights(rgb: Bytes, step: Step) -> Bytes:
    broad = _broad(rgb)

    def tame(x: Map, part: slice) -> Map:
        light = np.clip((broad[part] - 0.5) / 0.5, 0, 1) ** 1.2 * np.float32(0.7 * step.amount)
        gain = np.clip(1 + light, 0.35, 3)[..., None]
        return np.asarray(x * gain / (1 + x * (gain - 1)), np.float32)

    return in_strips(rgb, tame)


def grey(rgb: Bytes, _: Step) -> Bytes:
    """Black and white as a yellow filter gives it: skin light, sky a little darker; some contrast."""
    mixer = np.array([0.36, 0.52, 0.12], np.float32)
    plain = in_strips(rgb, lambda x, _: np.repeat((x @ mixer)[..., None], 3, axis=2))
    return contrast(plain, Step("contrast", 0.3))


_TONES = {
    "sepia": ("#1d1007", "#a27a4c", "#fff3d8"),
    "cyanotype": ("#06142e", "#3b7db0", "#f2f7f4"),
    "duotone": ("#2a1458", "#e0457b", "#ffe9b0"),
}


def tone(rgb: Bytes, step: Step) -> Bytes:
    """Brightness through three colours."""
    dark, middle, light = (_colour(code) for code in _TONES[step.value])
    x = np.linspace(0, 1, 256)[:, None]
    ramp = np.where(x < 0.5, dark + (middle - dark) * x * 2, middle + (light - middle) * (x * 2 - 1))
    table = np.clip(ramp * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(table[cv2.cvtColor(grey(rgb, step), cv2.COLOR_RGB2GRAY)], np.uint8)


def _colour(code: str) -> NDArray[np.float32]:
    return np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / np.float32(255)


_GRADES = {
    # shadows' colour, lights' colour, saturation, gain of brightness, contrast
    "cinematic": ((-0.030, 0.012, 0.045), (0.045, 0.010, -0.045), 0.95, 0.94, 0.35),
    "night": ((-0.020, 0.000, 0.060), (-0.10, -0.03, 0.06), 0.55, 0.34, 0.2),
    "golden": ((0.010, 0.000, -0.02), (0.085, 0.025, -0.10), 1.10, 1.06, 0.15),
    "cross": ((-0.03, 0.03, 0.09), (0.06, 0.07, -0.07), 1.15, 1.0, 0.5),
}


def grade(rgb: Bytes, step: Step) -> Bytes:
    """Split toning: one colour into the shadows, another into the lights."""
    dark, light, colour, gain, bend = _GRADES[step.value]
    low, high = np.array(dark, np.float32), np.array(light, np.float32)

    def graded(x: Map, _: slice) -> Map:
        level = luma(x)[..., None]
        toned = level + (x - level) * np.float32(colour)
        toned = toned * np.float32(gain) / (1 + toned * np.float32(gain - 1))
        return np.asarray(toned + low * (1 - level) ** 2 * np.minimum(level * 6, 1) + high * level, np.float32)

    return contrast(in_strips(rgb, graded), Step("contrast", bend))


def tint(rgb: Bytes, step: Step) -> Bytes:
    """A colour wash: Lab's colour axes move towards the colour, lightness stays."""
    goal = lab_of(np.asarray([[_colour(COLOURS[step.value]) * 255]], np.uint8))[0, 0]
    share = np.float32(min(0.34 * step.amount, 0.8))
    if step.value in ("white", "black"):
        return brightness(rgb, Step("brightness", step.amount if step.value == "white" else -step.amount))

    def washed(x: Map, _: slice) -> Map:
        lab = cv2.cvtColor(x, cv2.COLOR_RGB2LAB)
        room = np.clip(np.minimum(lab[..., :1], 100 - lab[..., :1]) / 25, 0.1, 1)
        lab[..., 1:] += (goal[1:] - lab[..., 1:]) * share * room
        return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.float32)

    return in_strips(rgb, washed)


def balance(rgb: Bytes, _: Step) -> Bytes:
    """White balance by the shades of grey assumption (Finlayson and Trezzi 2004, norm 6), half trusted where it is large."""
    small = (
        cv2.resize(rgb, (min(256, rgb.shape[1]), min(256, rgb.shape[0])), interpolation=cv2.INTER_AREA).astype(np.float32)
        / 255
    )
    lights = (small.reshape(-1, 3) ** 6).mean(axis=0) ** (1 / 6)
    gains = np.clip(lights.mean() / np.maximum(lights, 1e-3), 0.6, 1.7) ** 0.85
    return in_strips(rgb, lambda x, _: x * gains.astype(np.float32))


def enhance(rgb: Bytes, step: Step) -> Bytes:
    """Levels stretched to the picture's own range, a little local contrast (CLAHE), colour and sharpness."""
    sample = rgb[:: max(1, rgb.shape[0] // 400), :: max(1, rgb.shape[1] // 400)]
    low, high = (float(value) / 255 for value in np.quantile(sample, [0.004, 0.996]))
    span = max(high - low, 0.25)
    stretched = by_curve(rgb, lambda x: np.clip((x - low * 0.8) / span, 0, 1))
    lab = cv2.cvtColor(stretched, cv2.COLOR_RGB2LAB)
    local = cv2.createCLAHE(clipLimit=1.6 if step.region != "sky" else 3.0, tileGridSize=(8, 8)).apply(lab[..., 0])
    lab[..., 0] = cv2.addWeighted(lab[..., 0], 0.6, local, 0.4, 0)
    middle = float(np.median(lab[::4, ::4, 0])) / 255
    out = np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)
    if middle < 0.36:
        out = brightness(out, Step("brightness", min(1.0, (0.42 - middle) * 4)))
    return saturation(out, Step("saturation", 0.45 if step.region != "sky" else 1.0))


def dehaze(rgb: Bytes, step: Step) -> Bytes:
    """The dark channel prior (He, Sun, Tang 2009), mild: haze is where every channel is bright in a neighbourhood."""
    factor = min(1.0, 512 / max(rgb.shape[:2]))
    small = np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.float32) / 255
    dark = cv2.erode(small.min(axis=2), np.ones((11, 11), np.uint8))
    air = np.clip(small[dark >= np.quantile(dark, 0.995)].mean(axis=0), 0.5, 1).astype(np.float32)
    thin = 1 - 0.82 * cv2.erode((small / air).min(axis=2), np.ones((11, 11), np.uint8))
    soft = cv2.GaussianBlur(cv2.bilateralFilter(thin.astype(np.float32), 9, 0.1, 9), (0, 0), 4)
    through = np.clip(cv2.resize(soft, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR), 0.3, 1)
    share = np.float32(min(abs(step.amount), 1.3))
    return in_strips(rgb, lambda x, part: x * (1 - share) + ((x - air) / through[part, :, None] + air) * share)


def hdr(rgb: Bytes, _: Step) -> Bytes:
    """Local contrast over large and small neighbourhoods, shadows opened."""
    opened = highlights(shadows(rgb, Step("shadows", 0.8)), Step("highlights", -0.6))
    level = grey_of(opened)
    factor = min(1.0, 512 / max(level.shape))
    small = cv2.resize(level, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    broad = cv2.GaussianBlur(small, (0, 0), max(1.0, min(small.shape[:2]) / 40))
    wide = cv2.resize(broad, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR)
    detail = (level - wide) * 0.55
    return saturation(in_strips(opened, lambda x, part: x + detail[part, :, None]), Step("saturation", 0.6))


def invert(rgb: Bytes, _: Step) -> Bytes:
    return np.asarray(255 - rgb, np.uint8)


def posterize(rgb: Bytes, _: Step) -> Bytes:
    smooth = cv2.medianBlur(rgb, 5) if min(rgb.shape[:2]) > 8 else rgb
    return by_curve(np.asarray(smooth, np.uint8), lambda x: np.floor(np.minimum(x, 0.999) * 5) / 4)


def solarize(rgb: Bytes, _: Step) -> Bytes:
    return by_curve(rgb, lambda x: np.where(x < 0.5, x * 2, 2 - 2 * x))


def thermal(rgb: Bytes, _: Step) -> Bytes:
    levels = np.asarray(cv2.equalizeHist(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)), np.uint8)
    return np.asarray(cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB), np.uint8)


def hue_share(rgb: Bytes, name: str) -> Map:
    """How much each pixel is of a named colour, 0 to 1: nearness of hue in Lab, and enough colour to speak of."""
    goal = lab_of(np.asarray([[_colour(COLOURS[name]) * 255]], np.uint8))[0, 0]
    flat = np.hypot(goal[1], goal[2]) < 10  # white, grey, black
    least = 14.0 if flat else _least_chroma(rgb, goal)
    share = np.empty(rgb.shape[:2], np.float32)
    for top in range(0, rgb.shape[0], _STRIP):
        part = slice(top, top + _STRIP)
        lab = lab_of(np.ascontiguousarray(rgb[part]))
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        if flat:
            share[part] = np.clip(1 - chroma / 18, 0, 1) * np.clip(1.6 - np.abs(lab[..., 0] - goal[0]) / 22, 0, 1)
            continue
        turn = np.abs(np.angle(np.exp(1j * (np.arctan2(lab[..., 2], lab[..., 1]) - np.arctan2(goal[2], goal[1])))))
        share[part] = np.clip((0.58 - turn) / 0.22, 0, 1) * np.clip((chroma - least) / 14, 0, 1)
    return np.asarray(cv2.GaussianBlur(share, (0, 0), max(0.8, min(rgb.shape[:2]) / 900)), np.float32)


def _least_chroma(rgb: Bytes, goal: Map) -> float:
    """How much colour is enough to be meant: half of what the strongest places of that hue have, so that "the orange" is a
    jacket and not the skin."""
    lab = lab_of(np.ascontiguousarray(rgb[:: max(1, rgb.shape[0] // 256), :: max(1, rgb.shape[1] // 256)]))
    turn = np.abs(np.angle(np.exp(1j * (np.arctan2(lab[..., 2], lab[..., 1]) - np.arctan2(goal[2], goal[1])))))
    chroma = np.hypot(lab[..., 1], lab[..., 2])[turn < 0.45]
    return float(np.clip(0.5 * np.quantile(chroma, 0.95), 12, 40)) if chroma.size > 20 else 14.0


def recolour(rgb: Bytes, step: Step) -> Bytes:
    """One colour turned into another; light and shade stay."""
    first, _, second = step.value.partition("|")
    share = hue_share(rgb, first)
    old, new = (lab_of(np.asarray([[_colour(COLOURS[name]) * 255]], np.uint8))[0, 0] for name in (first, second))
    plain = np.hypot(new[1], new[2]) < 10
    turn = np.arctan2(new[2], new[1]) - np.arctan2(old[2], old[1])
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)

    def dyed(x: Map, part: slice) -> Map:
        lab = np.asarray(cv2.cvtColor(x, cv2.COLOR_RGB2LAB), np.float32)
        goal = lab.copy()
        goal[..., 1:] = 0 if plain else lab[..., 1:] @ spin.T
        if np.hypot(old[1], old[2]) < 10:
            goal[..., 1:] = new[1:] * np.clip(lab[..., :1] / 60, 0.2, 1)
        goal[..., 0] = np.clip(lab[..., 0] + (new[0] - old[0]) * (0.6 if plain else 0.35), 0, 100)
        mixed = lab + (goal - lab) * share[part, :, None]
        return np.asarray(cv2.cvtColor(mixed.astype(np.float32), cv2.COLOR_LAB2RGB), np.float32)

    return in_strips(rgb, dyed)


def splash(rgb: Bytes, step: Step) -> Bytes:
    """One colour stays, the rest goes grey."""
    share = hue_share(rgb, step.value)[..., None]
    return in_strips(rgb, lambda x, part: luma(x)[..., None] * (1 - share[part]) + x * share[part])
