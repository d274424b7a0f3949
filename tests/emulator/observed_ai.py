"""Observations of the settings of AI models, policies, AI keys, and users who are active again."""

from __future__ import annotations

from typing import Any

from pulumi_flashback.emulator import Emulator
from tests.emulator.asking import NEW_USER, USERS, Ask, asking, said
from tests.emulator.observed_storage import repository
from tests.emulator.observing import seen, user

LLM = {"workspaceId": "workspace-uuid", "name": "one", "aiType": "OPENAI", "secret": "s"}
POLICY = {"name": "one", "content": "No.", "riskType": "LOW", "actionType": 0}
SCOPE = {"orgId": "demo-organization"}
NARROW = {**SCOPE, "workspaceId": "workspace-uuid"}


@seen({401: 401, 404: 404})
def unknown_caller_of_ai(emulator: Emulator, ask: Ask) -> Any:
    return asking(emulator, None)("GET", "/ai/llm").status_code


@seen({"optional": 200, "required": (400, "Endpoint is required")})
def llm_endpoint(emulator: Emulator, ask: Ask) -> Any:
    made = ask("POST", "/ai/llm", LLM)
    return said(made) if made.is_error else made.status_code


@seen({"null": None, "masked": "****"})
def listed_llm_key(emulator: Emulator, ask: Ask) -> Any:
    ask("POST", "/ai/llm", {**LLM, "key": "public"})
    (row,) = ask("GET", "/ai/llm").json()["aiLlms"]
    return row["key"]


@seen({400: 400, 409: 409})
def duplicate_llm_name(emulator: Emulator, ask: Ask) -> Any:
    ask("POST", "/ai/llm", LLM)
    return ask("POST", "/ai/llm", LLM).status_code


@seen({"below": (2, 1), "exact": (1, 1)})
def listed_policies(emulator: Emulator, ask: Ask) -> Any:
    for scope in (SCOPE, NARROW):
        ask("POST", "/policy", {**POLICY, **scope})
    organization, workspace = "?orgId=demo-organization", "&workspaceId=workspace-uuid"
    lists = [ask("GET", f"/policy{organization}{more}").json() for more in ("", workspace)]
    return tuple(len(each["policies"]) for each in lists)


@seen({404: (404, "Policy not found"), 403: (403, "Insufficient permissions")})
def hidden_policy_status(emulator: Emulator, ask: Ask) -> Any:
    made = ask("POST", "/policy", {**POLICY, **SCOPE}).json()["policy"]
    return said(asking(emulator, user(emulator))("GET", f"/policy/{made['id']}"))


@seen({"accepted": 200, "refused": (400, "Policy with this name already exists")})
def duplicate_policy_name(emulator: Emulator, ask: Ask) -> Any:
    ask("POST", "/policy", {**POLICY, **SCOPE})
    again = ask("POST", "/policy", {**POLICY, **SCOPE})
    return said(again) if again.is_error else again.status_code


def ai_key(ask: Ask) -> tuple[str, Any]:
    """Create an AI key; return the path of the keys, and the response."""
    path = f"/repo/{repository(ask)[2]}/ai/apikey"
    return path, ask("POST", path, {"name": "web", "aiType": "OPENAI"})


@seen({"whole": "whole", "masked": "masked", "null": None})
def listed_ai_key(emulator: Emulator, ask: Ask) -> Any:
    path, made = ai_key(ask)
    (row,) = ask("GET", path).json()["apiKeys"]
    whole = made.json()["key"]
    assert made.status_code == 201
    assert "secret" not in row
    return {whole: "whole", f"{whole[:8]}****": "masked"}.get(row["key"])


@seen({"accepted": 201, "refused": (400, "AI API key with this name already exists")})
def duplicate_ai_key_name(emulator: Emulator, ask: Ask) -> Any:
    path, _ = ai_key(ask)
    again = ask("POST", path, {"name": "web", "aiType": "OPENAI"})
    return said(again) if again.is_error else again.status_code


@seen({"accepted": 200, "refused": (400, "User is already active")})
def activate_active_user(emulator: Emulator, ask: Ask) -> Any:
    made = ask("POST", USERS, NEW_USER).json()["data"]
    again = ask("POST", f"{USERS}/{made['id']}/activate")
    return said(again) if again.is_error else again.status_code
