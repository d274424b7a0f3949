"""``/bucket`` (Flashback API reference, bucket management)."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply, admit_known
from pulumi_flashback.emulator.families.storage import (
    Bucket,
    Repository,
    repositories_of,
    with_credentials,
)
from pulumi_flashback.emulator.objects import Objects, values
from pulumi_flashback.emulator.rows import now

FAMILY = Family(admit_known, lags=True)


class Buckets(Objects):
    """The buckets of workspaces."""

    kind, path, noun, listed = Bucket, "/bucket", "Bucket", "buckets"
    id_name = "bucketId"
    unique = ("name",)

    def permit(self, call: Call, wanted: Mapping[str, Any]) -> None:
        # the input is checked before the permissions of the caller
        self.refuse_taken(call, Bucket(**self.acceptable(call, {**wanted}, None)))
        super().permit(call, wanted)
        quota = call.settings.bucket_quota
        if quota and len(call.store.find(Bucket)) >= quota:
            raise Refusal(429, bucketId="")

    def acceptable(self, call: Call, wanted: dict[str, Any], old: Any) -> dict[str, Any]:
        if not old and not wanted.get("api_key_id") and not wanted.get("key"):
            raise Refusal(400, "Credentials are required")
        return with_credentials(call, wanted, "key")

    def shown(self, call: Call, row: Bucket) -> dict[str, Any]:
        shown = row.shown()
        if call.settings.bucket_repositories == "shown":
            names = ("id", "name", "storageType", "createdAt")
            repositories = (each.values() for each in repositories_of(call.store, row.id))
            shown["repos"] = [{name: each[name] for name in names} for each in repositories]
        return shown

    def users(self, call: Call, row: Bucket) -> list[Repository]:
        return repositories_of(call.store, row.id)


BUCKETS = Buckets(FAMILY)


@FAMILY.endpoint("GET /bucket/available")
def _list_available(call: Call) -> Reply:
    """List the buckets that no MIRROR repository uses, without the usual envelope."""
    rows = BUCKETS.found(call)
    mirrored = [r for r in rows if any(u.mode == "MIRROR" for u in BUCKETS.users(call, r))]
    return JSONResponse([BUCKETS.shown(call, each) for each in rows if each not in mirrored])


@FAMILY.endpoint("POST /bucket/{id}/validate", has_body=False, may_have_body=True)
def _validate(call: Call) -> Reply:
    """Report that the bucket is accessible; only the id of the API key is checked."""
    row = BUCKETS.target(call)
    BUCKETS.acceptable(call, values(Bucket, call.body, **BUCKETS.in_create, update=True), row)
    return {"message": "Bucket is accessible", "latency_ms": 12, "status": row.status}


@FAMILY.endpoint("GET /bucket/{id}/status")
def _status(call: Call) -> Reply:
    row = BUCKETS.target(call, writes=False)
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
            continue  # in the types of the vendor's client, each listed quota has a limit
        used = len(call.store.find(kind))
        about = {"id": name, "code": code, "description": f"Number of {code.lower()}"}
        about |= {"type": "COUNT", "periodType": "ALL_TIME"}
        share = {"current": used, "max": most, "percentage": 100 * used / most}
        usage.append({"capability": about, "usage": share})
    subscription = {"id": "demo", "name": "Demo", "description": "The demo subscription"}
    return {"subscription": subscription, "quotaUsage": usage}
