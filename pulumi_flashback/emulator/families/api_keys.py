"""``/apikeys`` and ``/providers`` (Flashback API reference, API keys)."""

import re
from typing import Any

from starlette.responses import Response

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.storage import AiLlm, ApiKey, Bucket
from pulumi_flashback.emulator.objects import (
    NO_PERMISSION,
    Objects,
    require_writer,
    required,
    values,
    visible,
)

FAMILY = Family(lags=True)


class ApiKeys(Objects):
    """The API keys of workspaces; most behavior that the documentation leaves open is a setting."""

    kind, path, noun, listed = ApiKey, "/apikeys", "API key", "apiKeys"
    status = 201

    def create(self, call: Call) -> Reply:
        """Create a key."""
        if call.settings.order_of_checks == "permission-first":
            require_writer(call.role(required(call.body, "workspaceId", "Workspace ID")))
        return super().create(call)

    def update(self, call: Call) -> Reply:
        """Update a key; invalid input is refused before the key is looked up."""
        self.values(call, update=True)
        return _written(call, super().update(call))

    def delete(self, call: Call) -> Reply:
        """Delete a key that nothing uses."""
        return _written(call, super().delete(call))

    def values(self, call: Call, *, update: bool = False) -> dict[str, Any]:
        settings = call.settings
        null = settings.null_in_update if update else settings.null_in_create
        empty = settings.empty_in_update if update else settings.empty_in_create
        return values(ApiKey, call.body, null=null, empty=empty, update=update)

    def acceptable(self, call: Call, wanted: dict[str, Any], old: Any) -> dict[str, Any]:
        settings, provider = call.settings, wanted.get("provider")
        if provider and settings.provider_case == "any":
            names = {name.lower(): name for name in settings.providers}
            provider = names.get(provider.lower(), provider)
            wanted = {**wanted, "provider": provider}
        known = provider in settings.providers
        if provider and settings.unknown_provider == "refused" and not known:
            raise Refusal(400, "Invalid provider")
        if wanted.get("endpoint") and settings.endpoint_stored == "tidied":
            return {**wanted, "endpoint": re.sub("^https?://", "", wanted["endpoint"]).rstrip("/")}
        return wanted

    def save(self, call: Call, wanted: dict[str, Any], old: Any) -> Any:
        identity = call.settings.duplicate_identity.split("+")
        checked = old is None or call.settings.duplicate_in_update == "refused"
        if checked and wanted.keys() & set(identity):
            after = {**vars(old), **wanted} if old else wanted
            within = {name: after[name] for name in ("workspace_id", "key")}
            for row in call.store.find(ApiKey, **within):
                same = all((vars(row)[n] or None) == (after.get(n) or None) for n in identity)
                if same and row.id != after.get("id"):
                    raise Refusal(400, "API key with these credentials already exists")
        return super().save(call, wanted, old)

    def found(self, call: Call) -> list[ApiKey]:
        settings, filters = call.settings, call.filters
        foreign, deleted = settings.foreign_workspace_list, settings.keys_of_deleted_workspace
        rows = visible(call, ApiKey, foreign=foreign, deleted=deleted)
        if settings.list_order == "newest-first":
            rows.reverse()
        if "provider" in filters:
            rows = [each for each in rows if each.provider == filters["provider"]]
        return _capable(call, rows, filters["capability"]) if "capability" in filters else rows

    def shown(self, call: Call, row: ApiKey) -> dict[str, Any]:
        settings = call.settings
        shown = {**row.shown(), "key": _shown_key(row.key, settings.listed_key)}
        absent = shown if settings.unset_fields == "absent" else ("key",)
        shown = {n: value for n, value in shown.items() if value is not None or n not in absent}
        if settings.created_at_precision == "s":
            shown["createdAt"] = f"{row.created_at.partition('.')[0]}Z"
        buckets, models = (call.store.find(each, api_key_id=row.id) for each in (Bucket, AiLlm))
        return {**shown, "bucket_count": len(buckets), "aillm_count": len(models)}

    def role(self, call: Call, row: ApiKey) -> str | None:
        deleted = call.settings.keys_of_deleted_workspace == "listed"
        return call.role(row.workspace_id, deleted=deleted)

    def unknown(self, call: Call) -> Refusal:
        status = call.settings.unknown_key_status
        return Refusal(status, NO_PERMISSION if status == 403 else "API key not found")

    def remove(self, call: Call, row: ApiKey) -> None:
        if any(call.store.one(each, api_key_id=row.id) for each in (Bucket, AiLlm)):
            text = "Cannot delete API key: it is used by active storage units or AI models"
            raise Refusal(call.settings.in_use_status, text)
        super().remove(call, row)

    def reply(self, call: Call, row: ApiKey, done: str) -> dict[str, Any]:
        created = {"apiKeyId": row.id}
        return created if done == "created" else {"message": f"API key {done} successfully"}


ApiKeys(FAMILY)


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


def _capable(call: Call, rows: list[ApiKey], capability: str) -> list[ApiKey]:
    if not (capability.isascii() and capability.isdigit() and len(capability) < 6):
        raise Refusal(400, "Capability must be a number")
    wanted, known = int(capability), call.settings.providers
    least = wanted if call.settings.capability_match == "all" else 1
    return [each for each in rows if known.get(each.provider, 0) & wanted >= least]


def _shown_key(key: str, how: str) -> str | None:
    if how == "absent":
        return None
    if how == "masked":
        return f"{key[:4]}****{key[-4:]}" if len(key) > 8 else "****"
    return key[:4] if how == "prefix" else key


def _written(call: Call, reply: Reply) -> Reply:
    how = call.settings.write_answer
    if how == "empty":
        return Response(status_code=204)
    return reply if how == "message" else {}
