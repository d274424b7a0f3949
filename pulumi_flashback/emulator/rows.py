"""Declaration of rows: their properties in the database, in requests and in responses."""

import dataclasses
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from pydantic.alias_generators import to_camel


@dataclass(frozen=True)
class Property:
    """One property of a row."""

    attribute: str  # its name in Python
    name: str  # its name in requests and responses
    column: str  # its name in the database
    label: str  # its name in messages
    settable: bool = False  # whether requests set it
    required: bool = False  # whether a create requires it; if so, no update can clear it
    changeable: bool = True  # whether updates can set it as well
    shown: bool = True  # whether responses have it
    sealed: bool = False  # whether it is encrypted in the database

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that store it; an encrypted value is found by its digest."""
        return (f"{self.column}_box", f"{self.column}_digest") if self.sealed else (self.column,)


def kept(default: Any = dataclasses.MISSING, **about: Any) -> Any:
    """Declare a property that the emulator sets."""
    value: dict[str, Any] = {"default_factory" if callable(default) else "default": default}
    return dataclasses.field(**value, repr=not about.get("sealed"), metadata=about)


def given(label: str = "", *, required: bool = False, **about: Any) -> Any:
    """Declare a property that requests set; without a label, messages use its name."""
    default = dataclasses.MISSING if required else None
    return kept(default, label=label, settable=True, required=required, **about)


def new_id() -> str:
    """Return an id that no row has."""
    return str(uuid.uuid4())


def now() -> str:
    """Return the current time in the format of the API."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Row:
    """Base class of rows: frozen dataclasses with properties declared by the functions above."""

    table: ClassVar[str]

    @classmethod
    @cache
    def properties(cls) -> tuple[Property, ...]:
        """Return the properties in order of declaration."""
        found = []
        for each in dataclasses.fields(cls):  # type: ignore[arg-type]  # each kind is a dataclass
            about = {"name": to_camel(each.name), "column": each.name, **each.metadata}
            about["label"] = about.get("label") or about["name"]
            found.append(Property(each.name, **about))
        return tuple(found)

    @classmethod
    def attributes(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Convert values by API name to values by attribute."""
        names = {each.name: each.attribute for each in cls.properties()}
        return {names[name]: value for name, value in given.items()}

    def values(self) -> dict[str, Any]:
        """Return all values by API name; None if there is no value."""
        return {each.name: getattr(self, each.attribute) for each in self.properties()}

    def shown(self) -> dict[str, Any]:
        """Return the values in the form of responses."""
        values = self.values()
        return {each.name: values[each.name] for each in self.properties() if each.shown}
