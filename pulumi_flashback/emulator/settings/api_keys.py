"""Choices about API keys, observed in ``conformance/observations/api_keys.py``."""

from typing import Literal

from pydantic import Field

from pulumi_flashback.emulator.settings.group import SettingGroup

DuplicateIdentity = Literal["key+provider+endpoint", "key+provider", "key", "key+secret"]


class ApiKeySettings(SettingGroup):
    """Choices that concern API keys."""

    duplicate_identity: DuplicateIdentity = "key+provider+endpoint"
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
    """What happens to the keys of a deleted workspace: its list is empty, or they can be listed
    and changed as before, or the response is that for a workspace that the user has no role in."""
