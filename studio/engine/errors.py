"""What the engine answers when it does not do what was asked. Each contract writes it in its own shape."""

from __future__ import annotations

from typing import Any

_MESSAGE_LIMIT = 600


class EngineError(Exception):
    """The engine itself cannot start or go on; the message says what to do."""


class ApiError(Exception):
    """One refused request. `status` is Cannon Studio's; Canvas Labs has no 422 and no 403, see `body_for`.

    `field` is the top-level name of the input that is at fault. `retry_after_s` becomes the Retry-After header.
    """

    def __init__(
        self, status: int, code: str, message: str, *, field: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message if len(message) <= _MESSAGE_LIMIT else message[: _MESSAGE_LIMIT - 1] + "…"
        self.field = None if field is None else field[:200]
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        headers = {}
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(self.retry_after_s)
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return headers

    def cannon_body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field is not None:
            error["details"] = [{"field": self.field, "message": self.message}]
        return {"error": error}

    def canvas_body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.status in (400, 422):
            error["code"] = "invalid_parameters"
        if self.field is not None:
            error["param"] = self.field
        return {"error": error}

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status and body in the shape of the contract that `path` belongs to."""
        if is_canvas(path):
            return (400 if self.status in (415, 422) else self.status), self.canvas_body()
        return self.status, self.cannon_body()


def is_canvas(path: str) -> bool:
    """Canvas Labs lies under /v1; everything else answers in Cannon Studio's shape."""
    return path == "/v1" or path.startswith("/v1/")


def invalid(field: str | None, message: str) -> ApiError:
    """The input is JSON of the right outline, but a value is wrong."""
    return ApiError(422, "invalid_input", message, field=field)
