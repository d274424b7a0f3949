"""Choices about policies, observed in ``conformance/observations/policies.py``."""

from typing import Literal

from pulumi_flashback.emulator.settings.group import SettingGroup


class PolicySettings(SettingGroup):
    """Choices that concern policies."""

    listed_policies: Literal["below", "exact"] = "below"
    """Whether GET /policy also lists the policies of narrower scopes than that of the query."""
    hidden_policy_status: Literal[404, 403] = 404
    """Status of GET, PUT and DELETE /policy/{id} for a policy that the user may not see."""
    duplicate_policy_name: Literal["accepted", "refused"] = "accepted"
    """Whether two policies of one scope may have the same name."""
