"""Who is signed in, and in which organization."""

from __future__ import annotations

import threading
from contextlib import suppress

from pulumi_flashback.client import CurrentUser, FlashbackClient, FlashbackError


class Account:
    """The signed-in user, asked for once. Thread-safe.

    Args:
        client: Sends the requests.
    """

    def __init__(self, client: FlashbackClient) -> None:
        self._client = client
        self._user: CurrentUser | None = None
        self._user_lock = threading.Lock()
        self._organization_unknown = False
        self._organization_lock = threading.Lock()

    @property
    def user(self) -> CurrentUser:
        """The signed-in user (``GET /user/profile``).

        Raises:
            FlashbackError: It could not be determined.
        """
        with self._user_lock:
            if self._user is None:
                self._user = self._client.users.current()
            return self._user

    @property
    def organization_id(self) -> str | None:
        """The organization of the user, by the token, else by the profile.

        Raises:
            FlashbackError: It could not be determined.
        """
        return self._client.organization_id or self.user.org_id

    def organization_if_known(self) -> str | None:
        """Return the organization of the user, or None if it could not be determined."""
        with self._organization_lock:
            if not self._organization_unknown:
                with suppress(FlashbackError):
                    return self.organization_id
                self._organization_unknown = True
            return self._client.organization_id

    def confirm_organization(self, org_id: str | None) -> None:
        """Make sure that what was not found is not just out of sight of this user.

        Args:
            org_id: The organization that it belongs to, as the state has it.

        Raises:
            FlashbackError: The user belongs to another organization, which sees none of it, or
                that could not be determined.
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
