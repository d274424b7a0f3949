"""Looks up the users behind the email addresses of a description, with one list request."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pulumi

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.client.matching import user_with_email
from pulumi_flashback.component.diagnostics import Diagnostic
from pulumi_flashback.component.entries import MemberDescription
from pulumi_flashback.dynamic.functions import get_organization_users
from pulumi_flashback.redaction import one_line

Members = Mapping[str, MemberDescription]


def with_user_ids(members: Members) -> tuple[Members, list[Diagnostic]]:
    """Return the members with user ids instead of email addresses, and the errors."""
    addresses = {label: each.email for label, each in members.items() if each.email is not None}
    if not addresses:
        return members, list(_duplicates(members))
    try:
        response = get_organization_users()
    except pulumi.RunError as error:
        advice = "Only email addresses of members need it; a userId does not"
        raise pulumi.RunError(f"{error}. {advice}") from None
    complete = response.total is None or response.total <= len(response.users)
    advice = "Invite the user to the organization first, or check how the address is written"
    if not complete:
        shown = f"{len(response.users)} of {response.total} users"
        advice = f"The API returned {shown}: for a user that is not among them, give the userId"
    found, errors = dict(members), []
    for label, email in addresses.items():
        reason = f"is {one_line(email)}, and no user has this address. {advice}"
        try:
            user = user_with_email(response.users, email, complete=complete)
        except FlashbackError as error:
            user, reason = None, f"is {one_line(email)}: {error}"
        if user is None:
            errors.append(Diagnostic(("members", label, "email"), reason))
        else:
            found[label] = replace(found[label], user_id=user.id)
    return found, [*errors, *_duplicates(found)]


def _duplicates(members: Members) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    for label, member in members.items():
        if isinstance(member.user_id, str) and first.setdefault(member.user_id, label) != label:
            other = first[member.user_id]
            yield Diagnostic(("members", label), f"is the same user as members.{other}")
