"""Who is signed in, and in which organization."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.models import CurrentUser

if TYPE_CHECKING:
    from pulumi_flashback.core.context import Context


class Account:
    """The signed-in user, who is read once. Thread-safe.

    What could not be determined raises ``FlashbackError``.
    """

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._user: CurrentUser | None = None
        self._organization_unknown = False
        self._lock = threading.RLock()

    @property
    def user(self) -> CurrentUser:
        """The signed-in user (``GET /user/profile``)."""
        with self._lock:
            if self._user is None:
                self._user = self._client.users.current()
            return self._user

    @property
    def organization_id(self) -> str | None:
        """The organization of the user, from the token, else from the profile."""
        return self._client.organization_id or self.user.org_id

    def organization_if_known(self) -> str | None:
        """Return the organization of the user, or None if it could not be determined."""
        with self._lock:
            if not self._organization_unknown:
                with suppress(FlashbackError):
                    return self.organization_id
                self._organization_unknown = True
            return self._client.organization_id

    def confirm_organization(self, org_id: str | None) -> None:
        """Make sure that an object of this organization was not just out of sight of this user.

        Raises:
            FlashbackError: The user belongs to another organization, or that is not known.
        """
        if not org_id:
            raise FlashbackError(
                "its workspace does not exist, or belongs to another organization. Check the "
                "credentials; if the workspace was deleted, remove it from the state with `pulumi "
                "state delete URN`"
            )
        own = self.organization_id
        if own is None:
            raise FlashbackError(
                f"it belongs to organization {org_id}, and neither the token nor the profile says "
                "which organization the signed-in user belongs to. Check the credentials"
            )
        if own != org_id:
            raise FlashbackError(
                f"it belongs to organization {org_id}, and the user who is signed in does not. "
                "Sign in as a user of that organization"
            )
