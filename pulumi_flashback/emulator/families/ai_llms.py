"""``/ai/llm`` (Flashback API reference, AI APIs)."""

from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.storage import (
    AiLlm,
    Repository,
    RepositoryLlm,
    with_credentials,
)
from pulumi_flashback.emulator.objects import Objects


def admit(call: Call) -> None:
    """Refuse an unknown caller."""
    if call.caller is None and call.settings.unknown_caller_of_ai == 404:
        raise Refusal(404, "User not found")
    call.user  # noqa: B018 - refuses an unknown caller


FAMILY = Family(admit, lags=True)


class AiLlms(Objects):
    """The AI models of workspaces."""

    kind, path, noun, listed = AiLlm, "/ai/llm", "AI LLM configuration", "aiLlms"
    id_name, has_messages = "aiLlmId", True
    unique, duplicates = ("workspace_id", "name"), "duplicate_llm_name"

    def values(self, call: Call, *, update: bool = False) -> dict[str, Any]:
        wanted = super().values(call, update=update)
        needed = call.settings.llm_endpoint == "required" and not update
        if needed and not wanted.get("endpoint"):
            raise Refusal(400, "Endpoint is required")
        return wanted

    def acceptable(self, call: Call, wanted: dict[str, Any], old: Any) -> dict[str, Any]:
        wanted = with_credentials(call, wanted, "secret", "key")
        if not old and not wanted.get("api_key_id") and not wanted.get("secret"):
            raise Refusal(400, "Secret is required")
        if wanted.get("endpoint") and "://" not in wanted["endpoint"]:
            raise Refusal(400, "Endpoint must be a valid URL")
        return wanted if old else {**wanted, "user_id": call.user.id}

    def shown(self, call: Call, row: AiLlm) -> dict[str, Any]:
        masked = call.settings.listed_llm_key == "masked"
        names = ("id", "name", "createdAt")
        repositories = (each.values() for each in self.users(call, row))
        return {
            **row.shown(),
            "orgId": call.user.org_id,
            "key": "****" if masked and row.key else None,
            "endpoint": row.endpoint or "",  # the client's types allow neither null nor absence
            **({"apiKeyId": row.api_key_id} if row.api_key_id else {}),
            "repos": [{name: each[name] for name in names} for each in repositories],
        }

    def users(self, call: Call, row: AiLlm) -> list[Repository]:
        users = {each.repository_id for each in call.store.find(RepositoryLlm, ai_llm_id=row.id)}
        found = call.store.find(Repository, workspace_id=row.workspace_id)
        return [each for each in found if each.id in users]


AI_LLMS = AiLlms(FAMILY)


@FAMILY.endpoint("GET /ai/llm/available")
def _list_available(call: Call) -> Reply:
    """List all models, newest first; in the emulator, all are valid and active."""
    return {"aiLlms": [AI_LLMS.shown(call, each) for each in reversed(AI_LLMS.found(call))]}


@FAMILY.endpoint("POST /ai/llm/{id}/validate", has_body=False)
def _validate(call: Call) -> Reply:
    """Report success, without a request to the AI provider."""
    AI_LLMS.target(call)
    text = "AI LLM configuration validated successfully. Connection established and credentials"
    return {"message": f"{text} verified."}
