"""The usual operations on all kinds of objects: validation, permissions, create to delete."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from pulumi_flashback.emulator.endpoints import Call, Family, Refusal, Reply
from pulumi_flashback.emulator.rows import Row, now

NO_PERMISSION = "Insufficient permissions"
_FOREIGN = {
    "forbidden": (403, NO_PERMISSION),
    "not-found": (404, "Workspace not found or access denied"),
}

R = TypeVar("R", bound=Row)


def text(value: object, label: str) -> str:
    """Return a text of a request, or refuse another type; messages use the label as its name."""
    if not isinstance(value, str) or "\x00" in value:
        raise Refusal(400, f"{label} must be a string")
    return value


def required(body: Mapping[str, Any], name: str, label: str) -> str:
    """Return a required text of a request; white space counts as missing."""
    value = body.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise Refusal(400, f"{label} is required")
    return text(value, label)


def values(
    kind: type[Row], body: Mapping[str, Any], *, null: str, empty: str, update: bool = False
) -> dict[str, Any]:
    """Return a row's values in a request, by attribute; ``null`` and ``empty`` are settings."""
    # the effect of null and of an empty text: "clears", "ignored" or "refused"; of the latter also
    # "stored"
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


def visible(call: Call, kind: type[R], *, foreign: str, deleted: str = "hidden") -> list[R]:
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


def require_writer(role: str | None) -> None:
    """Refuse a caller who may not change the contents of a workspace."""
    if role not in ("WRITE", "ADMIN"):
        raise Refusal(403, NO_PERMISSION)


class Objects:
    """The usual operations on one kind of objects in workspaces.

    A kind declares data, and overrides a method for what is special about it.
    """

    kind: ClassVar[type[Any]]  # the type of the rows
    path: ClassVar[str]  # the path of the list and of a create
    one: ClassVar[str] = "/{id}"  # the part of the path after it for one object
    noun: ClassVar[str]  # the name in messages
    listed: ClassVar[str]  # the field of a response that contains the list
    status: ClassVar[int] = 200  # the status of a create
    id_name: ClassVar[str] = ""  # the field with the id in responses to writes; empty for none
    has_messages: ClassVar[bool] = False  # whether these responses have a message
    # the effect of null and of an empty text for an optional property; see values()
    in_create: ClassVar[dict[str, str]] = {"null": "ignored", "empty": "ignored"}
    in_update: ClassVar[dict[str, str]] = {"null": "clears", "empty": "clears"}
    unique: ClassVar[tuple[str, ...]] = ()  # attributes that no two objects have in common
    duplicates: ClassVar[str] = ""  # the setting that allows duplicates anyway
    taken: ClassVar[str] = "{noun} with this name already exists"

    def __init__(self, family: Family) -> None:
        family.endpoint(f"POST {self.path}")(self.create)
        family.endpoint(f"GET {self.path}")(self.list_all)
        if any(each.settable and each.changeable for each in self.kind.properties()):
            family.endpoint(f"PUT {self.path}{self.one}")(self.update)
        family.endpoint(f"DELETE {self.path}{self.one}")(self.delete)

    # the operations

    def create(self, call: Call) -> Reply:
        """Create an object. Checks the input, then the permission, then other problems."""
        wanted = self.values(call)
        self.permit(call, wanted)
        row = self.save(call, self.acceptable(call, wanted, None), None)
        return self.status, self.reply(call, row, "created")

    def list_all(self, call: Call) -> Reply:
        """List the objects that the caller may see."""
        return {self.listed: [self.shown(call, each) for each in self.found(call)]}

    def update(self, call: Call) -> Reply:
        """Update the fields in a request."""
        row = self.target(call)
        changes = self.acceptable(call, self.values(call, update=True), row)
        return self.reply(call, self.save(call, changes, row), "updated")

    def delete(self, call: Call) -> Reply:
        """Delete an object that nothing uses."""
        row = self.target(call)
        if self.users(call, row):
            raise Refusal(403, f"{self.noun} is in use by a repository")
        self.remove(call, row)
        return self.reply(call, row, "deleted")

    # the steps of the operations

    def values(self, call: Call, *, update: bool = False) -> dict[str, Any]:
        """Return the values in a request, by attribute."""
        rules = self.in_update if update else self.in_create
        return values(self.kind, call.body, **rules, update=update)

    def permit(self, call: Call, wanted: Mapping[str, Any]) -> None:
        """Refuse a caller who may not create an object."""
        require_writer(call.role(wanted["workspace_id"]))

    def acceptable(self, call: Call, wanted: dict[str, Any], old: Any) -> dict[str, Any]:
        """Return the values to store, or refuse them; ``old`` is None in a create."""
        return wanted

    def save(self, call: Call, wanted: dict[str, Any], old: Any) -> Any:
        """Store a new object or the changes of an old one; return the result."""
        row = replace(old, **wanted) if old else self.kind(**wanted)
        if set(self.unique).intersection(wanted):
            self.refuse_taken(call, row)
        if old:
            call.store.change(self.kind, wanted, id=old.id)
            return row
        return call.store.add(row)

    def refuse_taken(self, call: Call, row: Any) -> None:
        """Refuse an object with a unique value that another object has."""
        rule: Any = getattr(call.settings, self.duplicates) if self.duplicates else "refused"
        same = {name: getattr(row, name) for name in self.unique}
        others = (each for each in live(call, self.kind, **same) if each.id != row.id)
        if rule != "accepted" and any(others):
            raise Refusal(400 if rule == "refused" else rule, self.taken.format(noun=self.noun))

    def found(self, call: Call) -> list[Any]:
        """Return the rows of a list."""
        return visible(call, self.kind, foreign=call.settings.foreign_workspace_list)

    def shown(self, call: Call, row: Any) -> dict[str, Any]:
        """Return an object in the form of a list."""
        return row.shown()  # type: ignore[no-any-return]

    def target(self, call: Call, *, writes: bool = True) -> Any:
        """Return the object in the path, if the caller may change it, or see it."""
        for row in live(call, self.kind, id=call.path["id"]):
            role = self.role(call, row)
            if role is None:
                raise self.hidden(call)
            if writes:
                require_writer(role)
            return row
        raise self.unknown(call)

    def role(self, call: Call, row: Any) -> str | None:
        """Return the caller's role for an object; None if it is hidden from the caller."""
        return call.role(row.workspace_id)

    def unknown(self, call: Call) -> Refusal:
        """Return the response about an object that does not exist."""
        return Refusal(404, f"{self.noun} not found")

    def hidden(self, call: Call) -> Refusal:
        """Return the response about an object that the caller cannot see."""
        return self.unknown(call)

    def users(self, call: Call, row: Any) -> list[Any]:
        """Return the repositories that use an object."""
        return []

    def remove(self, call: Call, row: Any) -> None:
        """Delete a row; some kinds only mark it."""
        if hasattr(row, "deleted_at"):
            call.store.change(self.kind, {"deleted_at": now()}, id=row.id)
        else:
            call.store.remove(self.kind, id=row.id)

    def reply(self, call: Call, row: Any, done: str) -> dict[str, Any]:
        """Return the body of the response to a write."""
        shown = {self.id_name: row.id} if self.id_name and done != "deleted" else {}
        message = {"message": f"{self.noun} {done} successfully"} if self.has_messages else {}
        return {**shown, **message}


def live(call: Call, kind: type[R], **where: Any) -> list[R]:
    """Return the rows of a kind that have these values and are not deleted."""
    found = call.store.find(kind, **where)
    return [each for each in found if not vars(each).get("deleted_at")]
