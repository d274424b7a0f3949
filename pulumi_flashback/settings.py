"""All settings. Variables take precedence over the stack config, which may be outdated."""

from dataclasses import dataclass
from typing import Final

NAMESPACE: Final = "flashback"


def token(name: str) -> str:
    return f"{NAMESPACE}:index:{name}"


@dataclass(frozen=True)
class Setting:
    name: str  # its name in the stack config, after ``flashback:``
    description: str  # what it means
    default: str = ""  # the default as text; empty for none
    secret: bool = False  # whether the value must be stored with ``--secret``
    type: str = "string"  # ``string``, ``number``, ``integer`` or ``boolean``

    @property
    def key(self) -> str:
        """The key of the stack config, such as ``flashback:baseUrl``."""
        return f"{NAMESPACE}:{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable, such as ``FLASHBACK_BASE_URL``."""
        words = "".join(f"_{letter}" if letter.isupper() else letter for letter in self.name)
        return f"{NAMESPACE}_{words}".upper()


TOKEN = Setting(
    "token", "An access token. It expires after one hour and is not renewed.", secret=True
)
REFRESH_TOKEN = Setting(
    "refreshToken",
    "A refresh token, to fetch access tokens with. The API may accept it only once, and one "
    "`pulumi up` may sign in several times (preview, program, provider): use `email` and "
    "`password` instead. If they are set as well, the provider signs in with them after a "
    "rejected refresh token.",
    secret=True,
)
EMAIL = Setting("email", "The email of the user to sign in as, together with `password`.")
PASSWORD = Setting("password", "The password of that user.", secret=True)
BASE_URL = Setting("baseUrl", "The address of the API.", "https://backend.flashback.tech")
TIMEOUT = Setting(
    "timeout", "Timeout for each attempt of a request, in seconds.", "30", type="number"
)
MAX_RETRIES = Setting(
    "maxRetries",
    "Maximum number of retries. A create is retried only if the request provably never arrived.",
    "4",
    type="integer",
)
ALLOW_INSECURE = Setting(
    "allowInsecure",
    "`true` accepts `http://` to another machine, although others on the network can then read the "
    "secrets.",
    "false",
    type="boolean",
)
ADOPT_EXISTING = Setting(
    "adoptExisting",
    "`true` sets `adoptExisting` for every `ApiKey`: a new key that the API rejects as a duplicate "
    "adopts the existing key.",
    "false",
    type="boolean",
)

ALL_SETTINGS: Final = (
    *(TOKEN, EMAIL, PASSWORD, REFRESH_TOKEN),
    *(BASE_URL, TIMEOUT, MAX_RETRIES, ALLOW_INSECURE, ADOPT_EXISTING),
)  # in the order of the documentation

WAYS_TO_SIGN_IN: Final = ((TOKEN,), (REFRESH_TOKEN,), (EMAIL, PASSWORD))
CREDENTIALS: Final = (TOKEN, REFRESH_TOKEN, EMAIL, PASSWORD)
