"""How a picture lies in a view: fitted, or at a scale around a point. Pure arithmetic, tested without a window."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 16.0
"""Screen pixels a picture pixel at most."""


@dataclass(slots=True)
class Zoom:
    """View and picture sizes in the same pixels; `x`, `y`: where the picture's top left stands in the view."""

    view_width: float = 1.0
    view_height: float = 1.0
    width: float = 1.0
    height: float = 1.0
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0
    fitted: bool = True

    @property
    def fit_scale(self) -> float:
        return min(self.view_width / self.width, self.view_height / self.height)

    @property
    def smallest(self) -> float:
        """No smaller than fitted, but a small picture may stand at its own size."""
        return min(self.fit_scale, 1.0)

    def fit(self) -> None:
        self.fitted = True
        self.scale = self.fit_scale
        self._centre()

    def resize_view(self, width: float, height: float) -> None:
        """The view changed its size: a fitted picture stays fitted, another keeps its scale and middle."""
        middle_x = (self.view_width / 2 - self.x) / self.scale
        middle_y = (self.view_height / 2 - self.y) / self.scale
        self.view_width, self.view_height = max(1.0, width), max(1.0, height)
        if self.fitted:
            self.fit()
            return
        self.x, self.y = self.view_width / 2 - middle_x * self.scale, self.view_height / 2 - middle_y * self.scale
        self._hold_in()

    def zoom_to(self, scale: float, at_x: float, at_y: float) -> None:
        """Take `scale` and leave the picture's point under (at_x, at_y) where it is."""
        scale = max(self.smallest, min(LARGEST, scale))
        picture_x, picture_y = (at_x - self.x) / self.scale, (at_y - self.y) / self.scale
        self.fitted = False
        self.scale = scale
        self.x, self.y = at_x - picture_x * scale, at_y - picture_y * scale
        self._hold_in()

    def pan(self, dx: float, dy: float) -> None:
        self.x += dx
        self.y += dy
        self._hold_in()

    def _centre(self) -> None:
        self.x = (self.view_width - self.width * self.scale) / 2
        self.y = (self.view_height - self.height * self.scale) / 2

    def _hold_in(self) -> None:
        """A side that fits is centred; one that does not leaves no gap at its edges."""
        shown_width, shown_height = self.width * self.scale, self.height * self.scale
        if shown_width <= self.view_width:
            self.x = (self.view_width - shown_width) / 2
        else:
            self.x = min(0.0, max(self.view_width - shown_width, self.x))
        if shown_height <= self.view_height:
            self.y = (self.view_height - shown_height) / 2
        else:
            self.y = min(0.0, max(self.view_height - shown_height, self.y))
