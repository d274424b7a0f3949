"""The endpoints below ``/user``: the signed-in user."""

from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.identifiers import Identifier, OptionalIdentifier
from pulumi_flashback.client.models import Mention, Number, Record


class Person(Record):
    """The fields of a user that every response has."""

    name: Mention = None  # the first name
    last_name: Mention = None
    email: Mention = None
    org_role: Number = None  # the role in the organization; a greater number allows more


class CurrentUser(Person):
    """The signed-in user."""

    id: Identifier
    org_id: OptionalIdentifier = None
    org_role_description: Mention = None  # the name of ``org_role``


class Capability(Record):
    """The resource that a quota limits."""

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
    """The signed-in user. Methods raise :class:`FlashbackError`."""

    def current(self) -> CurrentUser:
        """``GET /user/profile``: return the signed-in user."""
        return self._get("GET /user/profile", CurrentUser, "data")

    def quota(self) -> tuple[Quota, ...]:
        """``GET /user/quota``: return the quotas of the subscription (vendor's client)."""
        return self._get("GET /user/quota", QuotaUsage, "").quota_usage
