"""``/repo/{id}/apikey`` and ``/repo/{id}/cloud-apikey``: the keys of a repository."""

import secrets
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.api_keys import ApiKey
from pulumi_flashback.emulator.families.repositories import repository
from pulumi_flashback.emulator.families.storage import admit
from pulumi_flashback.emulator.objects import required, values
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now

FAMILY = Family(admit, lags=True)


@dataclass(frozen=True, kw_only=True)
class RepositoryApiKey(Row):
    """An access key of a repository."""

    table = "repository_api_keys"
    id: str = kept(new_id)
    repository_id: str = kept(shown=False)
    name: str = given("Name", required=True)
    access_type: str = given("Access type", required=True)
    key: str = kept(lambda: f"FB{secrets.token_hex(9).upper()}", sealed=True)
    secret: str = kept(lambda: f"fb-{secrets.token_urlsafe(30)}", sealed=True, shown=False)
    created_at: str = kept(now)


@dataclass(frozen=True, kw_only=True)
class RepositoryCloudKey(Row):
    """A provider key that a repository may use."""

    table = "repository_cloud_keys"
    id: str = kept(new_id)
    repository_id: str = kept(name="repoId")
    api_key_id: str
    created_at: str = kept(now)


@FAMILY.endpoint("POST /repo/{id}/apikey")
def _create_key(call: Call) -> Reply:
    parent = repository(call, writes=True)
    wanted = _acceptable(call, parent.id, values(RepositoryApiKey, call.body, **_STRICT))
    row = call.store.add(RepositoryApiKey(repository_id=parent.id, **wanted))
    return {"id": row.id, "key": row.key, "secret": row.secret}


@FAMILY.endpoint("GET /repo/{id}/apikey")
def _list_keys(call: Call) -> Reply:
    rows = call.store.find(RepositoryApiKey, repository_id=repository(call).id)
    return {"keys": [_shown(call, each) for each in rows]}


@FAMILY.endpoint("PUT /repo/{id}/apikey/{keyId}")
def _update_key(call: Call) -> Reply:
    row = _of_path(call, RepositoryApiKey)
    wanted = values(RepositoryApiKey, call.body, **_STRICT)  # it needs both
    wanted = _acceptable(call, call.path["id"], wanted, row.id)
    call.store.change(RepositoryApiKey, wanted, id=row.id)
    return {"message": "API key updated successfully"}


@FAMILY.endpoint("DELETE /repo/{id}/apikey/{keyId}")
def _delete_key(call: Call) -> Reply:
    call.store.remove(RepositoryApiKey, id=_of_path(call, RepositoryApiKey).id)
    return {"message": "API key deleted successfully"}


@FAMILY.endpoint("POST /repo/{id}/cloud-apikey")
def _create_link(call: Call) -> Reply:
    parent = repository(call, writes=True)
    key_id = required(call.body, "apiKeyId", "API key ID")
    key = call.store.one(ApiKey, id=key_id)
    if key is None or key.workspace_id != parent.workspace_id:
        raise Refusal(404, "API key not found")
    known = call.store.find(RepositoryCloudKey, repository_id=parent.id, api_key_id=key_id)
    if known and call.settings.duplicate_cloud_key == "refused":
        raise Refusal(400, "API key already exists in this repository")
    return {"id": call.store.add(RepositoryCloudKey(repository_id=parent.id, api_key_id=key_id)).id}


@FAMILY.endpoint("GET /repo/{id}/cloud-apikey")
def _list_links(call: Call) -> Reply:
    rows = call.store.find(RepositoryCloudKey, repository_id=repository(call).id)
    keys = {each.api_key_id: call.store.one(ApiKey, id=each.api_key_id) for each in rows}
    return {
        "items": [
            {**each.shown(), "provider": key.provider, "keyPrefix": key.key[:4]}
            for each in rows
            if (key := keys[each.api_key_id])
        ]
    }


@FAMILY.endpoint("DELETE /repo/{id}/cloud-apikey/{linkId}")
def _delete_link(call: Call) -> Reply:
    call.store.remove(RepositoryCloudKey, id=_of_path(call, RepositoryCloudKey).id)
    return {"message": "API key removed from repository"}


_STRICT: Any = {"null": "refused", "empty": "refused"}


def _acceptable(
    call: Call, repository_id: str, wanted: dict[str, Any], own: str = ""
) -> dict[str, Any]:
    if wanted["access_type"] not in ("READ", "WRITE", "ADMIN"):
        raise Refusal(400, "Invalid access type")
    named = call.store.find(RepositoryApiKey, repository_id=repository_id, name=wanted["name"])
    unique = call.settings.duplicate_repository_key_name == "refused"
    if unique and any(each.id != own for each in named):
        raise Refusal(400, "API key with this name already exists")
    return wanted


def _shown(call: Call, row: RepositoryApiKey) -> dict[str, Any]:
    shown = row.shown()
    how = call.settings.listed_repository_key
    key = {"whole": {"key": row.key}, "masked": {"key": f"{row.key[:4]}****{row.key[-4:]}"}}
    return {**{n: v for n, v in shown.items() if n != "key"}, **key.get(how, {})}


def _of_path(call: Call, kind: type[Any]) -> Any:
    parent = repository(call, writes=True)
    identifier = call.path.get("keyId") or call.path.get("linkId")
    row = call.store.one(kind, id=identifier, repository_id=parent.id)
    if row is None:
        raise Refusal(404, "API key not found")
    return row
