"""Operations on the frame: crop, rotate, flip, straighten, resize, border. All keep the transparency."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.cutout import find_faces, salience
from studio.engine.render.edit.picture import NothingFoundError, Picture
from studio.engine.render.edit.steps import Step
from studio.engine.render.edit.vocabulary import COLOURS
from studio.engine.render.matting import Bytes
from studio.engine.render.sizes import parse_ratio

LARGEST = 4096
_TURNS = {90.0: cv2.ROTATE_90_CLOCKWISE, 180.0: cv2.ROTATE_180, 270.0: cv2.ROTATE_90_COUNTERCLOCKWISE}


def _cut(picture: Picture, left: int, top: int, width: int, height: int) -> None:
    part = slice(top, top + max(1, height)), slice(left, left + max(1, width))
    picture.reframe(picture.rgb[part], None if picture.alpha is None else np.ascontiguousarray(picture.alpha[part]))


def crop_to_ratio(picture: Picture, ratio: float) -> None:
    """The largest frame of that shape, placed over what matters: faces, else what stands out."""
    rows, columns = picture.rows, picture.columns
    width, height = (round(rows * ratio), rows) if columns / rows > ratio else (columns, round(columns / ratio))
    width, height = max(1, min(width, columns)), max(1, min(height, rows))
    if (width, height) == (columns, rows):
        return
    x, y = _attention(picture)
    _cut(
        picture,
        round(min(max(x * columns - width / 2, 0), columns - width)),
        round(min(max(y * rows - height / 2, 0), rows - height)),
        width,
        height,
    )


def _attention(picture: Picture) -> tuple[float, float]:
    """The point that a crop keeps in the middle, in shares."""
    faces = find_faces(picture.rgb)
    if faces:
        weight = [face.width * face.height for face in faces]
        x = sum((face.left + face.width / 2) * share for face, share in zip(faces, weight, strict=True)) / sum(weight)
        # A head belongs into the upper part: what is below it is kept.
        y = sum((face.top + face.height * 0.9) * share for face, share in zip(faces, weight, strict=True)) / sum(weight)
        return x, y
    if min(picture.rows, picture.columns) < 16:
        return 0.5, 0.5
    salient = salience(picture.rgb) ** 2
    total = max(float(salient.sum()), 1e-6)
    y = float((salient.sum(axis=1) * np.linspace(0, 1, salient.shape[0])).sum() / total)
    return float((salient.sum(axis=0) * np.linspace(0, 1, salient.shape[1])).sum() / total), y


def crop(picture: Picture, step: Step) -> None:
    try:
        ratio = parse_ratio(step.value)
    except ValueError as error:
        raise NothingFoundError(str(error)) from error
    crop_to_ratio(picture, ratio)


def trim(picture: Picture, step: Step) -> None:
    """A share cut off one side."""
    side, share, _ = step.value.split()
    part = min(float(share), 90.0) / 100
    rows, columns = picture.rows, picture.columns
    across, down = round(columns * part), round(rows * part)
    left, top = (across if side == "left" else 0), (down if side == "top" else 0)
    _cut(
        picture,
        left,
        top,
        columns - (across if side in ("left", "right") else 0),
        rows - (down if side in ("top", "bottom") else 0),
    )


def zoom(picture: Picture, step: Step) -> None:
    """Closer: to the faces, to the subject, or by a share of each side; the frame keeps its shape."""
    rows, columns = picture.rows, picture.columns
    if step.value == "percent":
        keep = 1 - min(step.amount, 0.9)
        x, y = _attention(picture)
        box = (x - keep / 2, y - keep / 2, x + keep / 2, y + keep / 2)
    elif step.value == "faces":
        face = picture.faces()[0]
        room = 1.1
        box = (
            face.left - face.width * room,
            face.top - face.height * 0.75,
            face.left + face.width * (1 + room),
            face.top + face.height * (1 + 1.3),
        )
    else:
        left, top, right, bottom = picture.subject().box()
        space = 0.08 * max(right - left, bottom - top)
        box = ((left - space) / columns, (top - space) / rows, (right + space) / columns, (bottom + space) / rows)
    wide = max((box[2] - box[0]) * columns, (box[3] - box[1]) * rows * columns / rows)
    width = round(min(max(wide, 1), columns))
    height = max(1, min(rows, round(width * rows / columns)))
    left = round(min(max((box[0] + box[2]) / 2 * columns - width / 2, 0), columns - width))
    top = round(min(max((box[1] + box[3]) / 2 * rows - height / 2, 0), rows - height))
    _cut(picture, left, top, width, height)


def rotate(picture: Picture, step: Step) -> None:
    """Quarter turns keep every pixel; other angles are cropped to the largest upright frame without empty corners."""
    angle = float(step.value) % 360
    if angle in _TURNS:
        turn = _TURNS[angle]
        alpha = None if picture.alpha is None else np.asarray(cv2.rotate(picture.alpha, turn), np.uint8)
        picture.reframe(np.asarray(cv2.rotate(picture.rgb, turn), np.uint8), alpha)
    elif angle:
        tilt(picture, angle)


def tilt(picture: Picture, degrees: float) -> None:
    """Turn clockwise by any angle and crop."""
    if 45 < degrees % 180 < 135:
        quarter = 90.0 if degrees < 180 else 270.0
        rotate(picture, Step("rotate", value=f"{quarter:g}"))
        degrees -= quarter
    rows, columns = picture.rows, picture.columns
    angle = np.deg2rad(degrees)
    sine, cosine = abs(float(np.sin(angle))), abs(float(np.cos(angle)))
    long, short = max(rows, columns), min(rows, columns)
    if short <= 2 * sine * cosine * long or abs(sine - cosine) < 1e-9:
        half = short / 2
        wide, high = (half / sine, half / cosine) if columns >= rows else (half / cosine, half / sine)
    else:
        double = cosine * cosine - sine * sine
        wide, high = (columns * cosine - rows * sine) / double, (rows * cosine - columns * sine) / double
    size = max(1, min(columns, int(wide))), max(1, min(rows, int(high)))
    matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), -degrees, 1.0)
    matrix[0, 2] += (size[0] - columns) / 2
    matrix[1, 2] += (size[1] - rows) / 2
    rgb = cv2.warpAffine(picture.rgb, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    alpha = picture.alpha if picture.alpha is None else np.asarray(cv2.warpAffine(picture.alpha, matrix, size), np.uint8)
    picture.reframe(np.asarray(rgb, np.uint8), alpha)


def lean(rgb: Bytes) -> float:
    """How far a picture leans, in degrees clockwise: the weighted middle of its nearly level and nearly upright lines."""
    factor = min(1.0, 800 / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * factor)), max(1, round(rgb.shape[0] * factor))
    grey = cv2.GaussianBlur(
        cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY), (0, 0), 1.0
    )
    lines = cv2.HoughLinesP(cv2.Canny(grey, 50, 140), 1, np.pi / 720, 60, minLineLength=max(size) / 7, maxLineGap=6)
    if lines is None:
        return 0.0
    found = []
    for x0, y0, x1, y1 in np.asarray(lines).reshape(-1, 4):
        angle = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
        off = (angle + 45) % 90 - 45
        if abs(off) < 12:
            upright = abs(abs(angle) - 90) < 45
            found.append((off, float(np.hypot(x1 - x0, y1 - y0)) * (0.8 if upright else 1.0)))
    if not found:
        return 0.0
    angles, weights = (np.array(column) for column in zip(*found, strict=True))
    bins = np.arange(-12, 12.01, 0.25)
    votes = np.array([(weights * np.exp(-(((angles - at) / 0.5) ** 2))).sum() for at in bins])
    # Masts that converge and braces lean as well: only what outweighs the upright lines clearly is a leaning camera.
    votes *= np.exp(-((bins / 7) ** 2))
    best = float(bins[int(votes.argmax())])
    if votes.max() < max(1.5 * votes[len(bins) // 2], 0.25 * weights.sum(), 0.3 * max(size)):
        return 0.0
    near = np.abs(angles - best) < 1.0
    return float((angles[near] * weights[near]).sum() / weights[near].sum()) if near.any() else best


def straighten(picture: Picture, _: Step) -> None:
    angle = lean(picture.rgb)
    if abs(angle) < 0.15:
        raise NothingFoundError("no leaning line was found to straighten by")
    tilt(picture, -angle)


def flip(picture: Picture, step: Step) -> None:
    axis = 0 if step.value == "vertically" else 1
    picture.reframe(
        np.flip(picture.rgb, axis), None if picture.alpha is None else np.ascontiguousarray(np.flip(picture.alpha, axis))
    )


def resize_to(picture: Picture, width: int, height: int) -> None:
    """Exactly that size; smaller by area, larger by Lanczos."""
    if (width, height) == (picture.columns, picture.rows):
        return
    way = cv2.INTER_AREA if width * height < picture.rows * picture.columns else cv2.INTER_LANCZOS4
    rgb = np.asarray(cv2.resize(picture.rgb, (width, height), interpolation=way), np.uint8)
    alpha = (
        None
        if picture.alpha is None
        else np.asarray(cv2.resize(picture.alpha, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    )
    picture.reframe(rgb, alpha)


def resize(picture: Picture, step: Step) -> None:
    """To a size, a width or height, a share, or a long side named 1K, 2K or 4K; never over 4096 pixels a side."""
    rows, columns = picture.rows, picture.columns
    number = step.value.split()[0]
    if "×" in step.value:
        width, height = (int(part) for part in step.value.split("×"))
        width, height = min(max(width, 1), LARGEST), min(max(height, 1), LARGEST)
        crop_to_ratio(picture, width / height)
        resize_to(picture, width, height)
        return
    if step.value.endswith("K"):
        factor = int(number[:-1]) * 1024 / max(rows, columns)
    elif "px" in step.value:
        factor = int(number) / (rows if step.value.endswith("high") else columns)
    else:
        factor = float(number) / 100
    factor = min(factor, LARGEST / max(rows, columns))
    resize_to(picture, max(1, round(columns * factor)), max(1, round(rows * factor)))


def border(picture: Picture, step: Step) -> None:
    width = max(2, round(45 * picture.unit * step.amount))
    code = COLOURS[step.value]
    colour = tuple(int(code[at : at + 2], 16) for at in (1, 3, 5))
    rgb = cv2.copyMakeBorder(picture.rgb, width, width, width, width, cv2.BORDER_CONSTANT, value=colour)
    alpha = None
    if picture.alpha is not None:
        alpha = np.asarray(
            cv2.copyMakeBorder(picture.alpha, width, width, width, width, cv2.BORDER_CONSTANT, value=255), np.uint8
        )
    picture.reframe(np.asarray(rgb, np.uint8), alpha)


def round_corners(picture: Picture, _: Step) -> None:
    radius = max(1, round(60 * picture.unit))
    shape = np.zeros((picture.rows, picture.columns), np.uint8)
    cv2.rectangle(shape, (radius, 0), (picture.columns - radius - 1, picture.rows - 1), 255, -1)
    cv2.rectangle(shape, (0, radius), (picture.columns - 1, picture.rows - radius - 1), 255, -1)
    for x in (radius, picture.columns - radius - 1):
        for y in (radius, picture.rows - radius - 1):
            cv2.circle(shape, (x, y), radius, 255, -1, cv2.LINE_AA)
    picture.alpha = shape if picture.alpha is None else np.minimum(picture.alpha, shape)


def fisheye(picture: Picture, _: Step) -> None:
    x, y = np.meshgrid(
        np.linspace(-1, 1, picture.columns, dtype=np.float32), np.linspace(-1, 1, picture.rows, dtype=np.float32)
    )
    pull = 0.62 + 0.38 * np.minimum(np.hypot(x, y) / np.float32(1.4142), 1) ** 2
    across = (x * pull + 1) * np.float32((picture.columns - 1) / 2)
    down = (y * pull + 1) * np.float32((picture.rows - 1) / 2)
    rgb = np.asarray(cv2.remap(picture.rgb, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), np.uint8)
    alpha = None if picture.alpha is None else np.asarray(cv2.remap(picture.alpha, across, down, cv2.INTER_LINEAR), np.uint8)
    picture.reframe(rgb, alpha)
