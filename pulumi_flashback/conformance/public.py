"""Makes requests and responses publishable: no secrets, no foreign ids, no personal data.

A text is shown only if it is known to be harmless: made up by the command, a word of the API, or a
message that was checked. All others are reduced to their pattern: ``Ada-7`` becomes ``aaa-9``.
Equal ids, keys, tokens and secrets have equal placeholders. Rows that the command did not create
are reduced to the names and types of their fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_flashback.conformance.exchanges import Account, Exchange
from pulumi_flashback.redaction import one_line

OTHERS = "others"  # the entry of a list that represents the rows of others

_HEADERS = re.compile(r"content-type|retry-after|allow|(x-)?rate-?limit.*")
_MESSAGES = ("message", "error", "error_message")
_WORDS = ("provider", "role", "status", "error_code", "storageType", "orgRoleDescription")
_QUOTA_WORDS = ("code", "type", "periodType")
_TOKENS = ("token", "accessToken", "refreshToken", "refresh_token", "tokenId")
_ROWS = ("apiKeys", "workspaces", "users", "data", "buckets", "repos", "aiLlms", "policies")
_OF_THE_PLATFORM = ("providers", "quotaUsage")  # lists that are the same for all users
_KEY_ROWS = ("keys", "items")  # lists of repository keys
_CREATED = (
    *((name,) for name in ("apiKeyId", "bucketId", "repoId", "aiLlmId", "id")),
    *((name, "id") for name in ("workspace", "data", "policy")),
)
_PERSONAL = ("id", "email", "org_id", "first_name", "last_name")  # fields of an account
_COUNTS = ("total", "current", "max", "percentage")  # counts that describe the organization
_CONTRACT = "subscription"  # its content is confidential

_WORD = re.compile(r"[A-Za-z][A-Za-z_ -]{0,39}")
_FIELD = re.compile(r"[A-Za-z][A-Za-z_]{0,39}\d{0,2}")
_ID_FIELD = re.compile(r"(.*[a-z_])?(Ids?|Uuid)|id|ids|uuid")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IN_MESSAGES = (
    (re.compile(r"https?://\S+"), "<url>"),
    (re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+"), "<email>"),
    (_UUID, "<id>"),
    (re.compile(r"([\"'`\u201c\u2018]).*?[\"'`\u201d\u2019]"), "<quoted>"),
    (re.compile(r"\b(?=\w*\d)[\w-]{8,}\b|\d{4,}"), "<id>"),
)
_RUN = re.compile(r"[a9]+")  # a sequence of letters and digits in a pattern
_LONGEST_PATTERN = 60


class Publisher:
    """Makes exchanges publishable, one after another.

    Args:
        accounts: The signed-in users.
        made_up: Texts that the command made up.
        secrets: Secrets that the command made up.
        workspace: The workspace that was given to the command; None for none.

    Attributes:
        raw: The original value of each placeholder.
    """

    def __init__(
        self,
        accounts: Sequence[Account],
        made_up: Iterable[str] = (),
        secrets: Iterable[str] = (),
        workspace: str | None = None,
    ) -> None:
        self.raw: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._secrets = set(secrets)
        self._made_up = {_plain(each) for each in made_up}
        self._ours = set[str]()
        self._passwords = [each.login[1] for each in accounts if each.login]
        self._messages: dict[str, str] = {}
        if workspace is not None:
            self._ours.add(workspace)
            self._name("workspace", workspace, numbered=False)
        for account in accounts:
            self._ours.add(account.id)
            values = {what: getattr(account, what) for what in _PERSONAL}
            values["login"], values["password"] = account.login or (None, None)
            for what, value in values.items():
                if value and value not in self._names:
                    self._name(f"{account.name}.{what}", value, numbered=False)

    def show(self, text: str) -> None:
        """Show a text unchanged from now on, in any spelling of the API."""
        self._made_up.add(_plain(text))

    def publish(self, exchange: Exchange) -> dict[str, Any]:
        """Return the publishable form of a request and its response."""
        request: dict[str, Any] = {
            "operation": exchange.operation,
            "ids": [self._text("id", each, sent=True) for each in exchange.ids],
            "query": {n: self._text(n, v, sent=True) for n, v in exchange.query.items()},
            "body": self._value("", exchange.body, sent=True),
            "contentType": exchange.content_type,
        }
        if exchange.ok and exchange.operation.startswith("POST "):
            found = (exchange.get(*path) for path in _CREATED)
            self._ours.update(each for each in found if isinstance(each, str))
        body = self._value("", exchange.content)
        response = {
            "status": exchange.status,
            "headers": {n: v for n, v in exchange.headers.items() if _HEADERS.fullmatch(n)},
            "body": body if exchange.content is not None or exchange.is_empty else "<not JSON>",
        }
        return {
            "step": exchange.step,
            "as": exchange.who,
            "request": {name: value for name, value in request.items() if value},
            "response": response,
        }

    def message(self, text: str) -> str:
        """Return a text of the API, or one that quotes it, without private content."""
        if text not in self._messages:
            self._messages[text] = self._searched(text)
        return self._messages[text]

    def _searched(self, text: str) -> str:
        known = {**dict.fromkeys(self._secrets, "<secret>"), **self._names}
        for raw in sorted(known, key=len, reverse=True):
            text = text.replace(raw, known[raw]) if len(raw) > 2 else text
        for pattern, placeholder in _IN_MESSAGES:
            text = pattern.sub(placeholder, text)
        return one_line(text, self._passwords)

    def _value(self, name: str, value: Any, *, sent: bool = False) -> Any:
        if name == _CONTRACT and value is not None:
            return OTHERS
        if isinstance(value, Mapping):
            return {self._field(n): self._value(n, v, sent=sent) for n, v in value.items()}
        if isinstance(value, list):
            if sent:
                return [self._value(name, each, sent=True) for each in value]
            return self._list(name, value)
        if isinstance(value, str):
            return self._text(name, value, sent=sent)
        if value is None or isinstance(value, bool):
            return value
        if name in _COUNTS:
            return "<number>"
        return value if abs(value) < 1000 else f"<number of {len(str(int(value)))} digits>"

    def _list(self, name: str, values: list[Any]) -> list[Any]:
        rows = [each for each in values if isinstance(each, dict)]
        if name == "providers":  # the provider types are public
            for row in rows:
                self._made_up.update(_plain(str(row.get(each))) for each in ("id", "name"))
        if not rows or name in _OF_THE_PLATFORM:
            return [self._value(name, each) for each in values]
        ours = [each for each in rows if self._is_ours(name, each)]
        types: dict[str, set[str]] = {}
        for row in rows:
            if row not in ours:
                for field, value in row.items():
                    types.setdefault(self._field(field), set()).add(type(value).__name__)
        shape = {field: " or ".join(sorted(found)) for field, found in types.items()}
        return [*(self._value(name, each) for each in ours), *([{OTHERS: shape}] if shape else [])]

    def _is_ours(self, name: str, row: Mapping[str, Any]) -> bool:
        return name in (*_ROWS, *_KEY_ROWS) and (row.get("id") or row.get("userId")) in self._ours

    def _field(self, name: str) -> str:
        return name if _FIELD.fullmatch(name) else _pattern(name)

    def _text(self, name: str, value: str, *, sent: bool = False) -> str:
        if value in self._names:
            return self._names[value]
        if value in self._secrets or name in ("secret", "password"):
            return self._name("secret", value)
        if not value or _plain(value) in self._made_up:
            return value
        if name in _TOKENS:
            return self._name("token", value)
        if name == "key":  # generated by the API, someone else's, or masked
            is_masked = not value.isascii() or not re.fullmatch(r"[\w-]+", value)
            return _RUN.sub("a", _pattern(value)) if is_masked else self._name("key", value)
        if _ID_FIELD.fullmatch(name) or _UUID.fullmatch(value):
            return self._name("id", value)
        if "@" in value:
            return self._name("email", value)
        if sent:
            self.show(value)  # the remaining texts are constants of the command
            return value
        if name in _MESSAGES:
            return self.message(value)
        is_word = name in (*_WORDS, *_QUOTA_WORDS) or value.upper() in ("READ", "WRITE", "ADMIN")
        return value if is_word and _WORD.fullmatch(value) else _pattern(value)

    def _name(self, kind: str, raw: str, *, numbered: bool = True) -> str:
        self._counts[kind] += 1
        name = f"<{kind}-{self._counts[kind]}>" if numbered else f"<{kind}>"
        self._names[raw], self.raw[name] = name, raw
        return name


def _plain(text: str) -> str:
    return text.strip().lower()


def _pattern(text: str) -> str:
    letters = ("9" if c.isdigit() else "a" if c.isalpha() else c for c in text[:_LONGEST_PATTERN])
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in letters)
