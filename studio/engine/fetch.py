"""Fetching media that lie elsewhere: only from public addresses, under a size limit, with no cookies and no keys."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from studio import __version__
from studio.engine.render.task import RenderRefusedError
from studio.net.errors import BadAnswerError, ForbiddenAddressError, NetError, TooLargeError
from studio.net.origin import shown

if TYPE_CHECKING:
    from studio.net.transport import Transport

FETCH_TIMEOUT_S = 600.0


class Fetcher:
    """Makes its connections when the first address is fetched; most jobs bring uploads and need none."""

    def __init__(self) -> None:
        self._transport: Transport | None = None

    async def __call__(self, url: str, to: Path, *, max_bytes: int) -> None:
        """Bring the file to `to`. RenderRefusedError says what was wrong; the address is named without its query."""
        if self._transport is None:
            # Half of the engine's start would be this import, and few jobs need it; here a thread takes its time over it.
            transport = await asyncio.to_thread(importlib.import_module, "studio.net.transport")
            agent = f"studio-engine/{__version__}"
            self._transport = transport.Transport(timeout_s=20.0, user_agent=agent, max_connections=4)
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                await self._transport.download(url, to, max_bytes=max_bytes, outward=True)
        except ForbiddenAddressError:
            reason = "it leads to this computer or its network"
        except TooLargeError:
            reason = f"it is larger than {max_bytes // (1024 * 1024)} MiB"
        except BadAnswerError as error:
            reason = f"the server answered {error.status}" if error.status else "the server's answer makes no sense"
        except (NetError, TimeoutError):
            reason = "no answer came"
        else:
            return
        raise RenderRefusedError(f"{shown(url)} could not be fetched: {reason}. Upload the file instead.")

    async def close(self) -> None:
        if self._transport is not None:
            await self._transport.aclose()
