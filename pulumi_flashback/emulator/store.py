"""The database: SQLite, in memory or in a file. What it has acknowledged survives a kill."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from pulumi_flashback.emulator.vault import Vault

OWNER, ADMINISTRATOR, WORKSPACES, USER = 0xFF, 0xFE, 0x02, 0x00
"""Organization roles (Flashback API reference, organization)."""

OPTIONAL_FIELDS = ("endpoint", "region", "tenantId", "subscriptionId", "description")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL, password TEXT NOT NULL, org_id TEXT NOT NULL,
    org_role INTEGER NOT NULL, validated INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS workspaces (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, org_id TEXT NOT NULL, deleted_at TEXT
);
CREATE TABLE IF NOT EXISTS roles (
    workspace_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    digest TEXT PRIMARY KEY, user_id TEXT NOT NULL, expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS api_keys (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,
    workspace_id TEXT NOT NULL, provider TEXT NOT NULL, key_box BLOB NOT NULL,
    key_digest TEXT NOT NULL, secret_box BLOB NOT NULL, endpoint TEXT, region TEXT,
    tenantId TEXT, subscriptionId TEXT, description TEXT, created_at TEXT NOT NULL,
    bucket_count INTEGER NOT NULL DEFAULT 0, aillm_count INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS api_keys_identity ON api_keys (workspace_id, key_digest);
"""

_LATER_COLUMNS = (
    ("users", "name", "TEXT NOT NULL DEFAULT ''"),
    ("users", "last_name", "TEXT NOT NULL DEFAULT ''"),
    ("users", "deleted_at", "TEXT"),
    ("workspaces", "bucket_count", "INTEGER NOT NULL DEFAULT 0"),
    ("workspaces", "repo_count", "INTEGER NOT NULL DEFAULT 0"),
)
"""Columns that the first data files do not have."""


@dataclass(frozen=True)
class User:
    """One user of an organization.

    Attributes:
        id: The id.
        email: The email address.
        org_id: The organization.
        org_role: The role in it.
        validated: Whether the account is validated.
        name: The first name.
        last_name: The last name.
        deleted_at: When the user was deleted, or None.
    """

    id: str
    email: str
    org_id: str
    org_role: int
    validated: bool
    name: str = ""
    last_name: str = ""
    deleted_at: str | None = None

    @property
    def is_organization_admin(self) -> bool:
        """Whether the user is ADMINISTRATOR or OWNER of the organization."""
        return self.org_role >= ADMINISTRATOR


@dataclass(frozen=True)
class Workspace:
    """One workspace.

    Attributes:
        id: The id.
        name: The name.
        org_id: The organization.
        buckets: How many buckets are in it.
        repositories: How many repositories are in it.
        deleted_at: When it was deleted, or None.
    """

    id: str
    name: str
    org_id: str
    buckets: int = 0
    repositories: int = 0
    deleted_at: str | None = None


class Store:
    """All data. Thread-safe: one connection behind one lock, so that checks and writes are one.

    Args:
        data: The database file, or None for a database in memory.

    Raises:
        OSError: The file or its key cannot be opened.
        sqlite3.Error: The file is no database, or another process has it open.
        ValueError: The file is another program's, or its key is missing or wrong.
    """

    vault: Vault

    def __init__(self, data: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(
            ":memory:" if data is None else data,
            check_same_thread=False,
            isolation_level=None,
            timeout=0.5,
        )
        self._connection.row_factory = sqlite3.Row
        try:
            self._open(data)
        except BaseException:
            self._connection.close()
            raise

    def _open(self, data: Path | None) -> None:
        # one process at a time; each statement is on disk before its answer is sent
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        tables = {row["name"] for row in self._all("SELECT name FROM sqlite_master")}
        if tables and "api_keys" not in tables:
            raise ValueError(f"{data} is the database of another program; choose another --data")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        with self.transaction():
            for statement in _SCHEMA.split(";"):
                self.execute(statement)
            self._add_later_columns()
            seal = self._meta("seal")
            # while the lock is held, so that two processes never write two keys
            self.vault = Vault.beside(data, new=seal is None)
            if seal is None:
                self._set_meta("seal", self.vault.seal("open"))
            else:
                self.vault.open(seal)

    def _add_later_columns(self) -> None:
        for table, column, kind in _LATER_COLUMNS:
            present = {row["name"] for row in self._all(f"PRAGMA table_info({table})")}
            if column not in present:
                self.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    def _meta(self, name: str) -> bytes | None:
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return bytes(row["value"]) if row else None

    def _set_meta(self, name: str, value: bytes) -> None:
        self.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def copy(self) -> Store:
        """Return all data as it is now, in memory."""
        other = Store.__new__(Store)
        other.lock = threading.RLock()
        other.vault = self.vault
        other._connection = sqlite3.connect(
            ":memory:", check_same_thread=False, isolation_level=None
        )
        other._connection.row_factory = sqlite3.Row
        with self.lock:
            self._connection.backup(other._connection)
        return other

    def take_accounts(self, other: Store) -> None:
        """Replace users and tokens by those of another store."""
        with self.transaction():
            for table in ("users", "meta"):
                self.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
                for row in other._all(f"SELECT * FROM {table}"):  # noqa: S608
                    marks = ", ".join("?" * len(row))
                    self.execute(f"INSERT INTO {table} VALUES ({marks})", *row)  # noqa: S608

    def close(self) -> None:
        """Close the database."""
        with self.lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is done inside happen as one, or not at all.

        It is durable at the end, and nothing else happens meanwhile. May be nested.
        """
        with self.lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise

    def execute(self, statement: str, *values: Any) -> int:
        """Run one statement; it is durable when this returns, or its transaction ends.

        Returns:
            The number of rows it has changed.
        """
        with self.lock:
            return self._connection.execute(statement, values).rowcount

    def _one(self, query: str, *values: Any) -> sqlite3.Row | None:
        with self.lock:
            row: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
            return row

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self.lock:
            return self._connection.execute(query, values).fetchall()

    # users

    def add_user(
        self,
        email: str,
        password: str,
        *,
        org_id: str,
        org_role: int = USER,
        validated: bool = True,
        name: str = "",
        last_name: str = "",
    ) -> User:
        """Add a user to an organization; without a name, it is what is before the ``@``."""
        name = name or email.partition("@")[0]
        user = User(str(uuid.uuid4()), email, org_id, org_role, validated, name, last_name)
        hashed = self.vault.hash_password(password)
        self.execute(
            "INSERT INTO users (id, email, password, org_id, org_role, validated, name, last_name)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(user.id, email, hashed, org_id, org_role, validated, name, last_name),
        )
        return user

    def update_user(self, user_id: str, changes: Mapping[str, Any]) -> None:
        """Change ``name``, ``last_name``, ``org_role`` or ``deleted_at`` of a user."""
        assignments = ", ".join(f"{name} = ?" for name in changes)
        if assignments:
            self.execute(
                f"UPDATE users SET {assignments} WHERE id = ?",  # noqa: S608 - our own names
                *changes.values(),
                user_id,
            )

    def delete_user(self, user_id: str) -> None:
        """Mark a user as deleted; the row stays."""
        self.update_user(user_id, {"deleted_at": _now()})

    def users(self, org_id: str) -> list[User]:
        """Return the users of an organization in order of creation, deleted ones too."""
        rows = self._all("SELECT * FROM users WHERE org_id = ? ORDER BY rowid", org_id)
        return [_user_of(row) for row in rows]

    def user(self, user_id: str) -> User | None:
        """Return a user by id."""
        return _user(self._one("SELECT * FROM users WHERE id = ?", user_id))

    def user_by_email(self, email: str) -> User | None:
        """Return a user by email address."""
        return _user(self._one("SELECT * FROM users WHERE email = ?", email))

    def password_hash(self, user: User) -> str:
        """Return the hash of a user's password."""
        row = self._one("SELECT password FROM users WHERE id = ?", user.id)
        return str(row["password"]) if row else ""

    # tokens: access tokens are not kept, of refresh tokens only a digest

    @property
    def token_key(self) -> bytes:
        """The key that access tokens are signed with."""
        epoch = self._meta("token-epoch") or b""
        return self.vault.derive(f"tokens:{epoch.hex()}")

    def expire_tokens(self, *, refresh_tokens: bool = False) -> None:
        """Make all access tokens invalid, and the refresh tokens too if wanted."""
        with self.transaction():
            self._set_meta("token-epoch", uuid.uuid4().bytes)
            if refresh_tokens:
                self.execute("DELETE FROM refresh_tokens")

    def add_refresh_token(self, token: str, user_id: str, seconds: float) -> None:
        """Note a refresh token."""
        self.execute(
            "INSERT INTO refresh_tokens VALUES (?, ?, ?)",
            *(self.vault.digest(token), user_id, time.time() + seconds),
        )

    def refresh_token_owner(self, token: str) -> User | None:
        """Return whose valid refresh token this is."""
        row = self._one(
            "SELECT user_id FROM refresh_tokens WHERE digest = ? AND expires_at > ?",
            *(self.vault.digest(token), time.time()),
        )
        return self.user(row["user_id"]) if row else None

    def drop_refresh_token(self, token: str) -> None:
        """Forget a refresh token."""
        self.execute("DELETE FROM refresh_tokens WHERE digest = ?", self.vault.digest(token))

    # workspaces

    def add_workspace(self, name: str, org_id: str, workspace_id: str | None = None) -> Workspace:
        """Add a workspace."""
        workspace = Workspace(workspace_id or str(uuid.uuid4()), name, org_id)
        self.execute(
            "INSERT INTO workspaces (id, name, org_id) VALUES (?, ?, ?)",
            *(workspace.id, name, org_id),
        )
        return workspace

    def workspace(self, workspace_id: str, *, deleted: bool = False) -> Workspace | None:
        """Return a workspace; a deleted one only if these are wanted."""
        row = self._one("SELECT * FROM workspaces WHERE id = ?", workspace_id)
        if row is None or (row["deleted_at"] and not deleted):
            return None
        return _workspace_of(row)

    def workspaces(self, org_id: str, *, deleted: bool = False) -> list[Workspace]:
        """Return the workspaces of an organization; deleted ones only if these are wanted."""
        rows = self._all("SELECT * FROM workspaces WHERE org_id = ? ORDER BY rowid", org_id)
        return [_workspace_of(row) for row in rows if deleted or not row["deleted_at"]]

    def has_workspace_named(
        self, name: str, org_id: str, but: str | None = None, *, deleted: bool = False
    ) -> bool:
        """Say whether an organization has another workspace of this name."""
        found = self.workspaces(org_id, deleted=deleted)
        return any(each.name == name and each.id != but for each in found)

    def rename_workspace(self, workspace_id: str, name: str) -> None:
        """Give a workspace another name."""
        self.execute("UPDATE workspaces SET name = ? WHERE id = ?", name, workspace_id)

    def mark_workspace_in_use(self, workspace_id: str, buckets: int, repositories: int) -> None:
        """Say how many buckets and repositories are in a workspace."""
        self.execute(
            "UPDATE workspaces SET bucket_count = ?, repo_count = ? WHERE id = ?",
            *(buckets, repositories, workspace_id),
        )

    def delete_workspace(self, workspace_id: str) -> None:
        """Mark a workspace as deleted; its rows stay."""
        self.execute("UPDATE workspaces SET deleted_at = ? WHERE id = ?", _now(), workspace_id)

    # members

    def set_member(self, workspace_id: str, user_id: str, role: str) -> None:
        """Make a user a member of a workspace, or give a member another role."""
        self.execute(
            "INSERT INTO roles VALUES (?, ?, ?) ON CONFLICT (workspace_id, user_id)"
            " DO UPDATE SET role = excluded.role",
            *(workspace_id, user_id, role),
        )

    def remove_member(self, workspace_id: str, user_id: str) -> bool:
        """Remove a member; False where the user is none."""
        statement = "DELETE FROM roles WHERE workspace_id = ? AND user_id = ?"
        return self.execute(statement, workspace_id, user_id) > 0

    def members(self, workspace_id: str) -> list[tuple[User, str]]:
        """Return the members of a workspace with their roles, in the order of their coming."""
        rows = self._all(
            "SELECT users.*, roles.role FROM roles JOIN users ON users.id = roles.user_id"
            " WHERE roles.workspace_id = ? ORDER BY roles.rowid",
            workspace_id,
        )
        return [(_user_of(row), str(row["role"])) for row in rows]

    # API keys

    def add_api_key(self, fields: Mapping[str, Any]) -> str:
        """Add a key and return its id."""
        identifier = str(uuid.uuid4())
        self.execute(
            "INSERT INTO api_keys (id, workspace_id, provider, key_box, key_digest, secret_box,"
            " endpoint, region, tenantId, subscriptionId, description, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(identifier, fields["workspaceId"], fields["provider"]),
            *(self.vault.seal(fields["key"]), self.vault.digest(fields["key"])),
            self.vault.seal(fields["secret"]),
            *(fields.get(name) for name in OPTIONAL_FIELDS),
            _now(),
        )
        return identifier

    def update_api_key(self, identifier: str, changes: Mapping[str, Any]) -> None:
        """Change fields of a key, by the API's names."""
        columns = dict(changes)
        if "key" in columns:
            key = columns.pop("key")
            columns.update(key_box=self.vault.seal(key), key_digest=self.vault.digest(key))
        if "secret" in columns:
            columns["secret_box"] = self.vault.seal(columns.pop("secret"))
        if columns:
            assignments = ", ".join(f"{name} = ?" for name in columns)
            self.execute(
                f"UPDATE api_keys SET {assignments} WHERE id = ?",  # noqa: S608 - our own names
                *columns.values(),
                identifier,
            )

    def delete_api_key(self, identifier: str) -> bool:
        """Remove a key for good; False where there is none."""
        return self.execute("DELETE FROM api_keys WHERE id = ?", identifier) > 0

    def api_key(self, identifier: str) -> sqlite3.Row | None:
        """Return one row."""
        return self._one("SELECT * FROM api_keys WHERE id = ?", identifier)

    def api_keys(self, workspace_id: str) -> list[sqlite3.Row]:
        """Return the rows of a workspace in order of creation."""
        return self._all(
            "SELECT * FROM api_keys WHERE workspace_id = ? ORDER BY sequence", workspace_id
        )

    def twins(self, workspace_id: str, key: str) -> list[sqlite3.Row]:
        """Return the rows of a workspace that have the same public half."""
        return self._all(
            "SELECT * FROM api_keys WHERE workspace_id = ? AND key_digest = ?",
            *(workspace_id, self.vault.digest(key)),
        )


def _user(row: sqlite3.Row | None) -> User | None:
    return None if row is None else _user_of(row)


def _user_of(row: sqlite3.Row) -> User:
    return User(
        row["id"],
        row["email"],
        row["org_id"],
        row["org_role"],
        bool(row["validated"]),
        row["name"] or row["email"].partition("@")[0],
        row["last_name"],
        row["deleted_at"],
    )


def _workspace_of(row: sqlite3.Row) -> Workspace:
    contents = (row["bucket_count"], row["repo_count"])
    return Workspace(row["id"], row["name"], row["org_id"], *contents, row["deleted_at"])


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
