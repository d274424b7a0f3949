"""``/bucket`` (Flashback API reference, bucket management)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.api_keys import ApiKey
from pulumi_flashback.emulator.objects import require_writer, values, visible, writable
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now


@dataclass(frozen=True, kw_only=True)
class Bucket(Row):
    """One bucket."""

    table = "buckets"
    id: str = kept(new_id)
    workspace_id: str = given("Workspace ID", required=True, changeable=False)
    name: str = given("Name", required=True)
    bucket: str = given("Bucket", required=True)
    storage_type: str = given("Storage type", required=True)
    region: str | None = given()
    endpoint: str | None = given()
    api_key_id: str | None = given(name="apiKeyUuid", shown=False)
    key: str | None = given(sealed=True, shown=False)
    secret: str | None = given(sealed=True, shown=False)
    status: str = kept("ONLINE")
    created_at: str = kept(now)
    repositories: int = kept(0, shown=False)


def admit(call: Call) -> None:
    """Refuse an unknown caller, in the words of these families."""
    if call.caller is None:
        raise Refusal(404, "User not found")


FAMILY = Family(admit, lags=True)


@FAMILY.endpoint("POST /bucket")
def create(call: Call) -> Reply:
    """Create a bucket."""
    wanted = _acceptable(call, values(Bucket, call.body, null="ignored", empty="ignored"), {})
    require_writer(call.role(wanted["workspace_id"]))
    row = call.store.add(Bucket(**wanted))
    _count(call, row.api_key_id)
    return {"bucketId": row.id}


@FAMILY.endpoint("GET /bucket")
def list_buckets(call: Call) -> Reply:
    """List the buckets of a workspace, or of all; and those that a test has only counted."""
    rows = visible(call, Bucket, foreign=call.settings.foreign_workspace_list, deleted="hidden")
    shown = [{**each.shown(), "apiKeyId": each.api_key_id} for each in rows]
    return {"buckets": [*shown, *counted(call, "bucket", "buckets")]}


@FAMILY.endpoint("PUT /bucket/{id}")
def update(call: Call) -> Reply:
    """Change the properties that the request has."""
    row = _writable(call)
    changes = values(Bucket, call.body, null="clears", empty="clears", update=True)
    changes = _acceptable(call, changes, vars(row))
    call.store.change(Bucket, changes, id=row.id)
    _count(call, row.api_key_id, changes.get("api_key_id"))
    return {"bucketId": row.id}


@FAMILY.endpoint("DELETE /bucket/{id}")
def delete(call: Call) -> Reply:
    """Delete a bucket that no repository uses."""
    row = _writable(call)
    if row.repositories:
        raise Refusal(403, "Bucket is in use by a repository")
    call.store.remove(Bucket, id=row.id)
    _count(call, row.api_key_id)
    return {}


def counted(call: Call, kind: str, attribute: str) -> list[dict[str, str]]:
    """Return rows for what a test has only counted in a workspace."""
    wanted = call.filters.get("workspaceId")
    return [
        {"id": f"{workspace.id}-{kind}-{n}", "name": f"{kind}-{n}", "workspaceId": workspace.id}
        for workspace in call.backend.workspaces(call.user)
        if wanted in (None, workspace.id)
        for n in range(1, getattr(workspace, attribute) + 1)
    ]


def _acceptable(call: Call, wanted: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored: other credentials replace the earlier ones."""
    key_id = wanted.get("api_key_id")
    if key_id and (wanted.get("key") or call.store.one(ApiKey, id=key_id) is None):
        raise Refusal(400, "Invalid API key")
    if not key_id and not wanted.get("key") and not old:
        raise Refusal(400, "Credentials are required")
    named = call.store.find(Bucket, name=wanted.get("name"))
    if any(each.id != old.get("id") for each in named):
        raise Refusal(400, "Bucket with this name already exists")
    cleared = {"key": None, "secret": None} if key_id else {"api_key_id": None}
    return {**wanted, **(cleared if key_id or wanted.get("key") else {})}


def _count(call: Call, *key_ids: str | None) -> None:
    """Keep the number of buckets that use a key."""
    for key_id in filter(None, key_ids):
        count = len(call.store.find(Bucket, api_key_id=key_id))
        call.store.change(ApiKey, {"bucket_count": count}, id=key_id)


def _writable(call: Call) -> Bucket:
    return writable(call, Bucket, Refusal(404, "Bucket not found"))
