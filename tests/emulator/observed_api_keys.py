"""Observations of the settings of API keys."""

from __future__ import annotations

import time
from typing import Any

from pulumi_flashback.emulator import Emulator
from tests.emulator.asking import BODY, Ask, asking, keys, said
from tests.emulator.observing import create, seen, theirs, user

UNLIKE: tuple[dict[str, str], ...] = (
    {},
    {"secret": "other"},
    {"endpoint": "other"},
    {"provider": "GCP"},
    {"key": "other"},
)
"""Creates one after another, each unlike the first in one respect."""


@seen(
    {
        "key+provider+endpoint": ([201, 400, 201, 201, 201], 200),
        "key+provider": ([201, 400, 400, 201, 201], 200),
        "key": ([201, 400, 400, 400, 201], 200),
        "key+secret": ([201, 201, 400, 400, 201], 400),
    }
)
def duplicate_identity(emulator: Emulator, ask: Ask) -> Any:
    statuses = [create(ask, **each) for each in UNLIKE]
    twin = emulator.add_api_key(key=BODY["key"], secret="more", endpoint="more")
    changes = {"secret": BODY["secret"]}
    return statuses, ask("PUT", f"/apikeys/{twin}", changes).status_code


@seen({"refused": (400, 200), "accepted": (200, 200)})
def duplicate_in_update(emulator: Emulator, ask: Ask) -> Any:
    first, second = emulator.add_api_key(), emulator.add_api_key(key="SECOND")
    change = {"key": "OUTSIDE"}
    return tuple(ask("PUT", f"/apikeys/{each}", change).status_code for each in (second, first))


@seen(
    {
        "whole": ("AKIAIOSFODNN7EXAMPLE", "SHORT"),
        "masked": ("AKIA****MPLE", "****"),
        "prefix": ("AKIA", "SHOR"),
        "absent": (None, None),
    }
)
def listed_key(emulator: Emulator, ask: Ask) -> Any:
    emulator.add_api_key(key="AKIAIOSFODNN7EXAMPLE")
    emulator.add_api_key(key="SHORT")
    return tuple(row.get("key") for row in keys(ask))


@seen({"oldest-first": [0, 1, 2], "newest-first": [2, 1, 0]})
def list_order(emulator: Emulator, ask: Ask) -> Any:
    places = (emulator.second_workspace_id, None, emulator.second_workspace_id)
    ids = [emulator.add_api_key(place, key=str(n)) for n, place in enumerate(places)]
    return [ids.index(row["id"]) for row in keys(ask)]


@seen({"ms": 24, "s": 20})
def created_at_precision(emulator: Emulator, ask: Ask) -> Any:
    emulator.add_api_key()
    created_at = keys(ask)[0]["createdAt"]
    assert time.strptime(created_at[:19], "%Y-%m-%dT%H:%M:%S")
    assert created_at.endswith("Z")
    return len(created_at)


@seen(
    {
        "forbidden": (403, "Insufficient permissions"),
        "empty": (200, None),
        "not-found": (404, "Workspace not found or access denied"),
    }
)
def foreign_workspace_list(emulator: Emulator, ask: Ask) -> Any:
    foreign = theirs(emulator)
    emulator.add_api_key(foreign)
    found = [ask("GET", f"/apikeys?workspaceId={each}") for each in (foreign, "nowhere")]
    assert said(found[0]) == said(found[1])
    assert found[0].json().get("apiKeys", []) == []
    return said(found[0])


@seen({"absent": set(), "null": {None}})
def unset_fields(emulator: Emulator, ask: Ask) -> Any:
    emulator.add_api_key()
    names = ("endpoint", "region", "tenantId", "subscriptionId", "description")
    return {keys(ask)[0][name] for name in names if name in keys(ask)[0]}


@seen({400: 400, 403: 403, 409: 409})
def in_use_status(emulator: Emulator, ask: Ask) -> Any:
    used = emulator.add_api_key()
    statuses = set()
    for counts in ({"buckets": 1}, {"models": 1}):
        emulator.mark_in_use(used, **counts)
        statuses.add(said(ask("DELETE", f"/apikeys/{used}")))
    assert keys(ask)[0]["aillm_count"] == 1
    ((status, message),) = statuses
    assert message == "Cannot delete API key: it is used by active storage units or AI models"
    return status


@seen(
    {
        404: (404, "API key not found"),
        400: (400, "API key not found"),
        403: (403, "Insufficient permissions"),
    }
)
def unknown_key_status(emulator: Emulator, ask: Ask) -> Any:
    ids = ("no-such-key", emulator.add_api_key(theirs(emulator)))
    tried = {said(ask("DELETE", f"/apikeys/{each}")) for each in ids}
    (result,) = tried | {said(ask("PUT", f"/apikeys/{each}", {})) for each in ids}
    return result


@seen({"ignored": (201, [None]), "refused": (400, [])})
def null_in_create(emulator: Emulator, ask: Ask) -> Any:
    return create(ask, region=None), [row["region"] for row in emulator.api_keys()]


@seen({"stored": (201, [""]), "ignored": (201, [None]), "refused": (400, [])})
def empty_in_create(emulator: Emulator, ask: Ask) -> Any:
    return create(ask, region=""), [row["region"] for row in emulator.api_keys()]


def updated_with(emulator: Emulator, ask: Ask, value: str | None) -> Any:
    """Return what becomes of an optional field, and the status if the field is required."""
    path = f"/apikeys/{emulator.add_api_key(region='old')}"
    optional = ask("PUT", path, {"region": value})
    assert optional.status_code == 200 or "region must" in optional.json()["message"]
    required = ask("PUT", path, {"secret": value}).status_code
    assert emulator.api_keys()[0]["secret"] == "outside-secret"
    return optional.status_code, emulator.api_keys()[0]["region"], required


@seen({"clears": (200, None, 400), "ignored": (200, "old", 200), "refused": (400, "old", 400)})
def null_in_update(emulator: Emulator, ask: Ask) -> Any:
    return updated_with(emulator, ask, None)


@seen({"stored": (200, "", 400), "clears": (200, None, 400), "refused": (400, "old", 400)})
def empty_in_update(emulator: Emulator, ask: Ask) -> Any:
    return updated_with(emulator, ask, "")


@seen({"refused": {(400, "Invalid provider")}, "accepted": {(200, "ok"), (201, "ok")}})
def unknown_provider(emulator: Emulator, ask: Ask) -> Any:
    path = f"/apikeys/{emulator.add_api_key()}"
    tried = (
        ask("POST", "/apikeys", {**BODY, "provider": "X"}),
        ask("PUT", path, {"provider": "aws"}),
    )
    assert keys(ask, "?capability=255")[1:] == []
    return {(each.status_code, each.json()["message"] if each.is_error else "ok") for each in tried}


@seen({'{"X": 1}': (201, [("x", "X", 1)])})
def providers(emulator: Emulator, ask: Ask) -> Any:
    rows = ask("GET", "/providers").json()["providers"]
    shown = [(row["id"], row["name"], row["capabilities"]) for row in rows]
    return create(ask, provider="X"), shown


@seen({True: 401, False: 200})
def providers_need_token(emulator: Emulator, ask: Ask) -> Any:
    rows = ask("GET", "/providers").json()["providers"]
    assert {row["name"]: row["capabilities"] for row in rows}["OTHER"] == 255
    return asking(emulator, None)("GET", "/providers").status_code


@seen({"any": [1, 1, 0, 0], "all": [0, 1, 0, 1]})
def capability_match(emulator: Emulator, ask: Ask) -> Any:
    emulator.add_api_key(provider="OPENAI")
    return [len(keys(ask, f"?capability={bits}")) for bits in (3, 2, 1, 0)]


@seen(
    {
        "message": (
            200,
            '{"success":true,"message":"API key updated successfully"}',
            '{"success":true,"message":"API key deleted successfully"}',
        ),
        "plain": (200, '{"success":true}', '{"success":true}'),
        "empty": (204, "", ""),
    }
)
def write_answer(emulator: Emulator, ask: Ask) -> Any:
    path = f"/apikeys/{emulator.add_api_key()}"
    updated, deleted = ask("PUT", path, {"region": "r"}), ask("DELETE", path)
    assert updated.status_code == deleted.status_code
    assert emulator.api_keys() == []
    return updated.status_code, updated.text, deleted.text


@seen(
    {
        "as-sent": ["https://one.example/", "http://two.example"],
        "tidied": ["one.example", "two.example"],
    }
)
def endpoint_stored(emulator: Emulator, ask: Ask) -> Any:
    create(ask, endpoint="https://one.example/")
    stored = [emulator.api_keys()[0]["endpoint"]]
    path = f"/apikeys/{emulator.api_keys()[0]['id']}"
    ask("PUT", path, {"endpoint": "http://two.example"})
    return [*stored, emulator.api_keys()[0]["endpoint"]]


@seen(
    {
        "hidden": (200, 0, 0, 404),
        "listed": (200, 1, 1, 200),
        "as-foreign": (403, 0, 0, 404),
    }
)
def keys_of_deleted_workspace(emulator: Emulator, ask: Ask) -> Any:
    workspace = emulator.second_workspace_id
    query = f"?workspaceId={workspace}"
    path = f"/apikeys/{emulator.add_api_key(workspace)}"
    assert ask("DELETE", f"/workspace/{workspace}").status_code == 200
    assert asking(emulator, user(emulator))("GET", f"/apikeys{query}").status_code == 403
    assert create(ask, workspaceId=workspace) == 403
    direct = ask("GET", f"/apikeys{query}").status_code
    change = ask("PUT", path, {"region": "r"}).status_code
    return direct, len(keys(ask, query)), len(keys(ask)), change
