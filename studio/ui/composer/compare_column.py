"""One account of a comparison: its job's state, time and cost, and the result."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.domain.account import Account
from studio.domain.asset import Asset
from studio.domain.event import AssetAdded, AssetChanged
from studio.domain.job import Job
from studio.ui.accounts.colours import Dot
from studio.ui.bridge import Bridge
from studio.ui.images.loader import ImageLoader
from studio.ui.images.reading import Fit
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.job_words import credit_words, error_words, state_words
from studio.ui.widgets.words import ElidedLabel, FittingLabel, label, restyle


class _Picture(QWidget):
    """A result's preview, as large as there is room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._asset: Asset | None = None
        self._loader = ImageLoader(self, limit_bytes=16 * 1024 * 1024)
        self._loader.loaded.connect(lambda _: self.update())
        self.setMinimumHeight(140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(200, 160)

    def show_asset(self, asset: Asset) -> None:
        self._asset = asset
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.canvas))
        painter.drawRoundedRect(QRectF(self.rect()), tokens.radius_box, tokens.radius_box)
        if self._asset is None:
            return
        if self._asset.thumbnail is None:
            painter.setPen(QColor(tokens.text))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 12, -12, -12), flags.value, self._asset.prompt[:600])
            return
        ratio = self.devicePixelRatioF()
        pixmap = self._loader.request(self._asset.thumbnail, self.size(), self._asset.id, fit=Fit.CONTAIN, ratio=ratio)
        if pixmap is not None:
            size = pixmap.deviceIndependentSize()
            painter.drawPixmap(round((self.width() - size.width()) / 2), round((self.height() - size.height()) / 2), pixmap)


class CompareColumn(QFrame):
    """`asset_wanted(asset)` from its button."""

    asset_wanted = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme, account: Account) -> None:
        super().__init__()
        self.setObjectName(f"compareColumn_{account.name}")
        self.setProperty("surface", "box")
        self._bridge = bridge
        self._job: Job | None = None
        self._asset: Asset | None = None
        self._failed = False
        self.picture = _Picture(theme)
        self.state = ElidedLabel("…", "label")
        self.state.setObjectName("compareState")
        self.facts = label("", "label")
        self.facts.setObjectName("compareFacts")
        self.facts.hide()
        self.error = label("", "error", wrap=True)
        self.error.hide()
        self._show = push(self.tr("Show"), "compareShow")
        self._show.setEnabled(False)
        self._show.clicked.connect(lambda: self.asset_wanted.emit(self._asset))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Dot(theme, account.colour))
        name = FittingLabel("strong")
        name.set_texts((account.title, account.title.rpartition(" · ")[2]))
        head.addWidget(name, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.picture, 1)
        for widget in (self.state, self.facts, self.error):
            column.addWidget(widget)
        column.addWidget(self._show, 0, Qt.AlignmentFlag.AlignLeft)
        bridge.assetsChanged.connect(self._assets_changed)

    @property
    def job_id(self) -> str | None:
        return None if self._job is None else self._job.id

    @property
    def over(self) -> bool:
        """Whether nothing will change here any more."""
        return self._failed or (self._job is not None and self._job.is_terminal)

    def show_job(self, job: Job) -> None:
        """The job as it is now."""
        if self._job is not None and job.revision < self._job.revision:
            return
        self._job = job
        self.state.setText(state_words(job))
        words = error_words(job)
        self.error.setText(words)
        self.error.setVisible(bool(words))
        self.tick()
        if job.asset_ids and self._asset is None:
            self._bridge.run(lambda core: core.asset(job.asset_ids[0]), self._take)

    def show_error(self, words: str) -> None:
        """It was not sent at all."""
        self._failed = True
        self.state.setText(self.tr("Not sent"))
        self.error.setText(words)
        self.error.show()

    def tick(self) -> None:
        """How long it takes, and what it costs."""
        if self._job is None:
            return
        end = self._job.finished_at or datetime.now(UTC)
        seconds = max(0, round((end - self._job.created_at).total_seconds()))
        time = f"{seconds // 60}:{seconds % 60:02d}"
        self.facts.show()
        self.facts.setText(" · ".join(part for part in (time, credit_words(self._job, " " + self.tr("credits"))) if part))

    def _assets_changed(self, changes: list[AssetAdded | AssetChanged]) -> None:
        for change in changes:
            if self._job is not None and change.asset.job_id == self._job.id and change.asset.output_index == 0:
                self._take(change.asset)

    def _take(self, asset: Asset) -> None:
        self._asset = asset
        self._show.setEnabled(True)
        self.picture.show_asset(asset)
        restyle(self, "done", True)
