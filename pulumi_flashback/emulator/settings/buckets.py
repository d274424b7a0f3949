"""Choices about buckets, observed in ``conformance/observations/buckets.py``."""

from typing import Literal

from pydantic import Field

from pulumi_flashback.emulator.settings.group import SettingGroup


class BucketSettings(SettingGroup):
    """Choices that concern buckets."""

    bucket_quota: int = Field(default=0, ge=0)
    """How many buckets an organization may have; 0 for any number. POST /bucket beyond it gets
    429."""
    bucket_repositories: Literal["shown", "absent"] = "shown"
    """Whether the rows of GET /bucket have `repos`, which the client's types call optional."""
    bucket_latency: Literal["latency_ms", "latencyMs"] = "latency_ms"
    """Name of the latency in GET /bucket/{id}/status: the reference and the client differ."""
