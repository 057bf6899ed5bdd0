"""What came out of jobs: asked for in the background when it is first looked at, a bounded number of them kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.asset import Asset
from studio.domain.errors import StudioError
from studio.domain.job import Job
from studio.ui.bridge import Bridge

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import AssetAdded, AssetChanged

_SOON_MS = 15
MOST = 2000


class Results(QObject):
    """`known` (set of job ids): now there is something to see of them."""

    known = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._assets: OrderedDict[str, Asset | None] = OrderedDict()
        self._wanted: dict[str, str] = {}  # asset id: the job it is wanted for
        self._ask = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._ask.timeout.connect(self._fetch)
        bridge.assetsChanged.connect(self._changed)

    def first_of(self, job: Job) -> Asset | None:
        """Its main result, as far as it is known."""
        if not job.asset_ids:
            return None
        asset_id = job.asset_ids[0]
        if asset_id not in self._assets:
            self._assets[asset_id] = None
            self._wanted[asset_id] = job.id
            self._ask.start()
            while len(self._assets) > MOST:
                self._assets.popitem(last=False)
        return self._assets.get(asset_id)

    def _fetch(self) -> None:
        wanted, self._wanted = self._wanted, {}

        async def answer(core: Core) -> tuple[dict[str, str], list[Asset]]:
            return wanted, await read_assets(core, list(wanted))

        self._bridge.run(answer, self._arrived)

    def _arrived(self, answer: tuple[dict[str, str], list[Asset]]) -> None:
        wanted, assets = answer
        self._assets.update((asset.id, asset) for asset in assets)
        self.known.emit({wanted[asset.id] for asset in assets})

    def _changed(self, changes: list[AssetAdded | AssetChanged]) -> None:
        shown = {change.asset.id: change.asset for change in changes if change.asset.id in self._assets}
        if shown:
            self._assets.update(shown)
            self.known.emit({asset.job_id for asset in shown.values()} - {None})


async def read_assets(core: Core, ids: Sequence[str]) -> list[Asset]:
    """Those that still exist, in their order."""
    found = []
    for asset_id in ids:
        try:
            found.append(await core.asset(asset_id))
        except (StudioError, KeyError):
            continue  # it was deleted for good: the row keeps its words
    return found
