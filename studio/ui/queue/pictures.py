"""Which picture shows a job: its result, and until that is there the first picture that was given to it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal

from studio.domain.asset import Asset
from studio.domain.event import AssetAdded, AssetChanged
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job
from studio.ui.bridge import Bridge

_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}


class JobPictures(QObject):
    """`known(job_id)` when a job has another picture than before."""

    known = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._paths: dict[str, Path | None] = {}
        bridge.assetsChanged.connect(self._assets_changed)

    def show_first(self, first: FirstScreen) -> None:
        """Take what the first screen says."""
        by_job = {asset.job_id: asset for asset in reversed(first.assets) if asset.job_id}
        self._paths.update({job_id: asset.thumbnail for job_id, asset in by_job.items() if asset.thumbnail})

    def of(self, job: Job) -> Path | None:
        """A file, or None: then its kind's icon stands there. Asked for once, while it is painted."""
        if job.id in self._paths:
            return self._paths[job.id]
        if job.asset_ids and self._bridge.is_ready:
            self._paths[job.id] = None
            self._bridge.run(lambda core: core.asset(job.asset_ids[0]), self._arrived, lambda _: None)
        return _reference_picture(job)

    def _assets_changed(self, changes: Iterable[AssetAdded | AssetChanged]) -> None:
        """A thumbnail may be made only after its job is done: it shows as soon as it is there."""
        for change in changes:
            self._arrived(change.asset)

    def _arrived(self, asset: Asset) -> None:
        if asset.job_id is not None and asset.thumbnail is not None:
            self._paths[asset.job_id] = asset.thumbnail
            self.known.emit(asset.job_id)


def _reference_picture(job: Job) -> Path | None:
    """The first picture that was given to a job, as long as it has none of its own."""
    for value in job.request.input.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one.startswith("file:"):
                path = Path(QUrl(one).toLocalFile())
                if path.suffix.lower() in _PICTURES:
                    return path
    return None
