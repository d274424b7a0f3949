"""The user that is signed in: the endpoints below ``/user``."""

from __future__ import annotations

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, Number, Record


class Person(Record):
    """What each response reports of a user.

    Attributes:
        name: The first name.
        last_name: The last name.
        email: The email address.
        org_role: The role in the organization, as a number; more is more.
    """

    name: Mention = None
    last_name: Mention = None
    email: Mention = None
    org_role: Number = None


class CurrentUser(Person):
    """The user that is signed in.

    Attributes:
        id: The id of the user.
        org_id: The organization.
        org_role_description: The name of ``org_role``.
    """

    id: Identifier
    org_id: OptionalIdentifier = None
    org_role_description: Mention = None


class Users(Family):
    """Users. Methods raise a :class:`FlashbackError`."""

    def current(self) -> CurrentUser:
        """``GET /user/profile``: return the user that is signed in."""
        return self._get("GET /user/profile", CurrentUser, "data")
