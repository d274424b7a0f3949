"""Commands to copy, in which every word arrives as it is, whatever an id looks like."""

from __future__ import annotations

import shlex

from pulumi_flashback.redaction import printable


def command(*words: str) -> str:
    """Return a command to copy, in which every word arrives as it is."""
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
    """Return the command that deletes a key.

    Args:
        workspace_id: The workspace that owns it.
        api_key_id: The key.
        stack: The stack whose config says how to sign in; None for none.
    """
    signed_in = [] if stack is None else ["--config-of", stack]
    given = [api_key_id, "--workspace", workspace_id, *signed_in]
    if api_key_id.startswith("-") or workspace_id.startswith("-"):  # they are no options
        given = [f"--workspace={workspace_id}", *signed_in, "--", api_key_id]
    return command("flashback", "keys", "delete", *given)


def to_delete_workspace(workspace_id: str) -> str:
    """Return the command that deletes a workspace."""
    return command("flashback", "workspaces", "delete", *_no_option(workspace_id), workspace_id)


def to_import(token: str, name: str, import_id: str) -> str:
    """Return the command that imports a resource into a stack.

    Args:
        token: The type token.
        name: The name of the resource in the program.
        import_id: What its page says about ids.
    """
    return command("pulumi", "import", *_no_option(import_id), token, name, import_id)


def _no_option(word: str) -> list[str]:
    return ["--"] if word.startswith("-") else []
