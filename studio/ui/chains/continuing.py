"""“Continue with…”: what can follow an asset, as a menu, and the composer with the asset already in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QMenu

from studio.domain.account import Service
from studio.domain.asset import Asset
from studio.domain.follow_ups import FollowUp, follow_ups
from studio.domain.kinds import MediaKind, ParameterKind
from studio.ui.bridge import Bridge

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.ui.composer.composer import Composer

EARLIER_VIDEO = "sora_video_id"
"""The id of an earlier video, which some operations want beside its address."""


class Offer(NamedTuple):
    """What a menu needs to offer what can follow an asset."""

    follow_ups: Callable[[Asset], Sequence[FollowUp]]
    go_on: Callable[[Asset, FollowUp], object]
    chain: Callable[[Asset], object]
    save_steps: Callable[[Asset], object]


def add_continue_menu(menu: QMenu, asset: Asset, offer: Offer, at: int = 0) -> QMenu:
    """Put “Continue with” into a menu of an asset, before its line number `at`."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("FollowUps", text)

    inner = QMenu(tr("Continue with"), menu)
    inner.setObjectName("continueMenu")
    for follow in offer.follow_ups(asset):
        action = inner.addAction(tr(follow.title) + "…")
        action.triggered.connect(lambda _=False, follow=follow: offer.go_on(asset, follow))
    inner.addSeparator()
    if asset.kind is not MediaKind.PROMPT:
        inner.addAction(tr("A chain of steps…")).triggered.connect(lambda: offer.chain(asset))
    if asset.job_id is not None:
        inner.addAction(tr("Save its steps as a chain…")).triggered.connect(lambda: offer.save_steps(asset))
    actions = menu.actions()
    if at < len(actions):
        menu.insertMenu(actions[at], inner)
    else:
        menu.addMenu(inner)
    return inner


class Continuing(QObject):
    """Puts an asset into the composer. `ready()` once it is there."""

    ready = Signal()

    def __init__(self, bridge: Bridge, composer: Composer) -> None:
        super().__init__(composer)
        self._bridge = bridge
        self._composer = composer

    def follow_ups(self, asset: Asset) -> list[FollowUp]:
        """What the account that is shown can do with an asset."""
        return follow_ups(asset, self._composer.picker.operations())

    def go_on(self, asset: Asset, follow: FollowUp) -> None:
        """Show the operation with the asset in its place. Words and settings of that operation stay as they were."""

        account = self._composer.foot.account

        async def ask(core: Core) -> tuple[str, str]:
            import asyncio  # on the core's thread, where it is loaded

            words = await asyncio.to_thread(asset.path.read_text, "utf-8") if asset.kind is MediaKind.PROMPT else ""
            if asset.job_id is None or follow.operation.parameter(EARLIER_VIDEO) is None:
                return words.strip(), ""
            job = await core.job(asset.job_id)
            known_there = account is not None and job.request.account == account.name
            return words.strip(), (job.remote_id or "") if known_there else ""

        self._bridge.run(ask, lambda answer: self._put(asset, follow, *answer))

    def _put(self, asset: Asset, follow: FollowUp, words: str, remote_id: str) -> None:
        composer, parameter = self._composer, follow.parameter
        if not composer.picker.choose(follow.operation.id):
            return
        if asset.kind is MediaKind.PROMPT:
            composer.prompt.replace_text(words)
        else:
            uri = asset.path.as_uri()
            composer.tray.set_values({parameter.name: [uri] if parameter.kind is ParameterKind.MEDIA_LIST else uri})
        name = remote_id or (asset.id if self._is_here() else "")
        if follow.operation.parameter(EARLIER_VIDEO) is not None and name:
            from studio.ui.composer.form import Form  # not before the operations are known

            form = composer.findChild(Form)
            field = form.field(EARLIER_VIDEO) if form is not None else None
            if field is not None:
                field.set_value(name)
        self.ready.emit()

    def _is_here(self) -> bool:
        """Whether the engine of this computer takes any name beside an address."""
        account = self._composer.foot.account
        return account is not None and account.service is Service.LOCAL
