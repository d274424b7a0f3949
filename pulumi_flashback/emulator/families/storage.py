"""What is stored of buckets and repositories, and how they refer to each other."""

from dataclasses import dataclass
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Refusal
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now
from pulumi_flashback.emulator.store import Store


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
        """Return what responses have; what has no value is absent, as the client's types say."""
        values = {**super().shown(), "apiKeyId": self.api_key_id}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Repository(Row):
    """One repository; what it consists of is in the rows below."""

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
        """It as requests and responses have it; SQLite has numbers."""
        return {"bucketId": self.bucket_id, "folder": self.folder, "master": bool(self.master)}


@dataclass(frozen=True, kw_only=True)
class RepositoryLlm(Row):
    """An AI model configuration of a repository."""

    table = "repository_llms"
    repository_id: str
    ai_llm_id: str


def set_contents(store: Store, repository_id: str, body: dict[str, Any]) -> None:
    """Let a repository consist of what a body names, by the API's field names."""
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
    """Remove a repository, whose buckets stay."""
    set_contents(store, repository_id, {"repoBuckets": [], "repoAiLlms": []})
    store.remove(Repository, id=repository_id)


def repositories_of(store: Store, bucket_id: str) -> list[Repository]:
    """Return the repositories that use a bucket."""
    ids = dict.fromkeys(
        each.repository_id for each in store.find(RepositoryBucket, bucket_id=bucket_id)
    )
    return [row for each in ids for row in store.find(Repository, id=each)]


def counted(call: Call, kind: str, attribute: str) -> list[dict[str, Any]]:
    """Return rows for what a test has only counted in a workspace."""
    wanted = call.filters.get("workspaceId")
    return [
        {
            "id": f"{workspace.id}-{kind}-{n}",
            "name": f"{kind}-{n}",
            "workspaceId": workspace.id,
            "storageType": "S3",
            "createdAt": "2026-01-01T00:00:00.000Z",
        }
        for workspace in call.backend.workspaces(call.user)
        if wanted in (None, workspace.id)
        for n in range(1, getattr(workspace, attribute) + 1)
    ]


def admit(call: Call) -> None:
    """Refuse an unknown caller, in the words of these families."""
    if call.caller is None:
        raise Refusal(404, "User not found")
