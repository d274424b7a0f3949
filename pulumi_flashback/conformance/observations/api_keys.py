"""Observes the settings of API keys."""

from __future__ import annotations

import re
from typing import Any

from pulumi_flashback.conformance.observations.given import (
    accepted,
    doomed,
    key,
    new_bucket,
    shown_key,
    succeeded,
)
from pulumi_flashback.conformance.outcome import NotObserved, Unlike, among, observation
from pulumi_flashback.conformance.run import Run

OPTIONAL = ("endpoint", "region", "tenantId", "subscriptionId")  # a new key has none of these


@observation
def duplicate_identity(run: Run) -> Any:
    first = {"workspaceId": run.workspace, **run.credentials()}
    others = [each for each in run.provider_types if each != first["provider"]]
    if not accepted(run.create_key(**first)):
        raise NotObserved("a new key was refused")
    if accepted(run.create_key(**first)):
        raise Unlike("an identical key was accepted")
    secret = accepted(run.create_key(**{**first, "secret": run.secret()}))
    endpoint = accepted(run.create_key(**first, endpoint="s3.one.example"))
    provider = True  # with a single provider type, it makes no difference
    if others:
        provider = accepted(run.create_key(**{**first, "provider": others[0]}))
    elif secret:
        provider = False  # no alternative has both
    patterns = {
        (False, True, True): "key+provider+endpoint",
        (False, False, True): "key+provider",
        (False, False, False): "key",
        (True, False, False): "key+secret",
    }
    return among(patterns, (secret, endpoint, provider))


@observation
def duplicate_in_update(run: Run) -> Any:
    both = run.credentials()
    run.new_key(**both)
    second = run.new_key(**{**both, "key": run.text()})
    reply = run.send("PUT /apikeys/{id}", second, body={"key": both["key"]})
    return "accepted" if accepted(reply) else "refused"


@observation
def listed_key(run: Run) -> Any:
    whole = run.text()
    shown = run.row("API key", run.new_key(key=whole)).get("key")
    if isinstance(shown, str) and shown and shown != whole and whole.startswith(shown):
        return "prefix"
    return shown_key(shown, whole)


@observation
def list_order(run: Run) -> Any:
    if run.read_only:
        times = [row.get("createdAt") for row in run.keys(run.any_workspace())]
        distinct = [each for each in times if isinstance(each, str)]
        if len(set(distinct)) < 2:
            raise NotObserved("there are no two keys in the workspace")
        newest_first = sorted(distinct, reverse=True) == distinct
        if not newest_first and sorted(distinct) != distinct:
            raise Unlike("sorted neither by creation time nor in reverse")
        return "newest-first" if newest_first else "oldest-first"
    both = [run.new_key(), run.new_key()]
    shown = [row.get("id") for row in run.keys(run.workspace) if row.get("id") in both]
    orders = {tuple(both): "oldest-first", tuple(reversed(both)): "newest-first"}
    return among(orders, tuple(shown))


def some_row(run: Run) -> dict[str, Any]:
    """Return the row of a key without optional fields; in a read-only run, of any key."""
    if not run.read_only:
        return run.row("API key", key(run))
    for row in run.keys(run.any_workspace()):
        return row
    raise NotObserved("there is no key in the workspace")


@observation
def created_at_precision(run: Run) -> Any:
    created_at = some_row(run).get("createdAt")
    match = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", str(created_at))
    if match is None:
        raise Unlike(re.sub(r"\d", "9", str(created_at))[:40])
    return "ms" if match[1] else "s"


@observation
def foreign_workspace_list(run: Run) -> Any:
    reply = run.look("GET /apikeys", query={"workspaceId": run.unknown_id()})
    if reply.ok and reply.rows("apiKeys"):
        raise Unlike("the keys of other workspaces")
    return among({403: "forbidden", 200: "empty", 404: "not-found"}, reply.status)


@observation
def unset_fields(run: Run) -> Any:
    row = some_row(run)
    shown = [row[name] for name in OPTIONAL if name in row]
    if not shown:
        return "absent"
    if None in shown and (run.read_only or shown == [None] * len(OPTIONAL)):
        return "null"
    if run.read_only:
        raise NotObserved("the first key of the workspace has all optional fields")
    raise Unlike("some are absent or have a value")


@observation
def in_use_status(run: Run) -> Any:
    used = run.new_key()
    new_bucket(run, used)
    return run.send("DELETE /apikeys/{id}", used).status


@observation
def unknown_key_status(run: Run) -> Any:
    # DELETE gets the id of a key that the command has already deleted, so no other key is at risk
    gone = run.new_key()
    run.send("DELETE /apikeys/{id}", gone)
    update = run.send("PUT /apikeys/{id}", run.unknown_id(), body={"region": "one"}).status
    delete = run.send("DELETE /apikeys/{id}", gone).status
    if update != delete:
        raise Unlike(f"{update} for PUT and {delete} for DELETE")
    return update


def created_with(run: Run, value: str | None) -> Any:
    """Return the effect of a value for an optional field of a new key."""
    reply = run.create_key(**run.credentials(), region=value)
    if not accepted(reply):
        return "refused"
    region = run.row("API key", str(reply.get("apiKeyId"))).get("region")
    return "ignored" if region is None else region


@observation
def null_in_create(run: Run) -> Any:
    return created_with(run, None)


@observation
def empty_in_create(run: Run) -> Any:
    seen = created_with(run, "")
    return "stored" if seen == "" else seen


def updated_with(run: Run, value: str | None) -> Any:
    """Return the effect of a value for an optional field in an update of a key."""
    one = run.new_key(region="one")
    if not accepted(run.send("PUT /apikeys/{id}", one, body={"region": value})):
        return "refused"
    region = run.row("API key", one).get("region")
    return among({None: "clears", "one": "ignored", "": "stored"}, region)


@observation
def null_in_update(run: Run) -> Any:
    return updated_with(run, None)


@observation
def empty_in_update(run: Run) -> Any:
    return updated_with(run, "")


@observation
def unknown_provider(run: Run) -> Any:
    reply = run.create_key(**{**run.credentials(), "provider": "FLASHBACK-CONFORMANCE"})
    return "accepted" if accepted(reply) else "refused"


@observation
def provider_case(run: Run) -> Any:
    provider = run.provider
    if provider == provider.lower():
        raise NotObserved(f"{provider} has no capital letters")
    reply = run.create_key(**{**run.credentials(), "provider": provider.lower()})
    if not accepted(reply):
        return "exact"
    shown = run.row("API key", str(reply.get("apiKeyId"))).get("provider")
    return among({provider: "any", provider.lower(): "exact"}, shown)


@observation
def order_of_checks(run: Run) -> Any:
    run.require_writes()
    reply = run.create_key(workspaceId=run.unknown_id())
    return among({400: "input-first", 403: "permission-first"}, reply.status)


@observation
def providers(run: Run) -> Any:
    succeeded(run.send("GET /providers"))
    return run.provider_types


@observation
def providers_need_token(run: Run) -> Any:
    return among({401: True, 200: False}, run.send("GET /providers", who=None).status)


@observation
def capability_match(run: Run) -> Any:
    capable = {n: bits for n, bits in run.provider_types.items() if bits > 0}
    if not capable:
        raise NotObserved("GET /providers returns no capabilities")
    # preferably a provider type that lacks a capability that others have
    provider, bits = min(capable.items(), key=lambda each: (each[1] & 7 == 7, each[1]))
    more = next(bit for bit in (1, 2, 4, *(2**n for n in range(3, 17))) if not bits & bit)
    own = run.new_key(provider=provider)
    found = [
        any(row.get("id") == own for row in run.keys(run.workspace, capability=str(wanted)))
        for wanted in (bits, bits + more)
    ]
    return among({(True, True): "any", (True, False): "all"}, tuple(found))


@observation
def write_answer(run: Run) -> Any:
    own = run.new_key()
    both = (
        succeeded(run.send("PUT /apikeys/{id}", own, body={"region": "one"})),
        succeeded(run.send("DELETE /apikeys/{id}", own)),
    )
    kinds = {"empty" if r.is_empty else "message" if r.message else "plain" for r in both}
    if len(kinds) > 1:
        raise Unlike("PUT and DELETE differ")
    return kinds.pop()


@observation
def endpoint_stored(run: Run) -> Any:
    sent = "https://s3.one.example/"
    shown = run.row("API key", run.new_key(endpoint=sent)).get("endpoint")
    return among({sent: "as-sent", "s3.one.example": "tidied"}, shown)


@observation
def keys_of_deleted_workspace(run: Run) -> Any:
    gone = doomed(run)
    if not gone.deleted_with_key:
        raise NotObserved("the API does not delete workspaces that have API keys")
    reply = run.look("GET /apikeys", query={"workspaceId": gone.id})
    if reply.ok:
        listed = any(row.get("id") == gone.key_id for row in reply.rows("apiKeys"))
        # hidden and foreign are the same if the list of a foreign workspace is empty
        return "listed" if listed else "hidden"
    foreign = run.send("GET /apikeys", query={"workspaceId": run.unknown_id()})
    if reply.status == foreign.status:
        return "as-foreign"
    raise reply.failure()
