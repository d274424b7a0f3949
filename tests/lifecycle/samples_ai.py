"""The samples of what concerns AI: models, policies, the keys that applications use them with."""

from __future__ import annotations

from typing import ClassVar

from pulumi_flashback.emulator.families.ai_llms import AiLlm
from tests.lifecycle.sample import Properties, RowSample


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
    in_use = "it is in use by repository repository-1, repository-2"
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
        self.emulator.store.change(AiLlm, {"repositories": number}, id=identifier)
