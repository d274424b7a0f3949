"""The endpoints below ``/organization``."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import model_validator

from pulumi_flashback.client.call import Call, Shape
from pulumi_flashback.client.endpoints.family import Family
from pulumi_flashback.client.endpoints.users import CurrentUser
from pulumi_flashback.client.errors import InvalidResponseError, NotFoundError, unreadable
from pulumi_flashback.client.matching import user_with_email
from pulumi_flashback.client.models import Number, OptionalText, Record, Row, Rows, rows_of

_LIST = "GET /organization/users"
_ONE = "GET /organization/users/{id}"


class OrganizationUser(CurrentUser, Row):
    """One row of ``GET /organization/users``."""

    nouns = ("user",)

    email: OptionalText = None
    validated: bool | None = None  # whether the user has validated the account
    deleted_at: OptionalText = None  # when the user was deleted; None if it was not


class _ShownUser(OrganizationUser):
    """A user in the response to a single read: at the top level, or in ``data`` as elsewhere."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, content: Any) -> Any:
        data = content.get("data") if isinstance(content, dict) else None
        return data if isinstance(data, dict) else content


class OrganizationUserList(Record):
    """The response of ``GET /organization/users``."""

    data: Annotated[Rows[OrganizationUser], rows_of(OrganizationUser, _LIST)]
    total: Number = None  # how many users exist, if the backend returns this


class Organization(Family):
    """The organization of the user. Methods raise :class:`FlashbackError`."""

    def list_users(self) -> list[OrganizationUser]:
        """``GET /organization/users``: return the users of the organization, except deleted ones.

        Raises:
            InvalidResponseError: The list is incomplete.
            PermissionDeniedError: The user may not manage users.
        """
        response = self.users_with_total()
        if response.data.incomplete:
            raise _incomplete(response)
        return _live(response)

    def users_with_total(self) -> OrganizationUserList:
        """``GET /organization/users``: return the unprocessed response, with its ``total``.

        The platform may limit the list; ``total`` is then greater than the number of listed users.

        Raises:
            InvalidResponseError: The list is incomplete, and ``total`` does not say so.
            PermissionDeniedError: The user may not manage users.
        """
        call = Call(_LIST, "/organization/users", shape=Shape(OrganizationUserList), partial=True)
        response: OrganizationUserList = self._session.call(call)
        if response.data.incomplete and (response.total or 0) <= len(response.data):
            raise _incomplete(response)
        return response

    def get_user(self, user_id: str) -> OrganizationUser:
        """``GET /organization/users/{id}``: return a user of the organization.

        Raises:
            NotFoundError: There is no such user, or the user is deleted.
        """
        user = self._get(_ONE, _ShownUser, "", user_id)
        if user.deleted_at:
            raise NotFoundError(_ONE, 200, "the user is deleted")
        return user

    def create_user(self, fields: Mapping[str, str | int | bool]) -> OrganizationUser:
        """``POST /organization/users``: create a user, who must validate the account.

        Args:
            fields: Values by the API's field names: ``email``, ``password``, ``firstName``,
                ``lastName``, optionally ``orgRole`` as a number, and ``sendInvite``.

        Raises:
            DuplicateError: A user, possibly a deleted one, has this email address.
            PermissionDeniedError: The caller may not grant this role.
        """
        return self._create("POST /organization/users", OrganizationUser, "data", body=fields)

    def update_user(self, user_id: str, changes: Mapping[str, str | int]) -> None:
        """``PUT /organization/users/{id}``: update ``name``, ``lastName`` or ``orgRole``."""
        self._write("PUT /organization/users/{id}", user_id, body=dict(changes))

    def delete_user(self, user_id: str) -> None:
        """``DELETE /organization/users/{id}``: delete a user; the platform keeps the address."""
        self._write("DELETE /organization/users/{id}", user_id)

    def activate_user(self, user_id: str) -> None:
        """``POST /organization/users/{id}/activate``: reactivate a deleted user."""
        self._write("POST /organization/users/{id}/activate", user_id, body={})

    def find_user(self, email: str) -> OrganizationUser | None:
        """``GET /organization/users``: return the user with an email address, or None.

        The case of ASCII letters is ignored, unless several addresses differ only in case.

        Raises:
            FlashbackError: Several users have this address.
            InvalidResponseError: No listed user has it, and the list is incomplete.
            PermissionDeniedError: The user may not manage users.
        """
        response = self.users_with_total()
        users, incomplete = _live(response), response.data.incomplete
        if response.data.unreadable or any("email" in user.odd for user in users):
            incomplete = incomplete or "odd rows"
        found = user_with_email(users, email, complete=not incomplete)
        if found is None and incomplete:
            message = f"the response does not contain all users ({incomplete})"
            hint = "Give the id of the user instead of the email address"
            raise unreadable(_LIST, message, hint=hint)
        return found


def _live(response: OrganizationUserList) -> list[OrganizationUser]:
    return [user for user in response.data if not user.deleted_at]


def _incomplete(response: OrganizationUserList) -> InvalidResponseError:
    return unreadable(_LIST, f"the list is incomplete ({response.data.incomplete})")
