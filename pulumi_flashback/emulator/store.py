"""The database: SQLite in memory or in a file. Acknowledged writes survive a kill."""

from __future__ import annotations

import dataclasses
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pulumi_flashback.emulator.rows import Row, kept, new_id
from pulumi_flashback.emulator.vault import Vault

OWNER, ADMINISTRATOR, WORKSPACES, BILLING, USER = 0xFF, 0xFE, 0x02, 0x01, 0x00  # organization roles


@dataclass(frozen=True, kw_only=True)
class Note(Row):
    """A value that the emulator stores about a database."""

    table = "meta"
    name: str
    value: bytes


@dataclass(frozen=True, kw_only=True)
class User(Row):
    """One user of an organization. The default name is the part before the ``@``."""

    table = "users"
    id: str = kept(new_id)
    email: str
    name: str = ""
    last_name: str = ""
    org_id: str
    org_role: int = USER
    validated: bool = True
    deleted_at: str | None = None
    password: str = dataclasses.field(repr=False, metadata={"shown": False})  # a salted hash

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.email.partition("@")[0])
        object.__setattr__(self, "validated", bool(self.validated))  # SQLite stores numbers


@dataclass(frozen=True, kw_only=True)
class Workspace(Row):
    """One workspace."""

    table = "workspaces"
    id: str = kept(new_id)
    name: str
    org_id: str
    deleted_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class Member(Row):
    """The role of a user in a workspace."""

    table = "roles"
    workspace_id: str
    user_id: str
    role: str


R = TypeVar("R", bound=Row)


class Store:
    """All data. Thread-safe: one lock around one connection makes checks and writes atomic."""

    vault: Vault

    def __init__(self, data: Path | None = None) -> None:
        self._connect(data)
        try:
            self._open(data)
        except BaseException:
            self._connection.close()
            raise

    def _connect(self, data: Path | None) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            ":memory:" if data is None else data,
            check_same_thread=False,
            isolation_level=None,
            timeout=0.5,
        )
        self._connection.row_factory = sqlite3.Row

    def _open(self, data: Path | None) -> None:
        # one process at a time; each statement is on disk before its response is sent
        self.execute("PRAGMA locking_mode=EXCLUSIVE")
        tables = {row["name"] for row in self.execute("SELECT name FROM sqlite_master")}
        if tables and not tables.issuperset({"users", "meta"}):
            raise ValueError(f"{data} is the database of another program; choose another --data")
        self.execute("PRAGMA journal_mode=WAL")
        self.execute("PRAGMA synchronous=FULL")
        with self.transaction():
            for kind in Row.__subclasses__():
                self._add_table(kind)
            seal = self.note("seal")
            # under the lock, so that two processes never write two keys
            self.vault = Vault.beside(data, new=seal is None)
            if seal is None:
                self.put(Note, {"value": self.vault.seal("open")}, name="seal")
            else:
                self.vault.open(seal)

    def _add_table(self, kind: type[Row]) -> None:
        wanted = [column for each in kind.properties() for column in each.columns]
        self.execute(f"CREATE TABLE IF NOT EXISTS {kind.table} ({', '.join(wanted)})")
        present = {row["name"] for row in self.execute(f"PRAGMA table_info({kind.table})")}
        for name in wanted:
            if name not in present:
                self.execute(f"ALTER TABLE {kind.table} ADD COLUMN {name}")
        for name in {"id", "workspace_id", "api_key_id"}.intersection(
            wanted
        ):  # the columns used for lookups
            index = f"{kind.table}_{name} ON {kind.table} ({name})"
            self.execute(f"CREATE INDEX IF NOT EXISTS {index}")

    def copy(self) -> Store:
        """Return a copy of all current data in memory."""
        other = Store.__new__(Store)
        other._connect(None)
        other.vault = self.vault
        with self._lock:
            self._connection.backup(other._connection)
        return other

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all statements inside atomic and durable. May be nested."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise

    def execute(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """Run one statement; it is durable when this returns or when its transaction ends."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def find(self, kind: type[R], **where: Any) -> list[R]:
        """Return the rows of a kind that have these values."""
        condition, values = self._condition(kind, where)
        query = f"SELECT * FROM {kind.table}{condition} ORDER BY rowid"  # noqa: S608 - our own names
        return [self._row(kind, each) for each in self.execute(query, *values)]

    def one(self, kind: type[R], **where: Any) -> R | None:
        """Return the first row of a kind that has these values."""
        return next(iter(self.find(kind, **where)), None)

    def add(self, row: R) -> R:
        """Add a row and return it."""
        columns = self._encoded(type(row), vars(row))
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self._write(f"INSERT INTO {row.table} ({names}) VALUES ({marks})", *columns.values())  # noqa: S608
        return row

    def change(self, kind: type[Row], changes: Mapping[str, Any], **where: Any) -> bool:
        """Change attributes of rows; False if there are no such rows, or no changes."""
        columns = self._encoded(kind, changes)
        condition, values = self._condition(kind, where)
        assignments = ", ".join(f"{name} = ?" for name in columns)
        statement = f"UPDATE {kind.table} SET {assignments}{condition}"  # noqa: S608
        return bool(columns) and self._write(statement, *columns.values(), *values)

    def remove(self, kind: type[Row], **where: Any) -> bool:
        """Remove rows permanently; False if there are no such rows."""
        condition, values = self._condition(kind, where)
        return self._write(f"DELETE FROM {kind.table}{condition}", *values)  # noqa: S608

    def _write(self, statement: str, *values: Any) -> bool:
        with self._lock:
            return self._connection.execute(statement, values).rowcount > 0

    def put(self, kind: type[Row], changes: Mapping[str, Any], **where: Any) -> None:
        """Change rows, or add one if there are none."""
        with self.transaction():
            if not self.change(kind, changes, **where):
                self.add(kind(**where, **changes))

    def note(self, name: str) -> bytes | None:
        """Return the value stored with ``put(Note, ...)``."""
        found = self.one(Note, name=name)
        return bytes(found.value) if found else None

    def _condition(self, kind: type[Row], where: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return a WHERE clause; an encrypted value is found by its digest."""
        columns = self._encoded(kind, where)
        names = [name for name in columns if not name.endswith("_box")]
        condition = " AND ".join(f"{name} IS ?" for name in names)  # IS also matches NULL
        return condition and f" WHERE {condition}", [columns[name] for name in names]

    def _encoded(self, kind: type[Row], values: Mapping[str, Any]) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for each in kind.properties():
            if each.attribute in values:
                value = values[each.attribute]
                encoded = (value,) * len(each.columns)
                if each.sealed and value is not None:
                    encoded = (self.vault.seal(value), self.vault.digest(value))
                columns.update(zip(each.columns, encoded, strict=True))
        return columns

    def _row(self, kind: type[R], row: sqlite3.Row) -> R:
        # missing values get the default, also if an older data file lacks the column
        present = {each: row[each.columns[0]] for each in kind.properties()}
        return kind(
            **{
                each.attribute: self.vault.open(value) if each.sealed else value
                for each, value in present.items()
                if value is not None
            }
        )
