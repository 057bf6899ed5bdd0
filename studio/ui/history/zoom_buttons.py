"""More or less of a day in the width of the timeline."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.ui.history.timeline_view import ZOOM_STEP, JobTimeline
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool


class ZoomButtons(QWidget):
    """Two buttons for what plus, minus and the wheel with Ctrl do."""

    def __init__(self, view: JobTimeline, theme: Theme) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for icon, words, name, factor in (
            ("zoom-out", self.tr("Zoom out (−)"), "timelineZoomOut", 1 / ZOOM_STEP),
            ("zoom-in", self.tr("Zoom in (+)"), "timelineZoomIn", ZOOM_STEP),
        ):
            button = tool(icon, words, name, theme)
            button.clicked.connect(lambda _=False, factor=factor: view.set_zoom(view.zoom * factor))
            row.addWidget(button)
