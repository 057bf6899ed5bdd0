"""The two services as a library for scripts: typed clients, sync and async, with one retry, one wait and one error tree."""

from __future__ import annotations

from studio.providers.clients.cannonstudio import AsyncCannonStudio, CannonStudio
from studio.providers.clients.canvaslabs import AsyncCanvasLabs, CanvasLabs
from studio.providers.clients.connection import Timing
from studio.providers.clients.job import AsyncJob, AsyncResult, Job, SyncResult
from studio.providers.clients.result import Result

__all__ = [
    "AsyncCannonStudio", "AsyncCanvasLabs", "AsyncJob", "AsyncResult", "CannonStudio", "CanvasLabs", "Job", "Result",
    "SyncResult", "Timing",
]
