"""Steps on the frame (crop, closer, straighten, rotate…) pinned down once for a whole clip, so that no frame has its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from studio.engine.render.changes.steadying import Bytes
from studio.engine.render.cutout import Face, cut_out, find_faces, salience
from studio.engine.render.edit import frames
from studio.engine.render.edit.picture import NothingFoundError, Picture
from studio.engine.render.edit.steps import Step
from studio.engine.render.sizes import parse_ratio

Reframe = Callable[[Bytes], Bytes]
Box = tuple[float, float, float, float]

OPERATIONS = ("rotate", "flip", "straighten", "trim", "zoom", "crop", "fisheye", "resize")
_LEAST_ANGLE = 0.15
_SIMPLE: dict[str, Callable[[Picture, Step], None]] = {
    "rotate": frames.rotate, "flip": frames.flip, "trim": frames.trim, "fisheye": frames.fisheye, "resize": frames.resize,
}


def pinned(step: Step, samples: Sequence[Bytes], check: Callable[[], object]) -> Reframe:
    """The step as one and the same function for every frame. `samples`: frames of the whole clip as they come to it.

    NothingFoundError where the step needs something that the clip does not show.
    """
    if step.operation == "straighten":
        leans = [frames.lean(sample) for sample in samples]
        angle = float(np.median(leans))
        if abs(angle) < _LEAST_ANGLE:
            raise NothingFoundError("no leaning line was found to straighten by")
        return _simple(Step("rotate", value=f"{-angle % 360:.3f}"), check)
    if step.operation == "crop":
        return _window(_cropped(step, samples))
    if step.operation == "zoom":
        return _window(_closer(step, samples, check))
    return _simple(step, check)


def covering(width: int, height: int) -> Reframe:
    """Every frame at this size; the middle of it where the shape differs."""

    def fitted(rgb: Bytes) -> Bytes:
        rows, columns = rgb.shape[:2]
        if (columns, rows) == (width, height):
            return rgb
        wide, high = min(columns, max(round(rows * width / height), 1)), min(rows, max(round(columns * height / width), 1))
        left, top = (columns - wide) // 2, (rows - high) // 2
        part = np.ascontiguousarray(rgb[top : top + high, left : left + wide])
        way = cv2.INTER_AREA if width < wide else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(part, (width, height), interpolation=way), np.uint8)

    return fitted


def _simple(step: Step, check: Callable[[], object]) -> Reframe:
    def reframed(rgb: Bytes) -> Bytes:
        picture = Picture(rgb, None, 0, check)
        _SIMPLE[step.operation](picture, step)
        return picture.rgb

    return reframed


def _window(box: Box) -> Reframe:
    def cut(rgb: Bytes) -> Bytes:
        rows, columns = rgb.shape[:2]
        left, top = min(round(box[0] * columns), columns - 1), min(round(box[1] * rows), rows - 1)
        right, bottom = max(round(box[2] * columns), left + 1), max(round(box[3] * rows), top + 1)
        return np.ascontiguousarray(rgb[top:bottom, left:right])

    return cut


def _cropped(step: Step, samples: Sequence[Bytes]) -> Box:
    try:
        ratio = parse_ratio(step.value)
    except ValueError as error:
        raise NothingFoundError(str(error)) from error
    rows, columns = samples[0].shape[:2]
    wide, high = min(1.0, rows * ratio / columns), min(1.0, columns / ratio / rows)
    return _placed(*attention(samples), wide, high)


def _closer(step: Step, samples: Sequence[Bytes], check: Callable[[], object]) -> Box:
    """As image.edit comes closer, on the means over the clip: to faces, the subject, or by a share. The shape is kept."""
    if step.value == "percent":
        keep = 1 - min(step.amount, 0.9)
        return _placed(*attention(samples), keep, keep)
    if step.value == "faces":
        face = _usual_face(samples)
        wide = max(face.width * 3.2, face.height * 3.05)
        return _placed(face.left + face.width / 2, face.top + face.height * 0.78, min(wide, 1.0), min(wide, 1.0))
    boxes = []
    for sample in samples[:: max(len(samples) // 3, 1)]:
        found = cut_out(sample, None, check=check)
        if found is not None:
            left, top, right, bottom = found.box()
            boxes.append((left / sample.shape[1], top / sample.shape[0], right / sample.shape[1], bottom / sample.shape[0]))
    if not boxes:
        raise NothingFoundError("no subject stands out from the background")
    middle = np.median(np.array(boxes, np.float64), axis=0)
    keep = min(float(max(middle[2] - middle[0], middle[3] - middle[1])) * 1.16, 1.0)
    return _placed(float(middle[0] + middle[2]) / 2, float(middle[1] + middle[3]) / 2, keep, keep)


def _placed(x: float, y: float, wide: float, high: float) -> Box:
    left, top = min(max(x - wide / 2, 0.0), 1 - wide), min(max(y - high / 2, 0.0), 1 - high)
    return left, top, left + wide, top + high


def _usual_face(samples: Sequence[Bytes]) -> Face:
    found = [faces[0] for faces in map(find_faces, samples) if faces]
    if not found:
        raise NothingFoundError("no face was found")
    return Face(found[0].kind, *(float(np.median([getattr(face, side) for face in found]))
                                 for side in ("left", "top", "width", "height")))


def attention(samples: Sequence[Bytes]) -> tuple[float, float]:
    """The point that is looked at, in shares of the frame: faces, else what stands out, the mean over the samples."""
    points = []
    for sample in samples:
        faces = find_faces(sample)
        if faces:
            points.append((faces[0].left + faces[0].width / 2, faces[0].top + faces[0].height * 0.9))
            continue
        if min(sample.shape[:2]) < 16:
            points.append((0.5, 0.5))
            continue
        salient = salience(sample) ** 2
        total = max(float(salient.sum()), 1e-6)
        down, across = (np.linspace(0, 1, length) for length in salient.shape)
        points.append((float((salient.sum(axis=0) * across).sum() / total),
                       float((salient.sum(axis=1) * down).sum() / total)))
    return float(np.mean([x for x, _ in points])), float(np.mean([y for _, y in points]))
