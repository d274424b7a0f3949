"""The endpoints below ``/organization``."""

from __future__ import annotations

from pulumi_flashback.client.errors import InvalidResponseError
from pulumi_flashback.client.matching import user_with_email
from pulumi_flashback.client.models import OrganizationUser, OrganizationUserList
from pulumi_flashback.client.session import Session
from pulumi_flashback.client.transport import Call

_LIST = "GET /organization/users"


class Organization:
    """The organization of the user (Flashback API reference, /organization).

    Every method raises a :class:`~pulumi_flashback.client.FlashbackError`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def list_users(self) -> list[OrganizationUser]:
        """``GET /organization/users``: return the users of the organization, but deleted ones.

        The platform may cut the list off; :meth:`answer` tells how many there are.

        Raises:
            PermissionDeniedError: The user may not manage users.
        """
        return self._live(self.answer())

    def answer(self) -> OrganizationUserList:
        """``GET /organization/users``: return the answer as it came, with its ``total``.

        Raises:
            PermissionDeniedError: The user may not manage users.
        """
        return self._session.call_for(OrganizationUserList, Call(_LIST, "/organization/users"))

    def find_user(self, email: str) -> OrganizationUser | None:
        """``GET /organization/users``: return the user with an email address, or None.

        The case of ASCII letters is ignored, unless several users differ in nothing else.

        Raises:
            FlashbackError: Several users have this address.
            InvalidResponseError: There is no such user in the answer, and it is not the whole list.
            PermissionDeniedError: The user may not manage users.
        """
        answer = self.answer()
        complete = answer.total is None or answer.total <= len(answer.data)
        found = user_with_email(self._live(answer), email, complete=complete)
        if found is None and not complete:
            shown = f"the answer has {len(answer.data)} of {answer.total} users"
            hint = "Give the id of the user instead of the email address"
            raise InvalidResponseError(_LIST, 200, shown, hint=hint)
        return found

    @staticmethod
    def _live(answer: OrganizationUserList) -> list[OrganizationUser]:
        return [user for user in answer.data if not user.deleted_at]
