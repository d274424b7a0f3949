"""The provider class of the added resource in the dynamic shell."""

from __future__ import annotations

from pulumi_flashback.dynamic.provider import FlashbackProvider


class BadgeProvider(FlashbackProvider):
    """Runs the core's ``Badge`` in the provider process."""

    resource_name = "Badge"
