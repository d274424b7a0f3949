"""``--seed``: what a file puts into a new emulator, and what is wrong with a file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pulumi_flashback.emulator import Emulator
from pulumi_flashback.emulator.__main__ import main
from pulumi_flashback.emulator.seed_file import read_seed
from tests.emulator.asking import asking, keys, refused
from tests.emulator.conftest import Make
from tests.emulator.test_process import emulator as process

EXAMPLE = Path(__file__).parents[2] / "examples" / "emulator" / "team.yaml"
PATH = "/workspace/WORKSPACE_ID"


def login(emulator: Emulator, email: str, password: str) -> httpx.Response:
    body = {"email": email, "password": password}
    return asking(emulator, None)("POST", "/user/login", body)


@pytest.fixture
def seeded(make: Make) -> Emulator:
    return make(seed=read_seed(EXAMPLE))


def test_the_users_of_the_example(seeded: Emulator) -> None:
    session = login(seeded, "ada@example.com", "ada-password").json()
    ask = asking(seeded, session["accessToken"])
    profile = ask("GET", "/user/profile").json()["data"]
    names = ("id", "name", "lastName", "orgRoleDescription")
    assert [profile[name] for name in names] == ["USER_ID", "Ada", "Lovelace", "WORKSPACES"]
    workspace = ask("GET", PATH).json()["workspace"]
    roles = {each["user"]["email"]: each["role"] for each in workspace["users"]}
    assert (workspace["name"], roles) == (
        "Data team",
        {
            "you@example.com": "ADMIN",
            "ada@example.com": "WRITE",
            "grace@example.com": "READ",
            "ci@example.com": "ADMIN",
        },
    )
    assert login(seeded, "grace@example.com", seeded.password).status_code == 200
    assert login(seeded, "ben@example.com", seeded.password).json()["error_code"] == "USER_INACTIVE"
    assert login(seeded, "you@example.com", "...").json()["user"]["orgRole"] == 0xFF


def test_what_is_in_use_in_the_example(seeded: Emulator) -> None:
    ask = asking(seeded)
    used = {row["key"]: row for row in keys(ask, "?workspaceId=WORKSPACE_ID")}
    counts = {key: (row["bucket_count"], row["aillm_count"]) for key, row in used.items()}
    assert counts == {"AKIAIOSFODNN7EXAMPLE": (1, 0), "assistant": (0, 1)}
    for row in used.values():
        response = ask("DELETE", f"/apikeys/{row['id']}")
        refused(
            response, 400, "Cannot delete API key: it is used by active storage units or AI models"
        )
    refused(ask("DELETE", PATH), 400, "Cannot delete workspace with existing buckets or repos")
    (bucket,) = ask("GET", "/bucket?workspaceId=WORKSPACE_ID").json()["buckets"]
    assert (bucket["id"], bucket["apiKeyId"]) == ("BUCKET_ID", "API_KEY_ID")
    assert ask("DELETE", "/bucket/BUCKET_ID").status_code == 200
    assert ask("DELETE", "/apikeys/API_KEY_ID").status_code == 200
    assert ask("DELETE", PATH).status_code == 200


def test_the_example_has_the_shape_of_its_schema(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(EXAMPLE.read_text().replace("email: ada@example.com", ""))
    schema = str(EXAMPLE.with_name("team.schema.json"))
    check = [str(Path(sys.executable).parent / "check-jsonschema"), "--schemafile", schema]
    for file, code in ((EXAMPLE, 0), (bad, 1)):
        assert subprocess.run([*check, str(file)], capture_output=True).returncode == code


ERRORS = """\
users:
  ada:
    email: 5                  # users.ada.email must be a string; put it in quotes
    orgRole: BOSS             # users.ada.orgRole must be USER, BILLING, WORKSPACES, ADMINISTRATORS or OWNER
    colour: blue              # users.ada.colour is not a known field; the known ones are id, email, password, name, lastName, orgRole, validated
  bob:                        # users.bob.email is required
  cy: [1]                     # users.cy must be a mapping, with one `name: value` on each line
  demo:
    email: demo@flashback.example  # users.demo.email is already taken; give another one
    validated: "yes"          # users.demo.validated must be true or false
  eve:
    id: ../eve                # users.eve.id must be an id: letters, digits and . _ - only
    email: eve                # users.eve.email must be an email address
    password: ""              # users.eve.password must not be empty or have null characters
  users: { id: u, email: u@x.example }
  u:
    id: u                     # users.u.id is already taken; give another one
    email: v@x.example
workspaces:
  w:                          # workspaces.w.name is required
    id: workspace-uuid        # workspaces.w.id is already taken; give another one
    members:
      nobody: ADMIN           # workspaces.w.members.nobody is not the label of a user
      ada: admin              # workspaces.w.members.ada must be READ, WRITE or ADMIN
      u:                      # workspaces.w.members.u must be READ, WRITE or ADMIN
    keys:
      k:                      # workspaces.w.keys.k.key is required
        provider: AWS
        secret: [x]           # workspaces.w.keys.k.secret must be a string
    buckets:
      a: { name: A, key: k }
      b:
        name: A               # workspaces.w.buckets.b.name is already taken; give another one
        key: missing          # workspaces.w.buckets.b.key is not the label of a key of this workspace
    aiLlms:
      x:                      # workspaces.w.aiLlms.x.key is required
  users:
    name: " "                 # workspaces.users.name must not be empty or have null characters
    members: { users: ADMIN }
    keys:
nonsense: true                # nonsense is not a known field; the known ones are users, workspaces
"""


def test_all_errors_are_reported_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "team.yaml"
    path.write_text(ERRORS)
    expected = [
        f"{path}:{number}: {line.partition('# ')[2]}"
        for number, line in enumerate(ERRORS.splitlines(), 1)
        if "#" in line
    ]
    with pytest.raises(ValueError, match="is required") as problem:
        read_seed(path)
    assert str(problem.value).splitlines() == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[]", ":1: the file must be a mapping, with one `name: value` on each line"),
        (b"users:\n  a: [", ":2: the file is not valid YAML: "),
        (b"a: 1\na: 1\n", ":2: a is repeated; the first one is on line 1"),
        (b"\xff", ":1: the file is not UTF-8 text; save it as UTF-8"),
        (b"#" * 1024 * 1024 + b"#", ": is larger than 1024 KiB"),
        (None, ": cannot be read (No such file or directory)"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "team.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"team\.yaml") as problem:
        read_seed(path)
    assert f"{path}{reason}" in str(problem.value)


@pytest.mark.parametrize("content", ["", "# nothing\n", "users:\nworkspaces:\n"])
def test_nothing_is_a_seed(tmp_path: Path, make: Make, content: str) -> None:
    path = tmp_path / "team.yaml"
    path.write_text(content)
    names = [each.name for each in make(seed=read_seed(path)).workspaces()]
    assert names == ["Demo", "Second"]


def test_a_seed_is_for_a_new_file(tmp_path: Path, make: Make) -> None:
    data = tmp_path / "flashback.db"
    make(seed=read_seed(EXAMPLE), data=data).stop()
    before = data.read_bytes()
    with pytest.raises(
        ValueError, match=r"flashback.db already contains data, which a seed would mix"
    ):
        make(seed=read_seed(EXAMPLE), data=data)
    assert data.read_bytes() == before
    assert [each.name for each in make(data=data).workspaces()][2:] == ["Data team", "Sandbox"]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = tmp_path / "team.yaml", tmp_path / "flashback.db"
    path.write_text("users:\n  ada:\n  bob:\n")
    assert main(["--port", "0", "--seed", str(path), "--data", str(data)]) == 1
    lines = capsys.readouterr().err.splitlines()
    places = [f"error: {path}:{n}: users.{u}.email" for n, u in ((2, "ada"), (3, "bob"))]
    assert lines == [f"{each} is required" for each in places]
    assert not data.exists()
    with process("--seed", str(EXAMPLE)) as running:
        body = {"email": "ada@example.com", "password": "ada-password"}
        assert httpx.post(f"{running.url}/user/login", json=body).status_code == 200
