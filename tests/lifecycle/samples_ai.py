"""The samples of what concerns AI: models, policies, the keys that applications use them with."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi_flashback.emulator.families.policies import Policy
from pulumi_flashback.emulator.families.repository_ai_keys import RepositoryAiKey
from pulumi_flashback.emulator.families.storage import (
    AiLlm,
    Repository,
    remove_repository,
    set_contents,
)
from pulumi_flashback.resources.policy import ACTIONS
from tests.lifecycle.sample import InRepository, Properties, RowSample


class AiLlmSample(RowSample):
    kind = AiLlm
    hidden = ("key", "secret")
    needed = ("secret",)
    unused = ("apiKeyId",)
    requests: ClassVar = {
        "create": "POST /ai/llm",
        "read": "GET /ai/llm",
        "update": "PUT /ai/llm/{id}",
        "delete": "DELETE /ai/llm/{id}",
    }
    get = ("workspaceId",)
    import_id = "{workspaceId}/{id}"
    identity = ("name", "aiType")
    in_use = r"it is in use by repositories site-\d+-0, site-\d+-1"
    choices = (("listed_llm_key=masked", "duplicate_llm_name=409", "unknown_caller_of_ai=404"),)

    def inputs(self) -> Properties:
        return {
            "workspaceId": self.workspace,
            "name": f"assistant-{self.number}",
            "aiType": "OPENAI",
            "endpoint": "https://api.openai.com/v1/",
            "key": "CANARYKEY7QX2",
            "secret": "canary-secret-wJalrXUtnFEMI",
        }

    def changes(self) -> Properties:
        return {
            "workspaceId": self._new_workspace(),
            "name": f"helper-{self.number}",
            "aiType": "ANTHROPIC",
            "endpoint": "http://localhost:11434",
            "key": "OTHERCANARY3LM9",
            "secret": "canary-rotated-K7MDENG",
        }

    def outputs(self, identifier: str) -> Properties:
        return {"aiLlmId": identifier, "orgId": "demo-organization"}

    def use(self, identifier: str, number: int) -> None:
        store = self.emulator.store
        for each in store.find(Repository, workspace_id=self.workspace):
            remove_repository(store, each.id)
        for n in range(number):
            about = {"name": f"site-{self.number}-{n}", "storage_type": "S3", "mode": "NORMAL"}
            row = store.add(Repository(workspace_id=self.workspace, **about))
            set_contents(store, row.id, {"repoAiLlms": [{"aiLlmId": identifier}]})


class PolicySample(RowSample):
    kind = Policy
    replaces = ("orgId", "workspaceId", "repositoryId")
    unused = ("repositoryId",)
    elsewhere = ("orgId",)
    requests: ClassVar = {
        "look": "GET /policy",
        "create": "POST /policy",
        "read": "GET /policy/{id}",
        "update": "PUT /policy/{id}",
        "delete": "DELETE /policy/{id}",
    }
    identity = ("name", "content", "riskType", "actionType")
    choices = (
        ("listed_policies=exact", "duplicate_policy_name=refused"),
        ("hidden_policy_status=403", "unknown_caller_of_ai=404"),
    )

    def inputs(self) -> Properties:
        return {
            "name": f"No contracts {self.number}",
            "content": "Do not answer with texts of contracts.\nThis includes drafts.",
            "riskType": "HIGH",
            "actionType": "BLOCK",
            "orgId": "demo-organization",
            "workspaceId": self.workspace,
        }

    def changes(self) -> Properties:
        return {
            "name": f"No advice {self.number}",
            "content": "Do not give advice.",
            "riskType": "LOW",
            "actionType": "LOG",
            "orgId": "another-organization",
            "workspaceId": self._new_workspace(),
        }

    def outputs(self, identifier: str) -> Properties:
        return {"policyId": identifier}

    def live(self) -> dict[str, Properties]:
        rows = super().live().items()
        return {
            identifier: {**row, "actionType": ACTIONS.text(row["actionType"])}
            for identifier, row in rows
            if row["deletedAt"] is None
        }

    def add(self, inputs: Properties) -> str:
        number = {"actionType": ACTIONS.number(inputs["actionType"])}
        return super().add({**inputs, **number})

    def change(self, identifier: str, name: str, value: Any) -> None:
        wanted = ACTIONS.number(value) if name == "actionType" else value
        super().change(identifier, name, wanted)


class RepositoryAiKeySample(InRepository):
    replaces = ("repositoryId", "aiType", "rotationTriggers")
    hidden = ("secret", "rotationTriggers")
    generated = True
    requests: ClassVar = {
        "create": "POST /repo/{id}/ai/apikey",
        "read": "GET /repo/{id}/ai/apikey",
        "update": "PUT /repo/{id}/ai/apikey/{keyId}",
        "delete": "DELETE /repo/{id}/ai/apikey/{keyId}",
    }
    choices = (
        ("listed_ai_key=masked", "duplicate_ai_key_name=refused"),
        ("listed_ai_key=null", "unknown_repository_status=403"),
    )

    def inputs(self) -> Properties:
        return {
            "repositoryId": self.repository,
            "name": f"web-{self.number}",
            "aiType": "OPENAI",
            "rotationTriggers": {"at": "1"},
        }

    def changes(self) -> Properties:
        return {
            "repositoryId": self._new_repository(),
            "name": f"batch-{self.number}",
            "aiType": "ANTHROPIC",
            "rotationTriggers": {"at": "2"},
        }

    def outputs(self, identifier: str) -> Properties:
        row = self.emulator.store.one(RepositoryAiKey, id=identifier)
        generated = {"key": row.key, "secret": row.secret} if row else {"key": "k", "secret": "s"}
        return {**super().outputs(identifier), "repositoryAiKeyId": identifier, **generated}

    def live(self) -> dict[str, Properties]:
        rows = self.emulator.store.find(RepositoryAiKey, repository_id=self.repository)
        return {
            each.id: {**each.values(), "repositoryId": self.repository}
            for each in rows
            if each.deleted_at is None
        }

    def add(self, inputs: Properties) -> str:
        about = {"repository_id": inputs["repositoryId"], "ai_type": inputs["aiType"]}
        return self.emulator.store.add(RepositoryAiKey(name=inputs["name"], **about)).id

    def change(self, identifier: str, name: str, value: Any) -> None:
        changes = RepositoryAiKey.attributes({name: value})
        self.emulator.store.change(RepositoryAiKey, changes, id=identifier)

    def remove(self, identifier: str) -> None:
        self.emulator.store.remove(RepositoryAiKey, id=identifier)
