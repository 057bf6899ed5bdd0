"""Accounts at services. The key is never part of an account: it lives in the keyring or the environment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Service(StrEnum):
    CANNON_STUDIO = "cannon-studio"
    CANVAS_LABS = "canvas-labs"
    LOCAL = "local"

    @property
    def display_name(self) -> str:
        return {"cannon-studio": "Cannon Studio", "canvas-labs": "Canvas Labs", "local": "This computer"}[self.value]


LOCAL_ACCOUNT = "local"
OFFICIAL_URLS = {
    Service.CANNON_STUDIO: "https://www.cannonstudio.app",
    Service.CANVAS_LABS: "https://api.canvaslabs.us/v1",
}
KEY_VARIABLES = {Service.CANNON_STUDIO: "CANNON_API_KEY", Service.CANVAS_LABS: "CANVAS_LABS_API_KEY"}


class HostKind(StrEnum):
    """How a local file becomes an address that a service can fetch.

    BUCKET: an S3-compatible bucket. INLINE: a `data:` address in the request itself, where the service takes those.
    """

    NONE = "none"
    BUCKET = "bucket"
    INLINE = "inline"


class Secret(StrEnum):
    """What an account keeps in the keyring beside its key."""

    HOST_KEY = "media-host-key"          # the bucket's access key id
    HOST_SECRET = "media-host-secret"  # noqa: S105  # and its secret: this is only the name it is kept under
    WEBHOOK = "webhook-secret"           # signs the service's events


@dataclass(frozen=True, slots=True)
class MediaHost:
    """Where an account's files are put for its service. `endpoint` is the bucket's https address (empty: Amazon's own for
    the `region`), `prefix` a folder in it, `expires_s` how long an address given out is good, in seconds."""

    kind: HostKind = HostKind.NONE
    endpoint: str = ""
    bucket: str = ""
    region: str = ""
    prefix: str = ""
    expires_s: int = 6 * 3600


@dataclass(frozen=True, slots=True)
class Budget:
    """What an account may spend, in credits; None: no limit. A job thought to cost more than `ask_above` waits for the
    person's word; one that would take a day or a month beyond its limit waits until there is room, or for that word."""

    ask_above: float | None = None
    per_day: float | None = None
    per_month: float | None = None

    @property
    def is_set(self) -> bool:
        return self != Budget()

    def or_else(self, usual: Budget) -> Budget:
        """This one, with what it does not say out of `usual`."""
        names = ("ask_above", "per_day", "per_month")
        own = {name: getattr(self, name) for name in names}
        return Budget(**{name: getattr(usual, name) if own[name] is None else own[name] for name in names})


@dataclass(frozen=True, slots=True)
class Account:
    """`name` is the person's own; `base_url` is empty for the account local (its engine's address changes at each start).

    `requests_per_minute` and `concurrent_jobs`: the plan's limits where the person knows them and the service does not say;
    None: as the service says. `colour` marks the account in the window: "#RRGGBB", or empty.
    """

    name: str
    service: Service
    base_url: str = ""
    requests_per_minute: int | None = None
    concurrent_jobs: int | None = None
    colour: str = ""
    media_host: MediaHost = MediaHost()
    budget: Budget = Budget()

    @property
    def title(self) -> str:
        if self.service is Service.LOCAL:
            return self.service.display_name
        return f"{self.service.display_name} · {self.name}"


LOCAL = Account(LOCAL_ACCOUNT, Service.LOCAL)


@dataclass(frozen=True, slots=True)
class Balance:
    """What a service says of an account. None: not said. `unlimited` is the local engine: free."""

    remaining: float | None = None
    used_this_month: float | None = None
    plan: str | None = None
    requests_per_minute: int | None = None
    concurrent_jobs: int | None = None
    unlimited: bool = False
