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


@dataclass(frozen=True, slots=True)
class Account:
    """`name` is the person's own; `base_url` is empty for the account local (its engine's address changes at each start)."""

    name: str
    service: Service
    base_url: str = ""

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
