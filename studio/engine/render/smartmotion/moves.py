"""A camera move in numbers: from a preset's name, from camera_control, or from the words of a prompt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace

from studio.engine.render.motion.camera import Move, choose_move
from studio.engine.render.task import RenderRefusedError

_LARGEST = 150.0
CONTROL_MODES = ("camera_control", "motion", "prompt")


@dataclass(frozen=True, slots=True)
class CameraMove:
    """From the first frame to the last, in the units of camera_control (-100 to 100): pan and tilt turn the camera right and
    up, roll turns it clockwise, zoom narrows its view, horizontal and vertical carry it right and up, dolly forward (near
    things grow more). `shake` is the unsteadiness of a hand, 0 to 100."""

    pan: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0
    zoom: float = 0.0
    horizontal: float = 0.0
    vertical: float = 0.0
    dolly: float = 0.0
    shake: float = 0.0

    def scaled(self, factor: float) -> CameraMove:
        """The same move, `factor` times as strong, within what can be shown."""
        return CameraMove(*(max(-_LARGEST, min(_LARGEST, value * factor)) for value in astuple(self)))

    def with_(self, other: CameraMove) -> CameraMove:
        """Both moves at once."""
        return CameraMove(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


PRESETS: Mapping[str, CameraMove] = {  # the names of studio.contracts.cannon.finishing.MOTIONS
    "zoom_in": CameraMove(zoom=35, dolly=8), "zoom_out": CameraMove(zoom=-35, dolly=-8),
    "pan_left": CameraMove(pan=-45), "pan_right": CameraMove(pan=45),
    "tilt_up": CameraMove(tilt=45), "tilt_down": CameraMove(tilt=-45),
    "roll": CameraMove(roll=45),
    # Carried to the right while it turns to the left: what is near the middle of the depth stays in the middle.
    "orbit": CameraMove(horizontal=60, pan=-24),
    "handheld": CameraMove(shake=50, dolly=5),
    # Forward while the view widens: the subject keeps its size, what lies behind it falls back.
    "dolly_zoom": CameraMove(dolly=60, zoom=-30),
}

_BEYOND: tuple[tuple[str, str], ...] = (
    (r"dolly[- ]zoom\w*|vertigo|zolly", "dolly_zoom"), (r"roll\w*|dutch|rotat\w+|spin\w*|barrel", "roll"),
)
_PARTS: dict[str, str] = {
    "pan": r"pan|pans|panning", "tilt": r"tilt\w*", "roll": r"roll\w*|rotat\w+|spin\w*", "zoom": r"zoom\w*",
    "dolly": r"dolly\w*|push[- ]?in|pull[- ]?(?:back|out)", "horizontal": r"truck\w*|slid\w+|sideways|horizontal\w*",
    "vertical": r"crane|pedestal|vertical\w*", "shake": r"shak\w+|hand-?held|jitter\w*|wobbl\w+|unstead\w+",
}
"""A part of a move -> the words of a negative prompt that take it away."""
_SLOW, _FAST = r"slow\w*|gentl\w+|subtle|soft\w*|calm\w*", r"fast|quick\w*|rapid\w*|dynamic|strong\w*|dramatic"


@dataclass(frozen=True, slots=True)
class Asked:
    """The move that an input asks for, and how it was understood (for the answer)."""

    move: CameraMove
    understood: str


def asked_move(given: Mapping[str, object], seed: int) -> Asked:
    """The move of a smartmotion.generate input. A preset and camera_control add up; the prompt chooses where neither is
    given, and else only sets the pace. What the negative prompt names is left out.

    RenderRefusedError naming `motion` or `control_mode` for words that are not known.
    """
    mode = given.get("control_mode")
    if mode is not None and mode not in CONTROL_MODES:
        words = f"“{mode}” is no control mode known here; known are {', '.join(CONTROL_MODES)}."
        raise RenderRefusedError(words, "control_mode")
    motion, control = given.get("motion"), given.get("camera_control")
    prompt = str(given.get("prompt") or "")
    move = CameraMove()
    understood: list[str] = []
    if motion is not None:
        name = preset_name(str(motion))
        move, understood = PRESETS[name], [f"motion {name}"]
    if isinstance(control, Mapping):
        numbers = {name: float(value) for name, value in control.items() if isinstance(value, (int, float))}
        move = move.with_(CameraMove(**numbers))
        understood.append("camera_control " + ", ".join(f"{name} {value:g}" for name, value in numbers.items() if value))
    if understood:
        pace = _pace(prompt)
        understood += [f"pace {pace:g}"] if pace != 1.0 else []
        move = move.scaled(pace)
    else:
        move, name = _from_words(prompt, str(given.get("negative_prompt") or ""), seed)
        understood = [name]
    move = _without(move, str(given.get("negative_prompt") or ""))
    scale = given.get("motion_scale")
    return Asked(move.scaled(float(scale)) if isinstance(scale, (int, float)) else move, "; ".join(understood))


def preset_name(words: str) -> str:
    """The preset that is meant ("Zoom In" is zoom_in). RenderRefusedError naming `motion`, with the list."""
    name = re.sub(r"[\s-]+", "_", words.strip().lower())
    if name not in PRESETS:
        raise RenderRefusedError(f"“{words}” is no motion known here; known are {', '.join(PRESETS)}.", "motion")
    return name


def _without(move: CameraMove, negative: str) -> CameraMove:
    """The move without the parts that the negative prompt names."""
    named = {part: 0.0 for part, pattern in _PARTS.items() if re.search(rf"\b(?:{pattern})\b", negative, re.IGNORECASE)}
    return replace(move, **named)


def _from_words(prompt: str, negative: str, seed: int) -> tuple[CameraMove, str]:
    for pattern, name in _BEYOND:
        here, refused = (re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE) for text in (prompt, negative))
        if here and not refused:
            way = -1.0 if re.search(r"\b(?:left|counter-?clockwise|anti-?clockwise)\b", prompt, re.IGNORECASE) else 1.0
            return PRESETS[name].scaled(_pace(prompt) * (way if name == "roll" else 1.0)), f"prompt: {name}"
    move = choose_move(prompt, seed, negative)
    return _of_move(move), f"prompt: {move.name}" if prompt.strip() else f"by the seed: {move.name}"


def _of_move(move: Move) -> CameraMove:
    """A move of the scene camera in this one's numbers."""
    return CameraMove(pan=55 * move.pan - 25 * move.arc * move.truck, tilt=55 * move.tilt, zoom=120 * move.zoom,
                      horizontal=60 * move.truck, vertical=60 * move.pedestal, dolly=260 * move.dolly,
                      shake=200 * move.shake)


def _pace(prompt: str) -> float:
    if re.search(rf"\b(?:{_SLOW})\b", prompt, re.IGNORECASE):
        return 0.6
    return 1.5 if re.search(rf"\b(?:{_FAST})\b", prompt, re.IGNORECASE) else 1.0
