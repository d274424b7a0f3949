"""Commands that messages suggest, to copy: every word arrives as it is, whatever an id holds."""

import shlex

from pulumi_flashback.redaction import printable


def command(*words: str) -> str:
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    letters = [each if each in (printable(each), " ") else f"\\U{ord(each):08x}" for each in word]
    if "".join(letters) == word:
        # zsh takes a word that begins with = for the path of a program
        quoted = shlex.quote(word)
        return f"'{word}'" if quoted.startswith("=") else quoted
    # what nobody sees or the terminal obeys is written as bash, zsh and ksh read it
    escapes = {"'": "\\'", "\\": "\\\\"}
    return f"$'{''.join(escapes.get(each, each) for each in letters)}'"


def to_delete_key(workspace_id: str, api_key_id: str, stack: str | None = None) -> str:
    """Return the command that deletes a key; the config of a stack may say how to sign in."""
    config = [] if stack is None else ["--config-of", stack]
    arguments = [api_key_id, "--workspace", workspace_id, *config]
    if api_key_id.startswith("-") or workspace_id.startswith("-"):  # they are not options
        arguments = [f"--workspace={workspace_id}", *config, "--", api_key_id]
    return command("flashback", "keys", "delete", *arguments)


def to_delete_workspace(workspace_id: str) -> str:
    return command("flashback", "workspaces", "delete", *end_of_options(workspace_id), workspace_id)


def to_import(token: str, name: str, import_id: str) -> str:
    return command("pulumi", "import", *end_of_options(import_id), token, name, import_id)


def end_of_options(word: str) -> list[str]:
    """Return what a command needs before a word that could be taken for an option."""
    return ["--"] if word.startswith("-") else []
