"""The ``OrganizationUser`` resource: a user who is invited to the organization."""

from __future__ import annotations

import threading
from typing import Annotated, Final

from pydantic import AfterValidator

from pulumi_flashback.client import DuplicateError, FlashbackClient, FlashbackError
from pulumi_flashback.client.endpoints.organization import OrganizationUser
from pulumi_flashback.core import lifecycle
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.core.listed import Single
from pulumi_flashback.core.properties import (
    InputProblem,
    Inputs,
    Outputs,
    input_property,
    output_property,
)
from pulumi_flashback.core.resource import Resource
from pulumi_flashback.core.resource_model import CheckedInputs, Difference
from pulumi_flashback.core.types import (
    ApiForm,
    Canonical,
    Name,
    OpenEnum,
    Text,
    caseless,
    valid_identifier,
)
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.named_numbers import NamedNumbers
from pulumi_flashback.suggested_commands import to_import

ORG_ROLES: Final = NamedNumbers(
    {"USER": 0, "BILLING": 1, "WORKSPACES": 2, "ADMINISTRATOR": 0xFE, "OWNER": 0xFF}
)
_OWNER: Final = ORG_ROLES.numbers["OWNER"]
_DESCRIPTIONS: Final = {
    "USER": "May use the workspaces that the user is a member of",
    "BILLING": "May also manage billing",
    "WORKSPACES": "May also create workspaces and manage users",
    "ADMINISTRATOR": "May manage the organization and all of its workspaces",
    "OWNER": "Owns the organization",
}


def _valid_email(value: str) -> str:
    valid_identifier(value)
    name, at, host = value.rpartition("@")
    if not (name and at and host) or " " in value:
        raise ValueError("must be an email address")
    return value


_Email = Annotated[str, AfterValidator(_valid_email), Canonical(caseless)]
_OrgRole = Annotated[
    str,
    AfterValidator(ORG_ROLES.valid),
    OpenEnum("OrganizationRole", _DESCRIPTIONS),
    ApiForm(sent=ORG_ROLES.number, shown=ORG_ROLES.text),
]


class OrganizationUserInputs(Inputs):
    """Inputs of ``OrganizationUser`` (``POST /organization/users``)."""

    email: _Email = input_property(
        "The email address. Changing it replaces the user: the new user is invited, and the old "
        "one is deleted.",
        replaces=True,
    )
    name: Name = input_property("The first name. Updated in place.")
    last_name: Name = input_property("The last name. Updated in place.")
    org_role: _OrgRole = input_property(
        "The role in the organization: `USER`, `BILLING`, `WORKSPACES`, `ADMINISTRATOR` or "
        "`OWNER`. Updated in place. A user can grant and revoke only roles up to their own, and "
        "the last OWNER keeps the role."
    )
    password: Text | None = input_property(
        "The initial password. Required for a new user, and ignored afterwards: only the user can "
        "change the password. The API never returns it.",
        optional=True,
        secret=True,
        ignored=True,
    )
    send_invite: bool | None = input_property(
        "Whether the platform sends the new user an email to validate the account. Default: "
        "`true`. Ignored for an existing user.",
        optional=True,
        ignored=True,
    )


class OrganizationUserOutputs(Outputs):
    """Outputs of ``OrganizationUser``."""

    user_id: str = output_property(
        "The id of the user on the platform; also the id of the resource. A `WorkspaceMember` "
        "takes it as `userId`.",
        same_as_id=True,
    )
    org_id: str | None = output_property("The organization of the user.")


_SOURCE: Final = Single(
    get=lambda client, identifier: client.organization.get_user(identifier),
    scope=(),
    # the API may list only a part: an address is unique, so a new row that has it is ours
    fetch=lambda client, _: client.organization.users_with_total().data.where(
        lambda row: not row.deleted_at
    ),
)


class _OrganizationUser(Resource):
    """The rules of users: reactivation of a deleted one, and users that must not be deleted."""

    @property
    def source(self) -> Single[OrganizationUser]:
        return _SOURCE

    def post(self, client: FlashbackClient, inputs: Properties) -> tuple[str, Properties]:
        fields = {
            "email": inputs["email"],
            "password": inputs.get("password"),
            "firstName": inputs["name"],
            "lastName": inputs["lastName"],
            "orgRole": ORG_ROLES.number(inputs["orgRole"]),
            "sendInvite": inputs.get("sendInvite"),
        }
        given = {name: value for name, value in fields.items() if value is not None}
        user = client.organization.create_user(given)
        return user.id, {"orgId": user.org_id}

    def put(
        self, client: FlashbackClient, identifier: str, changes: Properties, inputs: Properties
    ) -> None:
        client.organization.update_user(identifier, self.body(changes))

    def remove(self, client: FlashbackClient, identifier: str, state: Properties) -> None:
        client.organization.delete_user(identifier)

    def check(self, inputs: Properties, old: Properties | None = None) -> CheckedInputs:
        found = super().check(inputs, old)
        if old or inputs.get("password") is not None:
            return found
        missing = InputProblem("password is required for a new user")
        return CheckedInputs((*found.problems, missing), found.warnings)

    def diff(self, state: Properties, inputs: Properties) -> Difference:
        email, known = inputs.get("email"), state.get("email")
        if isinstance(email, str) and known and caseless(email) == caseless(known):
            inputs = {**inputs, "email": known}  # a difference in case only is not a change
        return super().diff(state, inputs)

    def how_to_look(self, inputs: Properties) -> str:
        return "Look for the user with getOrganizationUsers; import the user, or delete the user"

    def on_duplicate(
        self, context: Context, inputs: Properties, error: DuplicateError
    ) -> tuple[str, Properties]:
        """Reactivate a deleted user with this address, if the API returns its id."""
        email, removed = caseless(inputs["email"]), context.service(_removed)
        rows = context.client.organization.users_with_total().data
        ours = [row for row in rows if caseless(row.email) == email]
        live = [row.id for row in ours if not row.deleted_at]
        deleted = [row.id for row in ours if row.deleted_at] or [
            *filter(None, [removed.get(email)])
        ]
        if live or not deleted:
            raise FlashbackError(f"{error.brief}. {_taken_by(context, live)}")
        (identifier, *_) = deleted
        context.ownership.hold(identifier, context.mark)
        self._activate(context, identifier)
        row = context.client.organization.get_user(identifier)
        found = self.outputs_of(context, identifier, row, {})
        try:
            lifecycle.write(self, context, identifier, found, inputs)
        except FlashbackError as failure:
            raise PartialFailureError(
                f"user {identifier} had this address, was deleted, and is active again, but could "
                f"not be updated ({failure.brief}). Run `pulumi up` again",
                identifier,
                found,
            ) from None
        context.notify(
            f"user {identifier} had this address and was deleted: reactivated with the previous "
            "password"
        )
        return identifier, {**self.outputs_kept(found), **inputs}

    def send_update(
        self,
        context: Context,
        identifier: str,
        state: Properties,
        inputs: Properties,
        changes: Properties,
    ) -> None:
        with _owners_lock(context):
            if "orgRole" in changes:
                self._refuse_last_owner(context, identifier)
            super().send_update(context, identifier, state, inputs, changes)

    def delete(self, context: Context, identifier: str, state: Properties) -> None:
        if identifier == context.account.user.id:
            raise FlashbackError(
                "the provider is signed in as this user, and users cannot delete themselves. Sign "
                "in as another user, or keep this one with the option retainOnDelete "
                "(retain_on_delete=True in Python)"
            )
        with _owners_lock(context):
            self._refuse_last_owner(context, identifier)
            super().delete(context, identifier, state)
        if state.get("email"):
            context.service(_removed)[caseless(state["email"])] = identifier

    def _refuse_last_owner(self, context: Context, identifier: str) -> None:
        """Raise an error if this user is the last OWNER of the organization."""
        user = self.source.look(context, identifier, {})
        if user is None or user.org_role != _OWNER:
            return
        listed = context.client.organization.users_with_total()
        others = [row for row in listed.data if row.id != identifier and not row.deleted_at]
        if any(row.org_role == _OWNER and row.validated is not False for row in others):
            return
        shown = listed.data.incomplete or ""
        among = f" among the listed users ({shown})" if shown else ""
        raise FlashbackError(
            f"user {identifier} is the last OWNER of the organization{among} who has validated the "
            "account, and an organization needs one. Give another user the role OWNER first"
        )

    def _activate(self, context: Context, identifier: str) -> None:
        try:
            context.client.organization.activate_user(identifier)
        except FlashbackError:
            if self.source.look(context, identifier, {}) is None:
                raise


def _removed(_: Context) -> dict[str, str]:
    """Return the users that this process deleted, by address: the API may not list them."""
    return {}


def _owners_lock(context: Context) -> threading.Lock:
    """Return the lock that serializes removals of roles."""
    return context.ownership.lock("owners")


def _taken_by(context: Context, live: list[str]) -> str:
    if not live:
        return (
            "The API lists no user with this address: it is that of a deleted user, which the "
            "platform keeps, or of a user of another organization. Ask an administrator to "
            "activate the user, then import the user; or use another address"
        )
    user = live[0]
    if context.ownership.is_held(user):
        return (
            f"A resource of this program manages user {user}. Declare each user once; if it was "
            "renamed, add the option aliases"
        )
    command = to_import("flashback:index:OrganizationUser", "NAME", user)
    return (
        f"User {user} has it. To use the user in this program, look the user up with "
        f"getOrganizationUsers; to manage the user, import it with `{command}` (native provider)"
    )


ORGANIZATION_USER: Final = _OrganizationUser(
    name="OrganizationUser",
    label="user",
    description=(
        "A user of the organization. A new user is invited, and must validate the account before "
        "signing in. A `WorkspaceMember` of the same program can refer to `userId`.\n\n"
        "Deleting the resource deletes the user from the organization, except the last OWNER and "
        "the user that the provider is signed in as. The platform keeps deleted users. If the API "
        "lists one with the same address, it is reactivated with its previous password."
    ),
    inputs=OrganizationUserInputs,
    outputs=OrganizationUserOutputs,
    import_id="{userId}",
    finds_again=("email",),
)
