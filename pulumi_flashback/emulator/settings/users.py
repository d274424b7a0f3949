"""Choices about sessions, observed in ``conformance/observations/users.py``."""

from typing import Literal

from pydantic import Field

from pulumi_flashback.emulator.settings.group import SettingGroup


class UserSettings(SettingGroup):
    """Choices that concern sessions."""

    access_token_seconds: float = Field(default=3600, gt=0)
    """Lifetime of an access token; the documentation says one hour."""
    refresh_token_seconds: float = Field(default=30 * 24 * 3600, gt=0)
    """Lifetime of a refresh token; the documentation says only that it is longer."""
    refresh_rotates: bool = True
    """Whether a refresh token works only once; each response has a new one."""
    refresh_field: Literal["either", "refresh_token", "refreshToken"] = "either"
    """Name of the field of POST /user/refresh: the reference's table and its own sample differ."""
    expires_at_unit: Literal["ms", "s"] = "ms"
    """Unit of `expiresAt` in the responses of login and refresh."""
