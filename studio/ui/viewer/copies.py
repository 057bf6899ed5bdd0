"""Copies that play of clips that Qt cannot decode here: asked of the core's thread, with progress and a way to stop."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.asset import Asset
from studio.ui.bridge import Bridge, in_words

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.app.proxies import Proxies


class Copies(QObject):
    """`progressed` (0 to 1), `made` (the copy's path) and `failed` (words), of the asset that was asked for last."""

    progressed = Signal(float)
    made = Signal(object)
    failed = Signal(str)
    _shared = Signal(str, float)  # from the core's thread: of which asset, how much is done

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._proxies: Proxies | None = None
        self._asset: Asset | None = None
        self._future: Future[Path] | None = None
        self._known: dict[str, Path] = {}  # by content
        self._shared.connect(self._show_share)

    @property
    def is_making(self) -> bool:
        return self._future is not None

    def of(self, asset: Asset) -> Path | None:
        """The copy that this window played in place of the asset before."""
        return self._known.get(asset.sha256)

    def make(self, asset: Asset) -> None:
        """Have a copy made, or take the one that was kept."""
        self.cancel()
        if self._proxies is None:
            from studio.app.proxies import Proxies  # needed for few clips

            self._proxies = Proxies(self._bridge.paths.cache / "proxies")
        proxies, shared = self._proxies, self._shared

        async def work(core: Core) -> Path:
            return await proxies.of(asset.path, asset.sha256, lambda share: shared.emit(asset.id, share))

        self._asset = asset
        self._future = self._bridge.run(work, self._take, self._refuse)

    def cancel(self) -> None:
        """Stop the making; nothing is heard of it any more."""
        future, self._future, self._asset = self._future, None, None
        if future is not None:
            future.cancel()

    def _show_share(self, asset_id: str, share: float) -> None:
        if self._asset is not None and self._asset.id == asset_id:
            self.progressed.emit(share)

    def _take(self, path: Path) -> None:
        if self._asset is None or path.stem != self._asset.sha256:
            return  # the person went on meanwhile; it is kept for later
        self._known[self._asset.sha256] = path
        self._future = self._asset = None
        self.made.emit(path)

    def _refuse(self, error: BaseException) -> None:
        if self._asset is not None:
            self._future = self._asset = None
            self.failed.emit(in_words(error))
