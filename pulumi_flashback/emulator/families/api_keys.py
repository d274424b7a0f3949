"""``/apikeys`` (Flashback API reference, POST /apikeys, and its neighbours)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.objects import (
    NO_PERMISSION,
    require_writer,
    required,
    values,
    visible,
    writable,
)
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now

FAMILY = Family(lags=True)


@dataclass(frozen=True, kw_only=True)
class ApiKey(Row):
    """One key."""

    table = "api_keys"
    id: str = kept(new_id)
    workspace_id: str = given("Workspace ID", required=True, changeable=False, shown=False)
    key: str = given("Key", required=True, sealed=True)
    secret: str = given("Secret", required=True, sealed=True, shown=False)
    provider: str = given("Provider", required=True)
    endpoint: str | None = given()
    region: str | None = given()
    tenant_id: str | None = given(column="tenantId")
    subscription_id: str | None = given(column="subscriptionId")
    description: str | None = given()
    created_at: str = kept(now)
    bucket_count: int = kept(0, name="bucket_count")
    aillm_count: int = kept(0, name="aillm_count")


@FAMILY.endpoint("POST /apikeys")
def _create(call: Call) -> Reply:
    """Create a key: 401, then missing input, then 403, then the input's other problems."""
    if call.settings.order_of_checks == "permission-first":
        require_writer(call.role(required(call.body, "workspaceId", "Workspace ID")))
    rules: Any = {"null": call.settings.null_in_create, "empty": call.settings.empty_in_create}
    wanted = values(ApiKey, call.body, **rules)
    require_writer(call.role(wanted["workspace_id"]))
    wanted = _acceptable(call, wanted)
    _refuse_duplicate(call, wanted)
    return 201, {"apiKeyId": call.store.add(ApiKey(**wanted)).id}


@FAMILY.endpoint("GET /apikeys")
def _list_keys(call: Call) -> Reply:
    settings, filters = call.settings, call.filters
    rows = visible(
        call,
        ApiKey,
        foreign=settings.foreign_workspace_list,
        deleted=settings.keys_of_deleted_workspace,
    )
    if settings.list_order == "newest-first":
        rows.reverse()
    if "provider" in filters:
        rows = [each for each in rows if each.provider == filters["provider"]]
    if "capability" in filters:
        rows = _capable(call, rows, filters["capability"])
    return {"apiKeys": [_shown(call, each) for each in rows]}


@FAMILY.endpoint("PUT /apikeys/{id}")
def _update(call: Call) -> Reply:
    rules: Any = {"null": call.settings.null_in_update, "empty": call.settings.empty_in_update}
    changes = values(ApiKey, call.body, **rules, update=True)
    row = _writable(call)
    changes = _acceptable(call, changes)
    if call.settings.duplicate_in_update == "refused" and changes.keys() & set(_identity(call)):
        _refuse_duplicate(call, {**vars(row), **changes})
    call.store.change(ApiKey, changes, id=row.id)
    return _written(call, "API key updated successfully")


@FAMILY.endpoint("DELETE /apikeys/{id}")
def _delete(call: Call) -> Reply:
    row = _writable(call)
    if row.bucket_count or row.aillm_count:
        text = "Cannot delete API key: it is used by active storage units or AI models"
        raise Refusal(call.settings.in_use_status, text)
    call.store.remove(ApiKey, id=row.id)
    return _written(call, "API key deleted successfully")


def _admit_to_providers(call: Call) -> None:
    if call.settings.providers_need_token:
        call.user  # noqa: B018 - refuses an unknown caller


@FAMILY.endpoint("GET /providers", admit=_admit_to_providers)
def _providers(call: Call) -> Reply:
    return {
        "providers": [
            {"id": name.lower(), "name": name, "capabilities": bits, "groupingTypes": []}
            for name, bits in call.settings.providers.items()
        ]
    }


def _acceptable(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    settings = call.settings
    provider = values.get("provider")
    if provider and settings.provider_case == "any":
        names = {name.lower(): name for name in settings.providers}
        provider = names.get(provider.lower(), provider)
        values = {**values, "provider": provider}
    if provider and settings.unknown_provider == "refused" and provider not in settings.providers:
        raise Refusal(400, "Invalid provider")
    if values.get("endpoint") and settings.endpoint_stored == "tidied":
        return {**values, "endpoint": re.sub(r"^https?://", "", values["endpoint"]).rstrip("/")}
    return values


def _identity(call: Call) -> Sequence[str]:
    return call.settings.duplicate_identity.split("+")


def _refuse_duplicate(call: Call, wanted: Mapping[str, Any]) -> None:
    known = call.store.find(ApiKey, workspace_id=wanted["workspace_id"], key=wanted["key"])
    for row in known:
        same = all((vars(row)[n] or None) == (wanted.get(n) or None) for n in _identity(call))
        if same and row.id != wanted.get("id"):
            raise Refusal(400, "API key with these credentials already exists")


def _capable(call: Call, rows: list[ApiKey], capability: str) -> list[ApiKey]:
    if not (capability.isascii() and capability.isdigit() and len(capability) < 6):
        raise Refusal(400, "Capability must be a number")
    wanted, known = int(capability), call.settings.providers
    least = wanted if call.settings.capability_match == "all" else 1
    return [each for each in rows if known.get(each.provider, 0) & wanted >= least]


def _shown(call: Call, row: ApiKey) -> dict[str, Any]:
    settings = call.settings
    shown = {**row.shown(), "key": _shown_key(row.key, settings.listed_key)}
    absent = shown if settings.unset_fields == "absent" else ("key",)
    shown = {n: value for n, value in shown.items() if value is not None or n not in absent}
    if settings.created_at_precision == "s":
        shown["createdAt"] = f"{row.created_at.partition('.')[0]}Z"
    return shown


def _shown_key(key: str, how: str) -> str | None:
    if how == "absent":
        return None
    if how == "masked":
        return f"{key[:4]}****{key[-4:]}" if len(key) > 8 else "****"
    return key[:4] if how == "prefix" else key


def _writable(call: Call) -> ApiKey:
    status = call.settings.unknown_key_status
    unknown = Refusal(status, NO_PERMISSION if status == 403 else "API key not found")
    deleted = call.settings.keys_of_deleted_workspace == "listed"
    return writable(call, ApiKey, unknown, deleted=deleted)


def _written(call: Call, message: str) -> Reply:
    how = call.settings.write_answer
    if how == "empty":
        return Response(status_code=204)
    return {"message": message} if how == "message" else {}
