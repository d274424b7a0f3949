"""The user that is signed in, and tokens: the endpoints below ``/user``."""

from __future__ import annotations

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, Number, Record


class CurrentUser(Record):
    """The user that is signed in.

    Attributes:
        id: The id of the user.
        email: The email address.
        name: The first name.
        last_name: The last name.
        org_id: The organization.
        org_role: The role in the organization, as a number; more is more.
        org_role_description: The name of that role.
    """

    id: Identifier
    email: Mention = None
    name: Mention = None
    last_name: Mention = None
    org_id: OptionalIdentifier = None
    org_role: Number = None
    org_role_description: Mention = None


class Users(Family):
    """Users. Methods raise a :class:`FlashbackError`."""

    def current(self) -> CurrentUser:
        """``GET /user/profile``: return the user that is signed in."""
        return self._get("GET /user/profile", CurrentUser, "data")
