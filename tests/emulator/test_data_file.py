"""``--data``: what lies on the disk, and whose."""

from __future__ import annotations

import base64
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pulumi_flashback.emulator import Emulator
from tests.emulator.asking import BODY, WORKSPACE, asking


def use(data: Path) -> None:
    Emulator(data=data).stop()


@pytest.mark.skipif(os.name != "posix", reason="needs links and modes")
@pytest.mark.parametrize("target", ["known.key", "nowhere", "flashback.db"])
def test_nothing_is_encrypted_with_a_key_that_others_have_put_there(
    tmp_path: Path, target: str
) -> None:
    known, key = base64.urlsafe_b64encode(b"k" * 32), tmp_path / "flashback.db.key"
    (tmp_path / "known.key").write_bytes(known)
    key.symlink_to(tmp_path / target)
    if target == "known.key":
        use(tmp_path / "flashback.db")
        assert key.read_bytes() != known
        assert key.lstat().st_mode & 0o777 == 0o600
    else:
        with pytest.raises((ValueError, FileExistsError)):
            use(tmp_path / "flashback.db")
    assert (tmp_path / "known.key").read_bytes() == known
    assert not (tmp_path / "nowhere").exists()


def test_a_key_of_a_removed_database_is_replaced_and_another_file_stays(tmp_path: Path) -> None:
    data, key = tmp_path / "flashback.db", tmp_path / "flashback.db.key"
    use(data)
    before = key.read_bytes()
    data.unlink()
    use(data)
    assert key.read_bytes() != before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["flashback.db", "flashback.db.key"]
    data.unlink()
    key.write_text("of another program")
    with pytest.raises(ValueError, match="holds no key"):
        use(data)
    assert key.read_text() == "of another program"


def test_wrong_key_files(tmp_path: Path) -> None:
    used, key = tmp_path / "used.db", tmp_path / "used.db.key"
    use(used)
    for contents, complaint in (
        (None, "is missing"),
        (b"", "holds no key"),
        (base64.urlsafe_b64encode(b"x" * 32), "encrypted with another key"),
    ):
        key.unlink() if contents is None else key.write_bytes(contents)
        with pytest.raises(ValueError, match=complaint):
            use(used)
        assert key.exists() == (contents is not None)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "other.db"
    with closing(sqlite3.connect(data)) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = data.read_bytes()
    with pytest.raises(ValueError, match="another program"):
        use(data)
    assert data.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["other.db"]


FIRST_VERSION = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL, password TEXT NOT NULL,
    org_id TEXT NOT NULL, org_role INTEGER NOT NULL, validated INTEGER NOT NULL DEFAULT 1);
CREATE TABLE workspaces (id TEXT PRIMARY KEY, name TEXT NOT NULL, org_id TEXT NOT NULL,
    deleted_at TEXT);
CREATE TABLE roles (workspace_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (workspace_id, user_id));
CREATE TABLE refresh_tokens (digest TEXT PRIMARY KEY, user_id TEXT NOT NULL,
    expires_at REAL NOT NULL);
CREATE TABLE api_keys (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,
    workspace_id TEXT NOT NULL, provider TEXT NOT NULL, key_box BLOB NOT NULL,
    key_digest TEXT NOT NULL, secret_box BLOB NOT NULL, endpoint TEXT, region TEXT,
    tenantId TEXT, subscriptionId TEXT, description TEXT, created_at TEXT NOT NULL,
    bucket_count INTEGER NOT NULL DEFAULT 0, aillm_count INTEGER NOT NULL DEFAULT 0);
"""


def test_a_data_file_of_the_first_version_still_works(tmp_path: Path) -> None:
    data, new = tmp_path / "flashback.db", tmp_path / "new.db"
    use(data)
    data.replace(new)
    with closing(sqlite3.connect(data, isolation_level=None)) as old:
        old.executescript(FIRST_VERSION)
        old.execute("ATTACH ? AS new", (str(new),))
        for table in ("meta", "users", "workspaces", "roles"):
            columns = ", ".join(row[1] for row in old.execute(f"PRAGMA main.table_info({table})"))
            old.execute(f"INSERT INTO {table} SELECT {columns} FROM new.{table}")
    emulator = Emulator(data=data)
    try:
        ask = asking(emulator)
        assert ask("GET", "/user/profile").json()["data"]["name"] == "demo"
        made = ask("POST", "/apikeys", {**BODY, "tenantId": "t"}).json()["apiKeyId"]
        assert ask("POST", "/apikeys", BODY).status_code == 400  # a duplicate
        assert ask("DELETE", WORKSPACE).status_code == 200
        assert [(row["id"], row["tenantId"]) for row in emulator.api_keys()] == [(made, "t")]
    finally:
        emulator.stop()
