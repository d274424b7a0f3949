"""The rows of keys, buckets, AI models and repositories, which refer to each other."""

from dataclasses import dataclass
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Refusal
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now
from pulumi_flashback.emulator.store import Store


@dataclass(frozen=True, kw_only=True)
class ApiKey(Row):
    """One provider API key."""

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

    def shown(self) -> dict[str, Any]:
        """Return the form of responses; fields without a value are absent, as in the client."""
        values = {**super().shown(), "apiKeyId": self.api_key_id}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class AiLlm(Row):
    """One AI model."""

    table = "ai_llms"
    id: str = kept(new_id)
    workspace_id: str = given("Workspace ID", required=True, changeable=False)
    name: str = given("Name", required=True)
    ai_type: str = given("AI type", required=True)
    endpoint: str | None = given()
    api_key_id: str | None = given(name="apiKeyUuid", shown=False)
    key: str | None = given(sealed=True, shown=False)
    secret: str | None = given(sealed=True, shown=False)
    user_id: str = kept("")
    created_at: str = kept(now)


@dataclass(frozen=True, kw_only=True)
class Repository(Row):
    """One repository; its contents are in the rows below."""

    table = "repositories"
    id: str = kept(new_id)
    workspace_id: str = given("Workspace ID", required=True, changeable=False)
    name: str = given("Name", required=True)
    storage_type: str = given("Storage type", required=True, changeable=False)
    mode: str = given("Mode", required=True, changeable=False)
    created_at: str = kept(now)


@dataclass(frozen=True, kw_only=True)
class RepositoryBucket(Row):
    """A bucket of a repository."""

    table = "repository_buckets"
    repository_id: str
    bucket_id: str
    folder: str = ""
    master: bool = False

    @property
    def entry(self) -> dict[str, Any]:
        """Return the form of requests and responses; SQLite stores booleans as numbers."""
        return {"bucketId": self.bucket_id, "folder": self.folder, "master": bool(self.master)}


@dataclass(frozen=True, kw_only=True)
class RepositoryLlm(Row):
    """An AI model of a repository."""

    table = "repository_llms"
    repository_id: str
    ai_llm_id: str


def set_contents(store: Store, repository_id: str, body: dict[str, Any]) -> None:
    """Set the buckets and AI models of a repository from a request body."""
    if body.get("repoBuckets") is not None:
        store.remove(RepositoryBucket, repository_id=repository_id)
        for each in body["repoBuckets"]:
            values = RepositoryBucket.attributes(each)
            store.add(RepositoryBucket(repository_id=repository_id, **values))
    if body.get("repoAiLlms") is not None:
        store.remove(RepositoryLlm, repository_id=repository_id)
        for each in body["repoAiLlms"]:
            store.add(RepositoryLlm(repository_id=repository_id, ai_llm_id=each["aiLlmId"]))


def remove_repository(store: Store, repository_id: str) -> None:
    """Remove a repository, but not its buckets."""
    set_contents(store, repository_id, {"repoBuckets": [], "repoAiLlms": []})
    store.remove(Repository, id=repository_id)


def repositories_of(store: Store, bucket_id: str) -> list[Repository]:
    """Return the repositories that use a bucket."""
    ids = dict.fromkeys(
        each.repository_id for each in store.find(RepositoryBucket, bucket_id=bucket_id)
    )
    return [row for each in ids for row in store.find(Repository, id=each)]


def with_credentials(call: Call, wanted: dict[str, Any], *own: str) -> dict[str, Any]:
    """Return the values to store: a new key or new credentials replace the previous ones."""
    key_id = wanted.get("api_key_id")
    has_own = any(wanted.get(name) for name in own)
    if key_id and (has_own or call.store.one(ApiKey, id=key_id) is None):
        raise Refusal(400, "Invalid API key")
    if key_id:
        return {**wanted, "key": None, "secret": None}
    return {**wanted, "api_key_id": None} if has_own else wanted
