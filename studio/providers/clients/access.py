"""Where a client asks and with which key: what was given, else the official address and the service's variable."""

from __future__ import annotations

import os

from studio.domain.account import KEY_VARIABLES, OFFICIAL_URLS, Service
from studio.domain.errors import InputError, KeyMissingError
from studio.net.errors import ForbiddenAddressError
from studio.net.origin import is_loopback, origin_of, require_safe
from studio.providers.endpoint import Endpoint, key_of


class FixedEndpoint:
    """One address and one key for good. Implements studio.providers.endpoint.EndpointSource."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def current(self) -> Endpoint:
        return self._endpoint

    async def renew(self, failed: Endpoint) -> bool:
        return False


def endpoint_of(service: Service, api_key: str | None, base_url: str | None) -> Endpoint:
    """The checked address and key.

    The environment's key is taken for the service's official address and for this computer only: an address that somebody
    else named must not draw it out. Raises InputError for an address that is not https (http only to this computer),
    KeyMissingError where there is no key, KeyRefusedError for what cannot be one.
    """
    url = (base_url or OFFICIAL_URLS[service]).strip().rstrip("/")
    try:
        require_safe(url)
    except ForbiddenAddressError as error:
        raise InputError(f"base_url: {error}", field="base_url", code="address") from None
    variable = KEY_VARIABLES[service]
    key = (api_key or "").strip()
    if api_key is None and (is_loopback(url) or origin_of(url) == origin_of(OFFICIAL_URLS[service])):
        key = os.environ.get(variable, "").strip()
    if not key:
        advice = f"Give api_key, or set {variable}, which is taken for the official address and for this computer only."
        raise KeyMissingError(f"There is no key for {service.display_name}.", advice=advice)
    endpoint = Endpoint(url, key)
    key_of(endpoint)
    return endpoint
