"""``/repo/{id}/ai/apikey``: what applications use the AI models of a repository with."""

import secrets
from dataclasses import dataclass
from typing import Any

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.families.ai_llms import admit
from pulumi_flashback.emulator.families.repositories import repository
from pulumi_flashback.emulator.objects import values
from pulumi_flashback.emulator.rows import Row, given, kept, new_id, now

FAMILY = Family(admit, lags=True)


@dataclass(frozen=True, kw_only=True)
class RepositoryAiKey(Row):
    """An AI key of a repository."""

    table = "repository_ai_keys"
    id: str = kept(new_id)
    repository_id: str = kept(name="repoId")
    name: str = given("Name", required=True)
    ai_type: str = given("AI type", required=True, changeable=False)
    key: str = kept(lambda: f"FB_AI_{secrets.token_hex(9).upper()}", sealed=True)
    secret: str = kept(lambda: f"fb-{secrets.token_urlsafe(30)}", sealed=True, shown=False)
    created_at: str = kept(now)
    deleted_at: str | None = kept(None)


@FAMILY.endpoint("POST /repo/{id}/ai/apikey")
def _create(call: Call) -> Reply:
    parent = repository(call, writes=True)
    wanted = values(RepositoryAiKey, call.body, null="refused", empty="refused")
    _refuse_taken(call, parent.id, wanted)
    row = call.store.add(RepositoryAiKey(repository_id=parent.id, **wanted))
    return 201, {"id": row.id, "key": row.key, "secret": row.secret}


@FAMILY.endpoint("GET /repo/{id}/ai/apikey")
def _list_keys(call: Call) -> Reply:
    """List the keys, newest first."""
    how = call.settings.listed_ai_key
    shown = [
        {**each.shown(), "key": {"whole": each.key, "masked": f"{each.key[:8]}****"}.get(how)}
        for each in reversed(_live(call, repository(call).id))
    ]
    return {"apiKeys": shown}


@FAMILY.endpoint("PUT /repo/{id}/ai/apikey/{keyId}")
def _update(call: Call) -> Reply:
    row = _of_path(call)
    changes = values(RepositoryAiKey, call.body, null="ignored", empty="refused", update=True)
    _refuse_taken(call, row.repository_id, {**vars(row), **changes})
    call.store.change(RepositoryAiKey, changes, id=row.id)
    return {"message": "AI API key updated successfully"}


@FAMILY.endpoint("DELETE /repo/{id}/ai/apikey/{keyId}")
def _delete(call: Call) -> Reply:
    call.store.change(RepositoryAiKey, {"deleted_at": now()}, id=_of_path(call).id)
    return {"message": "AI API key deleted successfully"}


def _live(call: Call, repository_id: str) -> list[RepositoryAiKey]:
    found = call.store.find(RepositoryAiKey, repository_id=repository_id)
    return [each for each in found if not each.deleted_at]


def _of_path(call: Call) -> RepositoryAiKey:
    for each in _live(call, repository(call, writes=True).id):
        if each.id == call.path["keyId"]:
            return each
    raise Refusal(404, "AI API key not found")


def _refuse_taken(call: Call, repository_id: str, wanted: dict[str, Any]) -> None:
    taken = [each for each in _live(call, repository_id) if each.name == wanted.get("name")]
    unique = call.settings.duplicate_ai_key_name == "refused"
    if unique and any(each.id != wanted.get("id") for each in taken):
        raise Refusal(400, "AI API key with this name already exists")
