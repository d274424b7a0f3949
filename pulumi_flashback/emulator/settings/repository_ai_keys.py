"""Choices about AI keys, observed in ``conformance/observations/repository_ai_keys.py``."""

from typing import Literal

from pulumi_flashback.emulator.settings.group import SettingGroup


class RepositoryAiKeySettings(SettingGroup):
    """Choices that concern the AI keys of repositories."""

    listed_ai_key: Literal["whole", "masked", "null"] = "whole"
    """How GET /repo/{id}/ai/apikey shows the public half of a key."""
    duplicate_ai_key_name: Literal["accepted", "refused"] = "accepted"
    """Whether two AI keys of a repository may have the same name."""
