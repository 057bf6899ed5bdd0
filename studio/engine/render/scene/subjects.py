"""Subjects put on the stage: who stands where, how large, in what order, with shadow, reflection and lamps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from studio.engine.render.scene import landmarks, vehicles
from studio.engine.render.scene.animals import beast, flying_bird, heron, whale
from studio.engine.render.scene.beasts import BEASTS
from studio.engine.render.scene.canvas import Colour, Drawing, rgb
from studio.engine.render.scene.costumes import astronaut
from studio.engine.render.scene.forms import Form, Place, cast_shadow, draw_forms, mirrored
from studio.engine.render.scene.haze import bloom
from studio.engine.render.scene.land import foliage_extra
from studio.engine.render.scene.layers import Layer, Motion
from studio.engine.render.scene.people import cyclist, mounted, person
from studio.engine.render.scene.plants import broadleaf, palm, tones
from studio.engine.render.scene.road import DRIVING, UNPAVED, crossing
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.vocabulary import COLOURS
from studio.engine.render.scene.words import Subject

Rng = np.random.Generator
_PERSON = 1.72


@dataclass(frozen=True, slots=True)
class Role:
    """How a kind is staged: where, the least height it is shown at (units, for the only subject), whether it travels."""

    zone: str  # land, far, water, sky
    least: float
    most: float = 0.6
    moves: bool = True


ROLES: dict[str, Role] = {
    **{kind: Role("land", 0.17) for kind in BEASTS},
    "rabbit": Role("land", 0.10),
    "cat": Role("land", 0.13),
    "dog": Role("land", 0.17),
    "horse": Role("land", 0.24),
    "elephant": Role("land", 0.32),
    "camel": Role("land", 0.22),
    "person": Role("land", 0.20, 0.55),
    "cyclist": Role("land", 0.24),
    "rider": Role("land", 0.30),
    "heron": Role("water", 0.13, moves=False),
    "bird": Role("sky", 0.02),
    "whale": Role("water", 0.08),
    "boat": Role("water", 0.075),
    "sailboat": Role("water", 0.24),
    "ship": Role("water", 0.16),
    "tram": Role("far", 0.23, 0.42),
    "train": Role("far", 0.15, 0.17),
    "bus": Role("far", 0.22, 0.4),
    "car": Role("far", 0.10),
    "tent": Role("land", 0.15, moves=False),
    "campfire": Role("land", 0.10, moves=False),
    "lighthouse": Role("far", 0.42, 0.46, moves=False),
    "house": Role("far", 0.20, 0.30, moves=False),
    "castle": Role("far", 0.30, 0.36, moves=False),
    "church": Role("far", 0.30, 0.36, moves=False),
    "windmill": Role("far", 0.32, 0.40, moves=False),
    "bridge": Role("far", 0.14, 0.17, moves=False),
    "balloon": Role("sky", 0.26),
    "plane": Role("sky", 0.07),
    "rocket": Role("sky", 0.30),
    "tree": Role("far", 0.44, 0.5, moves=False),
    "palm": Role("land", 0.52, moves=False),
    "bench": Role("land", 0.12, moves=False),
    "lamp": Role("land", 0.34, 0.5, moves=False),
    "flower": Role("land", 0.10, moves=False),
}
_FAR_TO_NEAR = {"sky": 0, "far": 1, "water": 2, "land": 3}
_SOLID: dict[str, Callable[[Rng, Colour | None], Form]] = {
    "boat": vehicles.boat,
    "sailboat": vehicles.sailboat,
    "ship": vehicles.ship,
    "tram": vehicles.tram,
    "train": vehicles.train,
    "bus": vehicles.bus,
    "car": vehicles.car,
    "balloon": vehicles.balloon,
    "plane": vehicles.plane,
    "rocket": vehicles.rocket,
    "lighthouse": landmarks.lighthouse,
    "church": landmarks.church,
    "castle": landmarks.castle,
    "bridge": landmarks.bridge,
    "tent": landmarks.tent,
    "campfire": landmarks.campfire,
    "bench": landmarks.bench,
    "lamp": landmarks.lamp,
    "flower": landmarks.vase,
    "cyclist": cyclist,
}


def paint_subjects(stage: Stage, *zones: str) -> Iterator[Layer]:
    """The layers of the named subjects of these zones (all that are left when none is given); each subject is painted
    once."""
    # The farther zones first: who stands in front of a tram is drawn after it, whatever was named first.
    order = sorted(enumerate(stage.words.subjects), key=lambda entry: _FAR_TO_NEAR.get(_zone_of(stage, entry[1]), 0))
    for at, subject in order:
        role = ROLES.get(subject.kind)
        if role is None or at in stage.performed:
            continue
        if zones and _zone(stage, role, subject) not in zones:
            continue
        stage.performed.add(at)
        yield from _paint(stage, subject, role, at)


def _zone_of(stage: Stage, subject: Subject) -> str:
    role = ROLES.get(subject.kind)
    return _zone(stage, role, subject) if role else ""


def _zone(stage: Stage, role: Role, subject: Subject) -> str:
    if role.zone == "water" and stage.words.place == "underwater":
        return "sky"  # what swims here floats above the ground
    if role.zone == "water" and stage.water is None:
        return "land"
    if role.zone == "far" and role.moves and stage.words.place in {"sea", "lake"}:
        return "land"  # it drives along the shore, not on the water
    if subject.kind == "bird" and stage.words.place == "room":
        return "land"
    return role.zone


def _form(stage: Stage, subject: Subject, rng: Rng) -> Form | None:
    """One exemplar of a subject."""
    words, colour = stage.words, rgb(COLOURS[subject.colour]) if subject.colour else None
    kind = subject.kind
    action = subject.action if subject.action != "fly" else "stand"
    if kind == "person" and subject.word.startswith(("astronaut", "cosmonaut")):
        return astronaut(action)
    if kind == "person":
        umbrella = (words.weather == "rain" and (words.has("umbrella") or rng.random() < 0.6)) or subject.word == "umbrella"
        return person(
            rng,
            action,
            coat=colour,
            skirt=words.has("skirt"),
            hat=words.has("hat"),
            cloak=words.has("cloak"),
            child=words.has("child"),
            umbrella=_umbrella_colour(colour, rng) if umbrella and action != "sit" else None,
        )
    if kind == "rider":
        horse = beast("horse", rng, "walk" if action == "stand" else action)
        return mounted(rng, horse, 1.58 * (1.10 if action == "run" else 1.0), coat=colour)
    if kind in BEASTS:
        return beast(kind, rng, action, subject.word, colour)
    if kind == "house":
        return landmarks.house(
            rng, colour, snow=stage.snow, cabin=any(w in subject.word for w in ("cabin", "hut", "log", "shack", "barn"))
        )
    if kind == "windmill":
        return landmarks.windmill(rng, colour, "turbine" in subject.word)
    if kind == "bird":
        return flying_bird(
            rng, "gull" in subject.word or "dove" in subject.word or (colour is not None and subject.colour == "white")
        )
    if kind == "heron":
        return heron(rng, "flamingo" in subject.word)
    if kind == "whale":
        return whale(rng)
    return _SOLID[kind](rng, colour) if kind in _SOLID else None


def _umbrella_colour(named: Colour | None, rng: Rng) -> Colour:
    return named if named is not None else rgb(("#b0322c", "#2a3a5a", "#c99a2c", "#26262c", "#3a6a5a")[int(rng.integers(5))])


def _paint(stage: Stage, subject: Subject, role: Role, at: int) -> Iterator[Layer]:
    zone = _zone(stage, role, subject)
    rng = stage.rng(f"subject {subject.kind}")
    if subject.kind in {"tree", "palm"}:
        yield from _paint_tree(stage, subject, rng)
        return
    count = min(subject.count, 14)
    forms = [form for form in (_form(stage, subject, rng) for _ in range(count)) if form is not None]
    if not forms:
        return
    items = (
        _sky_places(stage, forms, role, rng) if zone == "sky" else _ground_places(stage, forms, role, rng, zone, at, subject)
    )
    if subject.kind in DRIVING and stage.words.place in UNPAVED and zone != "sky" and not stage.paved:
        stage.paved = True
        foot = items[0][1].foot
        road = crossing(stage, foot - 0.035, foot + 0.055)
        yield stage.layer("road", road, _depth(stage, zone, foot) - 0.01)
    haze = _air(stage, zone)
    solid, shine = draw_forms(stage.canvas, items, stage.light, haze, stage.lamp_fill)
    foot = max(place.foot for _, place in items)
    if zone == "water":
        yield stage.layer(
            f"{subject.kind} reflection",
            mirrored(stage.canvas, solid, foot - 0.002, 0.55),
            _depth(stage, zone, foot),
            Motion.WATER,
        )
    elif zone in {"land", "far"} and stage.words.place != "space":
        shadow = cast_shadow(stage.canvas, items, stage.light)
        wet = stage.light.wet > 0.3 and stage.words.place in {"street", "city", "harbour"}
        if wet:
            shadow += mirrored(stage.canvas, solid, foot, 0.5) * (1 - shadow[..., 3:4])
        yield stage.layer(f"{subject.kind} shadow", shadow, _depth(stage, zone, foot), Motion.STILL)
    motion = Motion.WALK if role.moves and subject.action != "sit" else Motion.STILL
    if zone == "water":
        motion = Motion.WALK
    yield stage.layer(subject.kind, solid, _depth(stage, zone, foot), motion)
    if shine is not None:
        yield from _lights(stage, subject, shine, foot, zone)


def _lights(stage: Stage, subject: Subject, shine: np.ndarray, foot: float, zone: str) -> Iterator[Layer]:
    """What a subject lights up: its windows, its fire, its lantern; and that light in wet ground or water."""
    strength = {"night": 1.25, "blue": 1.2, "dusk": 1.0, "dawn": 0.5, "golden": 0.45}.get(stage.light.time, 0.22)
    if stage.light.wet:
        strength = max(strength, 0.6)
    if subject.kind in {"campfire", "rocket"}:
        strength = max(strength, 0.9) * 1.6
    shine[..., :3] *= np.float32(strength)
    shine[..., 3] = 0
    pixels = bloom(shine.copy(), stage.canvas, radius=0.05, strength=0.9 if subject.kind == "campfire" else 0.5)
    if zone == "water" or (stage.light.wet > 0.3 and stage.words.place in {"street", "city", "harbour"}):
        pixels += mirrored(stage.canvas, shine, foot, 0.55)
    yield stage.layer(f"{subject.kind} light", pixels, _depth(stage, zone, foot), Motion.FLICKER, emissive=True)


def _depth(stage: Stage, zone: str, foot: float) -> float:
    """Depth by the height of the foot: nearer things stand lower in the picture."""
    if zone == "sky":
        return 0.22
    share = (foot - stage.horizon) / max(stage.high - stage.horizon, 0.1)
    return float(np.clip(0.2 + 0.62 * share, 0.12, 0.86))


def _air(stage: Stage, zone: str) -> float:
    base = {"land": 0.03, "water": 0.14, "far": 0.12, "sky": 0.16}[zone]
    return float(min(base + 0.30 * base * 6 * max(stage.light.haze_density - 0.2, 0), 0.6))


def _ground_places(
    stage: Stage, forms: list[Form], role: Role, rng: Rng, zone: str, at: int, subject: Subject
) -> list[tuple[Form, Place]]:
    """Feet on the ground or on the water, the group around a third of the picture, the farther ones first."""
    spot = _spot(stage, zone, role)
    tallest = max(form.height() for form in forms)
    scale = spot.person / _PERSON
    small = 1.35 if stage.words.place == "room" else 1.0
    least = role.least * small * (1.0 if at == 0 else 0.75) * (0.8 if len(forms) > 3 else 1.0)
    scale = float(np.clip(scale, least / tallest, role.most / tallest))
    focus, spot_foot = _focus(stage, at, zone), spot.foot
    bridge = next((i for i, other in enumerate(stage.words.subjects) if other.kind == "bridge"), None)
    if subject.kind == "train" and bridge is not None:  # it goes over the bridge, not beside it
        focus, scale, spot_foot = _focus(stage, bridge, zone), scale * 0.62, spot_foot - 0.148
    width = max(form.width() for form in forms) * scale
    room = stage.wide * 0.86
    scale = min(scale, scale * room / max(width, 1e-6))
    left = bool(focus > 0.5 * stage.wide) if subject.action in {"walk", "run"} or role.moves else False
    gap = min(width * (1.05 if len(forms) < 5 else 0.85), room / max(len(forms), 1))
    wide = gap * (len(forms) - 1) + width
    focus = float(np.clip(focus, min(wide / 2 + 0.02, stage.wide / 2), max(stage.wide - wide / 2 - 0.02, stage.wide / 2)))
    items = []
    for index, form in enumerate(forms):
        x = focus + (index - (len(forms) - 1) / 2) * gap + (rng.normal(0, gap * 0.06) if len(forms) > 1 else 0.0)
        deep = rng.uniform(-0.016, 0.016) * (len(forms) > 1)
        facing = left if rng.random() < 0.86 or len(forms) == 1 else not left
        half = form.width() * scale * 0.5
        offset = -form.middle() * scale * (-1 if facing else 1)
        x = (
            float(np.clip(x, min(half + 0.01, stage.wide / 2), max(stage.wide - half - 0.01, stage.wide / 2)))
            if len(forms) == 1
            else float(x)
        )
        items.append((form, Place(x + offset, spot_foot + deep, scale * (1 + deep * 2), facing)))
    return sorted(items, key=lambda item: item[1].foot)


def _spot(stage: Stage, zone: str, role: Role) -> Spot:
    if zone == "water" and stage.water is not None:
        return stage.water
    if zone == "far":
        if stage.words.place in {"sea", "lake"} and stage.water is not None and not role.moves:
            return Spot(stage.horizon + 0.035 * stage.high, 0.03)
        return stage.far_land or stage.land
    return stage.land


def _focus(stage: Stage, at: int, zone: str) -> float:
    """The third that a subject takes: toward the light (so that it stands out), the next ones on the other side."""
    if zone == "water" and stage.water_x is not None:
        return stage.water_x
    toward = stage.light.side if zone != "far" or stage.words.place in {"street", "meadow"} else -stage.light.side
    share = (0.5 + 0.13 * toward, 0.5 - 0.20 * toward, 0.5 + 0.30 * toward, 0.5 - 0.02 * toward)[at % 4]
    if stage.words.place == "street":
        share = (0.5 + 0.05 * toward, 0.5 - 0.17 * toward, 0.5 + 0.2 * toward, 0.5)[at % 4]
    return float(stage.wide * share)


def _sky_places(stage: Stage, forms: list[Form], role: Role, rng: Rng) -> list[tuple[Form, Place]]:
    """Things in the air: a loose flock, or balloons apart from each other."""
    items = []
    focus = stage.wide * (0.5 - 0.12 * stage.light.side)
    single = len(forms) == 1
    for form in forms:
        if role.least < 0.05:
            size = (0.075 if single else rng.uniform(0.024, 0.052)) / max(form.width(), 0.1) * 1.6
            x, y = (
                focus + rng.normal(0, 0.17 if not single else 0.03) * stage.wide,
                stage.high * (0.26 + rng.normal(0, 0.055 if not single else 0.01)),
            )
        else:
            size = role.least / form.height() * (rng.uniform(0.5, 1.0) if not single else 1.0)
            x, y = (
                stage.wide * (rng.uniform(0.12, 0.88) if not single else 0.5 - 0.14 * stage.light.side),
                stage.high * rng.uniform(0.32, 0.46),
            )
        items.append((form, Place(float(x), float(y), float(size), bool(stage.light.side < 0))))
    return sorted(items, key=lambda item: item[1].scale)


def _paint_tree(stage: Stage, subject: Subject, rng: Rng) -> Iterator[Layer]:
    """Trees that are the subject themselves."""
    if (
        stage.words.place == "forest"
        or (stage.words.place == "meadow" and subject.kind == "tree" and subject.count == 1)
        or (subject.kind == "palm" and stage.words.has("tropical"))
    ):
        return  # the place has grown them already
    pen = Drawing(stage.canvas)
    spot = stage.far_land or stage.land
    tone = tones(stage.light, stage.words.season, snow=stage.snow)
    leaves = 0.0 if stage.words.season == "winter" else 1.0
    for index in range(min(subject.count, 5)):
        x = _focus(stage, index, "land") + rng.normal(0, 0.03)
        size = (0.42 if subject.kind == "tree" else 0.52) * rng.uniform(0.85, 1.1) * (1.0 if index == 0 else 0.75)
        if subject.kind == "palm":
            palm(pen, rng, x, spot.foot, size, tone, stage.light.side)
        else:
            broadleaf(
                pen,
                rng,
                x,
                spot.foot,
                size,
                tone,
                stage.light.side,
                leaves=leaves,
                extra=foliage_extra(stage) if leaves else (),
            )
    yield stage.layer(subject.kind, pen.premultiplied(), 0.55, Motion.SWAY)
