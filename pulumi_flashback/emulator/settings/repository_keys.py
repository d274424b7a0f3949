"""Choices about the keys of repositories (``conformance/observations/repository_keys.py``)."""

from typing import Literal

from pulumi_flashback.emulator.settings.group import SettingGroup


class RepositoryKeySettings(SettingGroup):
    """Choices that concern the keys of repositories."""

    duplicate_repository_key_name: Literal["accepted", "refused"] = "accepted"
    """Whether two access keys of a repository may have the same name."""
    listed_repository_key: Literal["whole", "masked", "absent"] = "whole"
    """How GET /repo/{id}/apikey shows the public half of a key."""
    duplicate_cloud_key: Literal["accepted", "refused"] = "accepted"
    """Whether a provider key can be linked to a repository twice."""
