"""Every response of an emulator in this process is compared with the description of the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.requests import Request
from starlette.responses import Response

from pulumi_flashback.api_description import validate
from pulumi_flashback.emulator.endpoints import Endpoint, Refusal


@contextmanager
def compared_responses() -> Iterator[set[str]]:
    """Compare what the handlers respond; faults come later. The set has the differences."""
    differences: set[str] = set()
    respond = Endpoint.respond

    def compare(endpoint: Endpoint, status: int, body: object) -> None:
        operation = (endpoint.method, endpoint.path)
        differences.update(validate(*operation, status, body, undescribed=True))

    async def compared(endpoint: Endpoint, request: Request) -> Response:
        try:
            response = await respond(endpoint, request)
        except Exception as error:
            refusal = error if isinstance(error, Refusal) else endpoint.internal_error()
            compare(endpoint, refusal.status, refusal.body)
            raise
        compare(endpoint, response.status_code, json.loads(bytes(response.body) or b"null"))
        return response

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Endpoint, "respond", compared)
        yield differences
