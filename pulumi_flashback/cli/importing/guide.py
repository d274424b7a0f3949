"""The next steps after ``flashback import``, as commands to copy."""

from collections.abc import Sequence
from pathlib import Path

from pulumi_flashback.cli.importing.found import Found
from pulumi_flashback.cli.importing.programs import (
    CREDENTIALS,
    CREDENTIALS_FILE,
    IMPORTS,
    credentials_in_file,
    secrets_of,
)
from pulumi_flashback.redaction import printable
from pulumi_flashback.suggested_commands import command, end_of_options

IMPORT_COMMAND = f"pulumi import --file {IMPORTS} --generate-code=false --protect=false"
"""The program already exists; protecting the resources would make them differ from it."""
WITHOUT_CHECKPOINTS = "PULUMI_SKIP_CHECKPOINTS=true"
LARGE = 100  # number of resources from which checkpoints take much of the time

_SECRETS = """\
Next, with the credentials at hand: `pulumi config set` prompts for each value, or reads it from a
file (`< FILE`). A value that the API does not return may be set later: until then `pulumi up` keeps
the existing one, and warns."""

_CREDENTIALS_FILE = f"""\
Next, fill in {CREDENTIALS_FILE}. A value that the API does not return may be set later: until then
`pulumi up` keeps the existing one, and warns. `pulumi config set` encrypts the file into the config
of the stack, and `rm` deletes it: do not keep it. Git ignores it."""

_LONG_CONFIG = """\
On Linux, a Python program can read 128 KB of config, about 1,000 keys of AWS or 60 of GCP. If that
is too little, run this command again with --language yaml, which has no such limit."""

_SKIP_CHECKPOINTS = f"""\
With a DIY backend, a large import is much faster without checkpoints. The state
is then written once, at the end; an import that is interrupted can be repeated, because it changes
nothing on the platform:
  {WITHOUT_CHECKPOINTS} {IMPORT_COMMAND}"""

_SHOWN_ONCE = """\
The API returns the secret of a repository's key only when it creates the key, so the stack will not
have it. Applications keep the one that they use. If a program needs it, `pulumi up --replace URN`
creates another key and deletes the old one. Affected keys:
  {}"""


def guide(directory: Path, language: str, names: Sequence[str], resources: Sequence[Found]) -> str:
    types = [each.type.name for each in resources]
    counts = ", ".join(f"{types.count(name)} {name}" for name in dict.fromkeys(types))
    secrets, in_file = secret_commands(resources), credentials_in_file(resources)
    commands = [
        command("cd", *end_of_options(str(directory)), str(directory)),
        *["pip install -r requirements.txt"] * (language == "python"),
        *("pulumi stack init dev", *secrets, IMPORT_COMMAND, "pulumi up"),
    ]
    parts = [
        f"Found {counts}. Wrote {', '.join(names)} to {directory}.",
        _problems(resources),
        _without_secret(resources),
        _SKIP_CHECKPOINTS if len(resources) >= LARGE else "",
        _LONG_CONFIG if in_file and language == "python" else "",
        _CREDENTIALS_FILE if in_file else _SECRETS if secrets else "Next:",
        "\n".join(f"  {each}" for each in commands),
    ]
    return "\n\n".join(filter(None, parts))


def secret_commands(resources: Sequence[Found]) -> list[str]:
    """Return the commands that set the secrets, without values: others can see arguments."""
    if credentials_in_file(resources):
        file = CREDENTIALS_FILE
        return [f"pulumi config set --secret {CREDENTIALS} < {file}", f"rm {file}"]
    return [f"pulumi config set --secret {each.config}" for each in secrets_of(resources)]


def _without_secret(resources: Sequence[Found]) -> str:
    names = [each.name for each in resources if each.type.outputs.marked("shown_once")]
    return _SHOWN_ONCE.format(", ".join(names)) if names else ""


def _problems(resources: Sequence[Found]) -> str:
    lines = [f"  {each.name}: {printable(text)}" for each in resources for text in each.problems]
    heading = "The provider does not accept these values; change them first:"
    return "\n".join([heading, *lines]) if lines else ""
