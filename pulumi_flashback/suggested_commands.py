"""Commands that messages suggest, quoted so that they can be copied whatever an id contains."""

import shlex

from pulumi_flashback.redaction import printable


def command(*words: str) -> str:
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    letters = [each if each in (printable(each), " ") else f"\\U{ord(each):08x}" for each in word]
    if "".join(letters) == word:
        # zsh expands a word that begins with = to the path of a program
        quoted = shlex.quote(word)
        return f"'{word}'" if quoted.startswith("=") else quoted
    # invisible characters and terminal escapes are written as bash, zsh and ksh read them
    escapes = {"'": "\\'", "\\": "\\\\"}
    return f"$'{''.join(escapes.get(each, each) for each in letters)}'"


def to_delete_key(workspace_id: str, api_key_id: str, stack: str | None = None) -> str:
    """Return the command that deletes a key; the stack is for the credentials in its config."""
    config = [] if stack is None else ["--config-of", stack]
    arguments = [api_key_id, "--workspace", workspace_id, *config]
    if api_key_id.startswith("-") or workspace_id.startswith("-"):  # not an option
        arguments = [f"--workspace={workspace_id}", *config, "--", api_key_id]
    return command("flashback", "keys", "delete", *arguments)


def to_delete_workspace(workspace_id: str) -> str:
    return command("flashback", "workspaces", "delete", *end_of_options(workspace_id), workspace_id)


def to_import(token: str, name: str, import_id: str) -> str:
    return command("pulumi", "import", *end_of_options(import_id), token, name, import_id)


def end_of_options(word: str) -> list[str]:
    """Return the separator that a command needs before a word that looks like an option."""
    return ["--"] if word.startswith("-") else []
