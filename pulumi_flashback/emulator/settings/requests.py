"""Choices about all requests, observed in ``conformance/observations/requests.py``."""

from typing import Literal

from pydantic import Field

from pulumi_flashback.emulator.settings.group import SettingGroup


class RequestSettings(SettingGroup):
    """Choices that concern all requests."""

    list_lag: int = Field(default=0, ge=0, le=1000)
    """How many responses of GET /apikeys, GET /workspace and GET /workspace/{id} still show the
    state before a write; counted for each path with its query."""
    requests_per_second: int = Field(default=0, ge=0)
    """Rate limit of the whole backend; 0 for none."""
    retry_after_seconds: float = Field(default=1, ge=0)
    """The Retry-After header of a response 429."""
    max_body_bytes: int = Field(default=1024 * 1024, gt=0)
    """Largest request body; a larger one gets 413."""
    wrong_content_type: Literal[400, 415, "accepted"] = 400
    """Status for a body that is not sent as application/json, or `accepted` to read it as JSON
    anyway."""
