"""The settings: one for each behavior that the documentation of the API leaves open.

``conformance/observations`` has a function with the name of each setting.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EmulatorSettings(BaseModel):
    """Choices of the emulator. ``python -m pulumi_flashback.emulator --list-settings`` shows them.

    Raises:
        pydantic.ValidationError: A value is none of the alternatives.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )

    # API keys

    duplicate_identity: Literal["key+provider+endpoint", "key+provider", "key", "key+secret"] = (
        "key+provider+endpoint"
    )
    """Which fields make two keys of one workspace identical, so that the second is refused. The
    documentation says only 'identical'."""
    duplicate_in_update: Literal["refused", "accepted"] = "refused"
    """Whether PUT /apikeys/{id} may make a key identical to another one."""
    listed_key: Literal["whole", "masked", "prefix", "absent"] = "whole"
    """How GET /apikeys shows the public half of a key."""
    list_order: Literal["oldest-first", "newest-first"] = "oldest-first"
    """Order of the rows of GET /apikeys."""
    created_at_precision: Literal["ms", "s"] = "ms"
    """Whether `createdAt`, documented as a string, has milliseconds."""
    foreign_workspace_list: Literal["forbidden", "empty", "not-found"] = "forbidden"
    """The response to GET /apikeys for a workspace that the user has no role in, or that does not
    exist."""
    unset_fields: Literal["absent", "null"] = "absent"
    """How optional fields without a value appear in lists."""
    in_use_status: Literal[400, 403, 409] = 400
    """Status of the refusal to delete a key that is in use."""
    unknown_key_status: Literal[404, 400, 403] = 404
    """Status of PUT and DELETE /apikeys/{id} for an id that does not exist, or that is in a
    workspace the user has no role in; 403 does not say that the id is unknown."""
    null_in_create: Literal["ignored", "refused"] = "ignored"
    """What null for an optional field does in POST /apikeys."""
    empty_in_create: Literal["stored", "ignored", "refused"] = "stored"
    """What an empty string for an optional field does in POST /apikeys."""
    null_in_update: Literal["clears", "ignored", "refused"] = "clears"
    """What null does in PUT /apikeys/{id}. A required field cannot be cleared: there, `clears`
    refuses."""
    empty_in_update: Literal["stored", "clears", "refused"] = "stored"
    """What an empty string for an optional field does in PUT /apikeys/{id}."""
    unknown_provider: Literal["refused", "accepted"] = "refused"
    """What happens to a provider type that is not in `providers`."""
    provider_case: Literal["exact", "any"] = "exact"
    """Whether `aws` is accepted as the provider type AWS, and stored as `AWS`."""
    order_of_checks: Literal["input-first", "permission-first"] = "input-first"
    """What POST /apikeys rejects first: missing input, or a workspace that the user may not write
    to."""
    providers: dict[str, int] = Field(
        default={"AWS": 7, "GCP": 7, "AZURE": 7, "OPENAI": 2, "ANTHROPIC": 2, "OTHER": 255}
    )
    """The provider types with their capability bits (1 storage, 2 AI, 4 cloud). The full list is
    not published."""
    providers_need_token: bool = False
    """Whether GET /providers requires a token."""
    capability_match: Literal["any", "all"] = "any"
    """Whether the filter `capability` needs one or all of its bits."""
    write_answer: Literal["message", "plain", "empty"] = "message"
    """Body of a successful PUT or DELETE /apikeys/{id}: with a message, with `success` only, or
    none (status 204)."""
    endpoint_stored: Literal["as-sent", "tidied"] = "as-sent"
    """Whether the scheme and a trailing slash of an endpoint are removed."""
    keys_of_deleted_workspace: Literal["hidden", "listed", "as-foreign"] = "hidden"
    """What happens to the keys of a deleted workspace: the list is empty, or they can be listed and
    changed as before, or the response is the same as for a workspace without a role of the user."""

    # workspaces

    delete_workspace_with_keys: Literal["accepted", "refused"] = "accepted"
    """Whether a workspace that still has API keys can be deleted; the documentation names only
    buckets and repositories as obstacles."""
    duplicate_workspace_name: Literal["accepted", "refused", "refused-also-deleted"] = "accepted"
    """Whether two workspaces of an organization may have the same name; `refused-also-deleted` "
    "keeps the
    names of deleted workspaces taken."""
    workspace_name_stored: Literal["as-sent", "trimmed"] = "as-sent"
    """Whether white space around the name of a workspace is removed."""
    longest_workspace_name: int = Field(default=255, gt=0)
    """Maximum length of the name of a workspace, in characters."""
    deleted_workspaces: Literal["hidden", "listed", "shown"] = "hidden"
    """Whether a deleted workspace stays in GET /workspace, marked by `deletedAt`; with `shown`,
    GET /workspace/{id} returns it too, instead of 404."""
    users_in_workspace_list: Literal["shown", "absent", "empty"] = "shown"
    """How the rows of GET /workspace show `users`; `empty` is always an empty list."""
    organization_admins: Literal["administer", "read", "as-members"] = "administer"
    """What an ADMINISTRATOR or OWNER of the organization may do in each of its workspaces:
    everything, read it, or what the role as a member allows."""
    no_role_status: Literal[403, 404] = 403
    """Status of PUT and DELETE /workspace/{id} for a workspace of the organization that the user
    has no role in."""
    unknown_caller_of_workspaces: Literal["documented", "401"] = "documented"
    """Status below /workspace without a valid token: 400 for writes and 404 for reads, as the
    documentation says for a user that does not exist, or 401."""

    # the members of workspaces

    members_of_unknown_workspace: Literal[403, 404] = 403
    """Status of POST, PUT and DELETE /workspace/{id}/users for a workspace that does not exist or
    is deleted; the documentation has no 404 for the workspace there."""
    member_added_twice: Literal["refused", "conflict", "fails", "updates", "ignored"] = "refused"
    """What POST /workspace/{id}/users does for an existing member: 400, 409, 500, sets the new
    role, or keeps the old role and reports success."""
    unknown_role: Literal["refused", "fails", "accepted"] = "refused"
    """What happens to a role other than READ, WRITE and ADMIN: 400, 500, or it is stored and
    allows reading only."""
    role_case: Literal["exact", "any"] = "exact"
    """Whether `admin` is accepted as ADMIN in a request."""
    listed_role: Literal["upper", "lower"] = "upper"
    """How roles are written in the responses of GET /workspace."""
    last_admin: Literal["unprotected", "protected"] = "unprotected"
    """Whether the last ADMIN of a workspace can be removed or get a lesser role."""
    own_role: Literal["changeable", "fixed"] = "changeable"
    """Whether an ADMIN of a workspace can end their own membership or change their own role."""
    unvalidated_member: Literal["accepted", "refused"] = "accepted"
    """Whether a user who is invited, but has not validated the account, can become a member;
    if not, the response is the same as for an unknown user."""
    member_order: Literal["oldest-first", "newest-first"] = "oldest-first"
    """Order of the rows of `users`."""
    membership_of_deleted_user: Literal["ends", "stays"] = "ends"
    """Whether a user who is deleted from the organization stays in `users`."""

    # the users of an organization

    organization_users_for: Literal["managers", "everyone"] = "managers"
    """Who may read GET /organization/users: the roles that manage users (WORKSPACES or higher), or
    every user of the organization."""
    organization_users_limit: int = Field(default=0, ge=0)
    """Maximum number of rows in GET /organization/users; 0 for all. `total` counts all; "
    "parameters for
    further pages are not documented."""
    deleted_organization_users: Literal["hidden", "listed"] = "hidden"
    """Whether GET /organization/users lists deleted users, marked by `deletedAt`."""
    email_stored: Literal["as-sent", "lower"] = "as-sent"
    """Whether email addresses are converted to lowercase when a user is created."""
    email_of_deleted_user: Literal["refused", "revived"] = "refused"
    """What POST /organization/users does for the email address of a deleted user: it is taken, or
    the user comes back with the same id."""
    activate_active_user: Literal["accepted", "refused"] = "accepted"
    """What POST /organization/users/{id}/activate does for a user who is not deleted."""
    created_users_validated: bool = False
    """Whether a user created by POST /organization/users can sign in immediately. The documentation
    says no: the user validates the account first, by an email that the emulator does not send."""

    # sessions

    access_token_seconds: float = Field(default=3600, gt=0)
    """Lifetime of an access token; the documentation says one hour."""
    refresh_token_seconds: float = Field(default=30 * 24 * 3600, gt=0)
    """Lifetime of a refresh token; the documentation says only that it is longer."""
    refresh_rotates: bool = True
    """Whether a refresh token works only once; each response has a new one."""
    refresh_field: Literal["either", "refresh_token", "refreshToken"] = "either"
    """Name of the field of POST /user/refresh: the reference's table and its own sample differ."""
    expires_at_unit: Literal["ms", "s"] = "ms"
    """Unit of `expiresAt` in the responses of login and refresh."""

    # buckets

    bucket_quota: int = Field(default=0, ge=0)
    """How many buckets an organization may have; 0 for any number. POST /bucket beyond it gets
    429."""
    bucket_repositories: Literal["shown", "absent"] = "shown"
    """Whether the rows of GET /bucket have `repos`, which the client's types call optional."""
    bucket_latency: Literal["latency_ms", "latencyMs"] = "latency_ms"
    """Name of the latency in GET /bucket/{id}/status: the reference and the client differ."""

    # repositories

    repository_error_status: Literal[400, 409, 200] = 400
    """Status of a refusal of POST and PUT /repo with an `error_code`; 200 comes with `success`
    false."""
    repository_names: Literal["organization", "workspace"] = "organization"
    """Where the name of a repository is unique."""
    repository_quota: int = Field(default=0, ge=0)
    """How many repositories an organization may have; 0 for any number."""
    normal_edits: Literal["refused", "accepted"] = "refused"
    """Whether an update in the mode NORMAL may remove a bucket or change its folder."""
    mirror_masters: Literal["one", "some"] = "one"
    """How many masters a repository in the mode MIRROR has: one, or at least one."""
    empty_repository_lists: Literal["shown", "absent"] = "shown"
    """Whether GET /repo shows an empty `aiLlms` for a repository without AI models."""
    unknown_repository_status: Literal[404, 403, 400] = 404
    """Status below /repo/{id} if there is no such repository, or the user may not see it."""

    # the keys of repositories

    duplicate_repository_key_name: Literal["accepted", "refused"] = "accepted"
    """Whether two access keys of a repository may have the same name."""
    listed_repository_key: Literal["whole", "masked", "absent"] = "whole"
    """How GET /repo/{id}/apikey shows the public half of a key."""
    duplicate_cloud_key: Literal["accepted", "refused"] = "accepted"
    """Whether a provider key can be linked to a repository twice."""

    # all requests

    list_lag: int = Field(default=0, ge=0, le=1000)
    """How many responses of GET /apikeys, GET /workspace and GET /workspace/{id} still show the
    state before a write; counted for each path with its query."""
    requests_per_second: int = Field(default=0, ge=0)
    """Rate limit of the whole backend; 0 for none."""
    retry_after_seconds: float = Field(default=1, ge=0)
    """The Retry-After header of a response 429."""
    max_body_bytes: int = Field(default=1024 * 1024, gt=0)
    """Largest request body; a larger one gets 413."""
    wrong_content_type: Literal[400, 415, "accepted"] = 400
    """Status for a body that is not sent as application/json, or `accepted` to read it as JSON
    anyway."""

    # AI models, and all that is for the TEST environment

    unknown_caller_of_ai: Literal[401, 404] = 401
    """Status below /ai/llm, /policy and /repo/{id}/ai/apikey without a valid token."""
    llm_endpoint: Literal["optional", "required"] = "optional"
    """Whether POST /ai/llm needs `endpoint`: the reference and the vendor's client differ."""
    listed_llm_key: Literal["null", "masked"] = "null"
    """How GET /ai/llm shows `key`; the documentation names both."""
    duplicate_llm_name: Literal[400, 409] = 400
    """Status of POST and PUT /ai/llm for a name that another model of the workspace has."""

    # the AI keys of repositories

    listed_ai_key: Literal["whole", "masked", "null"] = "whole"
    """How GET /repo/{id}/ai/apikey shows the public half of a key."""
    duplicate_ai_key_name: Literal["accepted", "refused"] = "accepted"
    """Whether two AI keys of a repository may have the same name."""

    # policies

    listed_policies: Literal["below", "exact"] = "below"
    """Whether GET /policy also lists the policies of scopes narrower than in the query."""
    hidden_policy_status: Literal[404, 403] = 404
    """Status of GET, PUT and DELETE /policy/{id} for a policy that the user may not see."""
    duplicate_policy_name: Literal["accepted", "refused"] = "accepted"
    """Whether two policies of one scope may have the same name."""


for _info in EmulatorSettings.model_fields.values():
    _info.description = " ".join((_info.description or "").split())
