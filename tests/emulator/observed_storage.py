"""Observations of the settings of buckets and repositories."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.emulator import Emulator
from tests.emulator.asking import Ask
from tests.emulator.observing import seen

STORED = {"workspaceId": "workspace-uuid", "storageType": "S3"}


def bucket(ask: Ask, name: str = "one") -> str:
    """Create a bucket; return its id."""
    credentials = {"key": "k", "secret": "s"}
    made = ask("POST", "/bucket", {**STORED, "name": name, "bucket": name, **credentials})
    return str(made.json()["bucketId"])


def entry(bucket_id: str, folder: str = "", *, master: bool = False) -> dict[str, Any]:
    return {"bucketId": bucket_id, "folder": folder, "master": master}


def repository(
    ask: Ask, *buckets: dict[str, Any], to: str = "", **more: Any
) -> tuple[int, str | None, str]:
    """Create or update a repository; return the status, the code and the id."""
    body = {**STORED, "name": "site", "mode": "NORMAL", "repoBuckets": [*buckets], **more}
    response = ask("PUT" if to else "POST", f"/repo/{to}" if to else "/repo", body)
    content = response.json()
    assert content["success"] is ("error_code" not in content)
    return response.status_code, content.get("error_code"), content["repoId"]


@seen({1: (429, {"success": False, "bucketId": ""}), 0: 200})
def bucket_quota(emulator: Emulator, ask: Ask) -> Any:
    bucket(ask)
    credentials = {"key": "k", "secret": "s"}
    again = ask("POST", "/bucket", {**STORED, "name": "two", "bucket": "two", **credentials})
    return (429, again.json()) if again.status_code == 429 else again.status_code


@seen({"shown": [["site"]], "absent": [None]})
def bucket_repositories(emulator: Emulator, ask: Ask) -> Any:
    repository(ask, entry(bucket(ask)))
    rows = ask("GET", "/bucket?workspaceId=").json()["buckets"]
    return [each.get("repos") and [one["name"] for one in each["repos"]] for each in rows]


@seen({"latency_ms": {"latency_ms"}, "latencyMs": {"latencyMs"}})
def bucket_latency(emulator: Emulator, ask: Ask) -> Any:
    assert ask("GET", "/bucket/unknown/status").status_code == 404
    body = ask("GET", f"/bucket/{bucket(ask)}/status").json()
    assert "success" not in body
    return {name for name in body["nodeStatus"][0] if name.startswith("latency")}


@seen({status: (status, "NAME_ALREADY_USED", "") for status in (200, 400, 409)})
def repository_error_status(emulator: Emulator, ask: Ask) -> Any:
    repository(ask)
    return repository(ask)


@seen({"organization": "NAME_ALREADY_USED", "workspace": None})
def repository_names(emulator: Emulator, ask: Ask) -> Any:
    _, _, made = repository(ask)
    assert repository(ask, to=made)[1] is None  # its own name
    return repository(ask, workspaceId=emulator.second_workspace_id)[1]


@seen({1: "QUOTA_EXCEEDED", 0: None})
def repository_quota(emulator: Emulator, ask: Ask) -> Any:
    repository(ask)
    return repository(ask, name="another")[1]


@seen(
    {
        "refused": ["NORMAL_UNIT_FOLDER_CANNOT_DELETE", "NORMAL_UNIT_CANNOT_EDIT_FOLDER"],
        "accepted": [None, None],
    }
)
def normal_edits(emulator: Emulator, ask: Ask) -> Any:
    one, two = entry(bucket(ask), "a"), entry(bucket(ask, "two"), "b")
    _, _, made = repository(ask, one, two)
    assert repository(ask, two, one, to=made)[1] is None
    assert repository(ask, one, {**two, "folder": "a"}, to=made)[1] == (
        "NORMAL_UNIT_FOLDER_ALREADY_USED"
    )
    removed = repository(ask, one, to=made)[1]
    return [removed, repository(ask, {**one, "folder": "c"}, two, to=made)[1]]


@seen({"one": "MIRROR_MASTER_UNIT_COUNT_INVALID", "some": None})
def mirror_masters(emulator: Emulator, ask: Ask) -> Any:
    one, two = bucket(ask), bucket(ask, "two")
    assert repository(ask, entry(one), mode="MIRROR")[1] == "MIRROR_MASTER_UNIT_MISSING"
    assert repository(ask, entry(one, master=True), mode="MIRROR", name="first")[1] is None
    elsewhere = repository(ask, entry(one, master=True), mode="MIRROR", name="second")
    assert elsewhere[1] == "MIRROR_UNIT_ALREADY_IN_OTHER_REPO"
    assert repository(ask, entry("unknown"))[1] == "NOT_FOUND"
    masters = [entry(bucket(ask, "three"), master=True), entry(two, master=True)]
    return repository(ask, *masters, mode="MIRROR", name="third")[1]


@seen({"shown": [], "absent": None})
def empty_repository_lists(emulator: Emulator, ask: Ask) -> Any:
    _, _, made = repository(ask)
    repository(ask, name="another")
    (row,) = ask("GET", f"/repo?repoId={made}").json()["repos"]
    assert {"id", "name", "storageType", "mode", "buckets", "createdAt"} <= set(row)
    return row.get("aiLlms")


@seen({status: [status] * 3 for status in (404, 403, 400)})
def unknown_repository_status(emulator: Emulator, ask: Ask) -> Any:
    _, _, made = repository(ask)
    ask("DELETE", f"/repo/{made}")
    requests = (("GET", "/apikey"), ("POST", "/cloud-apikey"), ("DELETE", ""))
    return [ask(method, f"/repo/{made}{path}", {}).status_code for method, path in requests]


def repository_key(ask: Ask, repository_id: str) -> Any:
    return ask("POST", f"/repo/{repository_id}/apikey", {"name": "web", "accessType": "READ"})


@seen({"accepted": 200, "refused": 400})
def duplicate_repository_key_name(emulator: Emulator, ask: Ask) -> Any:
    _, _, made = repository(ask)
    first = repository_key(ask, made).json()
    path = f"/repo/{made}/apikey/{first['id']}"
    assert ask("PUT", path, {"name": "web", "accessType": "WRITE"}).status_code == 200
    for wrong in ({"name": "web"}, {"name": "web", "accessType": "OWNER"}):
        assert ask("PUT", path, wrong).status_code == 400
    return repository_key(ask, made).status_code


@seen({"whole": "whole", "masked": "masked", "absent": None})
def listed_repository_key(emulator: Emulator, ask: Ask) -> Any:
    _, _, made = repository(ask)
    first = repository_key(ask, made).json()
    (row,) = ask("GET", f"/repo/{made}/apikey").json()["keys"]
    assert "secret" not in row
    assert first["secret"]
    shown = row.get("key")
    return "whole" if shown == first["key"] else shown and "masked" * ("****" in shown)


@seen({"accepted": 200, "refused": 400})
def duplicate_cloud_key(emulator: Emulator, ask: Ask) -> Any:
    _, _, made = repository(ask)
    body = {"apiKeyId": emulator.add_api_key()}
    path = f"/repo/{made}/cloud-apikey"
    assert ask("POST", path, {"apiKeyId": "unknown"}).status_code == 404
    ask("POST", path, body)
    (row,) = ask("GET", path).json()["items"]
    assert (row["apiKeyId"], row["provider"]) == (body["apiKeyId"], "AWS")
    return ask("POST", path, body).status_code
