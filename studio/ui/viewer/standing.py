"""Which frame of a clip stands in the view, and where its neighbours are. Pure arithmetic, in microseconds."""

from __future__ import annotations

USUAL_FRAME_US = 40_000
"""How long a frame is taken to last whose clip does not say."""


class StandingFrame:
    """`begin_us`, `end_us`: of the frame that was taken last."""

    def __init__(self) -> None:
        self.begin_us = self.end_us = 0
        self._target_us: int | None = None
        self._settled = False

    def forget(self) -> None:
        """Another clip, or it plays: every frame is taken as it comes."""
        self.begin_us = self.end_us = 0
        self._target_us = None

    def plays(self) -> None:
        self._target_us = None

    def seeks(self, seconds: float) -> None:
        """The clip stands, and is to show the frame of this moment."""
        self._target_us, self._settled = round(seconds * 1e6), False

    def takes(self, begin_us: int, end_us: int) -> bool:
        """Whether a frame that arrives is the one to be shown. A standing backend now and then hands on the next one too."""
        if self._target_us is not None:
            if self._settled and begin_us > self._target_us:
                return False
            self._settled = True
        self.begin_us, self.end_us = max(0, begin_us), max(0, end_us)
        return True

    def neighbour_ms(self, ahead: bool) -> int:
        """A moment of the frame after or before. The backend shows the frame that ends at a moment, not the one that begins
        there."""
        end = self.end_us if self.end_us > self.begin_us else self.begin_us + USUAL_FRAME_US
        return end // 1000 + 1 if ahead else max(0, self.begin_us // 1000 - 1)
