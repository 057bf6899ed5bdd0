"""People in plausible proportions (about seven and a half heads), walking, standing, running, sitting, riding; measured
in metres."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.engine.render.scene.canvas import Colour, rgb
from studio.engine.render.scene.forms import Form

Rng = np.random.Generator
COATS = ("#2e3a4c", "#5a2f2c", "#3c4a3a", "#6b5a44", "#2a2a30", "#7a4a34", "#46505e", "#8a7a62")
LEGS = ("#20242c", "#2c2822", "#343a44", "#1c1c20")
HAIR = ("#1c1612", "#3a2618", "#6a4a28", "#8a8480")
SKIN = ("#c89878", "#a8745a", "#7a4f3a", "#d8ac90")


def _joint(start: tuple[float, float], length: float, degrees: float) -> tuple[float, float]:
    """The far end of a bone that hangs down at 0 degrees and swings forward (to the right) with positive ones."""
    angle = np.radians(degrees)
    return float(start[0] + length * np.sin(angle)), float(start[1] + length * np.cos(angle))


Bend = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Pose:
    """The hips' height in metres, the lean forward in degrees, and the bend of each limb (upper, lower) in degrees."""

    hip: float
    lean: float
    front: Bend
    back: Bend
    arm: Bend
    arm_back: Bend


@dataclass(frozen=True, slots=True)
class _Dress:
    """The colours of one person and what they wear."""

    cloth: Colour
    trousers: Colour
    hair: Colour
    skin: Colour
    skirt: bool = False
    cloak: bool = False


_STAND = _Pose(0.87, 0, (9, 3), (-10, -7), (14, 24), (-13, 2))
_POSES = {
    "walk": _Pose(0.86, 3, (22, 6), (-20, -34), (26, 44), (-26, -6)),
    "run": _Pose(0.84, 13, (52, -22), (-26, -92), (38, 116), (-52, 30)),
}


def person(
    rng: Rng,
    action: str = "stand",
    *,
    coat: Colour | None = None,
    skirt: bool = False,
    hat: bool = False,
    cloak: bool = False,
    child: bool = False,
    umbrella: Colour | None = None,
) -> Form:
    """One person, 1.7 m tall (a child 1.15 m), facing right."""
    form = Form()
    cloth = coat if coat is not None and umbrella is None else rgb(COATS[int(rng.integers(len(COATS)))])
    trousers, hair, skin = (rgb(row[int(rng.integers(len(row)))]) for row in (LEGS, HAIR, SKIN))
    dress = _Dress(cloth, trousers, hair, skin, skirt, cloak)
    if action == "sit":
        _sitting(form, cloth, trousers, hair, skin)
    else:
        pose = _POSES.get(action, _STAND)
        pose = replace(pose, lean=pose.lean + rng.uniform(-1.2, 1.2), arm=pose.arm if umbrella is None else (30, 150))
        _upright(form, pose, dress)
    head = _head_place(action)
    if hat:
        form.disc(head[0], head[1] - 0.075, 0.20, "#3a2e24", 0.030)
        form.blob(
            [
                (head[0] - 0.11, head[1] - 0.07),
                (head[0] - 0.09, head[1] - 0.20),
                (head[0] + 0.08, head[1] - 0.20),
                (head[0] + 0.11, head[1] - 0.07),
            ],
            "#3a2e24",
            2,
        )
    if umbrella is not None:
        _umbrella(form, (head[0] + 0.16, head[1] + 0.22), umbrella)
    if child:
        small = Form()
        small.join(form, scale=0.66)
        return small
    return form


def _head_place(action: str) -> tuple[float, float]:
    return {"sit": (0.02, -0.86), "run": (0.24, -1.53)}.get(action, (0.035, -1.56))


def _upright(form: Form, pose: _Pose, dress: _Dress) -> None:
    """Back to front: far arm, far leg, near leg, what is worn, head, near arm."""
    pelvis = (0.0, -pose.hip)
    shoulder, neck = _joint(pelvis, -0.56, -pose.lean), _joint(pelvis, -0.66, -pose.lean)
    _arm(form, (shoulder[0] - 0.02, shoulder[1] + 0.04), pose.arm_back, dress.cloth * np.float32(0.6), dress.skin)
    for (thigh, shin), tone in ((pose.back, dress.trousers * np.float32(0.65)), (pose.front, dress.trousers)):
        knee = _joint(pelvis, 0.43, thigh)
        ankle = _joint(knee, 0.42, shin)
        form.chain([pelvis, knee, ankle], [0.19, 0.125, 0.085], tone)
        _shoe(form, ankle)
    _coat(form, pelvis, shoulder, dress)
    _head(form, neck, pose.lean, dress)
    _arm(form, (shoulder[0] + 0.01, shoulder[1] + 0.04), pose.arm, dress.cloth * np.float32(1.15), dress.skin)


def _coat(form: Form, pelvis: tuple[float, float], shoulder: tuple[float, float], dress: _Dress) -> None:
    """Skirt or cloak where there is one, and the upper body."""
    (px, py), (sx, sy) = pelvis, shoulder
    if dress.skirt:
        hem = [(px - 0.12, py - 0.20), (px - 0.30, -0.42), (px + 0.30, -0.42), (px + 0.12, py - 0.20)]
        form.blob(hem, dress.cloth * np.float32(0.85), 2)
    if dress.cloak:
        form.blob([(sx - 0.19, sy), (-0.36, -0.26), (0.26, -0.26), (sx + 0.17, sy)], dress.cloth * np.float32(0.8), 2)
    left = [(px - 0.155, py + 0.06), (sx - 0.14, sy + 0.32), (sx - 0.19, sy + 0.03), (sx - 0.09, sy - 0.07)]
    right = [(sx + 0.10, sy - 0.07), (sx + 0.19, sy + 0.04), (sx + 0.13, sy + 0.32), (px + 0.155, py + 0.06)]
    form.blob(left + right, dress.cloth)


def _head(form: Form, neck: tuple[float, float], lean: float, dress: _Dress) -> None:
    x, y = neck[0] + 0.03 + lean * 0.003, neck[1] - 0.14
    form.limb(neck, (x, y), 0.10, 0.09, dress.skin)
    form.disc(x, y, 0.095, dress.skin, 0.118)
    low = 0.14 if dress.skirt else 0.04
    back, front = (
        [(x - 0.115, y + low), (x - 0.12, y - 0.10), (x - 0.01, y - 0.15)],
        [(x + 0.10, y - 0.09), (x + 0.03, y - 0.05), (x - 0.03, y + low)],
    )
    form.blob(back + front, dress.hair)


def _shoe(form: Form, ankle: tuple[float, float]) -> None:
    x, y = ankle
    outline = [(x - 0.06, y + 0.055), (x - 0.05, y - 0.04), (x + 0.06, y - 0.02), (x + 0.20, y + 0.03), (x + 0.19, y + 0.06)]
    form.blob(outline, "#16130f", 2)


def _arm(form: Form, shoulder: tuple[float, float], bend: tuple[float, float], cloth: Colour, skin: Colour) -> None:
    elbow = _joint(shoulder, 0.29, bend[0])
    wrist = _joint(elbow, 0.26, bend[1])
    form.chain([shoulder, elbow, wrist], [0.125, 0.095, 0.070], cloth)
    form.disc(*_joint(wrist, 0.05, bend[1]), 0.042, skin)


def _sitting(form: Form, cloth: Colour, trousers: Colour, hair: Colour, skin: Colour) -> None:
    """On the ground, knees drawn up, looking away to the right."""
    form.chain([(-0.02, -0.10), (0.34, -0.42), (0.46, -0.04)], [0.20, 0.13, 0.09], trousers)
    form.limb((0.44, -0.035), (0.62, -0.030), 0.08, 0.06, "#16130f")
    form.blob([(-0.20, 0.0), (-0.19, -0.46), (-0.10, -0.66), (0.08, -0.66), (0.15, -0.40), (0.13, 0.0)], cloth)
    form.chain([(0.02, -0.58), (0.20, -0.36), (0.36, -0.42)], [0.12, 0.095, 0.07], cloth * np.float32(1.15))
    form.limb((0.0, -0.66), (0.02, -0.80), 0.10, 0.09, skin)
    form.disc(0.02, -0.86, 0.095, skin, 0.118)
    form.blob([(-0.10, -0.80), (-0.10, -0.97), (0.02, -1.02), (0.12, -0.94), (0.05, -0.90), (-0.02, -0.80)], hair)


def _umbrella(form: Form, hand: tuple[float, float], cloth: Colour) -> None:
    """An open umbrella: its stick, a dome of panels with a scalloped edge."""
    top = (hand[0] - 0.06, hand[1] - 0.86)
    form.limb(hand, top, 0.022, 0.022, "#1a1614")
    turn = np.linspace(np.pi, 2 * np.pi, 17)
    dome = np.stack([top[0] + 0.62 * np.cos(turn), top[1] + 0.30 + 0.36 * np.sin(turn)], -1)
    edge = [(top[0] + 0.62 - 1.24 * t, top[1] + 0.30 - 0.05 * abs(np.sin(t * 4 * np.pi))) for t in np.linspace(0, 1, 17)]
    form.fill(np.concatenate([dome, edge]), cloth)
    for a, b, gain in ((0.0, 0.24, 1.25), (0.5, 0.76, 0.7)):
        x0, x1 = top[0] - 0.62 + 1.24 * a, top[0] - 0.62 + 1.24 * b
        form.fill([(top[0], top[1] - 0.055), (x1, top[1] + 0.28), (x0, top[1] + 0.28)], cloth * np.float32(gain))
    form.limb((top[0], top[1] - 0.05), (top[0], top[1] - 0.14), 0.02, 0.012, "#1a1614")


def cyclist(rng: Rng, coat: Colour | None = None) -> Form:
    """A bicycle with its rider."""
    form = Form()
    steel = rgb(("#8a2f2a", "#2f5a7a", "#3a6a4a", "#22242a")[int(rng.integers(4))])
    for x in (-0.52, 0.52):
        form.ring(x, -0.34, 0.34, 0.030, "#15151a")
        for turn in np.linspace(0, np.pi, 6, endpoint=False):
            dx, dy = 0.31 * np.cos(turn), 0.31 * np.sin(turn)
            form.limb((x - dx, -0.34 - dy), (x + dx, -0.34 + dy), 0.007, 0.007, "#6a6a70")
    crank, seat, bars = (-0.06, -0.30), (-0.22, -0.92), (0.40, -0.98)
    for a, b in (
        (crank, seat),
        (crank, (0.36, -0.80)),
        ((-0.17, -0.76), (0.36, -0.80)),
        ((-0.52, -0.34), crank),
        ((-0.52, -0.34), (-0.17, -0.76)),
        ((0.36, -0.86), (0.52, -0.34)),
    ):
        form.limb(a, b, 0.034, 0.034, steel)
    form.limb((0.36, -0.84), bars, 0.03, 0.03, "#22242a")
    form.limb((-0.32, -0.94), (-0.12, -0.93), 0.06, 0.04, "#1a1a1c")
    cloth = coat if coat is not None else rgb(COATS[int(rng.integers(len(COATS)))])
    trousers = rgb(LEGS[int(rng.integers(len(LEGS)))])
    form.chain([(-0.22, -0.97), (0.16, -0.78), (0.06, -0.30)], [0.18, 0.12, 0.085], trousers * np.float32(0.65))
    form.chain([(-0.22, -0.97), (0.20, -0.66), (-0.10, -0.22)], [0.19, 0.13, 0.09], trousers)
    form.limb((-0.12, -0.20), (0.10, -0.19), 0.08, 0.06, "#141210")
    form.blob(
        [(-0.34, -0.94), (-0.26, -1.22), (-0.02, -1.48), (0.14, -1.46), (0.15, -1.30), (-0.04, -1.04), (-0.10, -0.92)], cloth
    )
    form.chain([(0.06, -1.38), (0.20, -1.14), (0.40, -1.00)], [0.12, 0.09, 0.065], cloth * np.float32(1.15))
    form.limb((0.08, -1.44), (0.15, -1.60), 0.10, 0.09, rgb(SKIN[0]))
    form.disc(0.17, -1.66, 0.095, rgb(SKIN[0]), 0.115)
    form.blob(
        [(0.05, -1.66), (0.07, -1.78), (0.19, -1.81), (0.29, -1.73), (0.17, -1.70), (0.11, -1.60)],
        rgb(HAIR[int(rng.integers(4))]),
    )
    return form


def mounted(rng: Rng, horse: Form, back: float, *, coat: Colour | None = None, hat: bool = True) -> Form:
    """A rider on a horse whose back is `back` metres up."""
    form = Form()
    form.join(horse)
    cloth = coat if coat is not None else rgb(COATS[int(rng.integers(len(COATS)))])
    form.chain([(0.02, -back - 0.02), (0.20, -back + 0.30), (0.12, -back + 0.66)], [0.20, 0.14, 0.10], "#2c2822")
    form.blob(
        [
            (-0.16, -back + 0.05),
            (-0.17, -back - 0.40),
            (-0.08, -back - 0.58),
            (0.12, -back - 0.58),
            (0.18, -back - 0.36),
            (0.14, -back + 0.05),
        ],
        cloth,
    )
    form.chain(
        [(0.06, -back - 0.50), (0.18, -back - 0.26), (0.40, -back - 0.22)], [0.12, 0.09, 0.07], cloth * np.float32(1.15)
    )
    form.disc(0.05, -back - 0.76, 0.095, rgb(SKIN[1]), 0.118)
    if hat:
        form.disc(0.05, -back - 0.83, 0.24, "#2e241c", 0.035)
        form.blob([(-0.06, -back - 0.83), (-0.05, -back - 0.98), (0.14, -back - 0.98), (0.16, -back - 0.83)], "#2e241c", 2)
    return form
