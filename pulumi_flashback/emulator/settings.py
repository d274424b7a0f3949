"""What the platform's documentation leaves open, each choice as one named setting.

The defaults are what seems most likely. A client should work under every alternative.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

DuplicateIdentity = Literal["key+provider+endpoint", "key+provider", "key", "key+secret"]
_MIB = 1024 * 1024


class EmulatorSettings(BaseModel):
    """Choices of the emulator. ``python -m pulumi_flashback.emulator --list-settings`` shows them.

    Raises:
        pydantic.ValidationError: A value is none of the alternatives.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    duplicate_identity: DuplicateIdentity = Field(
        default="key+provider+endpoint",
        description="Which fields make two keys of one workspace identical, so that the second is "
        "refused. The documentation says only 'identical'.",
    )
    duplicate_in_update: Literal["refused", "accepted"] = Field(
        default="refused",
        description="Whether PUT /apikeys/{id} may make a key identical to another one.",
    )
    listed_key: Literal["whole", "masked", "prefix", "absent"] = Field(
        default="whole", description="How GET /apikeys shows the public half of a key."
    )
    list_order: Literal["oldest-first", "newest-first"] = Field(
        default="oldest-first", description="Order of the rows of GET /apikeys."
    )
    list_lag: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="How many responses of GET /apikeys, GET /workspace and GET /workspace/{id} "
        "still show the state before a write; counted for each path with its query.",
    )
    created_at_precision: Literal["ms", "s"] = Field(
        default="ms",
        description="Whether `createdAt`, documented as a string, has milliseconds.",
    )
    foreign_workspace_list: Literal["forbidden", "empty", "not-found"] = Field(
        default="forbidden",
        description="The answer to GET /apikeys for a workspace that the user has no role in.",
    )
    unset_fields: Literal["absent", "null"] = Field(
        default="absent", description="How optional fields without a value appear in lists."
    )
    in_use_status: Literal[400, 403, 409] = Field(
        default=400, description="Status of the refusal to delete a key that is in use."
    )
    unknown_key_status: Literal[404, 400, 403] = Field(
        default=404,
        description="Status of PUT and DELETE /apikeys/{id} for an id that does not exist, or that "
        "is in a workspace the user has no role in; 403 does not say that the id is unknown.",
    )
    null_in_create: Literal["ignored", "refused"] = Field(
        default="ignored", description="What null for an optional field does in POST /apikeys."
    )
    empty_in_create: Literal["stored", "ignored", "refused"] = Field(
        default="stored",
        description="What an empty string for an optional field does in POST /apikeys.",
    )
    null_in_update: Literal["clears", "ignored", "refused"] = Field(
        default="clears",
        description="What null does in PUT /apikeys/{id}. A required field cannot be cleared: "
        "there, `clears` refuses.",
    )
    empty_in_update: Literal["stored", "clears", "refused"] = Field(
        default="stored",
        description="What an empty string for an optional field does in PUT /apikeys/{id}.",
    )
    unknown_provider: Literal["refused", "accepted"] = Field(
        default="refused", description="What happens to a provider type that is not in `providers`."
    )
    providers: dict[str, int] = Field(
        default={"AWS": 7, "GCP": 7, "AZURE": 7, "OPENAI": 2, "ANTHROPIC": 2, "OTHER": 255},
        description="The provider types with their capability bits (1 storage, 2 AI, 4 cloud). "
        "The full list is not published.",
    )
    capability_match: Literal["any", "all"] = Field(
        default="any", description="Whether the filter `capability` needs one or all of its bits."
    )
    write_answer: Literal["message", "plain", "empty"] = Field(
        default="message",
        description="Body of a successful PUT or DELETE /apikeys/{id}: with a message, with "
        "`success` only, or none (status 204).",
    )
    endpoint_stored: Literal["as-sent", "tidied"] = Field(
        default="as-sent",
        description="Whether the scheme and a final slash of an endpoint are cut off.",
    )
    keys_of_deleted_workspace: Literal["hidden", "listed", "as-foreign"] = Field(
        default="hidden",
        description="What becomes of the keys of a deleted workspace: a list of it is empty, or "
        "they can be listed and changed as before, or it is answered like a workspace that the "
        "user has no role in.",
    )
    delete_workspace_with_keys: Literal["accepted", "refused"] = Field(
        default="accepted",
        description="Whether a workspace that still has API keys can be deleted; the documentation "
        "names only buckets and repositories as obstacles.",
    )
    duplicate_workspace_name: Literal["accepted", "refused", "refused-also-deleted"] = Field(
        default="accepted",
        description="Whether two workspaces of an organization may have one name; "
        "`refused-also-deleted` keeps the names of deleted workspaces taken.",
    )
    workspace_name_stored: Literal["as-sent", "trimmed"] = Field(
        default="as-sent",
        description="Whether white space round the name of a workspace is cut off.",
    )
    longest_workspace_name: int = Field(
        default=255, gt=0, description="Characters of the name of a workspace at most."
    )
    deleted_workspaces: Literal["hidden", "listed", "shown"] = Field(
        default="hidden",
        description="Whether a deleted workspace stays in GET /workspace, marked by `deletedAt`; "
        "`shown` answers GET /workspace/{id} with it too, instead of 404.",
    )
    users_in_workspace_list: Literal["shown", "absent", "empty"] = Field(
        default="shown",
        description="How the rows of GET /workspace show `users`; `empty` is an empty list "
        "whoever the members are.",
    )
    organization_admins: Literal["administer", "read", "as-members"] = Field(
        default="administer",
        description="What an ADMINISTRATOR or OWNER of the organization may do in each of its "
        "workspaces: everything, read it, or what his role as a member says.",
    )
    no_role_status: Literal[403, 404] = Field(
        default=403,
        description="Status of PUT and DELETE /workspace/{id} for a workspace of the organization "
        "that the user has no role in.",
    )
    members_of_unknown_workspace: Literal[403, 404] = Field(
        default=403,
        description="Status of POST, PUT and DELETE /workspace/{id}/users for a workspace that "
        "does not exist or is deleted; the documentation has no 404 for the workspace there.",
    )
    member_added_twice: Literal["refused", "conflict", "fails", "updates", "ignored"] = Field(
        default="refused",
        description="What POST /workspace/{id}/users does for a user who is a member already: 400, "
        "409, 500, takes the new role, or keeps the old role and reports success.",
    )
    unknown_role: Literal["refused", "fails", "accepted"] = Field(
        default="refused",
        description="What happens to a role that is none of READ, WRITE and ADMIN: 400, 500, or it "
        "is stored and allows no more than reading.",
    )
    role_case: Literal["exact", "any"] = Field(
        default="exact", description="Whether `admin` is understood as ADMIN in a request."
    )
    listed_role: Literal["upper", "lower"] = Field(
        default="upper", description="How roles are written in the answers of GET /workspace."
    )
    last_admin: Literal["unprotected", "protected"] = Field(
        default="unprotected",
        description="Whether the last ADMIN of a workspace can be removed or get a lesser role.",
    )
    own_role: Literal["changeable", "fixed"] = Field(
        default="changeable",
        description="Whether an ADMIN of a workspace can remove himself or change his own role.",
    )
    unvalidated_member: Literal["accepted", "refused"] = Field(
        default="accepted",
        description="Whether a user who is invited, but has not validated the account, can become "
        "a member; refused, he is answered as unknown.",
    )
    member_order: Literal["oldest-first", "newest-first"] = Field(
        default="oldest-first", description="Order of the rows of `users`."
    )
    membership_of_deleted_user: Literal["ends", "stays"] = Field(
        default="ends",
        description="Whether a user who is deleted from the organization stays in `users`.",
    )
    organization_users_for: Literal["managers", "everyone"] = Field(
        default="managers",
        description="Who may read GET /organization/users: the roles that manage users "
        "(WORKSPACES or higher), or every user of the organization.",
    )
    organization_users_limit: int = Field(
        default=0,
        ge=0,
        description="Rows of GET /organization/users at most, 0 for all. `total` counts all; "
        "parameters for further pages are not documented.",
    )
    deleted_organization_users: Literal["hidden", "listed"] = Field(
        default="hidden",
        description="Whether GET /organization/users has deleted users, marked by `deletedAt`.",
    )
    email_stored: Literal["as-sent", "lower"] = Field(
        default="as-sent",
        description="Whether email addresses are turned into lower case when a user is created.",
    )
    email_of_deleted_user: Literal["refused", "revived"] = Field(
        default="refused",
        description="What POST /organization/users does for the email address of a deleted user: "
        "it is taken, or the user comes back with the same id.",
    )
    created_users_validated: bool = Field(
        default=True,
        description="Whether a user made by POST /organization/users is validated at once.",
    )
    unknown_caller_of_workspaces: Literal["documented", "401"] = Field(
        default="documented",
        description="Status below /workspace without a valid token: 400 for writes and 404 for "
        "reads, as the documentation has it for a user that does not exist, or 401.",
    )
    providers_need_token: bool = Field(
        default=False, description="Whether GET /providers is for known users only."
    )
    access_token_seconds: float = Field(
        default=3600, gt=0, description="Life of an access token; the documentation says one hour."
    )
    refresh_token_seconds: float = Field(
        default=30 * 24 * 3600,
        gt=0,
        description="Life of a refresh token; documented only as longer.",
    )
    refresh_rotates: bool = Field(
        default=True,
        description="Whether a refresh token works only once; each answer has a new one.",
    )
    refresh_field: Literal["either", "refresh_token", "refreshToken"] = Field(
        default="either",
        description="Name of the field of POST /user/refresh: the reference's table and its own "
        "sample differ.",
    )
    expires_at_unit: Literal["ms", "s"] = Field(
        default="ms", description="Unit of `expiresAt` in the answers of login and refresh."
    )
    requests_per_second: int = Field(
        default=0, ge=0, description="Rate limit of the whole backend; 0 for none."
    )
    retry_after_seconds: float = Field(
        default=1, ge=0, description="The Retry-After header of an answer 429."
    )
    max_body_bytes: int = Field(
        default=_MIB, gt=0, description="Largest request body; a larger one is answered 413."
    )
    wrong_content_type: Literal[400, 415, "accepted"] = Field(
        default=400,
        description="Status for a body that is not sent as application/json, or `accepted` to read "
        "it as JSON all the same.",
    )


def parse_settings(assignments: Iterable[str]) -> EmulatorSettings:
    """Read ``name=value`` texts.

    Args:
        assignments: Texts such as ``in_use_status=403``; values are JSON or plain words.

    Raises:
        ValueError: Names or values are wrong; the text names all of them.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or name not in EmulatorSettings.model_fields:
            problems.append(f"there is no setting {name!r}; see --list-settings")
            continue
        values[name] = _value(value, EmulatorSettings.model_fields[name].annotation)
    settings = EmulatorSettings()
    try:
        settings = EmulatorSettings(**values)
    except ValidationError as error:
        names = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        problems += [f"{name} must be {alternatives(name)}" for name in names]
    if problems:
        raise ValueError("; ".join(problems))
    return settings


def alternatives(name: str) -> str:
    """Return the possible values of a setting, in words."""
    annotation = EmulatorSettings.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        return ", ".join(str(value) for value in get_args(annotation))
    words = {bool: "true, false", int: "a whole number", float: "a number above 0"}
    return (
        words.get(annotation, "a JSON object") if isinstance(annotation, type) else "a JSON object"
    )


def describe_settings() -> str:
    """Return all settings as text, for ``--list-settings``."""
    parts = []
    for name, info in EmulatorSettings.model_fields.items():
        default = (
            json.dumps(info.default) if isinstance(info.default, (dict, bool)) else info.default
        )
        parts.append(f"{name} = {default}\n    {alternatives(name)}\n    {info.description}")
    return "\n".join(parts)


def _value(text: str, annotation: Any) -> Any:
    if get_origin(annotation) is Literal and text in get_args(annotation):
        return text  # also where it looks like a number
    try:
        return json.loads(text)
    except ValueError:
        return text
