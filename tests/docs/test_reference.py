"""The YAML programs and the imports of the reference: one preview and one import for all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_flashback.emulator import Emulator
from tests.docs.pages import REFERENCE, blocks
from tests.docs.test_pages import HERE
from tests.docs.test_pages import variables as variables
from tests.furnished import furnish
from tests.sdk.conftest import Run, examples
from tests.sdk.conftest import run as run

IDS = {
    "API_KEY_ID": "key",
    "BUCKET_ID": "shared",
    "AI_LLM_ID": "model",
    "POLICY_ID": "policy",
    "REPOSITORY_ID": "repository",
    "REPOSITORY_API_KEY_ID": "access",
    "REPOSITORY_AI_KEY_ID": "ai access",
    "REPOSITORY_CLOUD_KEY_ID": "cloud access",
}
"""The placeholders of the imports, and what they stand for in a furnished workspace."""


def merged(programs: list[str]) -> dict[str, Any]:
    """Return one program with the resources of all, whose names begin with the number of theirs."""
    sections: dict[str, dict[str, Any]] = {"config": {}, "variables": {}, "resources": {}}
    for number, text in enumerate(programs):
        declared = yaml.safe_load(text)
        names = [*declared["resources"], *declared.get("variables", ())]
        own = rf"\$\{{({'|'.join(names)})\b"
        program = yaml.safe_load(re.sub(own, rf"${{p{number}\1", text))
        sections["config"] |= program.get("config", {})
        for section in ("variables", "resources"):
            found = program.get(section, {}).items()
            sections[section] |= {f"p{number}{name}": each for name, each in found}
    return sections


@pytest.mark.engine
@pytest.mark.timeout(900)
def test_the_reference(
    variables: dict[str, str], run: Run, faulty_emulator: Emulator, tmp_path: Path
) -> None:
    furnished = furnish(faulty_emulator, "canary-value")
    ids = {
        **{placeholder: furnished[name] for placeholder, name in IDS.items()},
        "WORKSPACE_ID": faulty_emulator.workspace_id,
        "USER_ID": faulty_emulator.user_id,
    }
    shown = [block for page in REFERENCE for block in blocks(page)]
    programs = dict.fromkeys(each.text for each in shown if each.language == "yaml")
    commands = [each.text.split() for each in shown if each.language == "sh"]
    assert all(command[:2] == ["pulumi", "import"] for command in commands)
    assert {command[2] for command in commands} == {*examples("yaml")}
    resources = [
        {"type": token, "name": name, "id": "/".join(ids[each] for each in what.split("/"))}
        for _, _, token, name, what in commands
    ]
    (tmp_path / "import.json").write_text(json.dumps({"resources": resources}))
    (tmp_path / "program.yaml").write_text(yaml.safe_dump(merged([*programs])))
    (tmp_path / "Pulumi.yaml").write_text("name: page\nruntime: python\n")
    lines = [
        f". {HERE}/helpers.sh",
        "program < program.yaml",
        "pulumi stack init dev",
        "pulumi import --file import.json --yes",
    ]
    (tmp_path / "reference.sh").write_text("\n".join(lines))
    printed = run("bash", "-euo", "pipefail", "reference.sh", cwd=tmp_path, **variables)
    assert f"{len(resources)} imported" in printed
    assert "canary-value" not in printed
