"""The credentials of a user, without leftovers of files, pipes and copied headers."""

from dataclasses import dataclass, field

from pulumi_flashback.client.errors import ConfigurationError

_QUOTES = "\"'`\u201c\u201d\u2018\u2019"


def without_line_end(value: str) -> str:
    """Return a value without the line break or byte order mark that a file or pipe adds."""
    return value.removeprefix("\ufeff").rstrip("\r\n")


def quoted_problem(value: str) -> str | None:
    if len(value) > 1 and value[0] in _QUOTES and value[-1] in _QUOTES:
        return "is in quotation marks; remove them"
    return None


def token_problem(token: str) -> str | None:
    """Return what is wrong with a token, or None. Never quotes it."""
    problem = quoted_problem(token)
    if token.lower().startswith("bearer "):
        problem = "begins with the word Bearer; remove that word"
    elif not problem and not all("\x20" < letter < "\x7f" for letter in token):
        problem = "contains characters that are not valid in a token"
    return problem


@dataclass
class Credentials:
    """How to sign in. An access token (valid for one hour) is used first; the others renew it."""

    token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    hint: str | None = None  # advice for rejected credentials; None for the default

    def __post_init__(self) -> None:
        for name in ("token", "refresh_token", "email", "password"):
            value = without_line_end(getattr(self, name) or "")
            setattr(self, name, value or None)
            if "token" in name and (problem := token_problem(value)):
                raise ConfigurationError(f"{name} {problem}")

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.token, self.refresh_token, self.password)))
