"""``/repo/{id}/apikey`` and ``/repo/{id}/cloud-apikey``: the keys of a repository."""

import secrets
from dataclasses import dataclass
from typing import Any, ClassVar

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, admit_known
from pulumi_flashback.emulator.families.repositories import REPOSITORIES, InRepository
from pulumi_flashback.emulator.families.storage import ApiKey
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now

FAMILY = Family(admit_known, lags=True)


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
    api_key_id: str = given("API key ID", required=True, changeable=False)
    created_at: str = kept(now)


class GeneratedKeys(InRepository):
    """Keys whose secret is only in the response to the create."""

    def reply(self, call: Call, row: Any, done: str) -> dict[str, Any]:
        if done == "created":
            return {"id": row.id, "key": row.key, "secret": row.secret}
        return {"message": f"{self.noun} {done} successfully"}


class RepositoryApiKeys(GeneratedKeys):
    """The access keys of a repository."""

    kind, path, noun, listed = RepositoryApiKey, "/repo/{id}/apikey", "API key", "keys"
    in_create: ClassVar = {"null": "refused", "empty": "refused"}
    unique, duplicates = ("repository_id", "name"), "duplicate_repository_key_name"

    def values(self, call: Call, *, update: bool = False) -> dict[str, Any]:
        return super().values(call)  # an update also requires both

    def acceptable(self, call: Call, wanted: dict[str, Any], old: Any) -> dict[str, Any]:
        if wanted["access_type"] not in ("READ", "WRITE", "ADMIN"):
            raise Refusal(400, "Invalid access type")
        return wanted

    def shown(self, call: Call, row: RepositoryApiKey) -> dict[str, Any]:
        shown = {name: value for name, value in row.shown().items() if name != "key"}
        how = call.settings.listed_repository_key
        key = {"whole": {"key": row.key}, "masked": {"key": f"{row.key[:4]}****{row.key[-4:]}"}}
        return {**shown, **key.get(how, {})}


class RepositoryCloudKeys(InRepository):
    """The provider keys that a repository may use."""

    kind, path, noun, listed = RepositoryCloudKey, "/repo/{id}/cloud-apikey", "API key", "items"
    one, id_name = "/{linkId}", "id"
    unique, duplicates = ("repository_id", "api_key_id"), "duplicate_cloud_key"
    taken = "API key already exists in this repository"

    def acceptable(self, call: Call, wanted: dict[str, Any], old: Any) -> dict[str, Any]:
        within = REPOSITORIES.target(call).workspace_id
        if call.store.one(ApiKey, id=wanted["api_key_id"], workspace_id=within) is None:
            raise self.unknown(call)
        return wanted

    def found(self, call: Call) -> list[RepositoryCloudKey]:
        rows = super().found(call)
        return [each for each in rows if call.store.one(ApiKey, id=each.api_key_id)]

    def shown(self, call: Call, row: RepositoryCloudKey) -> dict[str, Any]:
        (key,) = call.store.find(ApiKey, id=row.api_key_id)
        return {**row.shown(), "provider": key.provider, "keyPrefix": key.key[:4]}

    def reply(self, call: Call, row: RepositoryCloudKey, done: str) -> dict[str, Any]:
        deleted = {"message": "API key removed from repository"}
        return deleted if done == "deleted" else super().reply(call, row, done)


RepositoryApiKeys(FAMILY)
RepositoryCloudKeys(FAMILY)
