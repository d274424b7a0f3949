"""The users behind the members of a description: one list of the organization for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi

from pulumi_flashback.component.description import MemberDescription
from pulumi_flashback.component.problems import Problem, at
from pulumi_flashback.redaction import one_line

if TYPE_CHECKING:
    from pulumi_flashback.functions.users import GetOrganizationUsersResult

UserIds = dict[str, pulumi.Input[str]]
"""The id of the user of each member, by label."""


def user_ids(members: Mapping[str, MemberDescription]) -> tuple[UserIds, list[Problem]]:
    """Return the ids of the users of sound members, and what is wrong with them.

    Args:
        members: By label; each has either an email address or the id of a user.

    Raises:
        pulumi.RunError: The users of the organization cannot be listed.
    """
    found: UserIds = {
        label: member.user_id for label, member in members.items() if member.user_id is not None
    }
    wanted = {label: member.email for label, member in members.items() if member.email is not None}
    if not wanted:
        return found, _twice(found)
    # late: a program without email addresses does not load the client
    from pulumi_flashback.client import FlashbackError
    from pulumi_flashback.client.matching import user_with_email

    answer = _organization()
    complete = answer.total is None or answer.total <= len(answer.users)
    unknown = []
    for label, email in wanted.items():
        place, shown = ("members", label, "email"), one_line(email)
        try:
            user = user_with_email(answer.users, email, complete=complete)
        except FlashbackError as error:
            unknown.append(at(place, f"is {shown}: {error}"))
            continue
        if user is not None:
            found[label] = user.id
        else:
            unknown.append(at(place, f"is {shown}, which no user has. {_advice(answer)}"))
    return found, unknown + _twice(found)


def _organization() -> GetOrganizationUsersResult:
    from pulumi_flashback.dynamic.functions import get_organization_users

    try:
        return get_organization_users()
    except pulumi.RunError as error:
        text = f"{error}. Email addresses of members need it, a userId does not"
    raise pulumi.RunError(text)


def _advice(answer: GetOrganizationUsersResult) -> str:
    shown = len(answer.users)
    if answer.total is not None and answer.total > shown:
        return f"The platform shows {shown} of {answer.total} users: give the userId of another one"
    return "Invite the user to the organization first, or check how the address is written"


def _twice(found: UserIds) -> list[Problem]:
    """Find members that are the same user, as far as their ids are known already."""
    first: dict[str, str] = {}
    problems = []
    for label, user_id in found.items():
        if not isinstance(user_id, str):
            continue
        if user_id in first:
            problems.append(at(("members", label), f"is the same user as members.{first[user_id]}"))
        first.setdefault(user_id, label)
    return problems
