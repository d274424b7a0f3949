"""The kinds of objects that the command creates, with the operations on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """A kind of objects."""

    path: str  # the path of the list and of a create
    rows: str  # the field of the list
    created: tuple[str, ...]  # where the response to a create has the id
    within: str  # the lists that show it: of a repository, of a workspace, or of everything
    one: str = "/{id}"  # what follows the path for one object

    @property
    def delete(self) -> str:
        """The operation that deletes one."""
        return f"DELETE {self.path}{self.one}"

    @property
    def list(self) -> str:
        """The operation that lists them."""
        return f"GET {self.path}"


KINDS: Final = {
    "repository key": Kind("/repo/{id}/apikey", "keys", ("id",), "repository", "/{keyId}"),
    "AI key": Kind("/repo/{id}/ai/apikey", "apiKeys", ("id",), "repository", "/{keyId}"),
    "linked key": Kind("/repo/{id}/cloud-apikey", "items", ("id",), "repository", "/{linkId}"),
    "policy": Kind("/policy", "policies", ("policy", "id"), "workspace"),
    "repository": Kind("/repo", "repos", ("repoId",), "workspace"),
    "AI model": Kind("/ai/llm", "aiLlms", ("aiLlmId",), "workspace"),
    "bucket": Kind("/bucket", "buckets", ("bucketId",), "workspace"),
    "API key": Kind("/apikeys", "apiKeys", ("apiKeyId",), "workspace"),
    "workspace": Kind("/workspace", "workspaces", ("workspace", "id"), "organization"),
    "user": Kind("/organization/users", "data", ("data", "id"), "organization"),
}
"""By name, in the order of deletion, because some block the deletion of others."""
