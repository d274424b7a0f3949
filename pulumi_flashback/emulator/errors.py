"""The API's refusals."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # noqa: N818 - an answer, not an accident
    """An answer that is not a success: ``{"success": false, "message": ...}``.

    Attributes:
        status: The HTTP status.
        body: The JSON object.
    """

    def __init__(self, status: int, message: str | None = None, **more: Any) -> None:
        super().__init__(message or status)
        self.status = status
        self.body: dict[str, Any] = {"success": False}
        if message is not None:
            self.body["message"] = message
        self.body.update(more)
