"""The user that is signed in: the endpoints below ``/user``."""

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, Number, Record


class Person(Record):
    """What each response reports of a user."""

    name: Mention = None  # the first name
    last_name: Mention = None
    email: Mention = None
    org_role: Number = None  # the role in the organization, as a number; more is more


class CurrentUser(Person):
    """The user that is signed in."""

    id: Identifier
    org_id: OptionalIdentifier = None
    org_role_description: Mention = None  # the name of ``org_role``


class Capability(Record):
    """What a quota limits."""

    code: str
    type: Mention = None
    period_type: Mention = None


class Usage(Record):
    """How much of a quota is used."""

    current: Number = None
    max: Number = None


class Quota(Record):
    """One quota of the subscription."""

    capability: Capability
    usage: Usage | None = None


class QuotaUsage(Record):
    """The response of ``GET /user/quota``."""

    quota_usage: tuple[Quota, ...]


class Users(Family):
    """Users. Methods raise a :class:`FlashbackError`."""

    def current(self) -> CurrentUser:
        """``GET /user/profile``: return the user that is signed in."""
        return self._get("GET /user/profile", CurrentUser, "data")

    def quota(self) -> tuple[Quota, ...]:
        """``GET /user/quota``: return the quotas of the subscription (vendor's client)."""
        return self._get("GET /user/quota", QuotaUsage, "").quota_usage
