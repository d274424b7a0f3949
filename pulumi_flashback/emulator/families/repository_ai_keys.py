"""``/repo/{id}/ai/apikey``: keys for the AI models of a repository."""

import secrets
from dataclasses import dataclass
from typing import Any, ClassVar

from pulumi_flashback.emulator.endpoints import Call, Family
from pulumi_flashback.emulator.families.ai_llms import admit
from pulumi_flashback.emulator.families.repository_keys import GeneratedKeys
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


class RepositoryAiKeys(GeneratedKeys):
    """The AI keys of a repository."""

    kind, path, noun, listed = RepositoryAiKey, "/repo/{id}/ai/apikey", "AI API key", "apiKeys"
    status = 201
    in_create: ClassVar = {"null": "refused", "empty": "refused"}
    in_update: ClassVar = {"null": "ignored", "empty": "refused"}
    unique, duplicates = ("repository_id", "name"), "duplicate_ai_key_name"

    def found(self, call: Call) -> list[RepositoryAiKey]:
        return super().found(call)[::-1]  # newest first

    def shown(self, call: Call, row: RepositoryAiKey) -> dict[str, Any]:
        shown = {"whole": row.key, "masked": f"{row.key[:8]}****"}
        return {**row.shown(), "key": shown.get(call.settings.listed_ai_key)}


RepositoryAiKeys(FAMILY)
