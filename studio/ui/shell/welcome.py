"""Three doors for a first start: this computer, and the two services. Not shown again once something was made."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QGradient, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QRadialGradient
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from studio.domain.account import Service
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label

Stops = tuple[tuple[float, str], ...]
_SEA: Stops = ((0.0, "#0B1626"), (0.4, "#12304B"), (0.58, "#0D6B7B"), (0.62, "#0E6878"), (1.0, "#05222C"))
_SUN: Stops = ((0.0, "#FFE9B0"), (0.1, "#FFE0A0"), (0.13, "#F2A95A"), (0.55, "#A63A3A"), (1.0, "#2B1230"))
_AURORA: Stops = ((0.0, "#7BF0C6"), (0.1, "#6BE3B9"), (0.45, "#1F7A6A"), (1.0, "#06202A"))


class Scene(QWidget):
    """A small drawn picture on a door."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self._service = service
        self.setMinimumHeight(96)
        self.setFixedHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), 8, 8)
        painter.fillPath(path, QBrush(self._gradient()))

    def _gradient(self) -> QGradient:
        width, height = self.width(), self.height()
        wash: QGradient
        if self._service is Service.LOCAL:
            wash, stops = QLinearGradient(0, 0, 0, height), _SEA
        elif self._service is Service.CANVAS_LABS:
            wash, stops = QRadialGradient(QPointF(width * 0.7, height * 0.3), width * 0.6), _SUN
        else:
            wash, stops = QRadialGradient(QPointF(width * 0.34, height * 0.6), width * 0.62), _AURORA
        for place, colour in stops:
            wash.setColorAt(place, QColor(colour))
        return wash


class Welcome(QWidget):
    """`start_wanted()` to make something here, `key_wanted(service)` to add an account."""

    start_wanted = Signal()
    key_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("welcomePage")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 32, 24, 32)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(label(self.tr("Make something"), "hero"), 0, Qt.AlignmentFlag.AlignHCenter)
        second = label(self.tr("Start on this computer now. Add a service when you want its models."), "dim")
        column.addWidget(second, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(20)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        for door in self._doors():
            row.addWidget(door, 4)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(20)
        keys = label(self.tr("Keys go to your system keyring and nowhere else. A key is tested before it is kept."), "label")
        column.addWidget(keys, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _doors(self) -> list[QFrame]:
        here = self._door(
            Service.LOCAL, self.tr("Drafts, animatics and finishing. Free, private, works offline."),
            self.tr("Start now"), "startButton", primary=True,
        )
        canvas = self._door(
            Service.CANVAS_LABS, self.tr("Video, photorealistic images, scenes and styles. You need an API key."),
            self.tr("Paste a key"), "keyCanvasLabs",
        )
        cannon = self._door(
            Service.CANNON_STUDIO, self.tr("19 operations across video, image, audio and finishing. You need an API key."),
            self.tr("Paste a key"), "keyCannonStudio",
        )
        return [here, canvas, cannon]

    def _door(self, service: Service, words: str, verb: str, name: str, *, primary: bool = False) -> QFrame:
        card = QFrame()
        card.setProperty("surface", "card")
        card.setMinimumWidth(220)
        card.setMaximumWidth(300)
        button = push(verb, name, "primary" if primary else "")
        button.setFixedHeight(36)
        button.setAccessibleDescription(f"{service.display_name}. {words}")
        if service is Service.LOCAL:
            button.clicked.connect(self.start_wanted)
        else:
            button.clicked.connect(lambda: self.key_wanted.emit(service))
        text = label(words, "dim", wrap=True)
        text.setMinimumHeight(44)
        text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(card)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(12)
        column.addWidget(Scene(service))
        column.addWidget(label(service.display_name, "heading"))
        column.addWidget(text)
        column.addSpacing(4)
        column.addWidget(button)
        return card
