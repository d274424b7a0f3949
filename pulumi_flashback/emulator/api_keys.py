"""``/apikeys`` (Flashback API reference, POST /apikeys, and its neighbours)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_flashback.emulator.backend import Backend, filters, json_object
from pulumi_flashback.emulator.errors import Refusal
from pulumi_flashback.emulator.store import OPTIONAL_FIELDS, User

REQUIRED = {
    "workspaceId": "Workspace ID",
    "key": "Key",
    "secret": "Secret",
    "provider": "Provider",
}
"""Required fields with their names in messages."""

HALVES = ("key", "secret")
WRITERS = ("WRITE", "ADMIN")
NO_PERMISSION = "Insufficient permissions"
DUPLICATE = "API key with these credentials already exists"
NOT_FOUND = "API key not found"


async def create(request: Request) -> Response:
    """``POST /apikeys``: 401, then missing input, then 403, then the input's other problems."""
    backend: Backend = request.app.state.backend
    user = _caller(request)
    fields = await json_object(request)
    for name, label in REQUIRED.items():
        if fields.get(name) in (None, "") or (name in HALVES and _is_blank(fields[name])):
            raise Refusal(400, f"{label} is required")
        _check_text(name, fields[name])
    given = {name: fields[name] for name in REQUIRED}
    rules = backend.settings.null_in_create, backend.settings.empty_in_create
    given.update(_optional_fields(backend, fields, *rules))
    with backend.store.transaction():
        if backend.role(user, given["workspaceId"]) not in WRITERS:
            raise Refusal(403, NO_PERMISSION)
        _check_provider(backend, given["provider"])
        _refuse_duplicate(backend, given["workspaceId"], given)
        identifier = backend.store.add_api_key(given)
    return JSONResponse({"success": True, "apiKeyId": identifier}, 201)


async def list_keys(request: Request) -> Response:
    """``GET /apikeys``: the keys that the user can see, without secrets and workspace ids."""
    backend: Backend = request.app.state.backend
    user = _caller(request)
    wanted = filters(request)
    rows = _visible_rows(backend, user, wanted.get("workspaceId"))
    newest_first = backend.settings.list_order == "newest-first"
    rows = sorted(rows, key=lambda row: int(row["sequence"]), reverse=newest_first)
    if "provider" in wanted:
        rows = [row for row in rows if row["provider"] == wanted["provider"]]
    if "capability" in wanted:
        bits = _capability(wanted["capability"])
        rows = [row for row in rows if _is_capable(backend, row, bits)]
    return JSONResponse({"success": True, "apiKeys": [_shown(backend, row) for row in rows]})


async def update(request: Request) -> Response:
    """``PUT /apikeys/{id}``: only the fields that are present change."""
    backend: Backend = request.app.state.backend
    user = _caller(request)
    changes = _changes(backend, await json_object(request))
    with backend.store.transaction():
        row = _row_to_write(backend, user, request.path_params["id"])
        if "provider" in changes:
            _check_provider(backend, changes["provider"])
        if backend.settings.duplicate_in_update == "refused":
            identity = _identity(backend, row)
            if identity.keys() & changes.keys():
                wanted = {**identity, **changes}
                _refuse_duplicate(backend, row["workspace_id"], wanted, but=row["id"])
        backend.store.update_api_key(row["id"], changes)
    return _written(backend, "API key updated successfully")


async def delete(request: Request) -> Response:
    """``DELETE /apikeys/{id}``: removed for good, unless something uses it."""
    backend: Backend = request.app.state.backend
    user = _caller(request)
    with backend.store.transaction():
        row = _row_to_write(backend, user, request.path_params["id"])
        if row["bucket_count"] or row["aillm_count"]:
            raise Refusal(
                backend.settings.in_use_status,
                "Cannot delete API key: it is used by active storage units or AI models",
            )
        backend.store.delete_api_key(row["id"])
    return _written(backend, "API key deleted successfully")


ROUTES = [
    Route("/apikeys", create, methods=["POST"]),
    Route("/apikeys", list_keys, methods=["GET"]),
    Route("/apikeys/{id}", update, methods=["PUT"]),
    Route("/apikeys/{id}", delete, methods=["DELETE"]),
]


def _caller(request: Request) -> User:
    user = request.app.state.backend.caller(request)
    if user is None:
        raise Refusal(401, "User not found or not validated")
    assert isinstance(user, User)  # noqa: S101 - app.state is untyped
    return user


def _check_text(name: str, value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        label = REQUIRED.get(name, name)
        raise Refusal(400, f"{label} must be a string")
    return value


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _check_provider(backend: Backend, provider: str) -> None:
    settings = backend.settings
    if settings.unknown_provider == "refused" and provider not in settings.providers:
        raise Refusal(400, "Invalid provider")


def _stored_endpoint(backend: Backend, endpoint: str | None) -> str | None:
    if endpoint is None or backend.settings.endpoint_stored == "as-sent":
        return endpoint
    return re.sub(r"^https?://", "", endpoint).rstrip("/")


def _refuse_duplicate(
    backend: Backend, workspace_id: str, wanted: Mapping[str, Any], but: str | None = None
) -> None:
    for row in backend.store.twins(workspace_id, wanted["key"]):
        theirs = _identity(backend, row)
        same = all((theirs[name] or None) == (wanted.get(name) or None) for name in theirs)
        if same and row["id"] != but:
            raise Refusal(400, DUPLICATE)


def _identity(backend: Backend, row: sqlite3.Row) -> dict[str, str | None]:
    """Return the fields of a key that no other key of its workspace may share."""
    boxes = {"key": "key_box", "secret": "secret_box"}
    return {
        name: backend.store.vault.open(row[boxes[name]]) if name in boxes else row[name]
        for name in backend.settings.duplicate_identity.split("+")
    }


def _visible_rows(backend: Backend, user: User, workspace_id: str | None) -> list[sqlite3.Row]:
    store, settings = backend.store, backend.settings
    deleted = settings.keys_of_deleted_workspace
    listed = deleted == "listed"
    if workspace_id is None:
        workspaces = backend.workspaces(user, deleted=listed)
        return [row for each in workspaces for row in store.api_keys(each.id)]
    if backend.role(user, workspace_id, deleted=listed):
        return store.api_keys(workspace_id)
    if deleted == "hidden" and backend.role(user, workspace_id, deleted=True):
        return []
    if settings.foreign_workspace_list == "forbidden":
        raise Refusal(403, NO_PERMISSION)
    if settings.foreign_workspace_list == "not-found":
        raise Refusal(404, "Workspace not found or access denied")
    return []


def _capability(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refusal(400, "Capability must be a number")
    return int(text)


def _is_capable(backend: Backend, row: sqlite3.Row, wanted: int) -> bool:
    found = backend.settings.providers.get(row["provider"], 0) & wanted
    return found == wanted if backend.settings.capability_match == "all" else found > 0


def _shown(backend: Backend, row: sqlite3.Row) -> dict[str, Any]:
    shown = {
        "id": row["id"],
        "key": _shown_key(backend, row),
        "provider": row["provider"],
        **{name: row[name] for name in OPTIONAL_FIELDS},
    }
    if backend.settings.unset_fields == "absent" or shown["key"] is None:
        shown = {k: v for k, v in shown.items() if v is not None}
    counts = {"bucket_count": row["bucket_count"], "aillm_count": row["aillm_count"]}
    created_at = str(row["created_at"])
    if backend.settings.created_at_precision == "s":
        created_at = f"{created_at.partition('.')[0]}Z"
    return {**shown, "createdAt": created_at, **counts}


def _shown_key(backend: Backend, row: sqlite3.Row) -> str | None:
    how = backend.settings.listed_key
    if how == "absent":
        return None
    key = backend.store.vault.open(row["key_box"])
    if how == "masked":
        return f"{key[:4]}****{key[-4:]}" if len(key) > 8 else "****"
    return key[:4] if how == "prefix" else key


def _changes(backend: Backend, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that an update sets; fields that the API does not know are ignored."""
    settings = backend.settings
    changes: dict[str, Any] = {}
    for name in ("key", "secret", "provider"):
        ignored = fields.get(name) is None and settings.null_in_update == "ignored"
        if name in fields and not ignored:
            if not _check_text(name, fields[name]) or _is_blank(fields[name]):
                raise Refusal(400, f"{REQUIRED[name]} must not be empty")
            changes[name] = fields[name]
    rules = settings.null_in_update, settings.empty_in_update
    return {**changes, **_optional_fields(backend, fields, *rules)}


def _optional_fields(
    backend: Backend, fields: Mapping[str, Any], null: str, empty: str
) -> dict[str, str | None]:
    """Return the optional fields that a request sets.

    Args:
        backend: Settings and data.
        fields: The request.
        null: What null does: "clears", "ignored" or "refused".
        empty: What an empty text does: "stored" or one of the same.
    """
    given: dict[str, str | None] = {}
    for name in OPTIONAL_FIELDS:
        if name not in fields:
            continue
        value = None if fields[name] is None else _check_text(name, fields[name])
        rule = null if value is None else (empty if value == "" else "stored")
        if rule == "refused":
            raise Refusal(400, f"{name} must {'be a string' if value is None else 'not be empty'}")
        if rule == "clears":
            given[name] = None
        elif rule == "stored":
            given[name] = _stored_endpoint(backend, value) if name == "endpoint" else value
    return given


def _row_to_write(backend: Backend, user: User, identifier: str) -> sqlite3.Row:
    row = backend.store.api_key(identifier)
    deleted = backend.settings.keys_of_deleted_workspace == "listed"
    role = backend.role(user, row["workspace_id"], deleted=deleted) if row else None
    if row is None or role is None:
        status = backend.settings.unknown_key_status
        raise Refusal(status, NO_PERMISSION if status == 403 else NOT_FOUND)
    if role not in WRITERS:
        raise Refusal(403, NO_PERMISSION)
    return row


def _written(backend: Backend, message: str) -> Response:
    how = backend.settings.write_answer
    if how == "empty":
        return Response(status_code=204)
    return JSONResponse({"success": True, **({"message": message} if how == "message" else {})})
