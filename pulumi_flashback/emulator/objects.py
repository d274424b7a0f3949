"""What is the same for all kinds of objects: how requests set them, who sees and changes them."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pulumi_flashback.emulator.endpoints import Call, Refusal
from pulumi_flashback.emulator.rows import Row

NO_PERMISSION = "Insufficient permissions"
_FOREIGN = {
    "forbidden": (403, NO_PERMISSION),
    "not-found": (404, "Workspace not found or access denied"),
}

R = TypeVar("R", bound=Row)


def text(value: object, label: str) -> str:
    """Return a text of a request; the label is its name in the refusal of anything else."""
    if not isinstance(value, str) or "\x00" in value:
        raise Refusal(400, f"{label} must be a string")
    return value


def required(body: Mapping[str, Any], name: str, label: str) -> str:
    """Return a text that a request must have; white space is none."""
    value = body.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise Refusal(400, f"{label} is required")
    return text(value, label)


def values(
    kind: type[Row], body: Mapping[str, Any], *, null: str, empty: str, update: bool = False
) -> dict[str, Any]:
    """Return what a request sets of a row, by attribute; ``null`` and ``empty`` are settings."""
    # what null and an empty text do: "clears", "ignored" or "refused"; the latter also "stored"
    found: dict[str, Any] = {}
    for each in kind.properties():
        if each.required and not update:
            found[each.attribute] = required(body, each.name, each.label)
        elif each.settable and each.name in body and (each.changeable or not update):
            value = body[each.name]
            rule = null if value is None else ("stored" if value else empty)
            if value is not None or (each.required and rule != "ignored"):
                is_blank = not text(value, each.label).strip()
                if each.required and is_blank:
                    raise Refusal(400, f"{each.label} must not be empty")
            if rule == "refused":
                wanted = "be a string" if value is None else "not be empty"
                raise Refusal(400, f"{each.label} must {wanted}")
            if rule != "ignored":
                found[each.attribute] = None if rule == "clears" else value
    return found


def visible(call: Call, kind: type[R], *, foreign: str, deleted: str = "as-foreign") -> list[R]:
    """Return the rows of the workspace in the query, or of all; the rules are settings."""
    # foreign: forbidden, not-found or empty; deleted: hidden (nothing is in it), listed, as-foreign
    listed = deleted == "listed"
    workspace_id = call.filters.get("workspaceId")
    if workspace_id is None:
        seen = {each.id for each in call.backend.workspaces(call.user, deleted=listed)}
        return [each for each in call.store.find(kind) if vars(each)["workspace_id"] in seen]
    if call.role(workspace_id, deleted=listed):
        return call.store.find(kind, workspace_id=workspace_id)
    if foreign in _FOREIGN and not (deleted == "hidden" and call.role(workspace_id, deleted=True)):
        raise Refusal(*_FOREIGN[foreign])
    return []


def writable(call: Call, kind: type[R], unknown: Refusal, *, deleted: bool = False) -> R:
    """Return the row of the path, which the caller may change; else raise, perhaps as unknown."""
    row = call.store.one(kind, id=call.path["id"])
    role = call.role(vars(row)["workspace_id"], deleted=deleted) if row else None
    if row is None or role is None:
        raise unknown
    require_writer(role)
    return row


def require_writer(role: str | None) -> None:
    """Refuse a caller who may not change what is in a workspace."""
    if role not in ("WRITE", "ADMIN"):
        raise Refusal(403, NO_PERMISSION)
