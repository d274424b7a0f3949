"""``/ai/llm`` (Flashback API reference, AI APIs)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.api_keys import ApiKey
from pulumi_flashback.emulator.families.storage import Repository, RepositoryLlm
from pulumi_flashback.emulator.objects import require_writer, values, visible, writable
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now


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


def admit(call: Call) -> None:
    """Refuse an unknown caller."""
    if call.caller is None and call.settings.unknown_caller_of_ai == 404:
        raise Refusal(404, "User not found")
    call.user  # noqa: B018 - refuses an unknown caller


FAMILY = Family(admit, lags=True)


@FAMILY.endpoint("POST /ai/llm")
def _create(call: Call) -> Reply:
    wanted = values(AiLlm, call.body, null="ignored", empty="ignored")
    if call.settings.llm_endpoint == "required" and not wanted.get("endpoint"):
        raise Refusal(400, "Endpoint is required")
    require_writer(call.role(wanted["workspace_id"]))
    wanted = _acceptable(call, wanted, {})
    row = call.store.add(AiLlm(**wanted, user_id=call.user.id))
    _count(call, row.api_key_id)
    return {"aiLlmId": row.id, "message": "AI LLM configuration created successfully"}


@FAMILY.endpoint("GET /ai/llm")
def _list_models(call: Call) -> Reply:
    return {"aiLlms": _shown(call)}


@FAMILY.endpoint("GET /ai/llm/available")
def _list_available(call: Call) -> Reply:
    """List all models, newest first: here each is valid and active."""
    return {"aiLlms": _shown(call)[::-1]}


@FAMILY.endpoint("POST /ai/llm/{id}/validate", has_body=False)
def _validate(call: Call) -> Reply:
    """Report success: no AI provider is asked."""
    _writable(call)
    text = "AI LLM configuration validated successfully. Connection established and credentials"
    return {"message": f"{text} verified."}


@FAMILY.endpoint("PUT /ai/llm/{id}")
def _update(call: Call) -> Reply:
    row = _writable(call)
    changes = values(AiLlm, call.body, null="clears", empty="clears", update=True)
    changes = _acceptable(call, changes, vars(row))
    call.store.change(AiLlm, changes, id=row.id)
    _count(call, row.api_key_id, changes.get("api_key_id"))
    return {"aiLlmId": row.id, "message": "AI LLM configuration updated successfully"}


@FAMILY.endpoint("DELETE /ai/llm/{id}")
def _delete(call: Call) -> Reply:
    row = _writable(call)
    if _repositories(call, row):
        raise Refusal(403, "AI LLM configuration is in use by a repository")
    call.store.remove(AiLlm, id=row.id)
    _count(call, row.api_key_id)
    return {"message": "AI LLM configuration deleted successfully"}


def _shown(call: Call) -> list[dict[str, Any]]:
    """Return the models of the workspace in the query, or of all."""
    rows = visible(call, AiLlm, foreign=call.settings.foreign_workspace_list, deleted="hidden")
    masked = call.settings.listed_llm_key == "masked"
    return [
        {
            **each.shown(),
            "orgId": call.user.org_id,
            "key": "****" if masked and each.key else None,
            "endpoint": each.endpoint or "",  # the client's types allow neither null nor absence
            **({"apiKeyId": each.api_key_id} if each.api_key_id else {}),
            "repos": _repositories(call, each),
        }
        for each in rows
    ]


def _repositories(call: Call, row: AiLlm) -> list[dict[str, str]]:
    """Return the repositories that use a model."""
    users = {each.repository_id for each in call.store.find(RepositoryLlm, ai_llm_id=row.id)}
    found = call.store.find(Repository, workspace_id=row.workspace_id)
    names = ("id", "name", "createdAt")
    rows = (each.values() for each in found if each.id in users)
    return [{name: row[name] for name in names} for row in rows]


def _acceptable(call: Call, wanted: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored: other credentials replace the earlier ones."""
    key_id, own = wanted.get("api_key_id"), wanted.get("secret") or wanted.get("key")
    if key_id and (own or call.store.one(ApiKey, id=key_id) is None):
        raise Refusal(400, "Invalid API key")
    if not key_id and not wanted.get("secret") and not old:
        raise Refusal(400, "Secret is required")
    if wanted.get("endpoint") and "://" not in wanted["endpoint"]:
        raise Refusal(400, "Endpoint must be a valid URL")
    if "name" in wanted:
        within = wanted.get("workspace_id") or old["workspace_id"]
        named = call.store.find(AiLlm, name=wanted["name"], workspace_id=within)
        if any(each.id != old.get("id") for each in named):
            text = "AI LLM configuration with this name already exists"
            raise Refusal(call.settings.duplicate_llm_name, text)
    cleared = {"key": None, "secret": None} if key_id else {"api_key_id": None}
    return {**wanted, **(cleared if key_id or own else {})}


def _count(call: Call, *key_ids: str | None) -> None:
    for key_id in filter(None, key_ids):
        count = len(call.store.find(AiLlm, api_key_id=key_id))
        call.store.change(ApiKey, {"aillm_count": count}, id=key_id)


def _writable(call: Call) -> AiLlm:
    return writable(call, AiLlm, Refusal(404, "AI LLM configuration not found"))
