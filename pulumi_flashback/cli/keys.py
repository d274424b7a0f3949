"""The rows of ``flashback workspaces list`` and ``flashback keys list``."""

from typing import Any

from pulumi_flashback.cli.terminal import table
from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.function import Function
from pulumi_flashback.functions.api_keys import GET_API_KEYS
from pulumi_flashback.functions.workspaces import GET_WORKSPACES
from pulumi_flashback.redaction import one_line

Row = dict[str, Any]  # as the functions return it, without either half of the key

WORKSPACE_COLUMNS = {"id": "ID", "name": "NAME"}
KEY_COLUMNS = {
    "id": "ID",
    "provider": "PROVIDER",
    "region": "REGION",
    "endpoint": "ENDPOINT",
    "createdAt": "CREATED",
    "bucketCount": "BUCKETS",
    "aiModelCount": "AI MODELS",
    "description": "DESCRIPTION",
}


def list_workspaces(context: Context) -> list[Row]:
    return _listed(GET_WORKSPACES, context, {}, "workspaces")


def list_keys(context: Context, workspace_id: str, provider: str | None = None) -> list[Row]:
    arguments = {"workspaceId": workspace_id, "provider": provider}
    return _listed(GET_API_KEYS, context, arguments, "apiKeys")


def find_key(context: Context, workspace_id: str, api_key_id: str) -> Row:
    for row in list_keys(context, workspace_id):
        if row["id"] == api_key_id:
            return row
    raise FlashbackError(f"workspace {workspace_id} has no API key with this id. Check both ids")


def describe_key(row: Row) -> str:
    shown = (row.get(name) for name in ("id", "provider", "createdAt", "description"))
    return ", ".join(_cell(value) for value in shown if value)


def _listed(function: Function[Any], context: Context, arguments: Row, result: str) -> list[Row]:
    rows: list[Row] = function.to_wire(function.call(context, arguments))[result]
    return rows


def as_table(columns: dict[str, str], rows: list[Row]) -> str:
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    return table(list(columns.values()), cells) if rows else ""


def _cell(value: object) -> str:
    """Return a value as safe text: foreign values may contain line breaks and escape sequences."""
    return "" if value is None else one_line(str(value))
