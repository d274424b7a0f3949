"""``/bucket`` (Flashback API reference, bucket management)."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.api_keys import ApiKey
from pulumi_flashback.emulator.families.storage import (
    Bucket,
    Repository,
    admit,
    counted,
    repositories_of,
)
from pulumi_flashback.emulator.objects import require_writer, values, visible, writable
from pulumi_flashback.emulator.rows import now

FAMILY = Family(admit, lags=True)


@FAMILY.endpoint("POST /bucket")
def _create(call: Call) -> Reply:
    wanted = _acceptable(call, values(Bucket, call.body, null="ignored", empty="ignored"), {})
    require_writer(call.role(wanted["workspace_id"]))
    quota = call.settings.bucket_quota
    if quota and len(call.store.find(Bucket)) >= quota:
        raise Refusal(429, bucketId="")
    row = call.store.add(Bucket(**wanted))
    _count(call, row.api_key_id)
    return {"bucketId": row.id}


@FAMILY.endpoint("GET /bucket")
def _list_buckets(call: Call) -> Reply:
    """List the buckets of a workspace, or of all; and those that a test has only counted."""
    rows = visible(call, Bucket, foreign=call.settings.foreign_workspace_list, deleted="hidden")
    return {"buckets": [*(_shown(call, each) for each in rows), *_counted(call)]}


@FAMILY.endpoint("GET /bucket/available")
def _list_available(call: Call) -> Reply:
    """List the buckets that no MIRROR repository uses, without the usual envelope."""
    rows = visible(call, Bucket, foreign=call.settings.foreign_workspace_list, deleted="hidden")
    return JSONResponse([_shown(call, each) for each in rows if not _is_mirrored(call, each)])


@FAMILY.endpoint("POST /bucket/{id}/validate", has_body=False, may_have_body=True)
def _validate(call: Call) -> Reply:
    """Report that the bucket is accessible; of other credentials only the key's id is checked."""
    row = _writable(call)
    tried = values(Bucket, call.body, null="ignored", empty="ignored", update=True)
    _acceptable(call, {n: v for n, v in tried.items() if n != "name"}, vars(row))
    return {"message": "Bucket is accessible", "latency_ms": 12, "status": row.status}


@FAMILY.endpoint("GET /bucket/{id}/status")
def _status(call: Call) -> Reply:
    row = call.store.one(Bucket, id=call.path["id"])
    if row is None or not call.role(row.workspace_id):
        raise Refusal(404, "Bucket not found")
    node = {"ip": "192.0.2.1", "region": row.region or "us-east-1", "version": "1.0.0"}
    seen = {"status": row.status, call.settings.bucket_latency: 12, "lastUpdated": now()}
    return JSONResponse({"bucketId": row.id, "nodeStatus": [{**node, **seen}]})


@FAMILY.endpoint("GET /user/quota", lags=False)
def _quota(call: Call) -> Reply:
    """Return the quotas that are settings (vendor's client; the codes are not documented)."""
    kinds = {"BUCKETS": (Bucket, "bucket_quota"), "REPOSITORIES": (Repository, "repository_quota")}
    usage = []
    for code, (kind, name) in kinds.items():
        if not (most := getattr(call.settings, name)):
            continue  # in the client's types, each quota that is listed has a limit
        used = len(call.store.find(kind))
        about = {"id": name, "code": code, "description": f"Number of {code.lower()}"}
        about |= {"type": "COUNT", "periodType": "ALL_TIME"}
        share = {"current": used, "max": most, "percentage": 100 * used / most}
        usage.append({"capability": about, "usage": share})
    subscription = {"id": "demo", "name": "Demo", "description": "The demo subscription"}
    return {"subscription": subscription, "quotaUsage": usage}


@FAMILY.endpoint("PUT /bucket/{id}")
def _update(call: Call) -> Reply:
    row = _writable(call)
    changes = values(Bucket, call.body, null="clears", empty="clears", update=True)
    changes = _acceptable(call, changes, vars(row))
    call.store.change(Bucket, changes, id=row.id)
    _count(call, row.api_key_id, changes.get("api_key_id"))
    return {"bucketId": row.id}


@FAMILY.endpoint("DELETE /bucket/{id}")
def _delete(call: Call) -> Reply:
    row = _writable(call)
    if repositories_of(call.store, row.id):
        raise Refusal(403, "Bucket is in use by a repository")
    call.store.remove(Bucket, id=row.id)
    _count(call, row.api_key_id)
    return {}


def _is_mirrored(call: Call, row: Bucket) -> bool:
    return any(each.mode == "MIRROR" for each in repositories_of(call.store, row.id))


def _shown(call: Call, row: Bucket) -> dict[str, Any]:
    shown = row.shown()
    if call.settings.bucket_repositories == "shown":
        names = ("id", "name", "storageType", "createdAt")
        repositories = (each.values() for each in repositories_of(call.store, row.id))
        shown["repos"] = [{name: each[name] for name in names} for each in repositories]
    return shown


def _counted(call: Call) -> list[dict[str, Any]]:
    """Return rows for what a test has only counted, in a workspace or of a key."""
    own = [{**row, "bucket": row["name"]} for row in counted(call, "bucket", "buckets")]
    keys = visible(call, ApiKey, foreign="empty", deleted="hidden")
    return own + [
        {
            "id": f"{key.id}-bucket-{n}",
            "name": f"bucket-{n}",
            "bucket": f"bucket-{n}",
            "storageType": "S3",
            "workspaceId": key.workspace_id,
            "apiKeyId": key.id,
            "createdAt": key.created_at,
        }
        for key in keys
        if key.bucket_count
        for n in range(len(call.store.find(Bucket, api_key_id=key.id)) + 1, key.bucket_count + 1)
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
    for key_id in filter(None, key_ids):
        count = len(call.store.find(Bucket, api_key_id=key_id))
        call.store.change(ApiKey, {"bucket_count": count}, id=key_id)


def _writable(call: Call) -> Bucket:
    return writable(call, Bucket, Refusal(404, "Bucket not found"))
