"""Choices about repositories, observed in ``conformance/observations/repositories.py``."""

from typing import Literal

from pydantic import Field

from pulumi_flashback.emulator.settings.group import SettingGroup


class RepositorySettings(SettingGroup):
    """Choices that concern repositories."""

    repository_error_status: Literal[400, 409, 200] = 400
    """Status of a refusal of POST and PUT /repo with an `error_code`; 200 comes with `success`
    false."""
    repository_names: Literal["organization", "workspace"] = "organization"
    """Where the name of a repository is unique."""
    repository_quota: int = Field(default=0, ge=0)
    """How many repositories an organization may have; 0 for any number."""
    normal_edits: Literal["refused", "accepted"] = "refused"
    """Whether an update in the mode NORMAL may remove a bucket or change its folder."""
    mirror_masters: Literal["one", "some"] = "one"
    """How many masters a repository in the mode MIRROR has: one, or at least one."""
    empty_repository_lists: Literal["shown", "absent"] = "shown"
    """Whether GET /repo shows an empty `aiLlms` for a repository without AI models."""
    unknown_repository_status: Literal[404, 403, 400] = 404
    """Status below /repo/{id} if there is no such repository, or the user may not see it."""
