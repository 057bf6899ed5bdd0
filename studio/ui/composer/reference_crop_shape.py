"""The frame of the crop editor as numbers: moved, pulled at its handles, held to a ratio and inside the picture. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.domain.reference import centred_box

Box = tuple[float, float, float, float]
LEAST = 0.02
"""The smallest side, as a share of the picture."""
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class CropShape:
    """`width` and `height` of the turned picture in pixels, `box` in shares of it (left, top, right, bottom), `ratio` of the
    frame in pixels (width by height; None: free)."""

    width: int
    height: int
    box: Box = WHOLE
    ratio: float | None = None

    @property
    def pixels(self) -> tuple[int, int]:
        """The size of what is kept."""
        left, top, right, bottom = self.box
        return max(1, round((right - left) * self.width)), max(1, round((bottom - top) * self.height))

    def with_ratio(self, ratio: float | None) -> CropShape:
        """Held to a ratio: the largest such frame that fits into the picture around the middle of this one."""
        if ratio is None:
            return replace(self, ratio=None)
        left, top, right, bottom = centred_box(self.width, self.height, ratio)
        wide, high = right - left, bottom - top
        middle_x, middle_y = (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2
        x = min(max(0.0, middle_x - wide / 2), 1 - wide)
        y = min(max(0.0, middle_y - high / 2), 1 - high)
        return replace(self, ratio=ratio, box=_tidy((x, y, x + wide, y + high)))

    def moved(self, dx: float, dy: float) -> CropShape:
        """The frame pushed by shares of the picture, as far as it goes."""
        left, top, right, bottom = self.box
        dx, dy = min(max(dx, -left), 1 - right), min(max(dy, -top), 1 - bottom)
        return replace(self, box=_tidy((left + dx, top + dy, right + dx, bottom + dy)))

    def pulled(self, across: int, down: int, dx: float, dy: float) -> CropShape:
        """A handle pulled: `across` is -1 for the left side, 1 for the right one, 0 for neither; `down` the same for top and
        bottom. The opposite side stays; with a ratio the other direction follows."""
        left, top, right, bottom = self.box
        if across < 0:
            left = min(max(0.0, left + dx), right - LEAST)
        elif across > 0:
            right = max(min(1.0, right + dx), left + LEAST)
        if down < 0:
            top = min(max(0.0, top + dy), bottom - LEAST)
        elif down > 0:
            bottom = max(min(1.0, bottom + dy), top + LEAST)
        shape = replace(self, box=_tidy((left, top, right, bottom)))
        if self.ratio is None:
            return shape
        wider = bool(across) and (not down or abs(dx) * self.width >= abs(dy) * self.height)
        return shape._held(across, down, by_width=wider)

    def _held(self, across: int, down: int, *, by_width: bool) -> CropShape:
        """This frame brought to its ratio: the side that was pulled further decides, as far as the picture goes."""
        share = (self.ratio or 1.0) * self.height / self.width  # the ratio in shares of the picture
        left, top, right, bottom = self.box
        wide, high = right - left, bottom - top
        if by_width:
            high = wide / share
        else:
            wide = high * share
        room_x = right if across < 0 else 1 - left if across > 0 else 2 * min((left + right) / 2, 1 - (left + right) / 2)
        room_y = bottom if down < 0 else 1 - top if down > 0 else 2 * min((top + bottom) / 2, 1 - (top + bottom) / 2)
        shrink = min(1.0, room_x / wide, room_y / high)
        grow = max(1.0, LEAST / (wide * shrink), LEAST / (high * shrink))
        factor = min(shrink * grow, room_x / wide, room_y / high)
        x = _placed(left, right, wide * factor, across)
        y = _placed(top, bottom, high * factor, down)
        return replace(self, box=_tidy((x, y, x + wide * factor, y + high * factor)))

    def turned(self, quarters: int) -> CropShape:
        """The same part after quarter turns clockwise of the picture. A ratio other than 1:1 is let go of."""
        shape = self
        for _ in range(quarters % 4):
            left, top, right, bottom = shape.box
            box = _tidy((1 - bottom, left, 1 - top, right))
            ratio = None if shape.ratio is None or abs(shape.ratio - 1) > 1e-6 else shape.ratio
            shape = CropShape(shape.height, shape.width, box, ratio)
        return shape

    def mirrored(self) -> CropShape:
        """The same part after the picture is mirrored left to right."""
        left, top, right, bottom = self.box
        return replace(self, box=_tidy((1 - right, top, 1 - left, bottom)))


def _placed(low: float, high: float, length: float, side: int) -> float:
    """Where a side of `length` begins: fixed at the end that was not pulled, else around the middle."""
    if side < 0:
        return high - length
    if side > 0:
        return low
    return (low + high) / 2 - length / 2


def _tidy(box: Box) -> Box:
    """Rounding errors must not lead out of the picture, nor turn the frame inside out."""
    left, top = min(max(0.0, box[0]), 1 - 1e-6), min(max(0.0, box[1]), 1 - 1e-6)
    return left, top, max(left + 1e-6, min(1.0, box[2])), max(top + 1e-6, min(1.0, box[3]))
