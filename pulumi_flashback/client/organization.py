"""The endpoints below ``/organization``."""

from __future__ import annotations

from pulumi_flashback.client.errors import unreadable
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

        Raises:
            InvalidResponseError: They are only a part of the users.
            PermissionDeniedError: The user may not manage users.
        """
        answer = self.answer()
        if answer.cut_off:
            raise unreadable(_LIST, f"the list is only a part ({answer.cut_off})")
        return self._live(answer)

    def answer(self) -> OrganizationUserList:
        """``GET /organization/users``: return the answer as it came, with its ``total``.

        The platform may cut the list off: ``total`` then is greater than what is listed.

        Raises:
            InvalidResponseError: The list is cut off, and ``total`` does not say so.
            PermissionDeniedError: The user may not manage users.
        """
        answer = self._session.call_for(OrganizationUserList, Call(_LIST, "/organization/users"))
        if answer.cut_off and (answer.total or 0) <= len(answer.data):
            raise unreadable(_LIST, f"the list is only a part ({answer.cut_off})")
        return answer

    def find_user(self, email: str) -> OrganizationUser | None:
        """``GET /organization/users``: return the user with an email address, or None.

        The case of ASCII letters is ignored, unless several users differ in nothing else.

        Raises:
            FlashbackError: Several users have this address.
            InvalidResponseError: There is no such user in the answer, and it is not the whole list.
            PermissionDeniedError: The user may not manage users.
        """
        answer = self.answer()
        users = self._live(answer)
        hidden = answer.data.unreadable or any("email" in user.odd for user in users)
        found = user_with_email(users, email, complete=not (answer.cut_off or hidden))
        if found is None and (answer.cut_off or hidden):
            shown = f"the response does not show all users ({answer.cut_off or 'odd rows'})"
            hint = "Give the id of the user instead of the email address"
            raise unreadable(_LIST, shown, hint=hint)
        return found

    @staticmethod
    def _live(answer: OrganizationUserList) -> list[OrganizationUser]:
        return [user for user in answer.data if not user.deleted_at]
