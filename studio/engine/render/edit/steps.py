"""One step of an edit, and the words it is reported in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`operation` names what is done, `amount` how much (1 is the usual, negative the other way), `value` what with.

    `region`: "" is the whole picture, else "background", "subject", "sky" or "faces". `exact`: a percentage that was said.
    `words`: the phrase it was read from.
    """

    operation: str
    amount: float = 1.0
    value: str = ""
    region: str = ""
    exact: float | None = None
    words: str = ""


_UP = {
    "brightness": ("brighter", "darker"),
    "contrast": ("more contrast", "less contrast"),
    "warmth": ("warmer", "cooler"),
    "saturation": ("stronger colours", "weaker colours"),
    "sharpness": ("sharpened", "softened"),
    "grain": ("film grain added", "noise removed"),
    "blur": ("blurred", "sharpened"),
    "vignette": ("vignette added", "corners brightened"),
    "fog": ("mist added", "haze removed"),
    "glow": ("a soft glow added", "glow reduced"),
    "shadows": ("shadows lifted", "shadows deepened"),
    "highlights": ("highlights raised", "highlights tamed"),
    "skin": ("skin smoothed", "skin texture brought out"),
    "leak": ("a light leak added", "a light leak added"),
    "fringe": ("colour fringes added", "colour fringes reduced"),
    "glitch": ("scan lines added", "scan lines added"),
}
_DONE = {
    "grey": "black and white",
    "invert": "colours inverted",
    "posterize": "posterized",
    "enhance": "levels, colour and detail improved",
    "balance": "white balance made neutral",
    "dehaze": "haze removed",
    "hdr": "local contrast raised (HDR look)",
    "denoise": "noise removed",
    "straighten": "straightened",
    "tiltshift": "tilt-shift blur",
    "round": "corners rounded",
    "fisheye": "fisheye bulge",
    "solarize": "solarized",
    "thermal": "false colours by brightness",
    "emboss": "embossed",
    "redeye": "red eyes corrected",
    "cut": "background removed (transparent)",
    "pixelate": "pixelated",
}
_PLACES = {"": "", "background": "background: ", "subject": "subject: ", "sky": "sky: ", "faces": "faces: "}


def told(step: Step) -> str:
    """A step in words that a person can check: "background: blurred (much)"."""
    if step.operation in _UP:
        words = _UP[step.operation][0 if step.amount >= 0 else 1] + _how_much(step)
    elif step.operation in _DONE:
        words = _DONE[step.operation]
    else:
        words = _particular(step)
    return _PLACES.get(step.region, "") + words


def _how_much(step: Step) -> str:
    if step.exact is not None:
        return f" (by {step.exact:g} %)"
    size = abs(step.amount)
    return " (a little)" if size < 0.8 else " (much)" if size > 1.4 else ""


def _particular(step: Step) -> str:
    first, _, second = step.value.partition("|")
    sentences = {
        "tone": f"toned in {first}",
        "grade": f"graded: {first}",
        "falling": f"{first} added",
        "style": f"drawn as {first}",
        "crop": f"cropped to {first}",
        "trim": f"cropped: {first}",
        "rotate": f"rotated by {first}° clockwise",
        "flip": f"flipped {first}",
        "resize": f"resized to {first}",
        "border": f"a {first} border added",
        "backdrop": f"background replaced: {first}",
        "sky": f"sky replaced: {first}",
        "tint": f"tinted {first}",
        "recolour": f"{first} turned into {second}",
        "splash": f"only {first} keeps its colour",
        "text": f"text “{first}” ({second.replace('|', ', ')})",
        "zoom": "cropped closer",
    }
    return sentences.get(step.operation, step.operation)
