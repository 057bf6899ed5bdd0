"""What changed, for whoever shows it. An event names the kinds of things that changed, each view decides what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.account import Balance
from studio.domain.asset import Asset
from studio.domain.job import Job
from studio.domain.pause import Pause

if TYPE_CHECKING:
    from studio.domain.chain_run import ChainRun  # not before the first paint


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job was made (`is_new`) or is in another state, or its progress went on."""

    job: Job
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class AssetAdded:
    """The library took in a file. Its thumbnail may follow, as AssetChanged."""

    asset: Asset


@dataclass(frozen=True, slots=True)
class AssetChanged:
    """A thumbnail was made; the asset was marked, renamed, moved, deleted (deleted_at set) or restored; or its job got
    another label or charge."""

    asset: Asset


@dataclass(frozen=True, slots=True)
class BalanceChanged:
    """A service said what is left in an account."""

    account: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class OperationsChanged:
    """An account's service said of itself that it does other things now: Core.operations(account) gives others."""

    account: str


@dataclass(frozen=True, slots=True)
class EngineChanged:
    """The local engine came up or went away; `note` is for people."""

    running: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReceiverChanged:
    """The receiver of the services' events listens or does not; `note` is for people, and says why where it should."""

    listening: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class PauseChanged:
    """The person held the whole queue here, or let it go on."""

    paused: bool


@dataclass(frozen=True, slots=True)
class PausesChanged:
    """The person held something back here, or let it go on: all that is held now."""

    pauses: frozenset[Pause]


@dataclass(frozen=True, slots=True)
class ChainRunChanged:
    """A run of a chain was begun, went on to another step, was held, or ended."""

    run: ChainRun


@dataclass(frozen=True, slots=True)
class StoreChanged:
    """Another process wrote to the store: views read anew what they show."""


@dataclass(frozen=True, slots=True)
class CollectionsChanged:
    """A collection was made, changed or removed, or what is in one; also when tags were given or taken."""


@dataclass(frozen=True, slots=True)
class ProblemRaised:
    """Something went wrong outside any job; `words` are for the person, the log has the rest."""

    words: str


Event = (
    JobChanged | AssetAdded | AssetChanged | BalanceChanged | OperationsChanged | EngineChanged | ReceiverChanged
    | StoreChanged | CollectionsChanged | PauseChanged | PausesChanged | ChainRunChanged | ProblemRaised
)
Listener = Callable[[Event], None]
